"""The one connection layer: SQL with named values in, plain rows out, on MySQL/MariaDB and SQLite.

Nothing else imports `databases`. Reads and writes go through a raw cursor of a connection that it opened
(its own row objects cost several times the query).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, Protocol

import databases
from databases.interfaces import ConnectionBackend

from server.domain.problems import Unavailable
from server.storage import mysql, sqlite
from server.storage.outages import Lost

Row = tuple[Any, ...]

# Longer texts are made for any number of rows, and few of them come twice.
_LONGEST_KEPT = 4096

_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Asks(Protocol):
    """What questions are put to: a database, or one of its connections where they belong to a transaction."""

    async def all(self, sql: str, **values: Any) -> list[Row]: ...

    async def one(self, sql: str, **values: Any) -> Row | None: ...


class Session:
    """One held connection. Values are given by name (`:id` in the text); a tuple or list fills an `IN :ids`."""

    def __init__(self, backend: ConnectionBackend, engine: str, watch: Callable[[str], None] | None) -> None:
        self._backend = backend
        self._engine = engine
        self._watch = watch

    async def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row, in order."""
        if self._watch:
            self._watch(sql)
        raw = self._backend.raw_connection
        text, given = _written(self._engine, sql, values)
        if self._engine == "sqlite":
            return await sqlite.fetch(raw, text, given)
        return await mysql.fetch(raw, text, given)

    async def one(self, sql: str, **values: Any) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, **values)
        return rows[0] if rows else None

    async def run(self, sql: str, **values: Any) -> int:
        """Change something; the number of rows that matched."""
        if self._watch:
            self._watch(sql)
        raw = self._backend.raw_connection
        text, given = _written(self._engine, sql, values)
        if self._engine == "sqlite":
            return await sqlite.run(raw, text, given)
        return await mysql.run(raw, text, given)

    async def insert_many(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows that all have the same keys, in as few statements as the engine takes well.

        `table` as it is written in SQL, with its schema if need be.
        """
        if not rows:
            return
        columns = list(rows[0])
        names = ", ".join(f"`{name}`" for name in columns)
        for start in range(0, len(rows), 500):
            chunk = rows[start : start + 500]
            if self._engine == "sqlite":
                marks = ", ".join("?" for _ in columns)
                sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
                await sqlite.run_many(self._backend.raw_connection, sql, [tuple(row.values()) for row in chunk])
            else:
                marks = ", ".join("(" + ", ".join("%s" for _ in columns) + ")" for _ in chunk)
                values = [value for row in chunk for value in row.values()]
                await mysql.run(self._backend.raw_connection, f"INSERT INTO {table} ({names}) VALUES {marks}", values)


class Held:
    """A connection while it is held, as a context manager (a written-out one: a generator would cost each query)."""

    def __init__(
        self, backend: ConnectionBackend, room: asyncio.Semaphore, engine: str, watch: Callable[[str], None] | None
    ) -> None:
        self._backend, self._room, self._engine, self._watch = backend, room, engine, watch

    async def __aenter__(self) -> Session:
        await self._room.acquire()
        try:
            await self._backend.acquire()
        except BaseException as error:
            self._room.release()
            self._word(error)
            raise
        return Session(self._backend, self._engine, self._watch)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            await self._backend.release()
        finally:
            self._room.release()
        if error is not None:
            self._word(error)

    def _word(self, error: BaseException) -> None:
        """Raise Unavailable where the database is at fault."""
        problem = (sqlite if self._engine == "sqlite" else mysql).as_problem(error)
        if problem is not None:
            raise problem from error


class Database:
    """One database, up to `pool_size` connections.

    `watch`, if given, sees the text of every statement. `create`: may SQLite's file be made if it is not there?
    """

    def __init__(
        self, url: str, pool_size: int = 10, watch: Callable[[str], None] | None = None, create: bool = True
    ) -> None:
        parsed = databases.DatabaseURL(url)
        self.engine = "sqlite" if parsed.dialect == "sqlite" else "mysql"
        self.name = parsed.database
        self.watch = watch
        self._create = create
        address = mysql.with_driver(url)
        options = sqlite.OPTIONS if self.engine == "sqlite" else mysql.options(address, pool_size)
        # First come, first served; the drivers' own pools let late comers past those who wait.
        self._room = asyncio.Semaphore(pool_size)
        # Who asks what may read through a whole table takes a place here first, so that others find a connection.
        self.slow = asyncio.Semaphore(max(1, pool_size // 3))
        self._slowly: set[asyncio.Task[list[Row]]] = set()
        self._database = databases.Database(address, **options)

    async def connect(self) -> None:
        """Open the pool. Raises Unavailable with the reason, which never holds the password."""
        try:
            if self.engine == "sqlite":
                sqlite.probe(self.name, self._create)
            await self._database.connect()
            await self.one("SELECT 1")
        except Unavailable:
            raise
        except ValueError:
            # The library quotes what it stumbled over in the address, which may be a part of the password.
            raise Unavailable("The database's address cannot be understood.") from None
        except Exception as error:
            raise Unavailable(f"The database cannot be reached: {error}") from error

    async def disconnect(self) -> None:
        if self._database.is_connected:
            await self._database.disconnect()

    def session(self) -> Held:
        """Hold a connection for several statements. Raises Unavailable where the database, not the SQL, is at fault."""
        # One task may hold several connections here, which `Database.connection()` (one a task) does not give.
        return Held(self._database._backend.connection(), self._room, self.engine, self.watch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """All of what is run inside, or nothing of it."""
        async with self.session() as session:
            await session.run("BEGIN")
            try:
                yield session
            except BaseException:
                # A connection that cannot even do this is no more used; what went wrong is what is told.
                with suppress(Exception):
                    await session.run("ROLLBACK")
                raise
            await session.run("COMMIT")

    async def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row, in order. Asked once more if the first connection turns out to have died in the pool."""
        try:
            async with self.session() as session:
                return await session.all(sql, **values)
        except Lost:
            async with self.session() as session:
                return await session.all(sql, **values)

    async def slowly(self, sql: str, **values: Any) -> list[Row]:
        """The same of what may read through a whole table: few such questions are asked at a time, in their order."""
        await self.slow.acquire()
        # The engine goes on with it when whoever asked has left, and so long its place is taken.
        asked = asyncio.create_task(self.all(sql, **values))
        self._slowly.add(asked)
        asked.add_done_callback(self._slow_done)
        return await asyncio.shield(asked)

    def _slow_done(self, asked: asyncio.Task[list[Row]]) -> None:
        self._slowly.discard(asked)
        self.slow.release()
        if not asked.cancelled():
            asked.exception()  # nobody may be there any more to be told

    async def one(self, sql: str, **values: Any) -> Row | None:
        """The first row, or None."""
        rows = await self.all(sql, **values)
        return rows[0] if rows else None

    async def run(self, sql: str, **values: Any) -> int:
        """Change something; the number of rows that matched. Raises Unavailable where the user may not write."""
        async with self.session() as session:
            return await session.run(sql, **values)


def is_there_already(error: BaseException) -> bool:
    """Did a unique index refuse a row, as there is one like it?"""
    return sqlite.is_there_already(error) or mysql.is_there_already(error)


def _written(engine: str, sql: str, values: dict[str, Any]) -> tuple[str, dict[str, Any] | list[Any]]:
    """The text and the values as the driver wants them."""
    if any(isinstance(value, tuple | list) for value in values.values()):
        return _by_place(sql, values, "?") if engine == "sqlite" else _by_place(sql.replace("%", "%%"), values, "%s")
    return (sql, values) if engine == "sqlite" else (_pyformat(sql), values)


def _by_place(sql: str, values: dict[str, Any], mark: str) -> tuple[str, list[Any]]:
    """The text with each `IN :ids` spelled out, as none of the drivers takes lists, and all values in their order.

    They have no names: SQLite compares each name with all that came before, which thousands of them make slow.
    """
    given: list[Any] = []

    def spelled(found: re.Match[str]) -> str:
        value = values[found[1]]
        if isinstance(value, tuple | list):
            given.extend(value)
            return f"({', '.join([mark] * len(value))})"
        given.append(value)
        return mark

    return _NAMED.sub(spelled, sql), given


def _pyformat(sql: str) -> str:
    """The text with `:id` written as the MySQL drivers want it."""
    return _kept_pyformat(sql) if len(sql) <= _LONGEST_KEPT else _made_pyformat(sql)


def _made_pyformat(sql: str) -> str:
    return _NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))


_kept_pyformat = lru_cache(maxsize=256)(_made_pyformat)
