"""What readers are told: firsts and events as they stand now, and totals without walking all of a player's scores."""

from typing import Any

import pytest

from server.domain.achievements import EventKind
from server.domain.rulesets import Mode
from server.services.achievements import Achievements as Service
from server.services.follower import Follower
from server.storage import catalog
from server.storage.achievements import Achievements
from server.storage.database import Database, Row
from server.storage.migrate import migrate
from tests.engines import MariaDB, opened
from tests.follow.stage import BEGAN, MD5, Playing, ledger, play, prepared

HOUR = 1 / 24


async def reading(db: Database) -> Service:
    return Service(Achievements(db, await catalog.read(db)))


async def test_firsts(url: str) -> None:
    async with opened(url) as db:
        await play(db, *(Playing(3, map_id, score=9, pp=5) for map_id in (11, 12, 13)), Playing(4, 11, score=1, pp=9))
        await play(db, Playing(3, 11, 4, pp=3))
        await Follower(await ledger(db), 0).catch_up()
        told = await reading(db)

        async def firsts(limit: int = 50, offset: int = 0, player: int = 3, mode: Mode = Mode.OSU) -> list[Any]:
            found = await told.firsts(player, mode, limit, offset)
            assert all((each.score.userid, each.score.mode) == (player, mode) for each in found)
            assert all(each.score.map_md5 == each.beatmap.md5 for each in found)
            return [(each.score.id, each.beatmap.id) for each in found]

        assert await firsts() == [(3, 13), (2, 12), (1, 11)]
        assert await firsts(1, 1) == [(2, 12)]
        assert await firsts(mode=Mode.RELAX_OSU) == [(5, 11)]
        assert await firsts(player=4) == []
        # What has changed since anybody looked is not told any more.
        await db.run("DELETE FROM scores WHERE id = 1")
        await db.run("UPDATE scores SET status = 1 WHERE id = 2")
        await db.run("UPDATE maps SET status = 4 WHERE id = 13")
        assert await firsts() == []


async def test_events(url: str) -> None:
    async with opened(url) as db:
        await play(db, Playing(3, days=-HOUR), Playing(3, 12), Playing(3, 13, 3, days=HOUR))
        await play(db, Playing(4, score=101, pp=2, days=2 * HOUR))
        await Follower(await ledger(db), 0).catch_up()
        told = await reading(db)
        found = await told.events(3, 0)
        assert [(each.kind, each.score_id, each.mode, each.position, each.epic) for each in found] == [
            (EventKind.LOST_FIRST, 4, 0, 1, 2),
            (EventKind.RANK, 3, 3, 1, 4),
            (EventKind.RANK, 2, 0, 1, 4),
            (EventKind.RANK, 1, 0, 1, 8),
        ]
        assert [(each.beatmap.id, each.beatmap.md5, each.grade) for each in found][1] == (13, MD5[13], "A")
        assert await told.events(3, 0, 2) == found[:2]
        assert await told.events(3, found[1].at_ms) == found[:2]
        assert [each.score_id for each in await told.events(4, 0)] == [4]
        await db.run("DELETE FROM maps WHERE id = 13")
        await db.run("DELETE FROM scores WHERE id = 4")
        assert await told.events(3, 0) == found[2:]


async def test_without_our_own_tables(engine_url: str) -> None:
    await prepared(engine_url)
    async with opened(engine_url) as db:
        await play(db, Playing(3), Playing(3, passed=False), Playing(3, mode=4))
        for table in ("totals", "firsts", "rank_events", "follower"):
            await db.run(f"DROP TABLE api_{table}")
        told = await reading(db)
        assert await told.totals(3, Mode.OSU) == (2 * 101, 2 * 40, 2 * 1011)
        assert await told.totals(4, Mode.OSU) == (0, 0, 0)
        assert await told.firsts(3, Mode.OSU, 10, 0) == []
        assert await told.events(3, 0) == []


class Planned(Database):
    """Keeps the plan of everything it is asked: per table its alias, how it is read, the index, its length and more."""

    plans: list[tuple[Any, ...]]

    async def all(self, sql: str, **values: Any) -> list[Row]:
        rows = await super().all(f"EXPLAIN {sql}", **values)
        self.plans = [(row[2], row[3], row[5], row[6], row[9]) for row in rows]
        return await super().all(sql, **values)


@pytest.mark.parametrize("indexed", [True, False], ids=["advised", "bancho.py's"])
async def test_only_what_is_new_is_added_up(mariadb: MariaDB, indexed: bool) -> None:
    """MariaDB walks the player's scores from the follower's place on, also where nearly all scores are theirs."""
    with mariadb.database() as name:
        async with opened(mariadb.url(name)) as db:
            await migrate(db)
            await db.run(
                """
                INSERT INTO scores (map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu,
                                    status, mode, play_time, time_elapsed, client_flags, userid, perfect,
                                    online_checksum)
                SELECT CONCAT('m', seq MOD 40), seq, seq, 99, 1, 0, 1, 0, 0, 0, 0, 0, seq MOD 3, 0, :began, 1, 0,
                       3 + (seq MOD 9 = 0), 0, ''
                  FROM seq_1_to_3000
                """,
                began=BEGAN,
            )
            if not indexed:
                for index in ("best", "recent", "played"):
                    await db.run(f"DROP INDEX api_scores_{index} ON scores")
            await db.run("INSERT INTO api_follower VALUES (1, 1, 2000, NULL, NULL)")
            await db.all("ANALYZE TABLE scores")
        db = Planned(mariadb.url(name), 2)
        await db.connect()
        told = Achievements(db, await catalog.read(db))
        assert await told.totals(4, Mode.OSU) == (111, 0, 0)
        assert [each[:4] for each in db.plans][-1] == ("s", "range", "scores_userid_index", "12")
        await told.firsts(3, Mode.OSU, 50, 0)
        assert db.plans[0][:3] == ("f", "ref", "api_firsts_user")
        await told.events(3, 0)
        assert db.plans[0][:3] == ("e", "range", "api_rank_events_user")
        assert not any("filesort" in each[4] for each in db.plans)
        await db.disconnect()
