"""Redis killed, emptied, or replaced by a replica that lacks what was said last: nothing doubled, no game lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.domain.live import Game, Lobby, Play, Slot
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.history import HistoryStream, Standing
from server.live.plays import game_text
from server.live.publisher import Publisher
from server.live.writer import Writer
from server.live.writer import opened as opened_lobby
from server.services.recorder import KNOWN_MS
from server.storage.database import Database
from tests.engines import AT_ONCE, Store, opened
from tests.record.rows import remembered, stored
from tests.record.stage import Line, all_that_was_said, line, recording, until, until_all_is_recorded

AT = 1_795_000_000.0

# A third of it passes until a game server notices that Redis is another one.
LEASE = 3.0
KEPT = ("--appendonly", "yes", "--appendfsync", "always")


def room(number: int, *players: int, started: float = 0.0) -> Lobby:
    slots = tuple(Slot(place, player_id) for place, player_id in enumerate(players))
    playing = AT + started if started else 0.0
    return Lobby(number, f"{number}", 3, slots=slots, opened_at=AT, in_progress=bool(started), started_at=playing)


def game(number: int, started: float, *players: int) -> Game:
    plays = tuple(Play(player_id, 1000, played_at=AT + started, slot=place) for place, player_id in enumerate(players))
    return Game(number, f"{number}", AT, AT + started, AT + started + 5, plays=plays)


async def events(db: Database, slot: int) -> list[str]:
    """What happened in the lobby of a slot: `joined 3`, `other`..."""
    found = [(what, user_id) for key, what, _, user_id, _ in (await stored(db))["events"] if key[1] == slot]
    return [f"{what.removeprefix('player-').removeprefix('match-')} {user_id or ''}".strip() for what, user_id in found]


async def games(db: Database, slot: int) -> list[tuple[float, int, int]]:
    """The games of a slot: when they began in seconds after `AT`, whether they were told of, and how many scores."""
    story = await stored(db)
    return [
        ((facts[0] - AT * 1000) / 1000, facts[-1], sum(each[0] == (key, facts[0]) for each in story["scores"]))
        for key, *facts in story["games"]
        if key[1] == slot
    ]


@asynccontextmanager
async def at_work(url: str, way: Line, compare_ms: int = 2000) -> AsyncIterator[tuple[Publisher, Database]]:
    """A game server and a recorder that both reach Redis over this line."""
    connection = Connection(way.url, timeout=5)
    async with opened(url) as db, recording(url, way.url, compare_ms=compare_ms):
        async with Publisher(connection, "main", LEASE) as publisher:
            yield publisher, db
        await connection.close()


async def until_compared(db: Database) -> None:
    async def done() -> bool:
        return await db.one("SELECT compare_ms FROM api_recorder WHERE run_id <> '-'") == (None,)

    await until(done)


async def until_read_anew(db: Database, before: Any) -> None:
    async def done() -> bool:
        return await db.one("SELECT run_id FROM api_recorder") != before

    await until(done)


async def test_redis_is_killed_and_remembers(sqlite_url: str, tmp_path: Path) -> None:
    with Store(tmp_path, *KEPT) as redis:
        async with line(redis.port) as way, at_work(sqlite_url, way) as (publisher, db):
            publisher.lobby(room(1, 3, 4))
            publisher.lobby(room(2, 5, started=10))
            await publisher.said()
            await until_all_is_recorded(db, redis.url)
            await until_compared(db)
            before = await db.one("SELECT run_id FROM api_recorder")
            redis.kill()
            publisher.game_finished(game(2, 10, 5))
            publisher.lobby(room(2, 5))
            publisher.lobby(room(1, 4))
            await asyncio.sleep(0.5)
            redis.start()
            await publisher.said()
            await until_read_anew(db, before)
            await until_all_is_recorded(db, redis.url)
            await until_compared(db)
            assert await stored(db) == remembered(await all_that_was_said(redis.url))
            assert await events(db, 1) == ["created 3", "joined 3", "joined 4", "left 3"]
            assert await games(db, 2) == [(10, 1, 1)]


async def test_redis_is_killed_and_forgets(sqlite_url: str, tmp_path: Path) -> None:
    """What the game server still knows goes on; what ended meanwhile is over; what began meanwhile is there."""
    with Store(tmp_path) as redis:
        async with line(redis.port) as way, at_work(sqlite_url, way) as (publisher, db):
            for number in (1, 2, 3):
                publisher.lobby(room(number, 3, 4, started=10))
            await publisher.said()
            await until_all_is_recorded(db, redis.url)
            await until_compared(db)
            redis.kill()
            publisher.game_finished(game(1, 10, 3, 4))
            publisher.lobby(room(1, 3))
            publisher.lobby_closed(3)
            publisher.lobby(replace(room(3, 5), opened_at=AT + 60))
            publisher.lobby(room(9, 6))
            await asyncio.sleep(0.5)
            redis.start()
            await publisher.said()

            async def gone() -> bool:
                return await db.one("SELECT compare_ms FROM api_recorder WHERE last_id <> '0-0'") == (None,)

            await until_all_is_recorded(db, redis.url)
            await until(gone)
            assert await events(db, 1) == ["created 3", "joined 3", "joined 4", "other", "left 4"]
            assert await games(db, 1) == [(10, 1, 2)]
            assert await events(db, 2) == ["created 3", "joined 3", "joined 4", "other"]
            assert await games(db, 2) == [(10, 0, 0)]
            assert await events(db, 3) == [
                *("created 3", "joined 3", "joined 4", "other", "disbanded"),
                *("created 3", "joined 5"),
            ]
            found = await db.all("SELECT slot, opened_ms, ended_ms IS NULL FROM api_matches ORDER BY id")
            opening = int(AT * 1000)
            assert found == [
                (1, opening, 1),
                (2, opening, 1),
                (3, opening, 0),
                (3, opening + 60_000, 1),
                (9, opening, 1),
            ]
            # The game of the lobby that is no more was broken off.
            assert await db.all("SELECT aborted FROM api_match_games WHERE match_id = 3") == [(1,)]


async def test_a_replica_that_lacks_the_last_entries(history_url: str, tmp_path: Path) -> None:
    """What it lacks was recorded already, in part: the game server says it again, and it is there once."""
    async with AsyncExitStack() as stack:
        old = stack.enter_context(Store(tmp_path / "old", *AT_ONCE))
        new = stack.enter_context(Store(tmp_path / "new", "--replicaof", f"127.0.0.1 {old.port}"))
        way = await stack.enter_async_context(line(old.port))
        publisher, db = await stack.enter_async_context(at_work(history_url, way))
        replica = Connection(new.url, timeout=5)
        stack.push_async_callback(replica.close)
        master = Connection(old.url, timeout=5)
        stack.push_async_callback(master.close)

        publisher.lobby(room(1, 3, 4))
        publisher.lobby(room(2, 5))
        publisher.lobby(room(3, 7))
        await publisher.said()
        await until_all_is_recorded(db, old.url)
        await until_compared(db)
        assert await master.ask(lambda client: client.wait(1, 10_000)) == 1
        await replica.ask(lambda client: client.execute_command("REPLICAOF", "NO", "ONE"))

        # Only the old one hears of this, and it is recorded.
        publisher.lobby(room(1, 3, 4, 6, started=10))
        await publisher.said()
        publisher.game_finished(game(1, 10, 3, 4))
        publisher.lobby(room(1, 3, 6))
        publisher.lobby_closed(3)
        await publisher.said()
        await until_all_is_recorded(db, old.url)
        before = await db.one("SELECT run_id FROM api_recorder")
        recorded = await stored(db)
        assert await games(db, 1) == [(10, 1, 2)]

        await way.lead(new.port)
        await until_read_anew(db, before)
        await publisher.said()
        await until_all_is_recorded(db, new.url)
        assert await stored(db) == recorded
        publisher.lobby(room(1, 3, 6, started=20))
        publisher.lobby(room(2, 5, 8))
        await publisher.said()
        publisher.game_finished(game(1, 20, 6))
        publisher.lobby(room(1, 3, 6))
        await publisher.said()
        await until_compared(db)
        await until_all_is_recorded(db, new.url)
        assert await events(db, 1) == [
            "created 3",
            *(f"joined {each}" for each in (3, 4, 6)),
            "other",
            "left 4",
            "other",
        ]
        assert await games(db, 1) == [(10, 1, 2), (20, 1, 1)]
        assert await events(db, 2) == ["created 3", "joined 5", "joined 8"]
        assert await events(db, 3) == ["created 3", "joined 7", "left 7", "disbanded"]


async def test_what_was_lost_before_it_was_recorded(sqlite_url: str, tmp_path: Path) -> None:
    """A finished game that only the old one knew, and nobody had recorded, is told again and recorded."""
    async with AsyncExitStack() as stack:
        old = stack.enter_context(Store(tmp_path / "old", *AT_ONCE))
        new = stack.enter_context(Store(tmp_path / "new", "--replicaof", f"127.0.0.1 {old.port}"))
        way = await stack.enter_async_context(line(old.port))
        reading = await stack.enter_async_context(line(old.port))
        db = await stack.enter_async_context(opened(sqlite_url))
        await stack.enter_async_context(recording(sqlite_url, reading.url, compare_ms=2000))
        connection = Connection(way.url, timeout=5)
        stack.push_async_callback(connection.close)
        publisher = await stack.enter_async_context(Publisher(connection, "main", LEASE))
        master, replica = (Connection(each.url, timeout=5) for each in (old, new))
        for each in (master, replica):
            stack.push_async_callback(each.close)

        publisher.lobby(room(1, 3, 4, started=10))
        await publisher.said()
        await until_all_is_recorded(db, old.url)
        assert await master.ask(lambda client: client.wait(1, 10_000)) == 1
        await reading.cut()
        await replica.ask(lambda client: client.execute_command("REPLICAOF", "NO", "ONE"))
        publisher.game_finished(game(1, 10, 3, 4))
        publisher.lobby(room(1, 3, 4))
        await publisher.said()
        await reading.lead(new.port)
        await way.lead(new.port)
        publisher.lobby(room(1, 3, 4, 5))
        await publisher.said()
        await until_all_is_recorded(db, new.url)
        await until_compared(db)
        assert await games(db, 1) == [(10, 1, 2)]
        assert await events(db, 1) == ["created 3", "joined 3", "joined 4", "other", "joined 5"]


async def test_entries_that_were_trimmed(sqlite_url: str, redis_: str) -> None:
    """Who was away for longer than the stream keeps goes on with what is kept and what stands."""
    connection = Connection(redis_, timeout=5)
    async with Publisher(connection, "main") as publisher, opened(sqlite_url) as db:
        async with recording(sqlite_url, redis_):
            publisher.lobby(room(1, 3))
            publisher.lobby(room(2, 4))
            await publisher.said()
            await until_all_is_recorded(db, redis_)
        publisher.lobby_closed(1)
        publisher.lobby(room(2, 4, 5))
        publisher.lobby(room(3, 6))
        await publisher.said()
        await connection.ask(lambda client: client.xtrim(keys.HISTORY, 0, approximate=False))
        publisher.game_finished(game(3, 10, 6))
        await publisher.said()
        async with recording(sqlite_url, redis_, compare_ms=500):
            await until_all_is_recorded(db, redis_)
            await until_compared(db)
            assert await events(db, 1) == ["created 3", "joined 3", "disbanded"]
            assert await events(db, 2) == ["created 3", "joined 4", "joined 5"]
            assert await events(db, 3) == ["created", "other", "joined 6"]
            found = await db.all("SELECT slot, ended_ms IS NULL FROM api_matches ORDER BY slot")
            assert found == [(1, 0), (2, 1), (3, 1)]
    await connection.close()


async def test_its_place_is_lost(sqlite_url: str, redis_: str) -> None:
    """What is recorded is not recorded again."""
    connection = Connection(redis_, timeout=5)
    async with Publisher(connection, "main") as publisher, opened(sqlite_url) as db:
        async with recording(sqlite_url, redis_):
            for players in ((3,), (3, 4), (4,), (3, 4)):
                publisher.lobby(room(1, *players))
                await publisher.said()
            publisher.game_finished(game(1, 10, 3, 4))
            await publisher.said()
            await until_all_is_recorded(db, redis_)
        before = await stored(db)
        await db.run("DELETE FROM api_recorder")
        async with recording(sqlite_url, redis_, compare_ms=500):
            await until_all_is_recorded(db, redis_)
            await until_compared(db)
            assert await stored(db) == before
            publisher.lobby(room(1, 3, 4, 5))
            await publisher.said()
            await until_all_is_recorded(db, redis_)
            assert (await events(db, 1))[-1] == "joined 5"
    await connection.close()


async def test_what_was_deleted_stays_so(sqlite_url: str, redis_: str) -> None:
    """But for what was said in the hour before Redis was replaced: it may be news."""
    connection = Connection(redis_, timeout=5)
    newest = 1_795_000_000_000 + KNOWN_MS
    async with opened(sqlite_url) as db:
        for moment in (newest - KNOWN_MS - 1, newest - KNOWN_MS, newest):
            said = game_text(replace(game(1, 10, 3), started_at=moment / 1000)).decode()
            words = ("kind", "game_finished", "server", "main", "id", "1", "data", said)
            await Batch(connection).command("XADD", keys.HISTORY, f"{moment}-0", *words)
        async with recording(sqlite_url, redis_):
            await until_all_is_recorded(db, redis_)
        for table in ("matches", "match_games", "match_scores", "match_events"):
            await db.run(f"DELETE FROM api_{table}")
        await db.run("UPDATE api_recorder SET run_id = 'another'")
        async with recording(sqlite_url, redis_):
            await until_read_anew(db, ("another",))
            await until_all_is_recorded(db, redis_)
            started = [each for (each,) in await db.all("SELECT started_ms FROM api_match_games ORDER BY 1")]
            assert started == [newest - KNOWN_MS, newest]
    await connection.close()


async def test_what_is_said_while_it_is_compared(sqlite_url: str, redis_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands is compared only with all that led to it."""
    connection = Connection(redis_, timeout=5)
    writer, ask, spoken = Writer(Batch(connection)), HistoryStream.standing, []

    async def late(self: HistoryStream) -> Standing:
        for players in ((3, 5), (3,), (3, 6)) if not spoken else ():
            await writer.say("main", [opened_lobby(room(1, *players), "main")])
        spoken.append(True)
        return await ask(self)

    monkeypatch.setattr(HistoryStream, "standing", late)
    await writer.say("main", [opened_lobby(room(1, 3), "main")])
    async with opened(sqlite_url) as db, recording(sqlite_url, redis_, compare_ms=0):
        await until_compared(db)
        await until_all_is_recorded(db, redis_)
        assert await events(db, 1) == ["created 3", "joined 3", "joined 5", "left 5", "joined 6"]
        assert len(spoken) > 1
    await connection.close()


