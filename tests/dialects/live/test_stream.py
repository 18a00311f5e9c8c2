"""The stream over real connections: what is told, to whom, and from where on."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.processes import free_port, running
from server import composing
from server.config import Settings
from server.domain.live import Game, Lobby, Play, Slot, Status
from server.live import keys
from server.live.connection import Connection
from server.live.writer import Statement, Writer, closed, finished, offline, online, opened, scored
from server.services.hub import Hub
from server.storage.database import Database
from tests.dialects.live.streaming import PATIENCE, Told, checked, events, listening
from tests.golden.people import AIKO, RESTRICTED, TIED, TWO_WORDS

SERVER = "main"


@pytest.fixture
async def base(settings: Settings) -> AsyncIterator[str]:
    async with listening(settings) as address:
        yield address


LOBBY = Lobby(
    4, "scrim", AIKO, (AIKO, RESTRICTED), slots=(Slot(0, AIKO), Slot(1, RESTRICTED), Slot(2, TIED)), opened_at=1000.5
)
PLAYING = replace(LOBBY, in_progress=True, started_at=1010.25)
GAME = Game(
    *(4, "scrim", 1000.5, 1010.25, 1100.0),
    map_id=75,
    plays=(
        Play(TIED, 1000, slot=2, passed=False, grade="F"),
        Play(RESTRICTED, 999, slot=1),
        Play(AIKO, 123_456, pp=12.5, score_id=77, slot=0, accuracy=98.7),
    ),
)

EVERYTHING: list[Statement] = [
    online(Status(AIKO, 5.0), SERVER),
    online(Status(AIKO, 5.0, action=2, info_text="x", mode=3), SERVER),
    online(Status(RESTRICTED, 5.0), SERVER),
    opened(LOBBY, SERVER),
    opened(PLAYING, SERVER),
    finished(GAME),
    *(scored(play) for play in GAME.plays),
    closed(4),
    offline(AIKO),
    offline(RESTRICTED),
]

TOLD = [
    ("login", AIKO),
    ("status", AIKO),
    ("lobby_opened", 4),
    ("lobby_changed", 4),
    ("game_started", 4),
    ("game_finished", 4),
    ("score", TIED),
    ("score", AIKO),
    ("lobby_closed", 4),
    ("logout", AIKO),
]


def brief(told: Told) -> tuple[str, int]:
    return told.event, told.data["player"]["id"] if told.event == "score" else told.data["id"]


async def test_everything_is_told_and_nobody_hidden(base: str, writer: Writer) -> None:
    async with events(base) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"
        assert await stream.next() == Told("0-0", "ready", {"last_id": "0-0"})
        for statement in EVERYTHING:
            await writer.say(SERVER, [statement])
        told = await stream.some(len(TOLD))
    assert [brief(each) for each in told] == TOLD
    match = told[2].data
    assert match["key"] == "main:4"
    assert match["host"]["name"] == "Aiko"
    assert [each["id"] for each in match["referees"]] == [AIKO]
    assert [(slot["number"], slot["player"]["id"]) for slot in match["slots"]] == [(0, AIKO), (2, TIED)]
    assert [(each["slot"], each["score"]) for each in told[5].data["scores"]] == [(0, 123_456), (2, 1000)]
    assert told[-1].data == {"id": AIKO, "name": "Aiko", "country": "jp", "server": "main", "reason": "left"}
    assert str(RESTRICTED) not in {str(each.data.get("id")) for each in told}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("?kinds=login,logout", [TOLD[0], TOLD[9]]),
        (f"?players={AIKO}", [each for each in TOLD if each not in (("score", TIED), ("lobby_closed", 4))]),
        (f"?players={TIED}", [TOLD[2], TOLD[3], TOLD[4], TOLD[5], TOLD[6]]),
        ("?matches=4", [TOLD[2], TOLD[3], TOLD[4], TOLD[5], TOLD[8]]),
        ("?matches=main:4&kinds=game_finished", [TOLD[5]]),
        (f"?matches=main:4&players={AIKO}&kinds=logout,lobby_closed", [TOLD[8], TOLD[9]]),
        ("?matches=other:4,5&kinds=score,lobby_closed,logout", []),
        (f"?players={RESTRICTED}", []),
    ],
)
async def test_filters(base: str, writer: Writer, query: str, wanted: list[tuple[str, int]]) -> None:
    async with events(base, query) as stream:
        await stream.next()
        await writer.say(SERVER, EVERYTHING)
        assert [brief(each) for each in await stream.some(len(wanted))] == wanted
        await writer.say(SERVER, [online(Status(AIKO, 9.0), SERVER)])
        if "login" in query or query == f"?players={AIKO}":
            assert brief(await stream.next()) == ("login", AIKO)


async def test_it_resumes_where_it_was_left(base: str, writer: Writer) -> None:
    await writer.say(SERVER, EVERYTHING)
    async with events(base, last="0-0") as stream:
        assert (await stream.next()).event == "ready"
        whole = await stream.some(len(TOLD))
    assert [brief(each) for each in whole] == TOLD
    for place, each in enumerate(whole):
        async with events(base, last=each.id) as stream:
            assert await stream.next() == Told(each.id, "ready", {"last_id": each.id})
            assert await stream.some(len(TOLD) - place - 1) == whole[place + 1 :]
            await writer.say(SERVER, [online(Status(TWO_WORDS, float(place)), SERVER)])
            new = await stream.next()
            assert (new.event, new.data["id"]) in (("login", TWO_WORDS), ("logout", TWO_WORDS))


async def test_more_than_a_page_is_resumed_while_more_comes(base: str, writer: Writer) -> None:
    count = 1200
    await writer.say(SERVER, [online(Status(AIKO, 1.0, map_id=number), SERVER) for number in range(count)])
    async with events(base, last="0-0") as stream:
        await stream.next()
        told = await stream.some(1)
        await writer.say(SERVER, [online(Status(AIKO, 1.0, map_id=number), SERVER) for number in range(count, 1300)])
        told += await stream.some(1299)
    assert [each.data["map_id"] for each in told] == list(range(1300))
    ids = [tuple(map(int, str(each.id).split("-"))) for each in told]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("last", ["1-1", "99999999999999-0"])
async def test_it_says_when_it_cannot_resume(base: str, writer: Writer, last: str) -> None:
    await writer.say(SERVER, EVERYTHING)
    async with events(base, last=last) as stream:
        gap, ready = await stream.some(2)
        assert (gap.event, gap.id, ready.event) == ("gap", None, "ready")
        assert "no longer kept" in gap.data["reason"]
        await writer.say(SERVER, [online(Status(AIKO, 9.0), SERVER)])
        assert brief(await stream.next()) == ("login", AIKO)


async def test_it_says_when_the_stream_has_begun_anew(base: str, writer: Writer, redis_: Connection) -> None:
    async with events(base) as stream, events(base, "?kinds=score") as other:
        await stream.next(), await other.next()
        await writer.say(SERVER, [online(Status(AIKO, 9.0), SERVER)])
        await stream.next()
        await redis_.ask(lambda client: client.delete(keys.EVENTS))
        # As a fail-over to a machine whose clock is behind would leave it.
        await redis_.ask(lambda client: client.xadd(keys.EVENTS, {"kind": "?"}, id="5-1"))
        await redis_.ask(lambda client: client.client_kill_filter(_type="normal", skipme=True))
        assert (await stream.next()).event == "gap"
        assert (await other.next()).event == "gap"


async def test_a_player_who_is_restricted_meanwhile_is_told_no_more(
    base: str, writer: Writer, settings: Settings
) -> None:
    db = Database(settings.database.url, 1)
    await db.connect()
    async with events(base) as stream:
        await stream.next()
        await writer.say(SERVER, [online(Status(AIKO, 1.0), SERVER)])
        assert brief(await stream.next()) == ("login", AIKO)
        await db.run("UPDATE users SET priv = 2 WHERE id = :id", id=AIKO)
        await writer.say(SERVER, [online(Status(AIKO, 1.0, action=5), SERVER), offline(AIKO)])
        await writer.say(SERVER, [online(Status(TIED, 1.0), SERVER)])
        # Not even that they left: lists are to be loaded anew, once.
        gap, login = await stream.some(2)
        assert (gap.event, "no longer shown" in gap.data["reason"]) == ("gap", True)
        assert brief(login) == ("login", TIED)
    await db.disconnect()


async def test_a_silent_line_breathes(base: str, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(composing, "Hub", partial(Hub, breath=0.05))
    async with listening(settings) as quick, events(quick) as stream:
        await stream.next()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await stream.next()
        assert stream.breaths >= 2


async def test_a_websocket_is_told_the_same(base: str, writer: Writer) -> None:
    async with connect(f"ws{base[4:]}/live/ws?kinds=login,logout&last_event_id=0-0") as socket:
        first = orjson.loads(await socket.recv())
        assert first == {"id": "0-0", "event": "ready", "data": {"last_id": "0-0"}}
        await socket.send("nobody listens to this")
        await writer.say(SERVER, EVERYTHING)
        async with asyncio.timeout(PATIENCE):
            told = [checked(Told(**orjson.loads(await socket.recv()))) for _ in range(2)]
        assert [brief(each) for each in told] == [TOLD[0], TOLD[9]]
        assert told[0].id is not None


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/live/ws?kinds=nothing", 422, "kinds"),
        ("/live/ws?players=x", 422, "players"),
        ("/live/ws?last_event_id=1", 422, "last_event_id"),
        ("/live/players", 400, "HTTP"),
        ("/live/nothing", 404, ""),
        ("/nothing", 404, ""),
    ],
)
async def test_a_websocket_is_refused_in_words(base: str, path: str, status: int, parameter: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws{base[4:]}{path}")
    assert refused.value.response.status_code == status
    assert parameter in refused.value.response.body.decode()


@pytest.mark.parametrize(
    ("query", "last", "status", "parameter"),
    [
        ("?kinds=login,nothing", None, 422, "kinds"),
        ("?players=0", None, 422, "players"),
        ("?matches=a:b:c", None, 422, "matches"),
        ("?last_event_id=x", None, 422, "last_event_id"),
        ("", "x", 422, "Last-Event-ID"),
    ],
)
async def test_bad_input_is_refused(base: str, query: str, last: str | None, status: int, parameter: str) -> None:
    async with httpx.AsyncClient(base_url=base) as client:
        answer = await client.get(f"/live/events{query}", headers={"last-event-id": last} if last else {})
    assert answer.status_code == status
    (fault,) = answer.json()["faults"]
    assert fault["parameter"] == parameter


async def test_an_http_client_of_the_websocket_is_told_so(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as client:
        answer = await client.get("/live/ws")
        assert (answer.status_code, "WebSocket" in answer.text) == (400, True)
        head = await client.head("/live/events")
        assert (head.status_code, head.content) == (200, b"")


async def test_without_redis_there_is_no_stream(settings: Settings) -> None:
    gone = replace(settings, redis=replace(settings.redis, url="redis://127.0.0.1:1/0", timeout_ms=200))
    async with listening(gone) as base, httpx.AsyncClient(base_url=base) as client:
        answer = await client.get("/live/events")
        assert answer.status_code == 503
        assert "Redis" in answer.json()["error"]
        with pytest.raises(InvalidStatus):
            await connect(f"ws{base[4:]}/live/ws")


@pytest.mark.parametrize("workers", [1, 2])
async def test_streams_end_when_the_server_is_told_to_stop(settings: Settings, tmp_path: Path, workers: int) -> None:
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
        [server]
        port = {port}
        workers = {workers}
        [database]
        url = "{settings.database.url}"
        [redis]
        url = "{settings.redis.url}"
        [files]
        data = "{settings.files.data}"
        """
    )
    command = [sys.executable, "-m", "server", "--config", str(config), "serve"]
    base = f"http://127.0.0.1:{port}"
    with running(command, port, tmp_path / "log") as pid:
        socket = await connect(f"ws{base[4:]}/live/ws")
        async with events(base) as first, events(base) as second:
            await first.next(), await second.next(), await socket.recv()
            started = asyncio.get_running_loop().time()
            os.kill(pid, signal.SIGTERM)
            for stream in (first, second):
                with pytest.raises(StopAsyncIteration):
                    await stream.next()
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            # Not only when the server loses patience, which takes ten seconds.
            assert asyncio.get_running_loop().time() - started < 8
    assert "Traceback" not in (tmp_path / "log").read_text()
