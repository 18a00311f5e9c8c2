"""What `migrate` makes of an empty database, and what it leaves alone in another one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import bcrypt
import pytest

from server.domain.problems import Unavailable
from server.storage import beatmap_files, catalog, history, ledger, migrate, snapshotting, tracking
from server.storage.database import Database
from server.storage.indexes import ADVISED
from server.storage.migrate import SQL, Report, apply_indexes, pending, schema_text, statements
from server.storage.migrate import migrate as run
from tests.engines import MariaDB, opened, run_text

ADVISED_NAMES = tuple(index.name for index in ADVISED)

OWN = ("0001_keys", "0002_history", "0003_beatmap_files", "0004_ledger", "0005_snapshots")


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        yield database


def base_text(db: Database) -> str:
    return (SQL / "bancho" / f"{db.engine}.sql").read_text(encoding="utf-8")


async def shape_of(db: Database) -> object:
    """Everything there is to say about the tables that are not ours."""
    if db.engine == "sqlite":
        return await db.all("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%api_%' ORDER BY name")
    tables = await db.all("SHOW TABLES WHERE tables_in_" + db.name + " NOT LIKE 'api_%'")
    # AUTO_INCREMENT is a count of rows, not a shape.
    return [(await db.one(f"SHOW CREATE TABLE {name}") or ())[1].split("AUTO_INCREMENT=")[0] for (name,) in tables]


async def test_an_empty_database_gets_everything(db: Database) -> None:
    report = await run(db)
    assert len(report.created) == 22
    assert report.indexes == ADVISED_NAMES
    assert report.applied == OWN
    tables = await catalog.read(db)
    assert tables.missing == ()
    ours = {"api_keys", "api_migrations", *history.TABLES, *beatmap_files.TABLES, *ledger.TABLES}
    ours |= {*tracking.TABLES, *snapshotting.TABLES}
    assert set(report.created) | ours == set(tables.tables) - {"sqlite_sequence"}


async def test_the_bot_and_the_channels_are_there(db: Database) -> None:
    await run(db)
    bot = await db.one("SELECT id, name, safe_name, priv, country, pw_bcrypt FROM users")
    assert bot is not None
    assert bot[:5] == (1, "BanchoBot", "banchobot", 1, "ca")
    assert len(bot[5]) == 60
    with pytest.raises(ValueError, match="salt"):
        bcrypt.checkpw(b"", bot[5].encode())
    assert await db.all("SELECT id, mode FROM stats ORDER BY mode") == [(1, mode) for mode in (0, 1, 2, 3, 4, 5, 6, 8)]
    assert ("#osu", 1, 2, 1) in await db.all("SELECT name, read_priv, write_priv, auto_join FROM channels")


async def test_players_start_at_3(db: Database) -> None:
    await run(db)
    await db.run("INSERT INTO users (name, safe_name, email, pw_bcrypt) VALUES ('A', 'a', 'a@localhost', 'x')")
    assert await db.one("SELECT id, priv, country, api_key FROM users WHERE name = 'A'") == (3, 1, "xx", None)


async def test_the_second_time_nothing_is_written(engine_url: str) -> None:
    async with opened(engine_url) as db:
        await run(db)
    seen: list[str] = []
    again = Database(engine_url, watch=seen.append)
    await again.connect()
    assert await run(again) == Report()
    await again.disconnect()
    assert seen
    assert all(text.lstrip().startswith("SELECT") for text in seen)


async def test_an_operators_database_gets_our_tables_only(db: Database) -> None:
    await run_text(db, base_text(db))
    await db.run("CREATE TABLE sh_posts (id INT)")
    await db.run("ALTER TABLE users ADD COLUMN irc_key VARCHAR(36)")
    await db.run("DROP TABLE mail")
    await db.run("UPDATE users SET name = 'Aika', safe_name = 'aika' WHERE id = 1")
    before = await shape_of(db)
    assert await run(db) == Report(applied=OWN)
    assert await shape_of(db) == before
    assert await db.all("SELECT name FROM users") == [("Aika",)]
    assert await db.one("SELECT COUNT(*) FROM channels") == (7,)
    assert (await catalog.read(db)).has("api_keys")
    assert await run(db) == Report()


async def test_a_database_of_another_program_is_not_filled(db: Database) -> None:
    await db.run("CREATE TABLE posts (id INT)")
    assert (await run(db)).created == ()
    assert not (await catalog.read(db)).has("users")


async def test_several_at_once_do_it_once(engine_url: str) -> None:
    async def alone() -> Report:
        async with opened(engine_url) as db:
            return await run(db)

    reports = await asyncio.gather(*(alone() for _ in range(4)))
    assert sorted(len(report.created) for report in reports) == [0, 0, 0, 22]
    assert sorted(len(report.applied) for report in reports) == [0, 0, 0, len(OWN)]


async def test_a_creation_cut_short_is_finished(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = base_text(db)
    cut = text[: text.index("CREATE TABLE IF NOT EXISTS clans")] + "NONSENSE;"
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_base_text", lambda engine: cut)
        with pytest.raises(Exception, match=r"(?i)syntax"):
            await run(db)
    assert not (await catalog.read(db)).has("clans")
    assert len((await run(db)).created) == 22
    assert (await catalog.read(db)).missing == ()
    assert await db.one("SELECT COUNT(*) FROM stats") == (8,)
    assert await run(db) == Report()


async def test_a_newer_database_is_refused(db: Database) -> None:
    await run(db)
    await db.run("INSERT INTO api_migrations (number, name, applied_at) VALUES (9999, '9999_later', 1)")
    with pytest.raises(Unavailable) as refused:
        await run(db)
    assert "newer version" in refused.value.message
    assert "9999" in refused.value.message
    with pytest.raises(Unavailable):
        await pending(db)


async def test_tables_of_somebody_else_under_our_names_are_refused(db: Database) -> None:
    await run_text(db, base_text(db))
    await db.run("CREATE TABLE api_keys (token INT)")
    with pytest.raises(Unavailable, match="api_keys"):
        await run(db)
    assert not (await catalog.read(db)).has("api_migrations")


async def test_pending_names_what_is_not_applied(db: Database) -> None:
    assert await pending(db) == OWN
    await run(db)
    assert await pending(db) == ()


async def test_our_tables_may_live_in_a_second_schema(mariadb: MariaDB) -> None:
    with mariadb.database() as main, mariadb.database() as own:
        mariadb.run(f"DROP DATABASE {own}")
        async with opened(mariadb.url(main)) as db:
            assert (await run(db, own)).applied == OWN
            assert await run(db, own) == Report()
            tables = await catalog.read(db, own)
            assert tables.own == f"`{own}`."
            assert tables.has("api_keys")
            assert not (await catalog.read(db)).has("api_keys")


async def test_who_may_only_read_is_told_so(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        async with opened(mariadb.url(name)) as db:
            await run_text(db, base_text(db))
        async with opened(reading) as db:
            with pytest.raises(Unavailable, match="only read"):
                await run(db)
        async with opened(mariadb.url(name)) as db:
            await run(db)
        async with opened(reading) as db:
            assert await run(db) == Report()


async def test_advised_indexes_are_added_on_request(db: Database) -> None:
    await run_text(db, base_text(db))
    await db.run("CREATE INDEX mine ON stats (mode, pp DESC, id, plays)")
    wanted = tuple(name for name in ADVISED_NAMES if name != "api_stats_pp")
    assert await apply_indexes(db) == wanted
    assert await apply_indexes(db) == ()


async def test_the_twins_describe_the_same_tables(mariadb: MariaDB, tmp_path: Path) -> None:
    found = []
    with mariadb.database() as name:
        for url in (mariadb.url(name), f"sqlite:///{tmp_path / 'twin.db'}"):
            async with opened(url) as db:
                await run(db)
                found.append((await catalog.read(db)).tables)
    mysql, sqlite = found
    assert mysql.keys() == sqlite.keys() - {"sqlite_sequence"}
    for name, table in mysql.items():
        assert table.columns == sqlite[name].columns, name
        # A key that is one whole number is SQLite's own, and no index.
        keys = {index.columns for index in table.indexes} - {("id",), ("number",), ("map_id",), ("user_id",), ("day",)}
        assert keys == {index.columns for index in sqlite[name].indexes} - {("id",)}, name


async def test_names_are_the_same_without_case_and_accents(db: Database) -> None:
    await run(db)
    insert = "INSERT INTO users (name, safe_name, email, pw_bcrypt) VALUES (:name, :name, :email, 'x')"
    await db.run(insert, name="Ünïcödé", email="a@localhost")
    assert await db.one("SELECT name FROM users WHERE safe_name = 'unicode'") == ("Ünïcödé",)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await db.run(insert, name="UNICODE", email="b@localhost")


async def test_md5s_are_the_same_without_case(db: Database) -> None:
    await run(db)
    await db.run("INSERT INTO ratings (userid, map_md5, rating) VALUES (3, 'abc', 10)")
    assert await db.one("SELECT rating FROM ratings WHERE map_md5 = 'ABC'") == (10,)


@pytest.mark.parametrize("engine", ["mysql", "sqlite"])
def test_the_committed_schema_is_todays(engine: str) -> None:
    assert (SQL / f"schema.{engine}.sql").read_text(encoding="utf-8") == schema_text(engine)


async def test_the_schema_text_makes_what_migrate_makes(db: Database, mariadb: MariaDB, tmp_path: Path) -> None:
    await run_text(db, schema_text(db.engine))
    with mariadb.database() as name:
        url = f"sqlite:///{tmp_path / 'other.db'}" if db.engine == "sqlite" else mariadb.url(name)
        async with opened(url) as migrated:
            await run(migrated)
            assert (await catalog.read(db)).tables == (await catalog.read(migrated)).tables


def test_statements_end_only_where_they_end() -> None:
    text = """
    -- it's a comment; with a semicolon
    INSERT INTO a VALUES ('x;y', 'it''s; -- not a comment');
    /* neither; 'this */ SELECT `b;c`, ";" FROM d -- tail;
    ; ;
    SELECT 4 - 2 / 1
    """
    assert list(statements(text)) == [
        "INSERT INTO a VALUES ('x;y', 'it''s; -- not a comment')",
        'SELECT `b;c`, ";" FROM d',
        "SELECT 4 - 2 / 1",
    ]
