"""SQLite's failures in words, as real files give them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.storage import sqlite
from server.storage.outages import BUSY, CHANGED, READ_ONLY, UNREACHABLE


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
