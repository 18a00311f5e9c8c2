"""Cards: what a player has reached as a picture, as SVG and PNG, and a page to link to."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from starlette.types import Scope

from server.config import Settings
from server.domain.problems import BadParameters, NotFound, Unavailable
from server.domain.rulesets import Mode
from server.site.assets import Assets
from server.site.cards.asked import read, sentences
from server.site.cards.facts import Facts, facts_of
from server.site.cards.layout import card, notice
from server.site.cards.page import CardPage, address
from server.site.cards.scene import Scene
from server.site.cards.studio import Studio
from server.site.cards.wording import shown
from server.site.table import Page, manners
from server.web.flights import Flights
from server.web.respond import Answer, Headers
from server.world import World

ROOT: Final = "/card/"

CACHED: Final = b"public, max-age=60"

_PAGE_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An SVG asks for nothing and runs nothing, opened by itself too; its colours are in a style of its own.
_PICTURE_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'"


PLAIN: Final = b"text/plain; charset=utf-8"

Draw = Callable[[Scene, str, str | None], Awaitable[Answer]]


class Cards:
    """The pages below ROOT."""

    def __init__(self, settings: Settings, world: World, assets: Assets) -> None:
        self._world = world
        self._flights: Flights[Facts] = Flights()
        self._server = shown(settings.server.name) or settings.server.domain
        self._page = CardPage(self._server, assets)
        self._studio = Studio(settings.cards.font)
        minimum = settings.web.gzip_minimum
        self._page_manners = manners(minimum, CACHED, (b"content-security-policy", _PAGE_POLICY))
        pictures = (
            (b"content-security-policy", _PICTURE_POLICY),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"access-control-allow-origin", b"*"),
        )
        self._svg_manners = manners(minimum, CACHED, *pictures)
        self._png_manners = manners(0, CACHED, *pictures)  # it is compressed as it is

    def find(self, scope: Scope) -> Page | None:
        """The page of a path: `<player>.svg`, `<player>.png`, or `<player>` for a page with both."""
        who = scope["path"].removeprefix(ROOT).rstrip("/")
        query = scope["query_string"]
        match who[-4:].lower():
            case ".svg":
                return Page(partial(self._picture, who[:-4], query, self._studio.svg), self._svg_manners)
            case ".png":
                client = scope["client"]
                draw = partial(self._studio.png, asker=client[0] if client else "")
                return Page(partial(self._picture, who[:-4], query, draw), self._png_manners)
        return Page(partial(self._linked, who, query, address(scope)), self._page_manners) if who else None

    async def _facts(self, who: str, mode: Mode | None) -> Facts:
        return await self._flights.join((who, mode), lambda: facts_of(self._world, who, mode))

    async def _picture(self, who: str, query: bytes, draw: Draw) -> Answer:
        try:
            asked = read(query)
        except BadParameters as problem:
            return _refused(problem)
        accent, status = asked.accent, 200
        try:
            scene = card(await self._facts(who, asked.mode), self._server)
        except (NotFound, Unavailable) as problem:
            title, text, status = _said(problem)
            scene, accent = notice(title, text, self._server), None
        try:
            drawn = await draw(scene, asked.theme, accent)
        except Unavailable as problem:
            return Answer(f"{problem.message}\n".encode(), 503, PLAIN, _beside(503))
        return drawn if status == 200 else Answer(drawn.body, status, drawn.media_type, _beside(status))

    async def _linked(self, who: str, query: bytes, base: str) -> Answer:
        try:
            asked = read(query)
            return self._page.page(await self._facts(who, asked.mode), asked, base)
        except BadParameters as problem:
            return _refused(problem)
        except (NotFound, Unavailable) as problem:
            title, text, status = _said(problem)
            return self._page.nothing(title, text, status, _beside(status))


def _said(problem: NotFound | Unavailable) -> tuple[str, str, int]:
    if isinstance(problem, NotFound):
        return "No such player", "Nobody is known here by this name or id.", 404
    return "Not known right now", "The database does not answer. It may in a moment.", 503


def _refused(problem: BadParameters) -> Answer:
    return Answer(sentences(problem).encode(), 400, PLAIN)


def _beside(status: int) -> Headers:
    """What goes with an answer that is no card."""
    if status == 404:
        return [(b"cache-control", CACHED)]
    return [(b"cache-control", b"no-store"), (b"retry-after", b"5")]
