"""Every trap the doctor knows, set in a real database, Redis or folder, and found."""

import lzma
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from redis import Redis as Client

from server import sections
from server.config import Settings
from server.doctor import Finding, examine, render
from server.domain.live import Lobby
from server.live import keys
from server.live.connection import Connection
from server.storage.migrate import SQL, migrate
from tests.engines import MariaDB, opened, run_text
from tests.voice import Voice

MD5 = "0123456789abcdef0123456789abcdef"
SECRET = "geh3im"
NOBODY_LISTENS = "127.0.0.1:1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory in which everything is as it should be."""
    for name, content in (("osr/1.osr", _replay()), ("osu/1.osu", b"osu file format v14"), ("avatars/3.png", b"x")):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return tmp_path / "data"


@pytest.fixture
def cache(valkey: str) -> Client:
    """An empty Valkey."""
    client = Client.from_url(valkey)
    client.flushall()
    return client


@pytest.fixture
def mysql_url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        yield mariadb.url(name)


def _replay() -> bytes:
    return lzma.compress(b"0|256|192|0," * 50, format=lzma.FORMAT_ALONE)


def _settings(url: str, folder: Path | str = "", redis: str = "", zone: str = "UTC", own_schema: str = "") -> Settings:
    return Settings(
        database=sections.Database(url=url, time_zone=zone, own_schema=own_schema),
        redis=sections.Redis(url=redis),
        files=sections.Files(data=str(folder)),
    )


async def _filled(url: str, *statements: str) -> None:
    """bancho.py's tables with our own and the indexes, then changed by the statements."""
    async with opened(url) as db:
        await migrate(db)
        for statement in statements:
            await db.run(statement)


async def _about(settings: Settings, topic: str) -> list[Finding]:
    """What is not well with a topic."""
    return [each for each in await examine(settings) if each.topic == topic and each.level != "ok"]


async def _one(settings: Settings, topic: str) -> Finding:
    found = await _about(settings, topic)
    assert len(found) == 1, render(await examine(settings))
    return found[0]


def _score(play_time: str, md5: str = MD5) -> str:
    return f"""
        INSERT INTO scores (map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu, status,
                            mode, play_time, time_elapsed, client_flags, userid, perfect, online_checksum)
        VALUES ('{md5}', 1, 1, 99, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0, {play_time}, 1, 0, 1, 0, '')
    """


async def test_a_good_installation(engine_url: str, folder: Path, cache: Client, valkey: str) -> None:
    today = (datetime.now(UTC).date() - date(1970, 1, 1)).days
    await _filled(
        engine_url,
        "UPDATE stats SET pp = 10 WHERE mode = 0",
        f"INSERT INTO api_snapshotter (id, turn, last_id, day) VALUES (1, 0, 0, {today})",
    )
    cache.zadd("bancho:leaderboard:0", {"1": 10})
    await _said(valkey)
    found = await examine(_settings(engine_url, folder, valkey))
    assert {each.level for each in found} == {"ok"}, render(found)
    topics = {each.topic for each in found}
    assert topics >= {"engine", "tables", "own tables", "rights", "indexes", "play times", "stats", "scores", "files"}
    assert topics >= {"redis", "ranking sets"}
    assert render(found).endswith("\nNothing to mend.")


async def test_an_empty_database(engine_url: str) -> None:
    found = await _one(_settings(engine_url), "tables") if "mysql" in engine_url else None
    if found is not None:
        assert (found.level, "empty" in found.what, "migrate" in found.fix) == ("error", True, True)
        return
    missing = await _one(_settings(engine_url), "database")
    assert (missing.level, "no file" in missing.what, "migrate" in missing.fix) == ("error", True, True)
    assert not Path(engine_url.removeprefix("sqlite:///")).exists()


async def test_somebody_elses_database(mysql_url: str) -> None:
    async with opened(mysql_url) as db:
        await db.run("CREATE TABLE wp_posts (id INT)")
    found = await _one(_settings(mysql_url), "tables")
    assert (found.level, found.what) == ("error", "None of bancho.py's tables are here.")


