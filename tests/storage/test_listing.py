"""Pages of long lists: those found by a tally are those that leaving out the rows before them finds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.listing import Window
from server.domain.privileges import Shown
from server.domain.problems import Unavailable
from server.storage import listing
from server.storage.conditions import Conditions
from server.storage.database import Database, Row
from server.storage.listing import Listings, Source
from tests.engines import opened

EXACT, BLOCK = 3, 4
POOL = 9

# Of these players all but the last two are public.
PRIVS = {1: 3, 2: 3, 3: 1, 4: 0}


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Ask(NamedTuple):
    order: str
    size: int
    page: int
    kind: int | None
    also: int


class Add(NamedTuple):
    """Rows after all others, `gap` ids further on, or from the id `start` on."""

    gap: int
    kinds: list[int]
    start: int | None = None


class Remove(NamedTuple):
    """The row at that share of all; `told`: and a minute goes by."""

    share: float
    told: bool


Step = Ask | Add | Remove

asks = st.builds(
    Ask,
    st.sampled_from(["id", "-id", "-kind"]),
    st.integers(1, 5),
    st.integers(1, 14),
    st.sampled_from([None, 0, 1]),
    st.sampled_from([0, 3]),
)
adds = st.builds(Add, st.integers(0, 9), st.lists(st.integers(0, 1), min_size=1, max_size=12), st.none())
removes = st.builds(Remove, st.floats(0, 0.99), st.booleans())
# bancho.py gives no ids below 0, and nothing keeps an operator from it.
beginnings = st.builds(Add, st.just(0), st.lists(st.integers(0, 1), max_size=40), st.sampled_from([1, -23]))


def listings(db: Database, clock: Clock) -> Listings:
    orders = {"id": "t.id", "-id": "t.id DESC", "-kind": "t.kind DESC, t.id DESC"}
    by_id, by_kind = ("FORCE INDEX (PRIMARY)", "") if db.engine == "mysql" else ("", "INDEXED BY t_kind")
    source = Source("t", "t.id", "t.id, t.kind, t.owner", orders, {"id": by_id, "-id": by_id, "-kind": by_kind})
    return Listings(db, source, clock, EXACT, BLOCK)


def question(ask: Ask) -> Conditions:
    conditions = Conditions()
    conditions.equal("t", kind=ask.kind)
    conditions.shown(Shown(3, ask.also))
    return conditions


async def page(pages: Listings, ask: Ask) -> tuple[int, list[Row]]:
    window = Window(ask.size, (ask.page - 1) * ask.size)
    return await pages.page(question(ask), window, ask.order, "JOIN u ON u.id = t.owner")


def expected(rows: dict[int, tuple[int, int]], ask: Ask) -> tuple[int, list[Row]]:
    """The same in Python."""
    fitting = [
        (number, kind, owner)
        for number, (kind, owner) in sorted(rows.items(), reverse=ask.order != "id")
        if ask.kind in (None, kind) and (PRIVS[owner] == 3 or owner == ask.also)
    ]
    if ask.order == "-kind":
        fitting.sort(key=lambda row: -row[1])
    start = (ask.page - 1) * ask.size
    return len(fitting), fitting[start : start + ask.size]


async def made(db: Database) -> None:
    await db.run("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, kind INT NOT NULL, owner INT NOT NULL)")
    await db.run("CREATE INDEX t_kind ON t (kind, id)")
    await db.run("CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, priv INT NOT NULL)")
    async with db.session() as session:
        await session.insert_many("u", [{"id": number, "priv": priv} for number, priv in PRIVS.items()])


async def add(db: Database, rows: dict[int, tuple[int, int]], new: Add) -> None:
    start = max(rows, default=0) + 1 + new.gap if new.start is None else new.start
    fresh = {start + at: (kind, 1 + (start + at) % 4) for at, kind in enumerate(new.kinds)}
    rows |= fresh
    async with db.session() as session:
        told = [{"id": number, "kind": kind, "owner": owner} for number, (kind, owner) in fresh.items()]
        await session.insert_many("t", told)


def test_a_tally_finds_what_leaving_out_finds(engine_url: str) -> None:
    """New rows at the end are seen at once; what has gone is never shown, and is counted for a minute at most."""

    async def prepare() -> None:
        async with opened(engine_url) as db:
            await made(db)

    async def check(first: Add, steps: list[Step]) -> None:
        async with opened(engine_url) as db:
            await db.run("DELETE FROM t")
            clock, rows = Clock(), dict[int, tuple[int, int]]()
            pages = listings(db, clock)
            await add(db, rows, first)
            stale = False
            for step in steps:
                match step:
                    case Add():
                        await add(db, rows, step)
                    case Remove(share, told):
                        number = sorted(rows)[int(share * len(rows))] if rows else None
                        rows.pop(number or 0, None)
                        await db.run("DELETE FROM t WHERE id = :id", id=number)
                        stale = not told
                        clock.now += listing.KEPT_SECONDS * told
                    case Ask() if not stale:
                        assert await page(pages, step) == expected(rows, step)
                    case Ask():
                        whole = expected(rows, step._replace(size=1000, page=1))[1]
                        found = (await page(pages, step))[1]
                        assert found == [row for row in whole if row in found]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(beginnings, st.lists(asks | adds | removes, max_size=12))
    def tried(first: Add, steps: list[Step]) -> None:
        asyncio.run(check(first, steps))

    asyncio.run(prepare())
    tried()


class Counting(Database):
    """Counts tallies, and holds them up or has them fail; `scans` are held up likewise and counted while they last."""

    tallies = 0
    held: asyncio.Event | None = None
    fails = False
    scanning = 0
    scans: asyncio.Event | None = None

    async def all(self, sql: str, **values: Any) -> list[Row]:
        async with self.session() as session:
            if "GROUP BY block" in sql:
                self.tallies += 1
                if self.held is not None:
                    await self.held.wait()
                if self.fails:
                    raise Unavailable("away")
            elif self.scans is not None and "FROM t" in sql:
                self.scanning += 1
                await self.scans.wait()
                self.scanning -= 1
            return await session.all(sql, **values)


@asynccontextmanager
async def counted(tmp_path: Any) -> AsyncIterator[tuple[Counting, Listings, Clock, dict[int, tuple[int, int]]]]:
    db, clock, rows = Counting(f"sqlite:///{tmp_path / 'test.db'}", POOL), Clock(), dict[int, tuple[int, int]]()
    await db.connect()
    await made(db)
    await add(db, rows, Add(0, [0, 1] * 20))
    yield db, listings(db, clock), clock, rows
    await db.disconnect()


DEEP = Ask("id", 3, 5, None, 0)


async def test_one_tally_serves_everybody_for_a_minute(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, clock, rows):
        db.held = asyncio.Event()
        asking = [asyncio.create_task(page(pages, DEEP._replace(page=number))) for number in range(1, 6)]
        await asyncio.sleep(0.05)
        db.held.set()
        found = [await each for each in asking]
        assert found == [expected(rows, DEEP._replace(page=number)) for number in range(1, 6)]
        clock.now += listing.RENEWED_SECONDS - 1
        assert await page(pages, DEEP._replace(order="-id")) == expected(rows, DEEP._replace(order="-id"))
        assert db.tallies == 1
        await page(pages, DEEP._replace(kind=0))
        assert db.tallies == 2
        clock.now += listing.KEPT_SECONDS - listing.RENEWED_SECONDS + 1
        await page(pages, DEEP)
        assert db.tallies == 3


async def test_nobody_waits_for_what_is_asked_for_all_the_time(tmp_path: Any) -> None:
    """Its tally is made anew beside before it is too old."""
    async with counted(tmp_path) as (db, pages, clock, rows):
        await page(pages, DEEP)
        db.held = asyncio.Event()
        clock.now += listing.RENEWED_SECONDS
        for _ in range(3):
            assert await page(pages, DEEP) == expected(rows, DEEP)
        db.held.set()
        await asyncio.sleep(0.05)
        clock.now += listing.KEPT_SECONDS - listing.RENEWED_SECONDS
        db.fails = True
        assert await page(pages, DEEP) == expected(rows, DEEP)
        assert db.tallies == 2


async def test_who_asked_first_may_leave(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, _, rows):
        db.held = asyncio.Event()
        first, second = (asyncio.create_task(page(pages, DEEP)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.sleep(0.05)
        db.held.set()
        assert await second == expected(rows, DEEP)
        assert first.cancelled()
        assert db.tallies == 1


def different(count: int) -> list[Ask]:
    """Questions with a tally each: all players may be seen, and one who is not there."""
    return [DEEP._replace(also=1000 + number) for number in range(count)]


async def test_what_nobody_waits_for_is_not_tallied(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, _, rows):
        db.held = asyncio.Event()
        asking = [asyncio.create_task(page(pages, ask)) for ask in different(listing.MOST_WANTED)]
        await asyncio.sleep(0.2)
        begun = db.tallies
        assert 0 < begun < len(asking)
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        db.held.set()
        await asyncio.sleep(0.1)
        assert db.tallies == begun
        # One that was called off is made when it is wanted again.
        assert await page(pages, different(listing.MOST_WANTED)[-1]) == expected(rows, DEEP)
        assert db.tallies == begun + 1


async def test_few_tallies_are_waited_for(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, clock, rows):
        await page(pages, DEEP)
        db.held = asyncio.Event()
        asking = [asyncio.create_task(page(pages, ask)) for ask in different(listing.MOST_WANTED)]
        await asyncio.sleep(0.2)
        with pytest.raises(Unavailable, match="busy; try again"):
            await asyncio.wait_for(page(pages, different(listing.MOST_WANTED + 1)[-1]), 5)
        # What is known is told, though there is no room to make it anew.
        clock.now += listing.RENEWED_SECONDS
        assert await page(pages, DEEP) == expected(rows, DEEP)
        db.held.set()
        assert await asyncio.gather(*asking) == [expected(rows, DEEP)] * len(asking)


@pytest.mark.parametrize("leaving", [False, True], ids=["staying", "leaving"])
async def test_slow_lists_leave_connections_to_others(tmp_path: Any, leaving: bool) -> None:
    """Also where those who asked have left: the engine goes on with what it has begun."""
    async with counted(tmp_path) as (db, pages, _, rows):
        db.scans = asyncio.Event()
        asking = [asyncio.create_task(page(pages, ask)) for ask in different(4 * POOL)]
        for each in asking if leaving else []:
            await asyncio.sleep(0.01)
            each.cancel()
        await asyncio.sleep(0.1)
        assert db.scanning == POOL // 3
        assert await db.one("SELECT COUNT(*) FROM u") == (len(PRIVS),)
        db.scans.set()
        await asyncio.gather(*asking, return_exceptions=True)
        assert await page(pages, DEEP) == expected(rows, DEEP)


@pytest.mark.parametrize("order", ["id", "-id", "-kind"])
async def test_a_list_that_is_known_does_not_wait_for_slow_ones(tmp_path: Any, order: str) -> None:
    async with counted(tmp_path) as (db, pages, _, rows):
        ask = DEEP._replace(order=order)
        await page(pages, ask)
        for _ in range(POOL // 3):
            await db.slow.acquire()
        assert await asyncio.wait_for(page(pages, ask), 5) == expected(rows, ask)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(page(pages, DEEP._replace(also=1000)), 0.1)


async def test_what_comes_to_fit_before_the_end_is_there_a_minute_later(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, clock, rows):
        ask = Ask("id", 100, 1, 0, 0)
        total, _ = await page(pages, ask)
        for number, (kind, owner) in rows.items():
            if kind == 1 and number < 10:
                rows[number] = (0, owner)
        await db.run("UPDATE t SET kind = 0 WHERE id < 10")
        assert (await page(pages, ask))[0] == total < expected(rows, ask)[0]
        clock.now += listing.KEPT_SECONDS
        assert await page(pages, ask) == expected(rows, ask)


async def test_a_tally_that_failed_is_made_again(tmp_path: Any) -> None:
    async with counted(tmp_path) as (db, pages, _, rows):
        db.fails = True
        failed = await asyncio.gather(*(page(pages, DEEP) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in failed] == [Unavailable] * 3
        db.fails = False
        assert await page(pages, DEEP) == expected(rows, DEEP)


async def test_few_tallies_are_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_KEPT", 2)
    async with counted(tmp_path) as (db, pages, _, _):
        kinds = [DEEP, DEEP._replace(kind=0), DEEP._replace(kind=1)]
        for ask in kinds:
            await page(pages, ask)
        await page(pages, kinds[2])
        assert db.tallies == 3
        await page(pages, kinds[0])
        assert db.tallies == 4


async def test_what_is_asked_for_again_is_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_KEPT", 3)
    async with counted(tmp_path) as (db, pages, _, _):
        for once in different(10):
            await page(pages, DEEP)
            await page(pages, once)
        assert db.tallies == 1 + 10
