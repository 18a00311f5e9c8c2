"""The snapshotter at work: in steps, with pauses, after a time away, and when there are several."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.domain.problems import Unavailable
from server.domain.rulesets import Mode
from server.services import alone, horizon, snapshotter
from server.services.snapshotter import EASE, PAIRS, PLAYERS, SIGN_SECONDS, Snapshotter
from server.storage.database import Database
from server.storage.fences import Overtaken
from server.storage.ladders import Ladders
from server.storage.snapshots import Pair
from server.storage.snapshotting import Place, Snapshotting
from tests.engines import opened
from tests.snapshots import stage
from tests.snapshots.stage import BEGAN, HOUR, Playing, Stage

NUMBER = (BEGAN.date() - date(1970, 1, 1)).days


async def crowd(db: Database, count: int) -> None:
    """So many more players, each with one play."""
    ids = range(100, 100 + count)
    async with db.transaction() as session:
        await session.insert_many("users", [stage.person(each) for each in ids])
        figures = {"mode": 0, "plays": 1, "acc": 99.5}
        await session.insert_many(
            "stats", [{"id": each, "pp": each % 7, "tscore": 10 * each, **figures} for each in ids]
        )
        await session.insert_many("scores", [stage.score_row(Playing(each, pp=each % 7), 2, BEGAN) for each in ids])


class Watched:
    """Counts the statements of each piece of work, which begins with its turn."""

    def __init__(self) -> None:
        self.pieces: list[list[str]] = [[]]

    def __call__(self, sql: str) -> None:
        if "snapshotter SET turn" in sql:
            self.pieces.append([])
        self.pieces[-1].append(" ".join(sql.split()))


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[tuple[Stage, Watched]]:
    watch = Watched()
    db = Database(url, pool_size=2, watch=watch)
    await db.connect()
    yield await stage.stage(db), watch
    await db.disconnect()


async def test_a_round_is_made_in_steps_of_few_statements(sqlite_url: str) -> None:
    async with watched(sqlite_url) as (made, watch):
        await crowd(made.db, 3 * PLAYERS - 1)
        await made.stored.begin(10**6)
        watch.pieces = [[]]
        await made.catch_up()
        # Three steps (with one in the last that is not full), and the ladders.
        assert len(watch.pieces) == 2 + 3 + 1
        for piece in watch.pieces[2:5]:
            assert len(piece) <= 20 + 5 * PLAYERS
        assert len(watch.pieces[5]) <= 20
        await stage.all_is_covered(made.db)
        made.clock.go(days=1)
        watch.pieces = [[]]
        await made.catch_up()
        # Of whom there is nothing new, nothing is asked.
        assert len(watch.pieces) == 6
        assert all(len(piece) <= 20 for piece in watch.pieces)


async def test_a_thousand_who_have_all_played_at_once(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked at some at a time, and in between the database is left alone."""
    batches: list[int] = []
    pauses: list[tuple[float, float]] = []
    real, since = Snapshotting.take, [0.0]

    async def take(self: Snapshotting, was: Place, last_id: int, pairs: list[Pair], now_ms: int) -> Place:
        begun = asyncio.get_running_loop().time()
        place = await real(self, was, last_id, pairs, now_ms)
        batches.append(len(pairs))
        since[0] = asyncio.get_running_loop().time() - begun
        return place

    async def no_pause(stop: asyncio.Event, seconds: float) -> None:
        pauses.append((since[0], seconds))
        since[0] = 0.0
        await asyncio.sleep(0)

    monkeypatch.setattr(Snapshotting, "take", take)
    monkeypatch.setattr(snapshotter, "pause", no_pause)
    async with opened(sqlite_url) as db:
        made = await stage.stage(db)
        await made.catch_up()
        await crowd(db, 1000)
        stop = asyncio.Event()
        works = asyncio.create_task(
            Snapshotter(made.stored, HOUR, made.clock, settle_seconds=0, due_seconds=0).run(stop)
        )
        await until(lambda: _is(db, "SELECT COUNT(*) FROM api_snapshots", 1000))
        stop.set()
        await works
        await stage.all_is_covered(db)
    assert max(batches) == PAIRS
    assert sum(batches) == 1000
    worked = [(took, paused) for took, paused in pauses if took]
    assert len(worked) == len(batches)
    for took, paused in worked:
        assert paused >= min(EASE * took, SIGN_SECONDS)