async def test_what_is_missing_is_named(engine_url: str) -> None:
    await _filled(engine_url, "DROP TABLE clans", "ALTER TABLE scores DROP COLUMN time_elapsed")
    found = await _one(_settings(engine_url), "tables")
    assert found.level == "error"
    assert "clans" in found.what
    assert "scores.time_elapsed" in found.what


async def test_columns_that_came_later_are_advice(engine_url: str) -> None:
    drops = ["ALTER TABLE stats DROP COLUMN total_hits", "ALTER TABLE users DROP COLUMN userpage_content"]
    await _filled(engine_url, *drops, "DROP TABLE relationships")
    found = await _about(_settings(engine_url), "tables")
    assert {each.level for each in found} == {"advice"}
    text = " ".join(each.what for each in found)
    assert "stats.total_hits: not there, shown as 0" in text
    assert "users.userpage_content: not there, shown as nothing" in text
    assert "nobody has friends" in text


async def test_score_tables_of_before_4_2(engine_url: str) -> None:
    await _filled(engine_url, "ALTER TABLE scores RENAME TO scores_vn", "CREATE TABLE scores_rx (id INT)")
    found = await _one(_settings(engine_url), "tables")
    assert found.level == "error"
    assert "scores_vn" in found.what
    assert "4.2.0" in found.fix


async def test_stats_of_before_4_0(engine_url: str) -> None:
    await _filled(engine_url, "DROP TABLE stats", "CREATE TABLE stats (id INT, tscore_vn_std INT, pp_vn_std INT)")
    found = await _one(_settings(engine_url), "tables")
    assert (found.level, "4.0" in found.what) == ("error", True)


async def test_missing_indexes_come_with_their_statements(engine_url: str) -> None:
    on = " ON stats" if "mysql" in engine_url else ""
    await _filled(engine_url, f"DROP INDEX api_stats_pp{on}", f"DROP INDEX api_stats_acc{on}")
    found = await _one(_settings(engine_url), "indexes")
    assert found.level == "advice"
    assert "2 useful indexes" in found.what
    assert "\nCREATE INDEX api_stats_pp ON stats (mode, pp DESC, id);\n" in found.fix
    assert found.fix.count("CREATE INDEX") == 2


async def test_own_tables_absent_behind_and_ahead(engine_url: str) -> None:
    async with opened(engine_url) as db:
        await run_text(db, (SQL / "bancho" / f"{db.engine}.sql").read_text(encoding="utf-8"))
        absent = await _one(_settings(engine_url), "own tables")
        assert (absent.level, "migrate" in absent.fix) == ("advice", True)
        await migrate(db)
        assert await _about(_settings(engine_url), "own tables") == []
        await db.run("INSERT INTO api_migrations (number, name, applied_at) VALUES (9999, '9999_later', 1)")
    ahead = await _one(_settings(engine_url), "own tables")
    assert (ahead.level, "newer version" in ahead.what) == ("error", True)


