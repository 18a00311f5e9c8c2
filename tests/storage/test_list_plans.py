"""What MariaDB does for long lists: a page deep in one is found with as little reading as the first."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.beatmaps import BeatmapFilter
from server.domain.listing import DEEPEST, Listing, Window
from server.domain.players import LEADERBOARD_SORTS, Leader, PlayerFilter
from server.domain.privileges import PUBLIC, Shown
from server.domain.scores import ScoreFilter
from server.storage import catalog
from server.storage.beatmaps import Beatmaps
from server.storage.clans import Clans
from server.storage.database import Database, Row
from server.storage.migrate import migrate
from server.storage.players import Players
from server.storage.score_lists import ScoreLists
from tests.engines import MariaDB, opened

SCORES = 60_000
PLAYERS = 15_000
MAPS = 12_000

# What is read to find a page of 50 in the order of ids: a block, the last block, and who set each of the scores.
LITTLE = 5000

_FILLING = (
    f"""
    INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, clan_id)
    SELECT seq, CONCAT('p', seq), CONCAT('p', seq), CONCAT('p', seq), IF(seq MOD 20 = 0, 2, 3), 'x', seq MOD 50
      FROM seq_3_to_{PLAYERS + 2}
    """,
    f"""
    INSERT INTO scores (id, map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu, grade,
                        status, mode, play_time, time_elapsed, client_flags, userid, perfect, online_checksum)
    SELECT seq, MD5(seq MOD 500), seq * 7 MOD 99991, seq * 7919 MOD 99991 / 100, 99, 5, seq MOD 3 * 8, 1, 0, 0, 0, 0, 0,
           'A', seq MOD 3, IF(seq MOD 4 = 0, 4, 0), '2024-01-01' + INTERVAL seq MINUTE, 1, 0,
           3 + seq * 31 MOD {PLAYERS}, 0, ''
      FROM seq_1_to_{SCORES}
    """,
    """
    INSERT INTO stats (id, mode, plays, pp, rscore, tscore, acc, playtime)
    SELECT id, 0, id MOD 977 + 1, id, id, id, id MOD 100, id FROM users WHERE id > 2
    """,
    f"""
    INSERT INTO maps (id, set_id, status, md5, artist, title, version, creator, filename, last_update, total_length,
                      max_combo, plays, diff)
    SELECT seq, seq, 2, MD5(seq), 'a', 't', 'v', 'c', 'f', '2020-01-01' + INTERVAL seq MINUTE, 1, 1, seq * 7 MOD 997,
           seq MOD 91 / 10
      FROM seq_1_to_{MAPS}
    """,
    """
    INSERT INTO clans (id, name, tag, owner, created_at)
    SELECT seq, CONCAT('c', seq), CONCAT('c', seq), seq, NOW() FROM seq_1_to_49
    """,
    "ANALYZE TABLE users, scores, stats, clans, maps",
)

EVERYBODY = Shown(PUBLIC)


class Planned(Database):
    """Keeps how MariaDB goes about each question: per table its alias, index, and what else is done."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=2)
        self.plans: list[list[tuple[str, str | None, str]]] = []

    async def all(self, sql: str, **values: Any) -> list[Row]:
        if "LIMIT :limit OFFSET" in sql:
            rows = await super().all(f"EXPLAIN {sql}", **values)
            self.plans.append([(row[2], row[5], row[9]) for row in rows])
        return await super().all(sql, **values)


@pytest.fixture(scope="module")
def full_url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        yield mariadb.url(name)


@pytest.fixture
async def full(full_url: str) -> AsyncIterator[Planned]:
    async with opened(full_url) as db:
        if (await migrate(db)).created:
            for text in _FILLING:
                await db.all(text)
    planned = Planned(full_url)
    await planned.connect()
    yield planned
    await planned.disconnect()


async def read_for(db: Database, asked: Awaitable[Listing[Any]]) -> tuple[Listing[Any], int]:
    """The page, and how many rows of any table and index were read for it."""

    async def handled() -> int:
        async with db.session() as session:
            return sum(int(value) for _, value in await session.all("SHOW GLOBAL STATUS LIKE 'Handler_read_%'"))

    before = await handled()
    found = await asked
    return found, await handled() - before


