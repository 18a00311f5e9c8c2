"""The home page: what this server is, what it speaks, and how it is doing."""

from server import VERSION
from server.config import Settings
from server.site.assets import Assets
from server.site.cards import ROOT
from server.site.examples import Example, examples
from server.site.explorer import document_url
from server.site.markup import Markup, filled, html_answer, joined, template
from server.site.moment import Moment, look
from server.site.table import Page, manners
from server.web.dialect import Dialect
from server.web.flights import Flights
from server.web.respond import Answer
from server.world import World

POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Home:
    """`page` as people see it, and all that it is made of."""

    def __init__(self, settings: Settings, world: World, dialects: tuple[Dialect, ...], assets: Assets) -> None:
        self._settings, self._world, self._dialects, self._assets = settings, world, dialects, assets
        self._flights: Flights[Answer] = Flights()
        self._home, self._word = template("home"), template("word")
        self._examples, self._example = template("examples"), template("example")
        self._served = joined(_served(dialect) for dialect in dialects)
        policed = manners(settings.web.gzip_minimum, b"no-cache", (b"content-security-policy", POLICY))
        self.page = Page(self._shared, policed)

    async def _shared(self) -> Answer:
        return await self._flights.join("home", self._make)

    async def _make(self) -> Answer:
        moment = await look(self._world, self._settings.players.online)
        return html_answer(
            filled(
                self._home,
                name=self._settings.server.name or self._settings.server.domain,
                online=_number(moment.online),
                registered=_number(moment.registered),
                lobbies=_number(moment.lobbies),
                words=joined(filled(self._word, text=text) for text in moment.words),
                served=self._served,
                examples=self._try(moment),
                version=VERSION,
                css=self._assets.urls["site.css"],
                icon=self._assets.urls["icon.svg"],
            )
        )

    def _try(self, moment: Moment) -> Markup:
        found = examples(self._dialects, moment.leaders)
        if not found:
            return Markup("")
        best = moment.leaders[0]
        found.append(Example(f"{ROOT}{best.player_id}", f"{best.name}: a card to show elsewhere"))
        return filled(self._examples, items=joined(filled(self._example, **each._asdict()) for each in found))


def _served(dialect: Dialect) -> Markup:
    form = template("form")
    return filled(
        template("dialect"),
        name=dialect.name,
        title=dialect.title,
        description=dialect.description,
        forms=joined(filled(form, mount=mount) for mount in dialect.mounts),
        count=f"{len(dialect.routes)} route{'s' if len(dialect.routes) != 1 else ''}",
        document=document_url(dialect),
    )


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
