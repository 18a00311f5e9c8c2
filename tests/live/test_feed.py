"""Reading the stream of events. On every kind of store."""

import asyncio
import time
from typing import Any

import orjson
import pytest

from server.domain.live import Game, Lobby, Play, Status, order
from server.live import keys
from server.live.connection import Away, Connection
from server.live.feed import PAGE, Feed, Kept, is_id
from tests.live.listening import Place, raw
from tests.voice import Voice


async def test_what_is_kept(connection: Connection) -> None:
    feed = Feed(connection)
    assert await feed.kept() == Kept(None, "0-0", True)
    assert await feed.after("0-0") == []
    await Voice(connection, "a").players(Status(player, 1.0) for player in range(3, PAGE + 13))
    page = await feed.after("0-0")
    rest = await feed.after(page[-1][0])
    assert (len(page), len(rest)) == (PAGE, 10)
    assert [event.subject for _, event in page + rest if event] == list(range(3, PAGE + 13))
    assert await feed.kept() == Kept(page[0][0], rest[-1][0], True)
    assert await feed.after(rest[-1][0]) == []
    places = [order(entry_id) for entry_id, _ in page + rest]
    assert places == sorted(set(places))


async def test_waiting_for_news(live_store: Place, connection: Connection) -> None:
    listening = live_store.connection(3)
    feed = Feed(listening)
    assert await feed.next("0-0", 0.01) == []
    waiting = asyncio.create_task(feed.next("0-0", 2))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    started = time.monotonic()
    await Voice(connection, "a").lobbies([Lobby(4, "x", 3)])
    ((_, event),) = await waiting
    assert time.monotonic() - started < 1
    assert event is not None
    assert event.said == Lobby(4, "x", 3, server="a")
    await listening.close()


GOOD: dict[str, Any] = {
    "login": {"id": 3, "login_time": 1.5},
    "status": {"id": 3, "login_time": 1.5},
    "lobby_opened": {"id": 3, "name": "x", "host_id": 3},
    "lobby_changed": {"id": 3, "name": "x", "host_id": 3},
    "game_started": {"id": 3, "name": "x", "host_id": 3},
    "game_finished": {"match_id": 3, "match_name": "x", "opened_at": 1, "started_at": 2, "ended_at": 3},
    "score": {"player_id": 3, "score": 1},
}


async def add(connection: Connection, **fields: str) -> None:
    await raw(connection, "XADD", keys.EVENTS, "*", *(part for field in fields.items() for part in field))


async def test_what_others_wrote_is_read_if_it_can_be(connection: Connection) -> None:
    feed = Feed(connection)
    for kind, data in GOOD.items():
        text = orjson.dumps(data).decode()
        await add(connection, kind=kind, server="a", id="3", data=text)
        # About somebody else, by itself or by its place; of another kind; cut off; of another form.
        await add(connection, kind=kind, server="a", id="4", data=text)
        for odd in ("03", "3\n", "٣", "1_0", "+3", "-3", "x", "", "9" * 30, "9" * 5000):
            await add(connection, kind=kind, server="a", id=odd, data=text)
        for bad in ("", "{", "[]", "null", "3", text[:-1], "{}", "[" * 5000):
            await add(connection, kind=kind, server="a", id="3", data=bad)
        await add(connection, kind=kind, server="a", id="3")
        await add(connection, kind=kind, data=text)
    await add(connection, kind="unheard of", server="a", id="3", data="left")
    await add(connection, nothing="at all")
    await raw(connection, "XADD", keys.EVENTS, "*", b"\xff\xfe", b"\xff", "kind", b"\xc3\x28")
    for kind in ("logout", "lobby_closed"):
        await add(connection, kind=kind, server="a", id="3", data="lost")
    read = await feed.after("0-0")
    assert len(read) == 7 * 22 + 5
    found = [event for _, event in read if event]
    assert [event.kind.value for event in found] == [*GOOD, "logout", "lobby_closed"]
    assert [event.said for event in found] == [
        *(Status(3, 1.5), Status(3, 1.5), *[Lobby(3, "x", 3)] * 3),
        *(Game(3, "x", 1, 2, 3), Play(3, 1), "lost", "lost"),
    ]


async def test_another_thing_under_the_stream_s_name_is_away(connection: Connection) -> None:
    await raw(connection, "SET", keys.EVENTS, "x")
    with pytest.raises(Away):
        await Feed(connection).kept()


@pytest.mark.parametrize("text", ["0-0", "1700000000000-0", "1-18446744073709551"])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "0", "-", "1-", "-1", "$", "+", "(1-0", "01-0", "1-0\n", "1-٣", "9" * 20 + "-0"])
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)