@pytest.mark.parametrize(
    "wanted",
    [ScoreFilter(), ScoreFilter(mode=0, status=2), ScoreFilter(mods_all=8), ScoreFilter(mode=4)],
    ids=["all", "equal", "mods", "rare"],
)
async def test_deep_pages_of_scores_cost_what_the_first_does(full: Planned, wanted: ScoreFilter) -> None:
    lists = ScoreLists(full, await catalog.read(full))
    total = (await lists.page(wanted, EVERYBODY, Window(50), "id")).total
    assert 13_000 < total < SCORES
    full.plans.clear()
    for order in ("id", "-id"):
        for offset in (0, total // 2, total - 50):
            window = Window(50, offset)
            found, read = await read_for(full, lists.page(wanted, EVERYBODY, window, order))
            assert (found.total, len(found.items)) == (total, 50)
            assert read < LITTLE
    for plan in full.plans:
        assert [each[:2] for each in plan] == [("s", "PRIMARY"), ("u", "PRIMARY")]
        assert not any("filesort" in each[2] for each in plan)


async def test_deep_pages_of_players_cost_what_the_first_does(full: Planned) -> None:
    players = Players(full, await catalog.read(full))
    total = (await players.page(PlayerFilter(), EVERYBODY, Window(50), "id")).total
    assert total == PLAYERS - PLAYERS // 20
    for order in ("id", "-id"):
        for offset in (0, total - 50):
            window = Window(50, offset)
            found, read = await read_for(full, players.page(PlayerFilter(), EVERYBODY, window, order))
            assert len(found.items) == 50
            assert read < LITTLE


async def test_old_scores_are_found_without_a_look_at_newer_ones(full: Planned) -> None:
    """Neither for the total, nor for a last page that is not full, in either direction."""
    lists = ScoreLists(full, await catalog.read(full))
    old = datetime(2024, 1, 1) + timedelta(minutes=13_000)
    for wanted in (ScoreFilter(until=old), ScoreFilter(since=old)):
        total = (await lists.page(wanted, EVERYBODY, Window(50), "id")).total
        assert 12_000 < total < SCORES - 12_000
        for order in ("id", "-id"):
            for offset in (0, total - 10):
                found, read = await read_for(full, lists.page(wanted, EVERYBODY, Window(50, offset), order))
                assert len(found.items) == min(50, total - offset)
                assert read < LITTLE


@pytest.mark.parametrize(
    ("order", "index", "of_mode"),
    [
        ("-pp", "scores_pp_index", "api_scores_mode_pp"),
        ("-score", "scores_score_index", "scores_score_index"),
        ("-play_time", "scores_play_time_index", "scores_play_time_index"),
    ],
)
async def test_other_orders_are_read_off_their_index(full: Planned, order: str, index: str, of_mode: str) -> None:
    lists = ScoreLists(full, await catalog.read(full))
    for wanted, led in ((ScoreFilter(), index), (ScoreFilter(mode=0, status=2), of_mode)):
        await lists.page(wanted, EVERYBODY, Window(50, DEEPEST - 50), "id")
        full.plans.clear()
        found = await lists.page(wanted, EVERYBODY, Window(50, 100), order)
        assert len(found.items) == 50
        (plan,) = full.plans
        assert [each[:2] for each in plan] == [("s", led), ("u", "PRIMARY")]
        assert not any("filesort" in each[2] for each in plan)


@pytest.mark.parametrize("order", ["-plays", "diff", "-diff", "-last_update"])
async def test_beatmaps_are_read_off_their_index(full: Planned, order: str) -> None:
    beatmaps = Beatmaps(full, await catalog.read(full))
    await beatmaps.page(BeatmapFilter(status=2), Window(50), "id")
    full.plans.clear()
    found, read = await read_for(full, beatmaps.page(BeatmapFilter(status=2), Window(50, 6000), order))
    assert len(found.items) == 50
    assert read < MAPS
    assert not any("filesort" in each[2] for plan in full.plans for each in plan)


@pytest.mark.parametrize("sort", LEADERBOARD_SORTS)
async def test_a_page_of_a_leaderboard_reads_no_more_than_is_before_it(full: Planned, sort: str) -> None:
    players = Players(full, await catalog.read(full))

    async def page() -> Listing[Leader]:
        return Listing(0, await players.leaders(0, sort, PUBLIC, None, 50, 5000))

    found, read = await read_for(full, page())
    assert len(found.items) == 50
    assert read < PLAYERS


async def test_a_players_scores_are_found_by_player(full: Planned) -> None:
    lists = ScoreLists(full, await catalog.read(full))
    for order in ("id", "-pp"):
        found, read = await read_for(full, lists.page(ScoreFilter(user_id=34), EVERYBODY, Window(50), order))
        assert found.total == len(found.items) == SCORES // PLAYERS
        assert read < 100


async def test_the_board_of_clans_reads_each_member_once(full: Planned) -> None:
    clans = Clans(full)
    found, read = await read_for(full, clans.board(0, "pp", PUBLIC, Window(10)))
    assert (found.total, len(found.items)) == (49, 10)
    assert read < 4 * PLAYERS
