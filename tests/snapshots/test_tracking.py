"""Snapshots that are asked for: many at once, while the round goes by, and where nothing can be kept."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.domain.problems import NotFound, Unavailable
from server.domain.rulesets import Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS, NO_PEAK, Update
from server.services.snapshotter import Snapshotter
from server.storage.database import Database
from tests.engines import MariaDB, opened
from tests.snapshots import stage
from tests.snapshots.stage import BEGAN, HOUR, PLAYERS, Playing, Stage

PLAYS = [Playing(player, map_id, pp=100 * player + map_id) for player in PLAYERS for map_id in (21, 22, 23, 25)]


@asynccontextmanager
async def stages(url: str, count: int) -> AsyncIterator[list[Stage]]:
    """Several servers over one database."""
    dbs = [Database(url, pool_size=10) for _ in range(count)]
    for db in dbs:
        await db.connect()
    try:
        yield [await stage.stage(db) for db in dbs]
    finally:
        for db in dbs:
            await db.disconnect()


async def test_many_at_once(mysql_url: str) -> None:
    """One of them is the first, and what it has written the others see."""
    async with stages(mysql_url, 3) as (one, other, worker):
        for turn in range(3):
            await stage.play(one.db, BEGAN, *PLAYS[turn::3])
            # A round of another day each time.
            worker.clock.go(days=1)
            asked = [await one.player(each) for each in (3, 4, 5)]
            went_round = asyncio.create_task(worker.catch_up())
            updates = await asyncio.gather(
                *(each.tracking.update(player, Mode.OSU) for _ in range(7) for player in asked for each in (one, other))
            )
            await went_round
            if turn == 0:
                # The round may have been before all of them.
                assert sum(update.before is None for update in updates) <= 3
            told = Counter(play.score.id for update in updates for play in update.plays)
            assert set(told.values()) <= {1}
        await stage.all_is_covered(one.db)
        assert len(await stage.recorded(one.db)) == len([each for each in PLAYS if each.map_id != 25])


async def test_twenty_for_one_player(url: str) -> None:
    async with stages(url, 2) as both:
        await stage.play(both[0].db, BEGAN, *PLAYS)
        player = await both[0].player(4)
        updates = await asyncio.gather(*(each.tracking.update(player, Mode.OSU) for _ in range(10) for each in both))
        assert sum(update.before is None for update in updates) == 1
        first = next(update for update in updates if update.before is None)
        assert [play.place for play in first.plays] == [0, 1, 2]
        assert [update for update in updates if update is not first] == [Update(first.now, first.now, ())] * 19
        assert len((await stage.told(both[0].db))[4, 0]) == 1


async def test_given_up_in_the_middle(mysql_url: str) -> None:
    """Whoever waits behind one that is called off gets an answer all the same."""
    async with stages(mysql_url, 2) as both:
        await stage.play(both[0].db, BEGAN, *PLAYS)
        for player_id in PLAYERS:
            player = await both[0].player(player_id)
            async with both[0].db.session() as session:
                await session.run("BEGIN")
                await session.run(
                    "REPLACE INTO api_snapshot_checks (user_id, mode, checked_ms) VALUES (:id, 0, 1)", id=player_id
                )
                waiting = [
                    asyncio.create_task(each.tracking.update(player, Mode.OSU)) for _ in range(4) for each in both
                ]
                await asyncio.sleep(0.1)
                await session.run("ROLLBACK")
            updates = await asyncio.gather(*waiting)
            assert sum(update.before is None for update in updates) == 1
        await stage.all_is_covered(both[0].db)


async def test_what_is_new_is_told_once(url: str) -> None:
    async with opened(url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, Playing(3, 21, pp=100), Playing(3, 22, pp=200), Playing(4, 21, pp=50))
        three = await made.player(3)
        first = await made.tracking.update(three, Mode.OSU)
        assert first.before is None
        assert [(each.place, each.beatmap_id, each.score.pp) for each in first.plays] == [(0, 22, 200), (1, 21, 100)]
        assert (first.now.pp_rank, first.now.country_rank, first.now.playcount) == (1, 1, 2)
        made.clock.go(minutes=1)
        assert await made.tracking.update(three, Mode.OSU) == Update(first.now, first.now, ())
        # Somebody passes them: only the rank is another, and only who asks is told.
        await stage.play(db, BEGAN, Playing(4, 22, pp=900))
        await made.catch_up()
        passed = await made.tracking.update(three, Mode.OSU)
        assert (passed.before, passed.now.pp_rank, passed.plays) == (first.now, 2, ())
        rows = (await stage.told(db))[3, 0]
        assert [row[7] for row in rows] == [1, 2]
        # As in the source, a play is told again only if it is another one.
        await stage.play(db, BEGAN, Playing(3, 21, pp=150))
        better = await made.tracking.update(three, Mode.OSU)
        assert [(each.place, each.score.pp) for each in better.plays] == [(1, 150)]
        assert [row.pp for row in await made.progress.top_plays(three, Mode.OSU, EARLIEST_MS, LATEST_MS)] == [
            100, 200, 150,
        ]  # fmt: skip


async def test_figures_as_great_as_they_may_be(mysql_url: str) -> None:
    """Nobody's stand in the way of the round."""
    async with opened(mysql_url) as db:
        made = await stage.stage(db)
        most, more = 2**32 - 1, 2**64 - 1
        await db.run(
            """
            UPDATE stats
               SET plays = :most, pp = :most, x_count = :most, s_count = :most, a_count = :most, tscore = :more,
                   rscore = :more, acc = 100
             WHERE id = 3 AND mode = 0
            """,
            most=most,
            more=more,
        )
        await made.catch_up()
        (found,) = await made.progress.snapshots(await made.player(3), Mode.OSU, EARLIEST_MS, LATEST_MS)
        assert found.figures[3:6] == (most, more, more)
        made.clock.go(days=1)
        await made.catch_up()
        points = await made.progress.days(await made.player(3), Mode.OSU)
        assert [(each.pp, each.rank) for each in points] == [(most, 1)] * 2


