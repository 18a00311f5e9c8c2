"""The advised indexes: MariaDB reads each answer off its index, in order, without sorting."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.domain.beatmaps import BeatmapSearch
from server.domain.players import LEADERBOARD_SORTS
from server.domain.rulesets import Mode
from server.storage import catalog
from server.storage.beatmaps import Beatmaps
from server.storage.catalog import Catalog, Index, Table
from server.storage.database import Database, Row
from server.storage.indexes import ADVISED, Advised, missing, statement
from server.storage.migrate import migrate
from server.storage.players import Players
from server.storage.scores import Scores
from tests.engines import MariaDB, opened

# What each index is for, as far as the order of its answer goes. The index is forced: on few rows another is as good.
QUESTIONS = {
    "api_scores_best": "userid = 3 AND mode = 0 AND status = 2 ORDER BY pp DESC, id",
    "api_scores_recent": "userid = 3 AND mode = 0 ORDER BY play_time DESC, id DESC",
    "api_scores_played": "userid = 3 AND mode = 0 GROUP BY map_md5",
    "api_scores_map_score": "map_md5 = 'm1' AND mode = 0 AND status = 2 ORDER BY score DESC, id",
    "api_scores_map_pp": "map_md5 = 'm1' AND mode = 4 AND status = 2 ORDER BY pp DESC, id",
    "api_scores_map_recent": "map_md5 = 'm1' AND mode = 0 AND status = 2 ORDER BY play_time DESC, id DESC",
    "api_scores_mode_pp": "mode = 0 AND status = 2 ORDER BY pp DESC, id DESC",
    "api_stats_pp": "mode = 0 AND pp > 0 ORDER BY pp DESC, id",
    "api_stats_rscore": "mode = 0 AND rscore > 0 ORDER BY rscore DESC, id",
    "api_stats_tscore": "mode = 0 AND tscore > 0 ORDER BY tscore DESC, id",
    "api_stats_acc": "mode = 0 AND acc > 0 ORDER BY acc DESC, id",
    "api_stats_plays": "mode = 0 AND plays > 0 ORDER BY plays DESC, id",
    "api_stats_playtime": "mode = 0 AND playtime > 0 ORDER BY playtime DESC, id",
    "api_maps_update": "status IN (2, 3, 5) ORDER BY last_update DESC, id DESC",
    "api_maps_mode_update": "mode = 0 AND status = 2 ORDER BY last_update DESC, id DESC",
    "api_maps_plays": "status = 2 ORDER BY plays DESC, id DESC",
    "api_maps_diff": "status = 2 ORDER BY diff, id",
    "api_maps_creator": "creator = 'c'",
    "api_favourites_set": "setid IN (1, 2) GROUP BY setid",
    "api_ratings_map": "map_md5 = 'm1'",
    "api_users_activity": "latest_activity >= 5 ORDER BY latest_activity",
}

_PLAYERS = """
    INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, latest_activity)
    SELECT seq, CONCAT('p', seq), CONCAT('p', seq), CONCAT('p', seq), 3, 'x', seq FROM seq_3_to_402
"""
_STATS = """
    INSERT INTO stats (id, mode, pp, rscore, tscore, acc, plays, playtime)
    SELECT u.seq, m.seq, u.seq * 7 MOD 311, u.seq * 5 MOD 313, u.seq * 3 MOD 317, u.seq MOD 100, u.seq MOD 331, u.seq
      FROM seq_3_to_402 u, seq_0_to_3 m
"""
_SCORES = """
    INSERT INTO scores (map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu, status, mode,
                        play_time, time_elapsed, client_flags, userid, perfect, online_checksum)
    SELECT CONCAT('m', seq MOD 40), seq * 7 MOD 9973, seq * 3 MOD 499, 99, 1, 0, 1, 0, 0, 0, 0, 0, seq MOD 3, 0,
           '2025-01-01' + INTERVAL (seq * 31 MOD 7919) MINUTE, 1, 0, 3 + seq * seq MOD 60, 0, MD5(seq)
      FROM seq_1_to_4000
"""
_MAPS = """
    INSERT INTO maps (id, set_id, status, md5, artist, title, version, creator, filename, last_update, total_length,
                      max_combo)
    SELECT 1 + seq, 1, 2, CONCAT('m', seq), 'a', 't', 'v', 'c', 'f', '2020-01-01', 1, 1 FROM seq_0_to_39
"""


@pytest.fixture(scope="module")
def url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        yield mariadb.url(name)


@pytest.fixture
async def filled(url: str) -> str:
    async with opened(url) as db:
        if (await migrate(db)).created:
            for text in (_PLAYERS, _STATS, _SCORES, _MAPS, "ANALYZE TABLE users, stats, scores, maps"):
                await db.all(text)
    return url


class Planned(Database):
    """Keeps each question's plan: per table its alias, its index, what else is done, and the indexes there are."""

    plans: list[tuple[str, str | None, str, str | None]]

    async def all(self, sql: str, **values: Any) -> list[Row]:
        rows = await super().all(f"EXPLAIN {sql}", **values)
        self.plans = [(row[2], row[5], row[9], row[4]) for row in rows]
        return await super().all(sql, **values)


async def plan_of(db: Database, table: str, index: str, question: str) -> Row:
    row = await db.one(f"EXPLAIN SELECT * FROM {table} FORCE INDEX ({index}) WHERE {question} LIMIT 50")
    assert row is not None
    return row