async def test_a_clock_that_is_behind(sqlite_url: str, redis_: str) -> None:
    """What the new Redis was told bears ids of before: games are recorded, and lobbies come to what stands."""
    connection = Connection(redis_, timeout=5)
    async with Publisher(connection, "main") as publisher, opened(sqlite_url) as db:
        publisher.lobby(room(1, 3))
        publisher.lobby(room(2, 3))
        await publisher.said()
        async with recording(sqlite_url, redis_):
            await until_all_is_recorded(db, redis_)
        await db.run("UPDATE api_recorder SET run_id = 'another', last_id = '2000000000000-0'")
        publisher.lobby(room(1, 3, 4))
        publisher.lobby(room(2, 3, 4))
        publisher.game_finished(game(1, 10, 3))
        await publisher.said()
        async with recording(sqlite_url, redis_, compare_ms=1500):
            await until_all_is_recorded(db, redis_)
            assert await games(db, 1) == [(10, 1, 1)]
            publisher.lobby(room(1, 3, 5))
            await publisher.said()
            await until_all_is_recorded(db, redis_)
            assert await events(db, 1) == ["created 3", "joined 3", "other", "joined 5"]
            await until_compared(db)
            assert await events(db, 2) == ["created 3", "joined 3", "joined 4"]
    await connection.close()
