"""What only SQLite needs, so that it answers as MariaDB does."""

import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.domain.problems import ReadOnly, Unavailable
from server.storage.moments import UNKNOWN
from server.storage.outages import BUSY, CHANGED, READ_ONLY, UNREACHABLE


class Connection(sqlite3.Connection):
    """A connection that compares names as `utf8mb3_general_ci` does and waits for writers."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute("PRAGMA foreign_keys = ON")
        self.execute("PRAGMA busy_timeout = 5000")
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")
        self.create_collation("general_ci", _compare)
        self.create_function("fold", 1, fold, deterministic=True)


@lru_cache(maxsize=65536)
def fold(text: str | None) -> str | None:
    """A name without case and accents: `Ünïcödé` is `UNICODE`, `ß` is `S`."""
    if text is None or text.isascii():
        return text.upper() if text else text
    bare = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join("S" if letter == "ß" else letter.upper() for letter in bare)


def _compare(left: str, right: str) -> int:
    a, b = fold(left.rstrip(" ")) or "", fold(right.rstrip(" ")) or ""
    return (a > b) - (a < b)


def _moment(stored: bytes) -> datetime:
    try:
        return datetime.fromisoformat(stored.decode())
    except ValueError:
        return UNKNOWN


# Declared DATETIME columns come out as datetimes, as the MySQL drivers give them.
sqlite3.register_converter("datetime", _moment)
sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(sep=" "))

OPTIONS: dict[str, Any] = {"factory": Connection, "detect_types": sqlite3.PARSE_DECLTYPES}


def probe(path: str, create: bool) -> None:
    """Open and close it. Where that fails in aiosqlite, a thread of its own outlives the event loop and complains.

    Without `create` a file that is not there is refused: SQLite would make an empty one.
    """
    if not create and not Path(path).exists():
        raise Unavailable(f"There is no database {path}; `python -m server migrate` makes it.")
    sqlite3.connect(path, factory=Connection).close()


async def fetch(raw: Any, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    return list(await raw.execute_fetchall(sql, values))


async def run(raw: Any, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> int:
    async with raw.execute(sql, values) as cursor:
        return int(cursor.rowcount)


async def run_many(raw: Any, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    await raw.executemany(sql, rows)


def is_there_already(error: BaseException) -> bool:
    """Did a unique index refuse a row, as there is one like it?"""
    return getattr(error, "sqlite_errorcode", 0) in (
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    )


def as_problem(error: BaseException) -> Unavailable | None:
    """The error in words for people, if it is about the file rather than about our statement."""
    if not isinstance(error, sqlite3.DatabaseError):
        return None
    # The lower byte is the kind of failure, the rest says more of it.
    words = _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if words is None and str(error).startswith(("no such table", "no such column")):
        words = CHANGED
    if words is None:
        return None
    return ReadOnly(words) if words == READ_ONLY else Unavailable(words)


_PROBLEMS = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
} | dict.fromkeys(
    (
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT),
        *(sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL),
    ),
    UNREACHABLE,
)
