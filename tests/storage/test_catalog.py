"""Databases of other shapes than ours: older, reordered, with tables and columns of forks."""

from collections.abc import AsyncIterator

import pytest

from server.domain.beatmaps import BeatmapFilter, BeatmapRef
from server.domain.listing import Window
from server.domain.players import Player, PlayerFilter, PlayerRef
from server.domain.privileges import Shown
from server.domain.problems import BadRequest
from server.storage import catalog
from server.storage.beatmaps import Beatmaps
from server.storage.catalog import OPTIONAL, Catalog
from server.storage.database import Database
from server.storage.migrate import migrate
from server.storage.players import Players
from tests.engines import MariaDB, opened

MD5 = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        await migrate(database)
        await database.run(
            """
            INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, country, api_key)
            VALUES (3, 'Nova', 'nova', 'nova@localhost', 3, 'x', 'de', 'key')
            """
        )
        await database.run("INSERT INTO stats (id, mode, pp, plays) VALUES (3, 0, 500, 7), (3, 4, 0, 1)")
        yield database


async def drop_columns(db: Database, columns: list[tuple[str, str]]) -> None:
    """As good as dropped: neither engine lets go of one that is in an index."""
    for table, column in columns:
        await db.run(f"ALTER TABLE {table} RENAME COLUMN {column} TO gone_{column}")


async def test_a_whole_database_lacks_nothing(db: Database) -> None:
    tables = await catalog.read(db)
    assert tables.missing == ()
    assert tables.has("users")
    assert tables.has("users", "api_key")
    assert not tables.has("users", "irc_key")
    assert not tables.has("users_irc")


async def test_optional_columns_that_are_absent_read_as_nothing(db: Database) -> None:
    await drop_columns(db, list(OPTIONAL))
    tables = await catalog.read(db)
    assert tables.missing == ()
    players = Players(db, tables)
    found = await players.find(PlayerRef(name="nova"))
    assert isinstance(found, Player)
    assert (found.id, found.name, found.preferred_mode, found.userpage_content) == (3, "Nova", 0, None)
    stats = (await players.stats((3,)))[3]
    assert [(each.mode, each.pp, each.total_hits, each.a_count) for each in stats] == [(0, 500, 0, 0), (4, 0, 0, 0)]
    assert await players.owner_of_key("key") is None


async def test_what_stands_in_for_them_can_be_asked_for(db: Database) -> None:
    await db.run(
        """
        INSERT INTO maps (server, id, set_id, status, md5, artist, title, version, creator, filename, last_update,
                          total_length, max_combo, frozen)
        VALUES ('private', 7, 1, 2, 'md5', 'a', 't', 'v', 'c', 'f', '2024-01-01', 1, 1, 1)
        """
    )
    await drop_columns(db, list(OPTIONAL))
    tables = await catalog.read(db)
    maps, players = Beatmaps(db, tables), Players(db, tables)
    row = await maps.row(7)
    assert row is not None
    assert (row.server, row.filename, row.frozen) == ("osu!", "", 0)
    for wanted, total in (
        (BeatmapFilter(server="osu!", filename="", frozen=False), 1),
        (BeatmapFilter(server="private"), 0),
        (BeatmapFilter(filename="f"), 0),
        (BeatmapFilter(frozen=True), 0),
    ):
        assert (await maps.page(wanted, Window(5), "id")).total == total
    for mode, found in ((0, [3]), (1, [])):
        page = await players.page(PlayerFilter(preferred_mode=mode), Shown(3), Window(5), "id")
        assert [each.id for each in page.items] == found


async def test_a_column_that_is_absent_cannot_be_set(db: Database) -> None:
    await drop_columns(db, [("users", "userpage_content")])
    players = Players(db, await catalog.read(db))
    with pytest.raises(BadRequest, match=r"^.*userpage_content.*no such column") as refused:
        await players.change(3, {"userpage_content": "x", "play_style": 3})
    assert "play_style" not in refused.value.message
    await players.change(3, {"preferred_mode": 1})
    found = await players.find(PlayerRef(id=3))
    assert found is not None
    assert (found.preferred_mode, found.play_style) == (1, 0)


