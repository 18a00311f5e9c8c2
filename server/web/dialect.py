"""A dialect: a mount, a route table, who asks, and how problems are worded. Each one is an ASGI app of its own."""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from prometheus_client import Gauge
from starlette.datastructures import Headers as RequestHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import Receive, Scope, Send

from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import BadRequest, Problem, Unavailable
from server.web.flights import Flights
from server.web.metrics import Meter
from server.web.pages import Paged, Pages, begin, send_pages
from server.web.params import Reader
from server.web.respond import Answer, File, Headers, Manners, Reply, file_answer, json_answer, send_answer
from server.web.streams import Stream, deny, send_stream

log = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[Any]]

Told = Answer | Stream | Paged

# For the documents: status, declared shape (str: text), sentence.
Errors = tuple[tuple[int, type, str], ...]


@dataclass(frozen=True)
class Route:
    """One row of a dialect's table.

    `methods` of the same handler (HEAD and OPTIONS come by themselves); `path` may have `{names}` of parameters for
    segments; `scope` is what a key must allow, None: no key is needed. Where none is, anonymous clients that read the
    same at the same time share one answer. `stream`: the handler gives a Stream, which goes on. `told_by`: where
    another dialect has the same address, a request with any of these parameters is for this one. `errors`: what else
    than any of the dialect's routes it may answer with, or in other words. `status` is that of success, `media` what a
    file may be.
    """

    methods: tuple[str, ...]
    path: str
    handler: Handler
    scope: str | None = None
    body: "Body | None" = None
    stream: Literal["sse", "websocket"] | None = None
    told_by: frozenset[str] = frozenset()
    errors: Errors = ()
    status: int = 200
    media: tuple[str, ...] = ("application/octet-stream",)


@dataclass(frozen=True)
class Body:
    """What a route takes beside its parameters, for the documents: media type to JSON schema."""

    text: str
    content: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler is given beside its parameters: the services, who asks, and the request for those with a body."""

    world: Any
    viewer: Viewer
    scope: Scope
    receive: Receive

    @property
    def request(self) -> Request:
        return Request(self.scope, self.receive)

    @property
    def headers(self) -> RequestHeaders:
        return RequestHeaders(scope=self.scope)


@dataclass(frozen=True)
class Dialect:
    """A language the server speaks. `mounts` are path prefixes, all of them answering alike.

    `gate` is asked of each request before anything else: the headers it gives go out with the answer, and a problem
    it raises is the answer. `key_parameter`: where the key stands in the query, if no route goes without.
    `cookie`: the name of the cookie that says who asks, where it is no key that does.
    """

    name: str
    title: str
    mounts: tuple[str, ...]
    routes: tuple[Route, ...]
    viewer: Callable[[Any, HTTPConnection, Route], Awaitable[Viewer]]
    present: Callable[[Problem], Answer]
    unknown_path: Callable[[], Answer]
    unknown_method: Callable[[tuple[str, ...]], Answer]
    broken: Callable[[], Answer]
    errors: Errors = ()
    description: str = ""
    gate: Callable[[Any, HTTPConnection, Route], Awaitable[Headers]] | None = None
    key_parameter: str | None = None
    cookie: str | None = None


@dataclass(frozen=True)
class Origins:
    """Origins whose pages may read answers, `*` being all; and `trusted` ones, also with the browser's cookies."""

    any: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Endpoint:
    """A route made ready at start."""

    route: Route
    reader: Reader
    meter: Callable[[int, float], None]
    streams: Gauge | None


