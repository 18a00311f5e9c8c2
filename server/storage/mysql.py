"""What only MySQL and MariaDB need: driver options, cursors, and what their errors mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from asyncmy import errors as asyncmy_errors
from pymysql import err as pymysql_errors

from server.domain.problems import Unavailable
from server.storage.outages import CHANGED, READ_ONLY, UNREACHABLE

_ERRORS = (asyncmy_errors.MySQLError, pymysql_errors.MySQLError)

# The server went away, or was never there (client and server codes).
_LOST = {1053, 1077, 1078, 1079, 1080, 2002, 2003, 2006, 2013, 2014, 2055, 1040, 1045, 1049, 1698, 4031}

# The user may read but not write, or the whole server is read-only.
_READ_ONLY = {1044, 1142, 1143, 1227, 1290, 1792, 1836}

# The tables are not those that were there at start.
_CHANGED = {1054, 1146, 1176}


def with_driver(url: str) -> str:
    """The address as `databases` spells it: asyncmy, the faster driver, unless aiomysql is asked for by name."""
    for ours, theirs in (("mysql+aiomysql://", "mysql://"), ("mysql://", "mysql+asyncmy://")):
        if url.startswith(ours):
            return theirs + url.removeprefix(ours)
    return url


def options(pool_size: int) -> dict[str, Any]:
    """How connections are opened: under our own SQL mode, whatever the operator's server has as its default."""
    return {
        "min_size": 1,
        "max_size": pool_size,
        "charset": "utf8mb4",
        "init_command": "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
        "connect_timeout": 5,
    }


async def fetch(raw: Any, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    async with raw.cursor() as cursor:
        await cursor.execute(sql, values)
        return list(await cursor.fetchall())


async def run(raw: Any, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> int:
    async with raw.cursor() as cursor:
        await cursor.execute(sql, values)
        return int(cursor.rowcount)


def code(error: BaseException) -> int:
    """The server's number for an error, 0 if it has none."""
    number = error.args[0] if isinstance(error, _ERRORS) and error.args else 0
    return number if isinstance(number, int) else 0


def lost(error: BaseException) -> bool:
    """Did the connection, rather than the statement, fail?"""
    return isinstance(error, ConnectionError | TimeoutError) or code(error) in _LOST


def as_problem(error: BaseException) -> Unavailable | None:
    """The error in words for people, if it is about the database rather than about our statement."""
    if lost(error) or isinstance(error, OSError):
        return Unavailable(UNREACHABLE)
    if code(error) in _READ_ONLY:
        return Unavailable(READ_ONLY)
    if code(error) in _CHANGED:
        return Unavailable(CHANGED)
    return None
