"""A route for pages, which answer GET and HEAD alone."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from server.web.respond import Answer, Headers, Manners, json_answer, send_answer

# A browser takes each answer for what it says it is, and tells other sites nothing of where people come from.
ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """What one path answers with, made anew for each request."""

    make: Callable[[], Awaitable[Answer]]
    manners: Manners


def fixed(answer: Answer, manners: Manners) -> Page:
    """A page that is the same as long as the process runs."""

    async def make() -> Answer:
        return answer

    return Page(make, manners)


def manners(gzip_minimum: int, cacheable: bytes, *headers: tuple[bytes, bytes]) -> Manners:
    """How a page is sent, the headers of every page among the others."""
    return Manners((*ALWAYS, *headers), gzip_minimum, cacheable=cacheable)


# Gives the page of a request whose path it knows by more than the whole of it.
Find = Callable[[Scope], Page | None]


class Table(BaseRoute):
    """Pages by path, and below some paths by whatever `below` finds there; those begin and end with a slash."""

    def __init__(self, pages: Mapping[str, Page], below: Mapping[str, Find]) -> None:
        self._pages = dict(pages)
        self._below = tuple(below.items())

    @property
    def paths(self) -> Iterable[str]:
        return self._pages.keys()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        page = self._page(scope) if scope["type"] == "http" else None
        return (Match.NONE, {}) if page is None else (Match.FULL, {"page": page})

    def _page(self, scope: Scope) -> Page | None:
        path = scope["path"]
        if (page := self._pages.get(path)) is not None:
            return page
        return next((find(scope) for start, find in self._below if path.startswith(start)), None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        page: Page = scope["page"]
        if scope["method"] in ("GET", "HEAD"):
            await send_answer(await page.make(), scope, send, page.manners, [])
            return
        allowed: Headers = [(b"allow", b"GET, HEAD")]
        await send_answer(json_answer({"detail": "Method Not Allowed"}, 405), scope, send, page.manners, allowed)