async def until(question: Callable[[], Awaitable[Any]]) -> None:
    """Wait until the answer is yes."""
    async with asyncio.timeout(30):
        while not await question():
            await asyncio.sleep(0.02)


async def _is(db: Database, sql: str, number: int) -> bool:
    return await db.all(sql) == [(number,)]


async def days(db: Database) -> list[int]:
    return [day - NUMBER for (day,) in await db.all("SELECT day FROM api_days ORDER BY day")]


async def test_after_a_time_away(url: str) -> None:
    """What was missed is not invented; today's round is made once, and nobody's plays are lost."""
    async with opened(url) as db:
        made = await stage.stage(db)
        await stage.play(db, made.clock.now, Playing(3), Playing(4, pp=50))
        await made.catch_up()
        assert await days(db) == [0]
        for pp in (200, 300, 400):
            made.clock.go(days=2)
            await stage.play(db, made.clock.now, Playing(3, pp=pp), Playing(5, 22, 4, pp))
        await made.catch_up()
        assert await days(db) == [0, 6]
        before = await stage.told(db)
        assert [row[4] for row in before[3, 0]] == [1, 4]
        await stage.all_is_covered(db)
        made.clock.go(hours=1)
        await made.catch_up()
        assert (await days(db), await stage.told(db)) == ([0, 6], before)
        points = await made.progress.days(await made.player(4), Mode.OSU)
        assert [(each.day.day - BEGAN.day, each.rank) for each in points] == [(0, 2), (6, 2)]
        # An hour before the next day's begins, and then.
        made.clock.now = made.clock.now.replace(hour=HOUR - 1)
        made.clock.go(days=1)
        await made.catch_up()
        assert await days(db) == [0, 6]
        made.clock.go(hours=1)
        await made.catch_up()
        assert await days(db) == [0, 6, 7]