async def test_what_is_needed_and_absent_is_named(db: Database) -> None:
    await db.run("ALTER TABLE scores DROP COLUMN time_elapsed")
    await db.run("DROP TABLE clans")
    await db.run("DROP TABLE tourney_pools")
    assert set((await catalog.read(db)).missing) == {"scores.time_elapsed", "clans"}


async def test_without_optional_tables_their_questions_have_empty_answers(db: Database) -> None:
    for table in ("relationships", "tourney_pools", "tourney_pool_maps"):
        await db.run(f"DROP TABLE {table}")
    tables = await catalog.read(db)
    assert tables.missing == ()
    assert await Players(db, tables).friends(3, 0, 50, 0) == []
    assert await Beatmaps(db, tables).pool(1) is None


@pytest.mark.parametrize("label", ["gulag", "private"])
async def test_maps_in_another_order_under_another_key_and_label(db: Database, label: str) -> None:
    """bancho.py 4.7.1 upgraded maps to the key (id) with `server` behind it, where base.sql still has it first."""
    await db.run("DROP TABLE maps")
    await db.run(
        f"""
        CREATE TABLE maps (
          id INTEGER NOT NULL PRIMARY KEY, server VARCHAR(8) NOT NULL DEFAULT '{label}', md5 CHAR(32) NOT NULL,
          diff FLOAT NOT NULL, hp FLOAT NOT NULL, od FLOAT NOT NULL, ar FLOAT NOT NULL, cs FLOAT NOT NULL,
          bpm FLOAT NOT NULL, mode INTEGER NOT NULL, passes INTEGER NOT NULL, plays INTEGER NOT NULL,
          frozen INTEGER NOT NULL, max_combo INTEGER NOT NULL, total_length INTEGER NOT NULL,
          last_update DATETIME NOT NULL, filename VARCHAR(256) NOT NULL, creator VARCHAR(19) NOT NULL,
          version VARCHAR(128) NOT NULL, title VARCHAR(128) NOT NULL, artist VARCHAR(128) NOT NULL,
          status INTEGER NOT NULL, set_id INTEGER NOT NULL
        )
        """
    )
    await db.run(
        f"""
        INSERT INTO maps VALUES (75, '{label}', '{MD5}', 2.5, 6, 6, 7, 4, 120, 1, 3, 9, 0, 314, 142,
                                 '2009-01-01 12:00:00', 'f.osu', 'Peppy', 'Normal', 'DISCO PRINCE', 'Kenji', 2, 1)
        """
    )
    tables = await catalog.read(db)
    assert tables.missing == ()
    found = await Beatmaps(db, tables).find(BeatmapRef(md5=MD5))
    assert found is not None
    assert (found.id, found.set_id, found.mode, found.full_name) == (75, 1, 1, "Kenji - DISCO PRINCE [Normal]")
    assert (found.cs, found.ar, found.od, found.hp) == (4, 7, 6, 6)
    assert found.last_update.year == 2009


async def test_enum_label_of_before_4_3_1(mariadb: MariaDB) -> None:
    with mariadb.database() as name:
        async with opened(mariadb.url(name)) as db:
            await migrate(db)
            await db.run("ALTER TABLE maps MODIFY server ENUM('osu!', 'gulag') NOT NULL DEFAULT 'osu!'")
            await db.run(
                """
                INSERT INTO maps (server, id, set_id, status, md5, artist, title, version, creator, filename,
                                  last_update, total_length, max_combo)
                VALUES ('gulag', 9, 9, 2, :md5, 'a', 't', 'v', 'c', 'f', '2020-01-01', 1, 1)
                """,
                md5=MD5,
            )
            assert await Beatmaps(db, await catalog.read(db)).find(BeatmapRef(id=9)) is not None


