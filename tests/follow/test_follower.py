"""The follower at work: players who come and go, beatmaps that change, scores that are written late, rivals."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.domain.privileges import BOT_ID
from server.services import follower
from server.services.follower import Follower
from server.storage.database import Database
from tests.engines import MariaDB, opened
from tests.follow.stage import MD5, PLAYERS, Playing, due, kept, ledger, play, prepared, row, summed

PATIENCE = 20.0

FIRST = [
    *(Playing(3, score=9, pp=9), Playing(4, score=8, pp=8), Playing(5, score=7, pp=7), Playing(3, 12, 4, 1, 9)),
    *(Playing(4, 12, 4, 2, 10), Playing(5, 13, 3, 3, 1), Playing(3, 14, 0, 9, 9), Playing(6, passed=False)),
]


@asynccontextmanager
async def following(url: str, settle_seconds: float = 0.0) -> AsyncIterator[asyncio.Task[None]]:
    """A follower at work."""
    stop = asyncio.Event()
    async with opened(url) as db:
        task = asyncio.create_task(Follower(await ledger(db), settle_seconds).run(stop))
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), PATIENCE)


async def until(question: Callable[[], Awaitable[Any]]) -> None:
    """Wait until the answer is yes."""
    async with asyncio.timeout(PATIENCE):
        while not await question():
            await asyncio.sleep(0.05)


async def until_all_counts(db: Database) -> None:
    """Wait until everything is as it has to be."""
    try:
        await until(lambda: _is_due(db))
    except TimeoutError:
        assert await kept(db) == await due(db)


async def _is_due(db: Database) -> bool:
    return await kept(db) == await due(db)


async def caught_up(db: Database) -> None:
    await Follower(await ledger(db), 0).catch_up()


async def firsts(db: Database) -> dict[tuple[str, int], int]:
    return {(md5, mode): user for md5, mode, user, _ in (await kept(db))["firsts"]}


async def test_players_who_are_hidden_and_shown(url: str) -> None:
    async with opened(url) as db:
        await play(db, *FIRST)
        await caught_up(db)
        assert await firsts(db) == {(MD5[11], 0): 3, (MD5[12], 4): 4, (MD5[13], 3): 5}
        before = await kept(db)
        await db.run("UPDATE users SET priv = 2 WHERE id IN (3, 5)")
        await caught_up(db)
        assert await firsts(db) == {(MD5[11], 0): 4, (MD5[12], 4): 4}
        await db.run("UPDATE users SET priv = 2 WHERE id = 4")
        await db.run("UPDATE users SET priv = 3 WHERE id = 5")
        await caught_up(db)
        assert await firsts(db) == {(MD5[11], 0): 5, (MD5[13], 3): 5}
        await db.run("UPDATE users SET priv = 3")
        await caught_up(db)
        assert await kept(db) == before
        assert await db.all("SELECT user_id FROM api_hidden") == []


async def test_what_a_hidden_player_does_is_nothing(url: str) -> None:
    async with opened(url) as db:
        await db.run("UPDATE users SET priv = 2 WHERE id = 3")
        await play(db, *FIRST)
        await caught_up(db)
        await play(db, Playing(3, score=99, pp=99), Playing(5, score=50, pp=50))
        await caught_up(db)
        found = await kept(db)
        assert found == await due(db)
        assert 3 not in {each[2] for each in found["events"]}
        assert (3, 0) in {each[:2] for each in found["totals"]}


async def test_many_boards_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are looked at in one go; and cut short on the way, it begins anew."""
    monkeypatch.setattr(follower, "AGAIN", 1)
    async with opened(url) as db:
        await db.run("UPDATE users SET priv = 2 WHERE id = 3")
        await play(db, Playing(3, 11), Playing(3, 12), Playing(3, 13))
        await caught_up(db)
        assert await firsts(db) == {}
        await db.run("UPDATE users SET priv = 3 WHERE id = 3")
        book = await ledger(db)
        place = await book.place()
        assert place is not None
        await book.look(place, [MD5[12]])
        assert await firsts(db) == {(MD5[12], 0): 3}
        await caught_up(db)
        assert await kept(db) | {"events": []} == await due(db) | {"events": []}


async def test_beatmaps_that_change(url: str) -> None:
    async with opened(url) as db:
        await play(db, *FIRST)
        await caught_up(db)
        before = await firsts(db)

        async def approved(map_id: int, status: int) -> int | None:
            await db.run("UPDATE maps SET status = :status WHERE id = :id", status=status, id=map_id)
            await caught_up(db)
            row = await db.one("SELECT status, approved_ms FROM api_map_statuses WHERE map_id = :id", id=map_id)
            assert row is not None
            assert row[0] == status
            return row[1]

        assert await approved(11, 0) is None
        assert await firsts(db) == {key: user for key, user in before.items() if key[0] != MD5[11]}
        then = await approved(11, 5)
        assert then is not None
        assert await firsts(db) == before
        assert await approved(11, 2) == then
        assert await approved(12, 3) is None
        assert await approved(14, 4) is None
        assert await approved(14, 2) is not None
        assert await firsts(db) == before | {(MD5[14], 0): 3}
        await db.run("UPDATE maps SET id = 99, md5 = :md5 WHERE id = 11", md5="f" * 32)
        await caught_up(db)
        assert await firsts(db) == {key: user for key, user in before.items() if key[0] != MD5[11]} | {(MD5[14], 0): 3}
        assert await db.all("SELECT approved_ms FROM api_map_statuses WHERE map_id = 99") == [(None,)]


