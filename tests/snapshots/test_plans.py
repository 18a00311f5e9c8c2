"""What MariaDB does for each question: it reads off an index what the answer needs, and little else."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.domain.privileges import PUBLIC
from server.domain.rulesets import Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS
from server.storage import catalog
from server.storage.database import Database, Row
from server.storage.migrate import migrate
from server.storage.snapshots import Snapshots
from server.storage.top_plays import TopPlays
from server.storage.tracking import Tracking
from tests.engines import MariaDB, opened
from tests.snapshots.stage import UTC_ZONE

START = 1_740_000_000_000


class Planned(Database):
    """Keeps how MariaDB goes about each question: per table its alias, kind, index, rows and what else is done."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=2)
        self.plans: list[list[tuple[str, str, str | None, int, str]]] = []

    async def all(self, sql: str, **values: Any) -> list[Row]:
        if sql.strip() != "SELECT 1":
            rows = await super().all(f"EXPLAIN {sql}", **values)
            self.plans.append([(row[2], row[3], row[5], row[8], row[9]) for row in rows])
        return await super().all(sql, **values)


MANY = 200_000

_PEOPLE = """
    INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt)
    SELECT seq, CONCAT('p', seq), CONCAT('p', seq), CONCAT('p', seq), 3, 'x' FROM seq_3_to_5002
"""
_PLAYS = f"""
    INSERT INTO api_top_plays
           (user_id, mode, score_id, beatmap_id, score, pp, mods, grade, score_ms, update_ms)
    SELECT 3 + seq DIV 100, 0, seq, 1, 5, seq * 7919 MOD 99991 / 100, 0, 'A', {START} + seq * 31 MOD {MANY}, {START}
      FROM seq_0_to_{MANY - 1}
"""
_SNAPSHOTS = """
    INSERT INTO api_snapshots
    SELECT 3 + p.seq, 0, s.seq * 1000, 1, 1, 1, s.seq, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
      FROM seq_0_to_99 p, seq_1_to_300 s
"""


@pytest.fixture(scope="module")
def full_url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        yield mariadb.url(name)


@pytest.fixture
async def full(full_url: str) -> str:
    async with opened(full_url) as db:
        if (await migrate(db)).created:
            for text in (
                _PEOPLE,
                _PLAYS,
                _SNAPSHOTS,
                "INSERT INTO stats (id, mode, plays) SELECT id, 0, 1 FROM users WHERE id > 2",
            ):
                await db.run(text)
            await db.all("ANALYZE TABLE users, stats, api_top_plays, api_snapshots")
    return full_url


async def test_the_best_of_all_are_read_off_their_index(full: str) -> None:
    db = Planned(full)
    await db.connect()
    stored = TopPlays(db, await catalog.read(db))
    db.plans.clear()
    pages = [page async for page in stored.best(Mode.OSU, EARLIEST_MS, LATEST_MS, PUBLIC, 2500)]
    assert [len(page) for page in pages] == [1000, 1000, 500]
    assert len(db.plans) == 3
    for plan in db.plans:
        assert [each[0] for each in plan] == ["p", "u"]
        assert plan[0][2] == "api_top_plays_pp"
        assert not any("filesort" in each[4] or "temporary" in each[4] for each in plan)
    # A later page begins where the one before has ended.
    assert db.plans[1][0][1] == "range"
    await db.disconnect()


async def rows_read(db: Database, stored: TopPlays, from_ms: int, to_ms: int, limit: int) -> tuple[int, int]:
    """How many plays come, and how many rows of any table and index were read for them."""
    async with db.session() as session:
        before = await _handled(session)
    found = [each async for page in stored.best(Mode.OSU, from_ms, to_ms, PUBLIC, limit) for each in page]
    async with db.session() as session:
        return len(found), await _handled(session) - before


async def _handled(session: Any) -> int:
    return sum(int(value) for _, value in await session.all("SHOW GLOBAL STATUS LIKE 'Handler_read_%'"))


async def test_a_window_takes_the_index_that_costs_less(full: str) -> None:
    """A narrow one that of times; of a wide one the best are soon found among the best of all."""
    db = Planned(full)
    await db.connect()
    stored = TopPlays(db, await catalog.read(db))
    for width, index in (
        (50, "api_top_plays_time"),
        (2_900, "api_top_plays_time"),
        (9_000, "api_top_plays_pp"),
        (150_000, "api_top_plays_pp"),
    ):
        db.plans.clear()
        pages = [len(page) async for page in stored.best(Mode.OSU, START, START + width - 1, PUBLIC, 100)]
        assert pages == [min(width, 100)]
        judging, asking = db.plans
        assert ("p", index) == (asking[0][0], asking[0][2])
        assert any(each[0] == "p" and each[2] == "api_top_plays_time" and "Using index" in each[4] for each in judging)
    await db.disconnect()
    async with opened(full) as plain:
        stored = TopPlays(plain, await catalog.read(plain))
        for width in (50, 2_900, 3_100, 150_000):
            found, read = await rows_read(plain, stored, START, START + width - 1, 100)
            assert found == min(width, 100)
            assert read < 60_000


async def test_a_later_page_costs_what_the_first_does(full: str) -> None:
    async with opened(full) as db:
        stored = TopPlays(db, await catalog.read(db))
        _, one = await rows_read(db, stored, EARLIEST_MS, LATEST_MS, 1000)
        _, ten = await rows_read(db, stored, EARLIEST_MS, LATEST_MS, 10_000)
        assert ten < 12 * one


async def test_the_next_players_and_their_last_snapshots_are_looked_up(full: str) -> None:
    """Not all players to find fifty, and not all that was kept of them to find the last of it."""
    async with opened(full) as db:
        tables = await catalog.read(db)
        tracking, snapshots = Tracking(db, tables, PUBLIC, UTC_ZONE), Snapshots(db, tables)
        async with db.session() as session:
            before = await _handled(session)
            assert await tracking.players_after(49, 50) == list(range(50, 100))
            assert await _handled(session) - before < 300
            before = await _handled(session)
            newest = await snapshots.newest(session, [(each, 0) for each in range(50, 100)])
            assert {each.at_ms for each in newest.values()} == {300_000}
            assert len(newest) == 50
            assert await _handled(session) - before < 500