async def test_files_that_no_latin1_column_could_hold(mariadb: MariaDB) -> None:
    with mariadb.database() as name:
        async with opened(mariadb.url(name)) as db:
            await migrate(db)
            await db.run("ALTER TABLE maps MODIFY md5 CHAR(32) CHARACTER SET latin1 NOT NULL")
            await db.run(
                """
                INSERT INTO maps (id, set_id, status, md5, artist, title, version, creator, filename,
                                  last_update, total_length, max_combo)
                VALUES (9, 9, 2, :md5, 'a', 't', 'v', 'c', 'f', '2020-01-01', 1, 1)
                """,
                md5=MD5,
            )
            beatmaps = Beatmaps(db, await catalog.read(db))
            assert list(await beatmaps.with_md5((MD5, "ねこ" * 16))) == [MD5]
            assert await beatmaps.with_md5(("ねこ",)) == {}


async def test_tables_and_columns_of_forks_do_not_matter(db: Database) -> None:
    await db.run("CREATE TABLE sh_posts (id INT, users INT)")
    await db.run("ALTER TABLE scores ADD COLUMN pinned INT")
    await db.run("ALTER TABLE users ADD COLUMN irc_key VARCHAR(36)")
    tables = await catalog.read(db)
    assert tables.missing == ()
    assert tables.has("sh_posts", "users")
    found = await Players(db, tables).find(PlayerRef(id=3))
    assert found is not None
    assert found.name == "Nova"


async def test_stray_modes_are_left_out(db: Database) -> None:
    await db.run("INSERT INTO stats (id, mode, pp) VALUES (3, 7, 900), (3, 9, 900), (3, 10, 900), (3, 11, 900)")
    players = Players(db, await catalog.read(db))
    assert [each.mode for each in (await players.stats((3,)))[3]] == [0, 4]
    assert sum((await players.ranked_counts(0)).values()) == 1


async def test_indexes_are_read_in_their_order(db: Database) -> None:
    tables = await catalog.read(db)
    found = {index.name: index.columns for index in tables.tables["scores"].indexes}
    assert found["api_scores_best"] == ("userid", "mode", "status", "pp", "id")
    assert found["scores_map_md5_status_mode_index"] == ("map_md5", "status", "mode")


async def test_hints_name_an_index_that_is_there(db: Database) -> None:
    await db.run("DROP INDEX api_scores_best ON scores" if db.engine == "mysql" else "DROP INDEX api_scores_best")
    await db.run("CREATE INDEX theirs ON scores (userid, mode, status, pp)")
    tables = await catalog.read(db)
    if db.engine == "sqlite":
        assert tables.hint("scores", "userid") == ""
        return
    assert tables.hint("scores", "userid", "mode", "status", "pp") == "FORCE INDEX (`theirs`)"
    assert tables.hint("scores", "grade") == ""
    assert tables.first_hint("scores", ("grade",), ("online_checksum",)) == (
        "FORCE INDEX (`scores_online_checksum_index`)"
    )


async def test_own_tables_count_only_where_they_belong(mariadb: MariaDB) -> None:
    with mariadb.database() as main, mariadb.database() as own:
        mariadb.run(f"CREATE TABLE {main}.api_keys (a INT)", f"CREATE TABLE {own}.api_keys (b INT)")
        mariadb.run(f"CREATE TABLE {own}.users (c INT)")
        async with opened(mariadb.url(main)) as db:
            apart = await catalog.read(db, own)
            assert apart.own == f"`{own}`."
            assert apart.has("api_keys", "b")
            assert not apart.has("api_keys", "a")
            assert not apart.has("users")
            assert (await catalog.read(db)).has("api_keys", "a")


def test_sqlite_has_no_second_schema() -> None:
    assert catalog.own_prefix("sqlite", "own") == ""
    assert catalog.own_prefix("mysql", "own") == "`own`."
    assert catalog.own_prefix("mysql", "") == ""


def test_a_column_without_a_stand_in_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Catalog("sqlite", {}).select("users", "u", ("name",))
