"""The recorder between real stores: from what a game server says to rows, once, whatever fails meanwhile."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from server.domain.live import Game, Lobby, Play, Slot
from server.domain.matches import Chronicle, Said
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.history import Turn
from server.live.publisher import Publisher
from server.live.writer import Writer, opened
from tests import engines
from tests.engines import MariaDB
from tests.live.proxy import proxy
from tests.record.rows import remembered, stored, unnumbered
from tests.record.stage import FreeTurn, all_that_was_said, prepared, recording, until, until_all_is_recorded

ROOM = Lobby(4, "Room", 3, slots=(Slot(0, 3),), opened_at=1_795_000_000.25)
TWO = replace(ROOM, slots=(Slot(0, 3), Slot(1, 4)))
PLAYING = replace(TWO, in_progress=True, started_at=1_795_000_030.5, map_id=900003)
OVER = Game(
    *(4, "Room", ROOM.opened_at, PLAYING.started_at, 1_795_000_090.0),
    map_id=900003,
    plays=(Play(3, 1000, slot=0), Play(4, 2000, slot=1)),
)


async def kinds(db: Any) -> list[str]:
    return [each[1] for each in (await stored(db))["events"]]


async def test_the_life_of_a_lobby(history_url: str, redis_: str) -> None:
    connection = Connection(redis_, timeout=5)
    async with recording(history_url, redis_), engines.opened(history_url) as db:
        async with Publisher(connection, "main") as publisher:
            for look in (ROOM, TWO, PLAYING):
                publisher.lobby(look)
                await publisher.said()
            publisher.game_finished(OVER)
            publisher.lobby(TWO)
            await publisher.said()
            publisher.lobby_closed(4)
            await publisher.said()
        await until_all_is_recorded(db, redis_)
        story = await stored(db)
        assert [each[:8] for each in story["matches"]] == [
            (1, "main", 4, 1_795_000_000_250, story["matches"][0][4], "Room", 3, 1)
        ]
        assert story["matches"][0][4] is not None
        assert [(what, user_id) for _, what, _, user_id, _ in story["events"]] == [
            ("match-created", 3),
            ("player-joined", 3),
            ("player-joined", 4),
            ("other", None),
            ("player-left", 3),
            ("player-left", 4),
            ("match-disbanded", None),
        ]
        assert [each[1:4] for each in story["games"]] == [(1_795_000_030_500, 1_795_000_090_000, 900003)]
        assert [(each[1], each[4]) for each in story["scores"]] == [(3, 1000), (4, 2000)]
        assert story == remembered(await all_that_was_said(redis_))
    await connection.close()


async def much(publisher: Publisher, turns: int) -> None:
    """Lobbies that come and go, each turn in a step of its own."""
    for turn in range(turns):
        at = 1_795_000_000.0 + turn
        for slot in range(10):
            players = tuple(Slot(place, 3 + place) for place in range(1 + (turn + slot) % 4))
            playing = turn % 3 == 1
            room = Lobby(slot, f"{slot}", 3, slots=players, opened_at=1_795_000_000.0 + turn // 20)
            publisher.lobby(replace(room, in_progress=playing, started_at=at if playing else 0.0))
            if turn % 3 == 2:
                publisher.game_finished(Game(slot, f"{slot}", room.opened_at, at - 1, at, plays=(Play(3, turn),)))
        await publisher.said()


async def test_two_at_once_record_it_once(history_url: str, redis_: str) -> None:
    """Even if both believe that it is their turn."""
    connection = Connection(redis_, timeout=5)
    async with (
        recording(history_url, redis_, turn=FreeTurn),
        recording(history_url, redis_, turn=FreeTurn),
        engines.opened(history_url) as db,
    ):
        async with Publisher(connection, "main") as publisher:
            await much(publisher, 40)
        await until_all_is_recorded(db, redis_)
        story = await stored(db)
        assert len(story["games"]) > 100
        assert story == remembered(await all_that_was_said(redis_))
    await connection.close()


async def test_who_waits_takes_over(sqlite_url: str, redis_: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    connection = Connection(redis_, timeout=5)

    class Silent(Turn):
        """That of a recorder which dies: it takes no leave."""

        async def leave(self) -> None:
            pass

    async with (
        Publisher(connection, "main") as publisher,
        engines.opened(sqlite_url) as db,
        recording(sqlite_url, redis_, turn=lambda batch: Silent(batch, 1.0)) as first,
    ):
        await much(publisher, 3)
        await until_all_is_recorded(db, redis_)
        async with recording(sqlite_url, redis_, turn=lambda batch: Turn(batch, 1.0)):
            await asyncio.sleep(1.5)
            assert caplog.text.count("works, from entry") == 1
            assert caplog.text.count("Another recorder works") == 1
            first.cancel()
            await much(publisher, 4)
            await until_all_is_recorded(db, redis_)
            assert caplog.text.count("works, from entry") == 2
            assert await stored(db) == remembered(await all_that_was_said(redis_))
    await connection.close()


async def test_who_stops_leaves_the_turn(sqlite_url: str, redis_: str) -> None:
    connection = Connection(redis_, timeout=5)
    async with recording(sqlite_url, redis_):
        await until(lambda: connection.ask(lambda client: client.exists(keys.RECORDER)))
    assert not await connection.ask(lambda client: client.exists(keys.RECORDER))
    await connection.close()


async def test_redis_away(sqlite_url: str, redis_: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "server.services.recorder")
    connection = Connection(redis_, timeout=5)
    port = int(redis_.rpartition(":")[2].partition("/")[0])
    async with (
        Publisher(connection, "main") as publisher,
        proxy(port) as line,
        engines.opened(sqlite_url) as db,
        recording(sqlite_url, line.url),
    ):
        await much(publisher, 2)
        await until_all_is_recorded(db, redis_)
        await line.cut()
        await much(publisher, 5)
        await asyncio.sleep(1.5)
        await line.heal()
        await until_all_is_recorded(db, redis_)
        assert await stored(db) == remembered(await all_that_was_said(redis_))
    said = [record.getMessage() for record in caplog.records if "goes on" in record.getMessage()]
    assert said == ["Redis does not answer. The recorder goes on trying.", "The recorder goes on."]
    await connection.close()


async def test_sql_away(mariadb: MariaDB, redis_: str, caplog: pytest.LogCaptureFixture) -> None:
    """The connection is lost at any moment of a transaction, again and again."""
    caplog.set_level(logging.INFO, "server.services.recorder")
    connection = Connection(redis_, timeout=5)
    with mariadb.database() as name:
        await prepared(mariadb.url(name))
        async with Publisher(connection, "main") as publisher, proxy(mariadb.port) as line:
            through = mariadb.url(name).replace(f":{mariadb.port}/", f":{line.port}/")
            async with engines.opened(mariadb.url(name)) as db, recording(through, redis_):
                saying = asyncio.create_task(much(publisher, 60))
                for _ in range(5):
                    await asyncio.sleep(0.3)
                    await line.cut()
                    await asyncio.sleep(0.2)
                    await line.heal()
                await saying
                await until_all_is_recorded(db, redis_)
                assert unnumbered(await stored(db)) == unnumbered(remembered(await all_that_was_said(redis_)))
    assert "The database is not reachable. The recorder goes on trying." in caplog.text
    assert mariadb.password not in caplog.text
    await connection.close()


async def test_what_cannot_be_recorded_is_left_out(
    sqlite_url: str, redis_: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hear = Chronicle.hear

    def faulty(self: Chronicle, said: Said, known: bool = False) -> None:
        if isinstance(said.what, Lobby) and said.what.name == "cursed":
            raise RuntimeError("ours")
        hear(self, said, known)

    monkeypatch.setattr(Chronicle, "hear", faulty)
    connection = Connection(redis_, timeout=5)
    writer = Writer(Batch(connection))
    names = ("a", "b", "cursed", "c", "d")
    statements = [opened(replace(ROOM, id=number, name=name), "main") for number, name in enumerate(names)]
    await writer.say("main", statements)
    async with recording(sqlite_url, redis_), engines.opened(sqlite_url) as db:
        await until_all_is_recorded(db, redis_)
        assert [each[5] for each in (await stored(db))["matches"]] == ["a", "b", "c", "d"]
    assert caplog.text.count("is left out") == 1
    await connection.close()


async def test_leases_end_where_nobody_else_looks(sqlite_url: str, redis_: str) -> None:
    connection = Connection(redis_, timeout=5)
    await Writer(Batch(connection), lease_seconds=0.3).say("main", [opened(PLAYING, "main")])

    async def lost() -> bool:
        matches = (await stored(db))["matches"]
        return bool(matches) and matches[0][-1] is not None

    async with recording(sqlite_url, redis_), engines.opened(sqlite_url) as db:
        await until(lost)
        assert await kinds(db) == ["match-created", "player-joined", "player-joined", "other"]
    await connection.close()
