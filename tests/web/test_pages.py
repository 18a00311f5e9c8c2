"""Long lists: told page by page, for each client from the beginning, and never ended where something went wrong."""

import asyncio
import logging
import threading
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import create_connection
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import Problem, Unavailable
from server.web.dialect import Context, Dialect, DialectApp, Origins, Route
from server.web.metrics import Meter
from server.web.pages import Pages
from server.web.respond import Answer, Manners, text_answer
from tests.web.asking import Client

PAGES = [[{"id": 10 * page + place, "text": "osu! " * 20} for place in range(10)] for page in range(5)]
ALL = [each for page in PAGES for each in page]


@dataclass
class Source:
    """What handlers ask. `pages` may hold an error, or something to wait for, in place of a page."""

    pages: list[Any] = field(default_factory=lambda: list(PAGES))
    asked: int = 0
    told: list[str] = field(default_factory=list)  # what happened, in order
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> AsyncIterator[list[Any]]:
        self.asked += 1
        await self.open.wait()
        for number, page in enumerate(self.pages):
            if isinstance(page, Exception):
                raise page
            if isinstance(page, Awaitable):
                await page
            self.told.append(f"page {number}")
            yield page


@dataclass(frozen=True)
class Ask:
    pass


async def get_things(asked: Ask, ctx: Context) -> Pages[list[dict[str, Any]]]:
    """Things."""
    return Pages(ctx.world.read())


async def change_things(asked: Ask, ctx: Context) -> int:
    """Change them."""
    ctx.world.asked += 1
    number: int = ctx.world.asked
    await ctx.world.open.wait()
    return number


async def nobody(world: Any, connection: Any, route: Route) -> Viewer:
    return NOBODY


def present(problem: Problem) -> Answer:
    assert isinstance(problem, Unavailable)
    return text_answer(problem.message, 503)


def other(*given: Any) -> Answer:
    return text_answer("no", 500)


DIALECT = Dialect(
    *("things", "Things", ("/things",)),
    (Route(("GET",), "/things", get_things), Route(("GET", "POST"), "/change", change_things)),
    **{"viewer": nobody, "present": present, "unknown_path": other, "unknown_method": other, "broken": other},
)


def app_of(source: Source, meter: Meter | None = None, **manners: Any) -> DialectApp:
    return DialectApp(DIALECT, source, Manners(**manners), Origins(("*",)), meter or Meter())


@pytest.fixture
def source() -> Source:
    found = Source()
    found.open.set()
    return found


@pytest.mark.parametrize("accepted", ["", "gzip", "br, gzip;q=0.5", "gzip;q=0"])
async def test_a_long_list_is_one_list(source: Source, accepted: str) -> None:
    got = await Client(app_of(source)).ask(accept_encoding=accepted)
    packed = got.headers.get("content-encoding") == "gzip"
    assert packed is (accepted in ("gzip", "br, gzip;q=0.5"))
    body = zlib.decompress(got.body, wbits=31) if packed else got.body
    assert body == orjson.dumps(ALL)
    assert (got.status, got.ended) == (200, True)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["vary"] == "Accept-Encoding"
    assert not {"content-length", "etag"} & got.headers.keys()


async def test_nothing_is_compressed_where_nothing_is(source: Source) -> None:
    got = await Client(app_of(source, gzip_minimum=0)).ask(accept_encoding="gzip")
    assert orjson.loads(got.body) == ALL
    assert not {"content-encoding", "vary"} & got.headers.keys()


async def test_a_page_is_read_when_the_one_before_has_been_sent(source: Source) -> None:
    await Client(app_of(source), hear=source.told.append).ask()
    assert source.told == [
        *("page 0", "page 1", "sent", "sent", "page 2", "sent", "page 3", "sent", "page 4", "sent"),
        "sent",  # the end
    ]


async def test_for_head_no_more_is_read(source: Source) -> None:
    got, head = [await Client(app_of(source)).ask(method=method, accept_encoding="gzip") for method in ("GET", "HEAD")]
    assert (head.status, head.body, head.ended) == (200, b"", True)
    assert {**head.headers, "process-time": ""} == {**got.headers, "process-time": ""}
    assert source.told[-2:] == ["page 0", "page 1"]


@pytest.mark.parametrize("pages", [[], [[]], [PAGES[0]]])
async def test_one_page_is_an_answer_like_any_other(pages: list[Any]) -> None:
    source = Source(pages)
    source.open.set()
    got = await Client(app_of(source)).ask()
    assert orjson.loads(got.body) == [each for page in pages for each in page]
    assert got.headers["content-length"] == str(len(got.body))
    again = await Client(app_of(source)).ask(if_none_match=got.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "pages", [[[], [], []], [[], [1], []], [[1], [], [2]], [[], [], [1, 2], [3]]], ids=lambda pages: str(pages)
)
async def test_pages_may_be_empty(pages: list[Any]) -> None:
    source = Source(pages)
    source.open.set()
    assert (await Client(app_of(source)).ask()).body == orjson.dumps([each for page in pages for each in page])


@pytest.mark.parametrize("place", [0, 1])
async def test_what_goes_wrong_at_the_beginning_is_worded(source: Source, place: int) -> None:
    source.pages[place] = Unavailable("The database is away.")
    got = await Client(app_of(source)).ask()
    assert (got.status, got.body) == (503, b"The database is away.")


