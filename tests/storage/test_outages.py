"""A database's failures in words: SQLite's as real files give them, MySQL's by number and as MariaDB says them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pymysql
import pytest

from server.domain.problems import Unavailable
from server.storage import mysql, sqlite
from server.storage.database import Database
from server.storage.outages import BUSY, CHANGED, DENIED, READ_ONLY, UNREACHABLE, Lost
from tests.engines import MariaDB, opened


def locked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as holder, closing(sqlite3.connect(path, timeout=0)) as other:
        holder.execute("BEGIN EXCLUSIVE")
        other.execute("INSERT INTO t VALUES (1)")


def read_only(path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
        opened.execute("INSERT INTO t VALUES (1)")


def folder_gone(path: Path) -> None:
    sqlite3.connect(path / "no" / "such.db").execute("SELECT 1")


def not_a_database(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("SELECT * FROM t")


def table_gone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("SELECT * FROM u")


def column_gone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("SELECT b FROM t")


def our_fault(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("SELEKT 1")


def our_rows_fault(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("INSERT INTO t VALUES (NULL)")


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (locked, BUSY),
        (read_only, READ_ONLY),
        (folder_gone, UNREACHABLE),
        (not_a_database, UNREACHABLE),
        (table_gone, CHANGED),
        (column_gone, CHANGED),
        (our_fault, None),
        (our_rows_fault, None),
    ],
)
def test_failures_in_words(tmp_path: Path, fail: Callable[[Path], None], words: str | None) -> None:
    path = tmp_path / "test.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (a INTEGER NOT NULL)")
    with pytest.raises(sqlite3.DatabaseError) as caught:
        fail(path)
    problem = sqlite.as_problem(caught.value)
    assert (problem.message if problem else None) == words


def test_other_failures_are_not_about_a_database() -> None:
    assert sqlite.as_problem(ValueError("no such table")) is None


@pytest.mark.parametrize(
    ("number", "said", "words"),
    [
        (1040, "Too many connections", BUSY),
        (1203, "User already has more than 'max_user_connections' active connections", BUSY),
        (1226, "User 'x' has exceeded the 'max_questions' resource", BUSY),
        (1205, "Lock wait timeout exceeded; try restarting transaction", BUSY),
        (1213, "Deadlock found when trying to get lock", BUSY),
        (1317, "Query execution was interrupted", BUSY),
        (1969, "Query execution was interrupted (max_statement_time exceeded)", BUSY),
        (3024, "Query execution was interrupted, maximum statement execution time exceeded", BUSY),
        (1047, "WSREP has not yet prepared node for application use", UNREACHABLE),
        (2013, "Lost connection to MySQL server during query", UNREACHABLE),
        (1142, "UPDATE command denied to user 'SELECT'@'%' for table `a`.`users`", READ_ONLY),
        (1142, "SELECT command denied to user 'x'@'%' for table `a`.`users`", DENIED),
        (1143, "SELECT command denied to user 'x'@'%' for column 'api_key' in table 'users'", DENIED),
        (1146, "Table 'a.users' doesn't exist", CHANGED),
        (1064, "You have an error in your SQL syntax", None),
        (1048, "Column 'name' cannot be null", None),
    ],
)
def test_mysqls_failures_in_words(number: int, said: str, words: str | None) -> None:
    problem = mysql.as_problem(pymysql.err.OperationalError(number, said))
    assert (problem.message if problem else None) == words
    assert isinstance(problem, Lost) == (words == UNREACHABLE)


async def test_what_may_not_be_read_is_not_said_to_be_written(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        mariadb.run(f"CREATE TABLE {name}.t (a INT)", f"CREATE TABLE {name}.open (a INT)")
        user = reading.partition("://")[2].partition(":")[0]
        mariadb.run(f"REVOKE SELECT ON {name}.* FROM '{user}'@'%'", f"GRANT SELECT ON {name}.open TO '{user}'@'%'")
        async with opened(reading) as db:
            with pytest.raises(Unavailable) as refused:
                await db.all("SELECT a FROM t")
            assert refused.value.message == DENIED
            with pytest.raises(Unavailable) as refused:
                await db.run("INSERT INTO open VALUES (1)")
            assert refused.value.message == READ_ONLY


@pytest.mark.parametrize("driver", ["mysql", "mysql+aiomysql"])
async def test_a_statement_that_takes_too_long_is_a_busy_database(mariadb: MariaDB, driver: str) -> None:
    with mariadb.database() as name:
        async with opened(mariadb.url(name, driver)) as db:
            with pytest.raises(Unavailable) as refused:
                await db.all(
                    """
                    SET STATEMENT max_statement_time = 0.05
                    FOR SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq * b.seq = 7
                    """
                )
            assert refused.value.message == BUSY


async def test_only_lost_connections_are_asked_again(tmp_path: Path) -> None:
    heard: list[str] = []
    db = Database(f"sqlite:///{tmp_path / 'test.db'}", 1, heard.append)
    await db.connect()
    try:
        heard.clear()
        with pytest.raises(Unavailable, match="changed"):
            await db.all("SELECT a FROM nowhere")
        assert len(heard) == 1
    finally:
        await db.disconnect()


async def test_a_file_that_is_not_there_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    serving = Database(f"sqlite:///{path}", 1, create=False)
    with pytest.raises(Unavailable, match="python -m server migrate"):
        await serving.connect()
    assert not path.exists()
    async with opened(f"sqlite:///{path}"):
        assert path.exists()
    await serving.connect()
    await serving.disconnect()
