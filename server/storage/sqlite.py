"""What only SQLite needs, so that it answers as MariaDB does."""

import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any


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
    return datetime.fromisoformat(stored.decode())


# Declared DATETIME columns come out as datetimes, as the MySQL drivers give them.
sqlite3.register_converter("datetime", _moment)
sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(sep=" "))

OPTIONS: dict[str, Any] = {"factory": Connection, "detect_types": sqlite3.PARSE_DECLTYPES}


def probe(path: str) -> None:
    """Open and close it. Where that fails in aiosqlite, a thread of its own outlives the event loop and complains."""
    sqlite3.connect(path, factory=Connection).close()


async def fetch(raw: Any, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return list(await raw.execute_fetchall(sql, values))


async def run(raw: Any, sql: str, values: Mapping[str, Any]) -> int:
    async with raw.execute(sql, values) as cursor:
        return int(cursor.rowcount)


async def run_many(raw: Any, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    await raw.executemany(sql, rows)
