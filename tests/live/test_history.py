"""Reading the stream of history, what stands beside it, and whose turn it is."""

import asyncio
from typing import Any

import pytest

from server.domain.live import Game, Lobby, order
from server.domain.matches import Closing, Said
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.history import PAGE, START, HistoryStream, Turn
from server.live.plays import game_text
from server.live.records import lobby_text
from server.live.writer import Writer, closed, finished, opened

LOBBY = Lobby(4, "Room", 3, opened_at=1_795_000_000.25)
GAME = Game(4, "Room", 1_795_000_000.25, 1_795_000_001.0, 1_795_000_090.0)


@pytest.fixture
def batch(connection: Connection) -> Batch:
    return Batch(connection)


@pytest.fixture
def stream(batch: Batch) -> HistoryStream:
    return HistoryStream(batch)


async def add(batch: Batch, kind: str, data: str, server: str = "main", match_id: str = "4") -> str:
    words = ("kind", kind, "server", server, "id", match_id, "data", data)
    return str(await batch.command("XADD", keys.HISTORY, "*", *words))


async def test_what_is_said_is_read(batch: Batch, stream: HistoryStream) -> None:
    empty = await stream.after(START)
    assert (empty.last_id, empty.kept, empty.entries, empty.full) == (START, True, (), False)
    writer = Writer(batch)
    for statement in (opened(LOBBY, "main"), finished(GAME), closed(4)):
        await writer.say("main", [statement])
    page = await stream.after(START)
    heard = [each.said for each in page.entries]
    assert [(each.server, each.slot) for each in heard if each] == [("main", 4)] * 3
    assert [each.what for each in heard if each][1:] == [GAME, Closing.LEFT]
    assert isinstance(heard[0].what if heard[0] else None, Lobby)
    moments = [order(each.id)[0] for each in page.entries]
    assert [each.at_ms for each in heard if each] == moments
    assert moments[0] <= page.now_ms < moments[0] + 60_000
    assert page.last_id == page.entries[-1].id
    assert page.run_id == empty.run_id != ""
    after = await stream.after(page.entries[0].id)
    assert (after.entries, after.kept) == (page.entries[1:], True)


async def test_pages_follow_each_other(batch: Batch, stream: HistoryStream) -> None:
    ids = [await add(batch, "closed", "left") for _ in range(PAGE + 1)]
    first = await stream.after(START)
    assert [each.id for each in first.entries] == ids[:PAGE]
    assert first.full
    assert first.last_id == ids[-1]
    second = await stream.after(first.entries[-1].id)
    assert [each.id for each in second.entries] == ids[PAGE:]
    assert not second.full


async def test_what_cannot_be_read_keeps_its_place(batch: Batch, stream: HistoryStream) -> None:
    text = lobby_text(LOBBY, "main").decode()
    odd = [
        ("closed", "eaten", "main", "4"),
        ("news", "left", "main", "4"),
        ("lobby", "{", "main", "4"),
        ("lobby", text, "main", "5"),
        ("lobby", text, "a:b", "4"),
        ("lobby", text, "main", "-4"),
        ("lobby", text.replace('"Room"', '"\\ud800"'), "main", "4"),
        ("game_finished", game_text(GAME).decode(), "main", "5"),
        ("game_finished", "[]", "main", "4"),
    ]
    ids = [await add(batch, *each) for each in odd]
    ids.append(str(await batch.command("XADD", keys.HISTORY, "*", "kind", "closed")))
    good = await add(batch, "closed", "lost")
    page = await stream.after(START)
    assert [each.id for each in page.entries if each.said is None] == ids
    assert page.entries[-1].said == Said(order(good)[0], "main", 4, Closing.LOST)


async def test_a_place_that_is_gone_is_noticed(batch: Batch, stream: HistoryStream) -> None:
    ids = [await add(batch, "closed", "left") for _ in range(3)]
    assert (await stream.after(ids[0])).kept
    await batch.command("XDEL", keys.HISTORY, ids[0])
    page = await stream.after(ids[0])
    assert not page.kept
    assert [each.id for each in page.entries] == ids[1:]
    await batch.command("DEL", keys.HISTORY)
    assert not (await stream.after(ids[2])).kept
    assert (await stream.after(START)).kept


async def test_a_user_who_may_not_ask_for_the_process_still_reads(valkey: str) -> None:
    connection, narrow = (Connection(each, timeout=5) for each in (valkey, valkey.replace("//", "//narrow:x@")))
    await connection.ask(lambda client: client.flushall())
    await connection.ask(
        lambda client: client.execute_command("ACL", "SETUSER", "narrow", "on", ">x", "~*", "+@all", "-info")
    )
    await add(Batch(connection), "closed", "left")
    page = await HistoryStream(Batch(narrow)).after(START)
    assert (page.run_id, len(page.entries)) == ("", 1)
    await connection.ask(lambda client: client.execute_command("ACL", "DELUSER", "narrow"))
    for each in (connection, narrow):
        await each.close()


async def test_what_stands(batch: Batch, stream: HistoryStream) -> None:
    nothing = await stream.standing()
    assert (nothing.last_id, nothing.lobbies) == (START, ())
    await Writer(batch).say("main", [opened(LOBBY, "main")])
    await Writer(batch, lease_seconds=0.001).say("short", [opened(LOBBY, "short")])
    await asyncio.sleep(0.05)
    await batch.command("ZADD", keys.MATCHES, "+inf", "main:5", "+inf", "odd", "+inf", "main:6")
    await batch.command("SET", keys.match("main", 6), "{")
    standing = await stream.standing()
    assert [(each.server, each.slot, each.at_ms) for each in standing.lobbies] == [("main", 4, standing.now_ms)]
    assert standing.lobbies[0].opened_ms == 1_795_000_000_250
    assert standing.last_id == (await stream.after(START)).last_id


async def test_one_has_the_turn(batch: Batch) -> None:
    first, second = Turn(batch, seconds=0.3), Turn(batch, seconds=0.3)
    assert first.token != second.token
    assert await first.take()
    assert not await second.take()
    await second.leave()
    assert await first.take()
    await asyncio.sleep(0.35)
    assert await second.take()
    assert not await first.take()
    await first.leave()
    assert not await first.take()
    await second.leave()
    assert await first.take()
    assert await batch.command("PTTL", keys.RECORDER) <= 300


async def test_redis_away() -> None:
    batch = Batch(Connection(""))
    questions: list[Any] = [HistoryStream(batch).after(START), HistoryStream(batch).standing(), Turn(batch).take()]
    for question in questions:
        with pytest.raises(Away):
            await question