def test_every_index_has_its_question_here() -> None:
    assert [index.name for index in ADVISED] == list(QUESTIONS)


@pytest.mark.parametrize("index", ADVISED, ids=lambda index: index.name)
async def test_an_answer_is_read_off_its_index(filled: str, index: Advised) -> None:
    async with opened(filled) as db:
        plan = await plan_of(db, index.table, index.name, QUESTIONS[index.name])
    assert plan[5] == index.name
    assert "filesort" not in plan[9]
    assert "temporary" not in plan[9]


async def test_the_order_of_an_index_matters(filled: str) -> None:
    """The plain assertion above would miss nothing: the same question off another index does sort."""
    async with opened(filled) as db:
        plan = await plan_of(db, "stats", "api_stats_acc", QUESTIONS["api_stats_pp"])
    assert "filesort" in plan[9]


async def test_a_players_lists_use_their_indexes(filled: str) -> None:
    db = Planned(filled, pool_size=2)
    await db.connect()
    scores = Scores(db, await catalog.read(db))
    await scores.best_of(3, Mode.OSU, None, False, 50, 0)
    assert db.plans[0][:2] == ("s", "api_scores_best")
    assert "filesort" not in db.plans[0][2]
    await scores.recent_of(3, Mode.OSU, None, True, 50, 0)
    assert db.plans[0][:2] == ("s", "api_scores_recent")
    assert "filesort" not in db.plans[0][2]
    await scores.most_played_of(3, Mode.OSU, 50, 0)
    assert ("s", "api_scores_played") in [plan[:2] for plan in db.plans]
    await db.disconnect()


async def test_scores_on_a_beatmap_are_found_by_their_indexes(filled: str) -> None:
    db = Planned(filled, pool_size=2)
    await db.connect()
    scores = Scores(db, await catalog.read(db))
    await scores.exactly_on("m1", Mode.OSU, 64, 3, 50)
    assert ("s", "api_scores_map_score") in [plan[:2] for plan in db.plans]
    await scores.by_mods(3, "m1", Mode.OSU, None, 50)
    assert ("s", "api_scores_played") in [plan[:2] for plan in db.plans]
    await scores.best_pass(3, "m1", Mode.OSU)
    assert db.plans[0][:2] == ("s", "api_scores_played")
    await db.disconnect()


async def test_the_newest_beatmaps_are_not_sorted(filled: str) -> None:
    db = Planned(filled, pool_size=2)
    await db.connect()
    beatmaps = Beatmaps(db, await catalog.read(db))
    assert len(await beatmaps.search(BeatmapSearch(), 20)) == 20
    assert db.plans[0][:2] == ("m", "api_maps_update")
    assert not any("filesort" in plan[2] for plan in db.plans)
    assert len(await beatmaps.search(BeatmapSearch(modes=(0,)), 20)) == 20
    assert db.plans[0][:2] == ("m", "api_maps_mode_update")
    assert not any("filesort" in plan[2] for plan in db.plans)
    await beatmaps.search(BeatmapSearch(modes=(0,), approved_since_ms=0), 20)
    assert db.plans[0][:2] == ("a", "api_map_statuses_approved")
    assert not any("filesort" in plan[2] for plan in db.plans)
    await db.disconnect()


@pytest.mark.parametrize("sort", LEADERBOARD_SORTS)
async def test_leaderboards_use_their_indexes(filled: str, sort: str) -> None:
    db = Planned(filled, pool_size=2)
    await db.connect()
    leaders = await Players(db, await catalog.read(db)).leaders(0, sort, 3, None, 20, 0)
    assert len(leaders) == 20
    # Last stands how those on the page are chosen.
    assert db.plans[-2][:2] == ("s", f"api_stats_{sort}")
    assert "filesort" not in db.plans[-2][2]
    # Of some orders and on more rows MariaDB would rather sort all players.
    assert db.plans[-2][3] == f"api_stats_{sort}"
    await db.disconnect()


def catalog_with(*columns: tuple[str, ...]) -> Catalog:
    indexes = tuple(Index(f"i{number}", each) for number, each in enumerate(columns))
    there = frozenset(("id", "mode", "pp", "rscore", "tscore", "acc", "plays", "playtime"))
    return Catalog("mysql", {"stats": Table("stats", there, indexes)})


def names(found: tuple[Advised, ...]) -> set[str]:
    return {index.name for index in found}


def test_an_index_counts_by_its_leading_columns() -> None:
    everything = {index.name for index in ADVISED if index.table == "stats"}
    assert names(missing(catalog_with())) == everything
    assert names(missing(catalog_with(("mode", "pp", "id")))) == everything - {"api_stats_pp"}
    assert names(missing(catalog_with(("mode", "pp", "id", "acc")))) == everything - {"api_stats_pp"}
    assert names(missing(catalog_with(("mode", "pp"), ("pp", "mode", "id")))) == everything


def test_no_index_is_advised_on_what_is_not_there() -> None:
    assert missing(Catalog("mysql", {})) == ()
    assert missing(Catalog("mysql", {"users": Table("users", frozenset({"id"}))})) == ()


def test_the_statement_names_table_columns_and_directions() -> None:
    index = Advised("api_x", "stats", ("mode", "pp DESC", "id"), "")
    assert statement(index) == "CREATE INDEX api_x ON stats (mode, pp DESC, id)"
    assert index.lead() == ("mode", "pp", "id")
