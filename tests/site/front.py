"""A website as they are run: its page, and below /api the server, on one origin."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.processes import HOST, free_port
from tests.golden.serving import listening

DOMAIN = "example.test"

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Of one connection, not of the request or the answer.
_OF_THE_WAY = frozenset({b"host", b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"expect"})


class Seen(NamedTuple):
    """A request that came for the API. `site`: how the page that made it stands to us, by the browser's own word."""

    method: str
    path: str
    site: str
    has_cookie: bool
    status: int


@dataclass
class Front:
    """A website, and what has been asked of the API through it."""

    port: int
    seen: list[Seen] = field(default_factory=list)

    def at(self, host: str) -> str:
        """Its origin by one of its names."""
        return f"http://{host}:{self.port}"


@contextmanager
def fronting(page: str, api: str = "") -> Iterator[Front]:
    """Serve a page at `/`, and pass what is below /api on to the server at `api`, without /api and as api.<DOMAIN>."""
    front = Front(free_port())
    # A client of httpx would keep cookies for itself, and unpack what is compressed.
    way = httpx.AsyncHTTPTransport()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with way:
            yield

    routes = [Route("/", lambda _: HTMLResponse(page))]
    if api:
        routes.append(Route("/api/{rest:path}", _passing(way, api, front.seen), methods=_METHODS))
    options = {"host": HOST, "port": front.port, "log_level": "warning", "proxy_headers": False}
    with listening(Starlette(routes=routes, lifespan=lifespan), options):
        yield front


def _passing(way: httpx.AsyncHTTPTransport, api: str, seen: list[Seen]) -> Callable[[Request], Awaitable[Response]]:
    async def passed(request: Request) -> Response:
        client = request.client.host if request.client else ""
        headers = [each for each in request.headers.raw if each[0] not in _OF_THE_WAY]
        headers += [(b"host", f"api.{DOMAIN}".encode()), (b"x-forwarded-for", client.encode())]
        path = request.scope["raw_path"].removeprefix(b"/api").decode()
        query = f"?{request.url.query}" if request.url.query else ""
        asked = httpx.Request(request.method, api + path + query, headers=headers, content=await request.body())
        answer = await way.handle_async_request(asked)
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        told = Response(body, answer.status_code)
        told.raw_headers = [each for each in answer.headers.raw if each[0].lower() not in _OF_THE_WAY]
        told.raw_headers.append((b"content-length", str(len(body)).encode()))
        site = request.headers.get("sec-fetch-site", "")
        said = Seen(request.method, request.url.path, site, "cookie" in request.headers, told.status_code)
        seen.append(said)
        return told

    return passed