async def test_of_whom_there_is_nothing(url: str) -> None:
    async with opened(url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, *PLAYS)
        await db.run("UPDATE users SET priv = 2 WHERE id = 3")
        await db.run("DELETE FROM stats WHERE id = 4")
        for player_id in (3, 4):
            with pytest.raises(NotFound):
                await made.tracking.update(await made.player(player_id), Mode.OSU)
        assert await stage.told(db) == {}
        assert await stage.recorded(db) == []


async def nothing_is_told(made: Stage) -> None:
    player = await made.player(3)
    assert await made.progress.snapshots(player, Mode.OSU, EARLIEST_MS, LATEST_MS) == []
    assert await made.progress.top_plays(player, Mode.OSU, EARLIEST_MS, LATEST_MS) == []
    assert await made.progress.peak(player, Mode.OSU) == NO_PEAK
    assert not await made.progress.has_top_plays(player, Mode.OSU)
    assert [page async for page in made.progress.best_plays(Mode.OSU, EARLIEST_MS, LATEST_MS, 10)] == []
    assert [point.rank for point in await made.progress.days(player, Mode.OSU)] == [5]


async def test_without_tables(sqlite_url: str) -> None:
    async with opened(sqlite_url) as db:
        await stage.play(db, BEGAN, *PLAYS)
        for table in stage.OWN:
            await db.run(f"DROP TABLE api_{table}")
        made = await stage.stage(db)
        await nothing_is_told(made)
        with pytest.raises(Unavailable, match=r"api_snapshots, .*python -m server migrate"):
            await made.tracking.update(await made.player(3), Mode.OSU)
        with pytest.raises(Unavailable, match="python -m server migrate"):
            await made.catch_up()


async def test_a_database_that_may_only_be_read(mysql_url: str, mariadb: MariaDB) -> None:
    async with opened(mysql_url) as db:
        await stage.play(db, BEGAN, *PLAYS)
        made = await stage.stage(db)
        await nothing_is_told(made)
        await made.catch_up()
        with mariadb.reader(db.name) as reading:
            async with opened(reading) as only:
                reader = await stage.stage(only)
                player = await reader.player(3)
                assert len(await reader.progress.snapshots(player, Mode.OSU, EARLIEST_MS, LATEST_MS)) == 1
                assert (await reader.progress.peak(player, Mode.OSU)).rank == 5
                plays = [page async for page in reader.progress.best_plays(Mode.OSU, EARLIEST_MS, LATEST_MS, 10)]
                assert len(plays[0]) == 10
                with pytest.raises(Unavailable, match="may only read"):
                    await reader.tracking.update(player, Mode.OSU)
                with pytest.raises(Unavailable, match="may only read"):
                    await Snapshotter(reader.stored, HOUR).run(asyncio.Event())


async def test_who_waits_stands_in_nobodys_way(mysql_url: str) -> None:
    """While somebody holds a player's row, ever so many may ask for updates of that player: others are answered."""
    async with stages(mysql_url, 2) as (one, holder):
        await stage.play(one.db, BEGAN, Playing(3))
        player = await one.player(3)
        async with holder.db.transaction() as session:
            await session.run("REPLACE INTO api_snapshot_checks (user_id, mode, checked_ms) VALUES (3, 0, 1)")
            waiting = [asyncio.create_task(one.tracking.update(player, Mode.OSU)) for _ in range(20)]
            await asyncio.sleep(0.3)
            async with asyncio.timeout(3):
                assert await one.db.one("SELECT 1") == (1,)
        updates = await asyncio.gather(*waiting)
        assert [each.before is None for each in updates].count(True) == 1
