"""What only MySQL and MariaDB need: driver options, cursors, and what their errors mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from asyncmy import converters as asyncmy_converters
from asyncmy import errors as asyncmy_errors
from pymysql import converters as pymysql_converters
from pymysql import err as pymysql_errors
from pymysql.constants import FIELD_TYPE

from server.domain.problems import ReadOnly, Unavailable
from server.storage.moments import UNKNOWN
from server.storage.outages import (
    BUSY,
    CHANGED,
    DEFAULTLESS,
    DENIED,
    LETTERS,
    READ_ONLY,
    TOO_LONG,
    UNREACHABLE,
    GaveWay,
    Lost,
)

_MOMENTS = (FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME)

_ERRORS = (asyncmy_errors.MySQLError, pymysql_errors.MySQLError)

# As SQLite waits by itself.
LOCK_SECONDS = 5

# The server went away, is no part of its cluster, or was never there (client and server codes).
_LOST = {1044, 1045, 1047, 1049, 1053, 1077, 1078, 1079, 1080, 1698, 2002, 2003, 2006, 2013, 2014, 2055, 4031}

# Too many connections or questions, of everybody or of our user; waited too long, or was stopped for it.
_BUSY = {1040, 1203, 1205, 1226, 1317, 1969, 3024}

# A deadlock, which the server has ended.
_DEADLOCK = 1213

# A unique index has such a row already.
_THERE_ALREADY = 1062

# The user may read but not write, or the whole server is read-only.
_READ_ONLY = {1142, 1143, 1227, 1290, 1792, 1836}

# Of those, the ones that name what was denied before anything else, in every language.
_DENIED = {1142, 1143}

# Letters that a column's character set has no place for; a column of others' that has to be given a value.
_LETTERS = {1267, 1366, 3988}
_TOO_LONG = 1406
_DEFAULTLESS = 1364

# The tables are not those that were there at start.
_CHANGED = {1054, 1146, 1176}


def with_driver(url: str) -> str:
    """The address as `databases` spells it: asyncmy, the faster driver, unless aiomysql is asked for by name."""
    for ours, theirs in (("mysql+aiomysql://", "mysql://"), ("mysql://", "mysql+asyncmy://")):
        if url.startswith(ours):
            return theirs + url.removeprefix(ours)
    return url


def _or_unknown(convert: Callable[[Any], Any]) -> Callable[[Any], datetime]:
    """Of dates that are none the drivers give the text."""

    def read(stored: Any) -> datetime:
        moment = convert(stored)
        return moment if isinstance(moment, datetime) else UNKNOWN

    return read


# How values come and go in each driver.
_ASYNCMY, _AIOMYSQL = (
    {**given.conversions, **dict.fromkeys(_MOMENTS, _or_unknown(given.convert_datetime))}
    for given in (asyncmy_converters, pymysql_converters)
)


def options(address: str, pool_size: int) -> dict[str, Any]:
    """How connections are opened: under our own SQL mode and patience, whatever the operator's server has as its own.

    `address` is what `with_driver` gave.
    """
    return {
        "conv": _ASYNCMY if address.startswith("mysql+asyncmy:") else _AIOMYSQL,
        "min_size": 1,
        "max_size": pool_size,
        "charset": "utf8mb4",
        # Whoever waits for another's row holds a connection that others wait for.
        "init_command": "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',"
        f" innodb_lock_wait_timeout = {LOCK_SECONDS}",
        "connect_timeout": 5,
    }


async def fetch(raw: Any, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
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


def is_there_already(error: BaseException) -> bool:
    """Did a unique index refuse a row, as there is one like it?"""
    return code(error) == _THERE_ALREADY


def as_problem(error: BaseException) -> Unavailable | None:
    """The error in words for people, if it is about the database rather than about our statement."""
    number = code(error)
    if lost(error) or isinstance(error, OSError):
        return Lost(UNREACHABLE)
    if number == _DEADLOCK:
        return GaveWay(BUSY)
    if number in _BUSY:
        return Unavailable(BUSY)
    if number in _DENIED and str(error.args[-1]).startswith("SELECT"):
        return Unavailable(DENIED)
    if number in _READ_ONLY:
        return ReadOnly(READ_ONLY)
    if number in _CHANGED:
        return Unavailable(CHANGED)
    if number in _LETTERS:
        return Unavailable(LETTERS)
    if number == _TOO_LONG:
        return Unavailable(TOO_LONG)
    if number == _DEFAULTLESS:
        return Unavailable(DEFAULTLESS)
    return None