async def test_a_second_schema_on_sqlite_is_not_used(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    await _filled(url)
    found = await _one(_settings(url, own_schema="apart"), "own tables")
    assert (found.level, "own_schema" in found.what) == ("warning", True)


async def test_a_user_who_may_only_read_is_fine(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        await _filled(mariadb.url(name))
        found = await _about(_settings(reading), "rights")
    assert [each.level for each in found] == ["advice"] * 5
    assert "profile" in found[0].what
    assert "GRANT UPDATE" in found[0].fix
    assert "API keys" in found[1].what
    assert "recorded" in found[2].what
    assert "add up to" in found[3].what
    assert "kept in api_snapshots" in found[4].what


async def test_a_table_that_may_not_be_read(mariadb: MariaDB) -> None:
    with mariadb.database() as name:
        await _filled(mariadb.url(name))
        async with opened(mariadb.url(name)) as db:
            tables = [row[0] for row in await db.all("SHOW TABLES") if row[0] != "scores"]
        user = f"part_{name}"
        mariadb.run(
            f"CREATE USER '{user}'@'%' IDENTIFIED BY '{mariadb.password}'",
            f"GRANT INSERT ON {name}.scores TO '{user}'@'%'",
            *(f"GRANT SELECT ON {name}.{table} TO '{user}'@'%'" for table in tables),
        )
        found = await _about(_settings(mariadb.url(name, user=user)), "rights")
        mariadb.run(f"DROP USER '{user}'@'%'")
    assert ("error", True) in [(each.level, each.what.startswith("scores may not be read")) for each in found]


@pytest.mark.parametrize(
    ("column", "level", "said"),
    [
        ("CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", "error", "cannot be compared"),
        ("CHAR(32) CHARACTER SET latin1 COLLATE latin1_swedish_ci", "warning", "no index serves"),
        ("CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "warning", "converted for each"),
    ],
)
async def test_md5s_of_different_collations(mysql_url: str, column: str, level: str, said: str) -> None:
    await _filled(mysql_url, f"ALTER TABLE scores MODIFY map_md5 {column} NOT NULL")
    found = await _one(_settings(mysql_url), "collations")
    assert (found.level, said in found.what) == (level, True)
    statement = found.fix.splitlines()[-1]
    assert statement.startswith("ALTER TABLE scores MODIFY map_md5")
    async with opened(mysql_url) as db:
        await db.run(statement.rstrip(";"))
    assert await _about(_settings(mysql_url), "collations") == []


@pytest.mark.parametrize(
    ("column", "level"),
    [("CHARACTER SET latin1", "warning"), ("CHARACTER SET utf8mb3 COLLATE utf8mb3_bin", "advice")],
)
async def test_names_in_another_collation(mysql_url: str, column: str, level: str) -> None:
    await _filled(mysql_url, f"ALTER TABLE users MODIFY safe_name VARCHAR(32) {column} NOT NULL")
    found = await _one(_settings(mysql_url), "collations")
    assert (found.level, "safe_name" in found.what) == (level, True)


async def test_the_databases_clock_in_another_zone(mysql_url: str) -> None:
    await _filled(mysql_url)
    found = await _one(_settings(mysql_url, zone="Asia/Tokyo"), "time zone")
    assert found.level == "advice"
    assert "+9.0 h" in found.what
    assert "time_zone" in found.fix


async def test_scores_from_the_future(engine_url: str) -> None:
    later = "NOW() + INTERVAL 2 HOUR" if "mysql" in engine_url else "datetime('now', '+2 hours')"
    await _filled(engine_url, _score(later))
    found = await _one(_settings(engine_url), "play times")
    assert (found.level, "+2.0 h" in found.what) == ("warning", True)
    assert await _about(_settings(engine_url, zone="Europe/Moscow"), "play times") == []


async def test_a_lax_sql_mode(mariadb: MariaDB, mysql_url: str) -> None:
    await _filled(mysql_url)
    mariadb.run("SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'")
    found = await _one(_settings(mysql_url), "sql_mode")
    mariadb.run("SET GLOBAL sql_mode = DEFAULT")
    assert (found.level, "not strict" in found.what) == ("advice", True)


async def test_stray_stats(engine_url: str) -> None:
    await _filled(engine_url, "INSERT INTO stats (id, mode) VALUES (3, 7), (3, 9), (3, 10), (3, 11), (4, 7)")
    found = await _one(_settings(engine_url), "stats")
    assert (found.level, found.what.startswith("5 rows")) == ("advice", True)
    async with opened(engine_url) as db:
        await db.run(found.fix[found.fix.index("DELETE") :].rstrip(";"))
        assert await db.one("SELECT COUNT(*) FROM stats") == (8,)


async def test_scores_on_unknown_beatmaps_are_counted(engine_url: str) -> None:
    known = (
        "INSERT INTO maps (id, set_id, status, md5, artist, title, version, creator, filename, last_update,"
        f" total_length, max_combo) VALUES (1, 1, 2, '{MD5}', 'a', 't', 'v', 'c', 'f', '2020-01-01 00:00:00', 1, 1)"
    )
    past = "'2020-01-01 00:00:00'"
    await _filled(engine_url, known, *(_score(past, md5) for md5 in (MD5, "a" * 32, "a" * 32, "b" * 32)))
    found = await _one(_settings(engine_url), "scores")
    assert found.level == "advice"
    assert found.what.startswith("3 are on beatmaps that are not in maps (2 of them)")


async def test_ranking_sets(tmp_path: Path, cache: Client, valkey: str) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    players = ", ".join(f"({number}, 'p{number}', 'p{number}', 'p{number}', 3, 'x')" for number in range(3, 13))
    stats = ", ".join(f"({number}, 0, 100)" for number in range(3, 13))
    await _filled(
        url,
        f"INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt) VALUES {players}",
        f"INSERT INTO stats (id, mode, pp) VALUES {stats}",
    )
    settings = _settings(url, redis=valkey)
    empty = await _one(settings, "ranking sets")
    assert (empty.level, "empty" in empty.what, "recalc" in empty.fix) == ("warning", True, True)

    everybody = {str(number): 100.0 for number in range(3, 13)}
    cache.zadd("gulag:leaderboard:0", everybody)
    assert "gulag:" in (await _one(settings, "ranking sets")).what

    cache.zadd("bancho:leaderboard:0", {"3": 100, "4": 100})
    thin = await _one(settings, "ranking sets")
    assert (thin.level, "mode 0: 2 of 10" in thin.what) == ("warning", True)

    cache.zadd("bancho:leaderboard:0", everybody)
    assert await _about(settings, "ranking sets") == []


async def _said(valkey: str, *lobbies: Lobby) -> None:
    redis = Connection(valkey)
    await Voice(redis, "main").lobbies(lobbies)
    await redis.close()


async def test_whether_game_servers_speak_and_somebody_records(tmp_path: Path, cache: Client, valkey: str) -> None:
    settings = _settings(f"sqlite:///{tmp_path / 'a.db'}", redis=valkey)
    assert (await _one(settings, "game servers")).level == "advice"
    await _said(valkey)
    (speaking,) = [each for each in await examine(settings) if each.topic == "game servers"]
    assert speaking == Finding("ok", "game servers", "Who is online is told by main.")
    assert "recorder" not in {each.topic for each in await examine(settings)}
    await _said(valkey, Lobby(1, "x", 3))
    waiting = await _one(settings, "recorder")
    assert (waiting.level, "holds 1 entries" in waiting.what, "record`" in waiting.fix) == ("advice", True, True)
    cache.set(keys.RECORDER, "somebody", px=10_000)
    assert await _about(settings, "recorder") == []


async def test_no_redis_is_advice(tmp_path: Path) -> None:
    found = await _one(_settings(f"sqlite:///{tmp_path / 'a.db'}"), "redis")
    assert found.level == "advice"


@pytest.mark.parametrize("cluster", [False, True])
async def test_redis_away(tmp_path: Path, cluster: bool) -> None:
    settings = _settings(f"sqlite:///{tmp_path / 'a.db'}", redis=f"redis://:{SECRET}@{NOBODY_LISTENS}/0")
    settings = replace(settings, redis=replace(settings.redis, cluster=cluster))
    found = await _one(settings, "redis")
    assert (found.level, "does not answer" in found.what) == ("warning", True)
    assert SECRET not in repr(found)


async def test_redis_wants_another_password(tmp_path: Path, cache: Client, valkey: str) -> None:
    cache.acl_setuser("guest", enabled=True, passwords=["+right"], categories=["+@all"], keys=["*"])
    url = valkey.replace("redis://", f"redis://guest:{SECRET}@")
    found = await _one(_settings(f"sqlite:///{tmp_path / 'a.db'}", redis=url), "redis")
    cache.acl_deluser("guest")
    assert (found.level, "let this server in" in found.what) == ("warning", True)
    assert SECRET not in repr(found)


async def test_real_redis_is_told_from_valkey(tmp_path: Path, redis: str) -> None:
    found = await examine(_settings(f"sqlite:///{tmp_path / 'a.db'}", redis=redis))
    assert [each.what.split()[0] for each in found if each.topic == "redis"] == ["Redis"]


async def test_no_data_directory(tmp_path: Path) -> None:
    found = await _one(_settings("sqlite:///nowhere.db", tmp_path / "nowhere"), "files")
    assert (found.level, "no directory" in found.what) == ("warning", True)


async def test_what_a_website_needs(tmp_path: Path) -> None:
    settings = _settings("sqlite:///nowhere.db", tmp_path)
    (tmp_path / "avatars").write_text("no folder")
    settings = replace(settings, accounts=replace(settings.accounts, cookie_secure=False))
    found = await _about(settings, "website")
    assert [each.level for each in found] == ["advice"] * 3
    assert "Nobody can log in" in found[0].what
    assert "Nobody can change their avatar" in found[1].what
    assert "plain http" in found[2].what


async def test_files_that_are_not_as_they_should_be(folder: Path) -> None:
    (folder / "osr/1.osr").write_bytes(b"\x00\x12\x34 a whole replay with its header, not the stream of its frames")
    (folder / "osu/1.osu").unlink()
    (folder / "avatars/3.png").unlink()
    (folder / "avatars").rmdir()
    (folder / "avatars").write_text("no folder")
    found = await _about(_settings("sqlite:///nowhere.db", folder), "files")
    assert [each.level for each in found] == ["warning", "advice", "warning"]
    assert "LZMA" in found[0].what
    assert "pp is calculated for no beatmap" in found[1].what
    assert "nobody has an avatar" in found[2].what


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://u:{SECRET}@{NOBODY_LISTENS}/x",
        f"mysql+aiomysql://u:{SECRET}@{NOBODY_LISTENS}/x",
        f"mysql://u:{SECRET}/1@{NOBODY_LISTENS}/x",
        f"mysql://u:{SECRET}#1@{NOBODY_LISTENS}/x",
        f"mysql://u:{SECRET}@[::1/x",
        f"mysql://u:{SECRET}@host.invalid/x",
        f"postgresql://u:{SECRET}@{NOBODY_LISTENS}/x",
        f"u:{SECRET}",
        "",
    ],
)
async def test_an_address_that_leads_nowhere_is_told_without_its_password(url: str) -> None:
    found = await examine(_settings(url, redis=url.replace("mysql", "redis")))
    assert found[0].level == "error"
    assert found[0].fix
    assert SECRET not in render(found)
    assert SECRET not in repr(found)


async def test_the_database_turns_this_server_away(mariadb: MariaDB, mysql_url: str) -> None:
    refused = await _one(_settings(mysql_url.replace(mariadb.password, SECRET)), "database")
    assert (refused.level, "Access denied" in refused.what, "password" in refused.fix) == ("error", True, True)
    assert SECRET not in repr(refused)
    unknown = await _one(_settings(mariadb.url("no_such_database")), "database")
    assert "no_such_database" in unknown.what
    assert "name" in unknown.fix


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is no database at all" * 100)
    found = await _one(_settings(f"sqlite:///{path}"), "database")
    assert (found.level, "not a database" in found.what) == ("error", True)


def test_findings_are_printed_with_what_to_do() -> None:
    text = render(
        [
            Finding("ok", "engine", "MariaDB."),
            Finding("warning", "files", "Gone.", "Find them."),
            Finding("advice", "indexes", "One is missing.", "By hand:\nCREATE INDEX a ON b (c);"),
            Finding("advice", "redis", "None."),
        ]
    )
    assert text == (
        "ok       engine: MariaDB.\n"
        "warning  files: Gone.\n"
        "           Find them.\n"
        "advice   indexes: One is missing.\n"
        "           By hand:\n"
        "           CREATE INDEX a ON b (c);\n"
        "advice   redis: None.\n"
        "\n"
        "1 warning, 2 pieces of advice."
    )