BREAKS = [
    (Unavailable("The database is away."), 503, "/things: The database is away."),
    (None, 503, "/things took too long and was given up"),
    (ValueError("broken on purpose"), 500, "/things broke"),
]


@pytest.mark.parametrize("place", [2, 4])
@pytest.mark.parametrize(("error", "status", "said"), BREAKS, ids=["away", "late", "broken"])
async def test_a_list_that_breaks_off_has_no_end(
    source: Source, caplog: pytest.LogCaptureFixture, error: Exception | None, status: int, said: str, place: int
) -> None:
    meter = Meter()
    source.pages[place] = error or asyncio.sleep(60)
    got = await Client(app_of(source, meter, patience=0.05)).ask()
    assert not got.ended
    assert got.body == orjson.dumps([each for page in PAGES[:place] for each in page])[:-1]
    # It is said and counted as what it is.
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info is not None) == (said, status == 500)
    assert counted(meter) == [f'requests_total{{dialect="things",route="/things",status="{status}"}} 1.0']


async def test_a_list_that_ends_is_counted(source: Source) -> None:
    meter = Meter()
    await Client(app_of(source, meter)).ask()
    assert counted(meter) == ['requests_total{dialect="things",route="/things",status="200"} 1.0']


def counted(meter: Meter) -> list[str]:
    return [line for line in meter.text().decode().splitlines() if line.startswith("requests_total{")]


async def test_for_old_clients_all_of_it_is_read_before_it_is_sent(source: Source) -> None:
    got, head = [
        await Client(app_of(source), hear=source.told.append, version="1.0").ask(method=method)
        for method in ("GET", "HEAD")
    ]
    assert got.body == orjson.dumps(ALL)
    assert got.headers["content-length"] == head.headers["content-length"] == str(len(got.body))
    assert source.told == [*(pages := [f"page {number}" for number in range(5)]), "sent", *pages]
    source.pages[3] = Unavailable("The database is away.")
    assert (await Client(app_of(source), version="1.0").ask()).status == 503


async def test_old_and_new_clients_ask_at_once() -> None:
    for versions in (("1.0", "1.1", "1.0", "1.1"), ("1.1", "1.0", "1.1", "1.0")):
        source = Source()
        app = app_of(source)
        asking = [asyncio.create_task(Client(app, version=version).ask()) for version in versions]
        await settle()
        source.open.set()
        for version, got in zip(versions, await asyncio.gather(*asking), strict=True):
            assert orjson.loads(got.body) == ALL
            assert "content-length" in got.headers or version == "1.1"


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """The port of a server."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, http="httptools"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def raw(port: int, version: str) -> tuple[bytes, bytes]:
    """Head and body as they come over the network, until the server closes the connection."""
    with create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(f"GET /things HTTP/{version}\r\nHost: things\r\n\r\n".encode())
        came = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = came.partition(b"\r\n\r\n")
    return head.lower(), body


def test_over_the_network(source: Source, caplog: pytest.LogCaptureFixture) -> None:
    app = app_of(source)

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app.answer("/things", {}, scope, receive, send)

    with serving(asked) as port, caplog.at_level(logging.WARNING):
        head, body = raw(port, "1.0")
        assert body == orjson.dumps(ALL)
        assert f"content-length: {len(body)}".encode() in head
        assert b"transfer-encoding" not in head
        source.pages[3] = Unavailable("The database is away.")
        head, body = raw(port, "1.1")
        assert b"transfer-encoding: chunked" in head
        assert len(body) > 1000
        assert not body.endswith(b"0\r\n\r\n")
    assert "The database is away." in caplog.text
    assert "Traceback" not in caplog.text


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def at_once(source: Source, path: str, methods: list[str]) -> list[Client]:
    app = app_of(source)
    asking = [asyncio.create_task(Client(app).ask(path, method)) for method in methods]
    await settle()
    source.open.set()
    return await asyncio.gather(*asking)


async def test_who_asks_for_a_long_list_at_once_gets_all_of_it() -> None:
    source = Source()
    for got in await at_once(source, "/things", ["GET"] * 5):
        assert orjson.loads(got.body) == ALL
    assert source.asked == 5


async def test_a_short_list_is_shared() -> None:
    source = Source(PAGES[:1])
    for got in await at_once(source, "/things", ["GET", "HEAD", "GET"]):
        assert got.status == 200
    assert source.asked == 1


async def test_what_changes_something_is_done_for_each() -> None:
    source = Source()
    done = await at_once(source, "/change", ["POST", "POST", "GET", "GET", "POST", "HEAD"])
    # All that read are one.
    assert source.asked == 4
    posted = [orjson.loads(done[place].body) for place in (0, 1, 4)]
    assert len({*posted, orjson.loads(done[2].body)}) == 4
    assert done[2].body == done[3].body


async def test_pages_of_other_sites_may_use_the_methods_there_are(source: Source) -> None:
    for path, methods in (("/things", "GET, HEAD"), ("/change", "GET, POST, HEAD"), ("/nothing", "GET, HEAD")):
        got = await Client(app_of(source)).ask(path, "OPTIONS")
        assert got.headers["access-control-allow-methods"] == methods