class DialectApp:
    """Answers one dialect's paths, given without mount and trailing slash."""

    def __init__(self, dialect: Dialect, world: Any, manners: Manners, origins: Origins, meter: Meter) -> None:
        self.dialect = dialect
        self._world = world
        self._manners = manners
        # Who asks is told by this header alone.
        self._credential = b"cookie" if dialect.cookie else b"authorization"
        self._trusted = frozenset(origin.encode() for origin in origins.trusted if dialect.cookie)
        self._origins = self._trusted | {origin.encode() for origin in origins.any}
        self._flights: Flights[tuple[Told, list[str]]] = Flights()
        self._endpoints: dict[str, dict[str, _Endpoint]] = {}
        for route in dialect.routes:
            asked = get_type_hints(route.handler)[next(iter(inspect.signature(route.handler).parameters))]
            streams = meter.streams(dialect.name, route.path) if route.stream else None
            beside = () if dialect.key_parameter is None else (dialect.key_parameter,)
            reader = Reader(asked, route.path, beside)
            endpoint = _Endpoint(route, reader, meter.of(dialect.name, route.path), streams)
            for method in route.methods:
                self._endpoints.setdefault(route.path, {})[method] = endpoint

    async def answer(self, path: str, values: Mapping[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for `path` as declared, less mount; `values` are what stood in its `{names}`."""
        started = time.perf_counter()
        method = scope.get("method", "GET")  # a WebSocket begins as one
        by_method = self._endpoints.get(path)
        meter = open_now = None
        answer: Told
        ignored: list[str] = []
        extra = self._cors(scope, by_method or {})
        if by_method is None:
            answer = self.dialect.unknown_path()
        elif method == "OPTIONS":
            answer = Answer(b"", 204, headers=[(b"allow", _allowed(by_method))])
        elif (endpoint := by_method.get("GET" if method == "HEAD" else method)) is None:
            answer = self.dialect.unknown_method(tuple(_methods(by_method)))
        else:
            meter, open_now = endpoint.meter, endpoint.streams
            refused, headers = await self._let_in(endpoint.route, scope)
            extra += headers
            if refused is not None:
                answer = refused
            else:
                answer, ignored = await self._ask(endpoint, values, scope, receive)
        if ignored:
            extra.append((b"x-ignored-params", _listed(ignored)))
        spent = time.perf_counter() - started
        if isinstance(answer, Stream):
            if meter is not None:
                meter(200, spent)
            with open_now.track_inprogress() if open_now else nullcontext():
                await send_stream(answer, scope, receive, send, [*self._manners.fixed, *extra])
            return
        if isinstance(answer, Paged):
            status = await self._tell(answer, path, scope, send, extra)
            if meter is not None:
                meter(status, spent)
            return
        if scope["type"] == "websocket":
            await deny(answer, scope, send, [*self._manners.fixed, *extra])
            if meter is not None:
                meter(answer.status, spent)
            return
        if answer.status != 500:
            extra.append((b"process-time", b"%.4f" % (spent * 1000)))
        await send_answer(answer, scope, send, self._manners, extra)
        if meter is not None:
            meter(answer.status, spent)

    async def _let_in(self, route: Route, scope: Scope) -> tuple[Answer | None, Headers]:
        """What the gate says: an answer where the request may not pass, and headers for whatever is answered."""
        if self.dialect.gate is None:
            return None, []
        try:
            async with asyncio.timeout(self._manners.patience):
                return None, await self.dialect.gate(self._world, HTTPConnection(scope), route)
        except Exception as error:
            return self._worded(error, route.path), []

    async def _ask(
        self, endpoint: _Endpoint, values: Mapping[str, str], scope: Scope, receive: Receive
    ) -> tuple[Told, list[str]]:
        route = endpoint.route
        if (scope["type"] == "websocket") != (route.stream == "websocket"):
            wanted = "a WebSocket" if route.stream == "websocket" else "HTTP"
            return self.dialect.present(BadRequest(f"This address speaks {wanted}.")), []
        anonymous = not any(name == self._credential for name, _ in scope["headers"])
        reading = scope.get("method") in ("GET", "HEAD")
        if route.scope is None and route.stream is None and anonymous and reading:
            return await self._share(endpoint, values, scope, receive)
        return await self._make(endpoint, values, None, scope, receive)

    async def _share(
        self, endpoint: _Endpoint, values: Mapping[str, str], scope: Scope, receive: Receive
    ) -> tuple[Told, list[str]]:
        """One answer for all who ask the same at once; a list of many pages each of them reads for themselves."""
        own: tuple[Told, list[str]] | None = None

        async def make() -> tuple[Told, list[str]]:
            nonlocal own
            own = await self._make(endpoint, values, NOBODY, scope, receive)
            return own

        question = (endpoint.route.path, *values.values(), scope["query_string"])
        told = await self._flights.join(question, make)
        return await make() if isinstance(told[0], Paged) and told is not own else told

    async def _make(
        self, endpoint: _Endpoint, values: Mapping[str, str], viewer: Viewer | None, scope: Scope, receive: Receive
    ) -> tuple[Told, list[str]]:
        """Read, ask, shape: whatever goes wrong comes out in the dialect's own words."""
        ignored: list[str] = []
        try:
            asked, ignored = endpoint.reader.read(scope["query_string"].decode("utf-8", "replace"), values)
            async with asyncio.timeout(self._manners.patience):
                if viewer is None:
                    viewer = await self.dialect.viewer(self._world, HTTPConnection(scope), endpoint.route)
                value = await endpoint.route.handler(asked, Context(self._world, viewer, scope, receive))
                if isinstance(value, Pages):
                    return await begin(value, scope), ignored
            return (value if isinstance(value, Stream) else _whole(value, endpoint.route.status)), ignored
        except Exception as error:
            return self._worded(error, endpoint.route.path), ignored

    async def _tell(self, paged: Paged, path: str, scope: Scope, send: Send, extra: Headers) -> int:
        """Send a long list; the status that it would have had, had it been known how it ends.

        Where something goes wrong on the way, the server breaks the connection: it has not been told of an end.
        """
        try:
            await send_pages(paged, scope, send, self._manners, extra)
        except Exception as error:
            return self._worded(error, path).status
        return 200

    def _worded(self, error: Exception, path: str) -> Answer:
        """What went wrong, as an answer."""
        match error:
            case Problem():
                if isinstance(error, Unavailable):
                    log.warning("%s: %s", path, error.message)
                return self.dialect.present(error)
            case TimeoutError():
                log.warning("%s took too long and was given up", path)
                return self.dialect.present(Unavailable("The answer took too long and was given up."))
        log.error("%s broke", path, exc_info=error)
        return self.dialect.broken()

    def _cors(self, scope: Scope, by_method: dict[str, _Endpoint]) -> Headers:
        """Pages of the allowed origins may ask; those of the trusted ones with a browser's cookies."""
        headers: Headers = [(b"vary", b"Cookie")] if self.dialect.cookie else []
        if not self._origins:
            return headers
        allowed = b"*"
        if self._trusted or b"*" not in self._origins:
            headers.append((b"vary", b"Origin"))  # or a shared cache gives one origin's answer to another
            asking = next((value for name, value in scope["headers"] if name == b"origin"), b"")
            if asking in self._origins:
                allowed = asking
            elif b"*" not in self._origins:
                return headers
        headers += [(b"access-control-allow-origin", allowed), (b"access-control-expose-headers", _EXPOSED)]
        if allowed in self._trusted:
            headers.append((b"access-control-allow-credentials", b"true"))
        if scope.get("method") == "OPTIONS":
            # Where a cookie says who asks, what changes something is for trusted pages alone.
            open_to = by_method if not self.dialect.cookie or allowed in self._trusted else {}
            headers += [
                (b"access-control-allow-methods", ", ".join(_asked(open_to) or ["GET", "HEAD"]).encode()),
                (b"access-control-allow-headers", b"Authorization, Content-Type, If-None-Match, Last-Event-ID"),
                (b"access-control-max-age", b"86400"),
            ]
        return headers


def _whole(value: Any, status: int) -> Answer:
    """What a handler gave, as an answer."""
    if isinstance(value, Reply):
        return json_answer(value.value, status, value.headers)
    return file_answer(value) if isinstance(value, File) else json_answer(value, status)


_EXPOSED = (
    b"etag, process-time, x-ignored-params, bancho-version, retry-after,"
    b" ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-ratelimit-limit, x-ratelimit-remaining"
)


def _asked(by_method: dict[str, _Endpoint]) -> list[str]:
    return [*by_method, *(["HEAD"] if "GET" in by_method else [])]


def _methods(by_method: dict[str, _Endpoint]) -> list[str]:
    return [*_asked(by_method), "OPTIONS"]


def _allowed(by_method: dict[str, _Endpoint]) -> bytes:
    return ", ".join(_methods(by_method)).encode()


def _listed(names: list[str]) -> bytes:
    """Names of parameters as a header's value: whatever could not stand in one is shown as `?`, 20 names at most."""
    shown = ["".join(c if c.isascii() and c.isprintable() and c != "," else "?" for c in name[:40]) for name in names]
    return ", ".join(shown[:20]).encode()