async def test_a_round_that_was_cut_short(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the same day it goes on where it was; on another it begins anew."""
    monkeypatch.setattr(snapshotter, "PLAYERS", 2)
    async with opened(url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, *(Playing(each, pp=each) for each in stage.PLAYERS))
        await made.stored.begin(10**6)
        place = await made.stored.place()
        assert place is not None
        place = await made.stored.go_round(place, made.clock.day, 2, made.clock.ms)
        assert (place.round_to, set(await stage.told(db))) == (4, {(3, 0), (4, 0)})
        with pytest.raises(Overtaken):
            await made.stored.go_round(replace(place, turn=place.turn - 1), made.clock.day, 2, made.clock.ms)
        # Those who were looked at have changed since: in the same round they are not looked at again.
        await db.run("UPDATE stats SET plays = plays + 1 WHERE id = 3 AND mode = 0")
        await made.catch_up()
        assert {pair: len(rows) for pair, rows in (await stage.told(db)).items()} == {
            (each, 0): 1 for each in stage.PLAYERS
        }
        made.clock.go(days=1)
        place = await made.stored.place()
        assert place is not None
        await made.stored.go_round(place, made.clock.day, 2, made.clock.ms)
        made.clock.go(days=1)
        await db.run("UPDATE stats SET plays = plays + 1 WHERE id = 3 AND mode = 0")
        await made.catch_up()
        assert len((await stage.told(db))[3, 0]) == 3
        assert await days(db) == [0, 2]


async def test_of_several_one_works_and_another_takes_over(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(snapshotter, "SIGN_SECONDS", 0.1)
    monkeypatch.setattr(horizon, "POLL_SECONDS", 0.02)
    takers: list[int] = []
    real = Snapshotting.take

    async def take(self: Snapshotting, *given: Any) -> Place:
        place = await real(self, *given)
        takers.append(id(self))
        return place

    monkeypatch.setattr(Snapshotting, "take", take)
    stops = [asyncio.Event() for _ in range(3)]
    dbs = [Database(url, pool_size=2) for _ in range(3)]
    tasks = []
    for db, stop in zip(dbs, stops, strict=True):
        await db.connect()
        made = await stage.stage(db)
        worker = Snapshotter(made.stored, HOUR, made.clock, settle_seconds=0, due_seconds=0, rest_seconds=0)
        tasks.append((id(made.stored), asyncio.create_task(worker.run(stop)), made.stored))
    try:
        alive = dict(zip([each[0] for each in tasks], tasks, strict=True))
        await until(lambda: _is(dbs[0], "SELECT COUNT(*) FROM api_days", 1))
        for number in range(3):
            for pp in range(3):
                before = len(takers)
                await stage.play(dbs[0], BEGAN, Playing(3, pp=10 * number + pp + 1))
                await until(lambda before=before: _more(takers, before))
            await asyncio.sleep(0.2)
            assert takers[-1] in alive
            assert len(set(takers[-2:])) == 1
            _, task, _ = alive.pop(takers[-1])
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert len(set(takers)) == 3
        await stage.all_is_covered(dbs[0])
        assert len((await stage.told(dbs[0]))[3, 0]) <= 9
    finally:
        for _, task, _ in tasks:
            task.cancel()
        await asyncio.gather(*(task for _, task, _ in tasks), return_exceptions=True)
        for db in dbs:
            await db.disconnect()


async def _more(things: list[int], than: int) -> bool:
    return len(things) > than


async def test_whoever_still_waits_is_not_forgotten(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some were looked at when it ended; the next one looks at the others, without a round."""
    monkeypatch.setattr(snapshotter, "PAIRS", 2)
    real, left = Snapshotting.take, [1]

    async def take(self: Snapshotting, *given: Any) -> Place:
        if not left:
            raise Unavailable("the power went")
        left.pop()
        return await real(self, *given)

    async with opened(url) as db:
        made = await stage.stage(db)
        await made.catch_up()
        await stage.play(db, BEGAN, *(Playing(each, pp=each) for each in (*stage.PLAYERS, *stage.PLAYERS)))
        with monkeypatch.context() as patch:
            patch.setattr(Snapshotting, "take", take)
            with pytest.raises(Unavailable):
                await made.catch_up()
        assert len(await stage.told(db)) == 2
        await made.catch_up()
        assert len(await stage.told(db)) == len(stage.PLAYERS)
        await stage.all_is_covered(db)


async def test_one_of_whom_nothing_can_be_kept_holds_up_nobody(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the round nor among those who have played; and it is said once who that is."""
    async with opened(sqlite_url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, *(Playing(each, pp=each) for each in stage.PLAYERS))
        await db.run("UPDATE stats SET tscore = 'none' WHERE id = 4 AND mode = 0")
        await made.catch_up()
        others = {(each, 0) for each in stage.PLAYERS if each != 4}
        assert set(await stage.told(db)) == others
        place = await made.stored.place()
        assert place is not None
        assert place.day == made.clock.day
        await stage.play(db, BEGAN, *(Playing(each, pp=100 + each) for each in stage.PLAYERS if each != 4))
        await db.run("UPDATE scores SET userid = 4 WHERE id = (SELECT MAX(id) FROM scores)")
        made.clock.go(minutes=1)
        await made.catch_up()
        told = await stage.told(db)
        # Of the seventh there is no score to tell of it.
        assert {pair: len(found) for pair, found in told.items()} == dict.fromkeys(others, 2) | {(7, 0): 1}
    left_out = [record for record in caplog.records if "is left out" in record.getMessage()]
    assert len(left_out) == 2  # by the round, and by the one after it: each is another process's


async def test_ladders_that_cannot_be_made_hold_up_nobody(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(sqlite_url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, Playing(3))
        with monkeypatch.context() as patch:
            patch.setattr(Ladders, "keep", None)
            await made.catch_up()
        assert set(await stage.told(db)) == {(3, 0)}
        assert await db.all("SELECT day FROM api_days") == []
        made.clock.go(days=1)
        await made.catch_up()
        assert len(await db.all("SELECT day FROM api_days")) == 1


async def test_a_clock_that_was_ahead_is_got_over(sqlite_url: str) -> None:
    async with opened(sqlite_url) as db:
        made = await stage.stage(db)
        await stage.play(db, BEGAN, Playing(3))
        made.clock.go(days=3650)
        await made.catch_up()
        made.clock.go(days=-3650)
        await made.catch_up()
        place = await made.stored.place()
        assert place is not None
        assert place.day == made.clock.day