async def test_what_is_wiped(url: str) -> None:
    async with opened(url) as db:
        await play(db, *FIRST)
        await caught_up(db)
        await db.run("DELETE FROM scores WHERE userid = 3")
        await db.run("UPDATE scores SET status = 0 WHERE userid = 5")
        await db.run("INSERT INTO api_totals (user_id, mode, n300, n100, n50) VALUES (77, 0, 1, 1, 1)")
        async with following(url):
            await until(lambda: _mended(db))


async def _mended(db: Database) -> bool:
    return await kept(db) | {"events": []} == await due(db) | {"events": []}


async def test_begun_again(url: str) -> None:
    """Without its place everything is worked out anew."""
    async with opened(url) as db:
        await play(db, *FIRST)
        await caught_up(db)
        before = await kept(db)
        await db.run("DELETE FROM api_follower")
        await db.run("UPDATE api_totals SET n300 = 0")
        await db.run("INSERT INTO api_hidden (user_id) VALUES (3)")
        await caught_up(db)
        assert await kept(db) == before
        assert await db.all("SELECT user_id FROM api_hidden") == [(BOT_ID,)]


async def test_written_late(mariadb: MariaDB) -> None:
    """A score that becomes visible after one with a greater id is not lost; one that never does holds up nothing."""
    with mariadb.database() as name:
        url = mariadb.url(name)
        await prepared(url)
        async with opened(url) as db, opened(url) as other, following(url, 1.0):
            await until_all_counts(db)
            async with other.transaction() as session:
                await session.insert_many("scores", [_late(score_id) for score_id in (1, 2)])
                await play(db, Playing(5, id=3), Playing(5, id=4))
                await asyncio.sleep(0.3)
                assert (await kept(db))["totals"] == []
            await until_all_counts(db)
            assert len(await db.all("SELECT id FROM scores")) == 4
            async with other.session() as session:
                await session.run("BEGIN")
                await session.insert_many("scores", [_late(5)])
                await play(db, Playing(6, id=6))
                await session.run("ROLLBACK")
            await until_all_counts(db)


def _late(score_id: int) -> dict[str, Any]:
    return row(Playing(4, id=score_id), 2 if score_id == 1 else 1)


async def test_two_at_once(url: str) -> None:
    """While players play, and one of them is gone before the end."""
    chance = random.Random(5)
    async with opened(url) as db:
        await play(db, *FIRST)
        async with following(url) as left:
            async with following(url) as right:
                for number in range(30):
                    user, map_id = chance.choice(PLAYERS), chance.choice((11, 12, 13))
                    await play(db, Playing(user, map_id, 0, chance.randrange(50), chance.randrange(50)))
                    if number % 5 == 0:
                        await asyncio.sleep(0.05)
                await until_all_counts(db)
                assert not left.done()
                assert not right.done()
            await play(db, Playing(6, score=99, pp=99))
            await until_all_counts(db)
            assert (await kept(db))["totals"] == await summed(db)


async def test_the_database_away_for_a_while(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with opened(url) as db:
        await play(db, *FIRST[:4])
        async with following(url) as task:
            await until_all_counts(db)
            await db.run("ALTER TABLE api_totals RENAME TO api_elsewhere")
            await play(db, *FIRST[4:])
            await until(lambda: _logged(caplog, "The follower goes on trying."))
            await db.run("ALTER TABLE api_elsewhere RENAME TO api_totals")
            await until_all_counts(db)
            await until(lambda: _logged(caplog, "The follower goes on."))
            assert not task.done()
    assert sum("goes on trying" in each.message for each in caplog.records) == 1


async def _logged(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    return any(text in each.message for each in caplog.records)


async def test_a_play_did_what_it_did(url: str) -> None:
    """Worked out anew with other players hidden, it takes nothing from anybody else."""
    async with opened(url) as db:
        await play(db, Playing(4, score=1, pp=1), Playing(3, score=2, pp=2), Playing(5, score=3, pp=3))
        await caught_up(db)
        before = (await kept(db))["events"]
        assert [each[:3] for each in before if each[1] == "lost_first"] == [(2, "lost_first", 4), (3, "lost_first", 3)]
        await db.run("UPDATE users SET priv = 2 WHERE id = 3")
        await db.run("DELETE FROM api_follower")
        await caught_up(db)
        assert (await kept(db))["events"] == before


async def test_pp_that_was_worked_out_anew(url: str) -> None:
    """What the game server calls the best is the best, also where an older play has more pp by now."""
    async with opened(url) as db:
        await play(db, Playing(4, score=5, pp=5), Playing(3, score=1, pp=100), Playing(3, score=2, pp=200))
        await caught_up(db)
        await db.run("UPDATE scores SET pp = 50 WHERE id = 3")
        await play(db, Playing(3, score=9, pp=80))
        await caught_up(db)
        found = await kept(db)
        assert found["firsts"] == [(MD5[11], 0, 3, 4)]
        assert [each[:3] for each in found["events"] if each[0] == 4] == [(4, "lost_first", 4), (4, "rank", 3)]
