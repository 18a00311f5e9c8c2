"""Makes an empty database ready and keeps our own tables up to date. An operator's tables are never altered."""

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.domain.problems import Unavailable
from server.storage import catalog, indexes
from server.storage.database import Database, Session

SQL: Final = Path(__file__).resolve().parents[2] / "sql"

# The row of api_migrations that stands for bancho.py's tables, where they are of our making.
BASE: Final = 0

_LOCK_SECONDS: Final = 60
_OWN_TABLE: Final = re.compile(r"CREATE TABLE IF NOT EXISTS \{own\}(\w+)")
_TABLE: Final = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")

# Quoted text and comments as wholes, so that a semicolon in them is not one that ends a statement.
_PARTS: Final = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/|;|[^'"`;/-]+|.""", re.S)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of our own tables. `name` as `0001_keys`; `{own}` in the text is the prefix of their schema."""

    number: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was done: bancho.py's tables made, indexes made, own migrations applied. All empty: nothing was to do."""

    created: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """What is there: tables that are not ours, tables that are, and when each migration was applied by number."""

    theirs: frozenset[str]
    ours: frozenset[str]
    applied: dict[int, int]

    @property
    def wants_base(self) -> bool:
        """Nothing is there yet, or a creation of ours was cut short."""
        return not self.theirs or self.applied.get(BASE) == 0

    def wanted(self, known: tuple[Migration, ...]) -> tuple[Migration, ...]:
        return tuple(each for each in known if each.number not in self.applied)


async def migrate(db: Database, own_schema: str = "") -> Report:
    """Bring a database up to date; with nothing to do, nothing is written. Safe if several processes do it at once.

    An empty database gets bancho.py's tables and the advised indexes; any other only our own tables, in `own_schema`
    if that is named (MySQL). Raises Unavailable: the database is newer than the code, is away, or may only be read.
    """
    known = migrations(db.engine)
    async with db.session() as session:
        state = await _look(session, db, own_schema, known)
    if not state.wants_base and not state.wanted(known):
        return Report()
    async with _alone(db) as session:
        # Somebody else may have done it while this process waited.
        state = await _look(session, db, own_schema, known)
        own = catalog.own_prefix(db.engine, own_schema)
        wanted = state.wanted(known)
        if own:
            await _make_schema(session, own_schema)
        for migration in wanted:
            for each in statements(migration.text.replace("{own}", own)):
                await session.run(each)
            await _remember(session, own, migration.number, migration.name, int(time.time()))
        created, indexed = await _make_base(session, db.engine, own, state) if state.wants_base else ((), ())
    return Report(created, indexed, tuple(each.name for each in wanted))


async def pending(db: Database, own_schema: str = "") -> tuple[str, ...]:
    """The names of our own migrations that are not applied yet. Raises Unavailable as `migrate` does."""
    known = migrations(db.engine)
    async with db.session() as session:
        state = await _look(session, db, own_schema, known)
    return tuple(each.name for each in state.wanted(known))


async def apply_indexes(db: Database) -> tuple[str, ...]:
    """Add the advised indexes that an operator's database lacks; their names. Raises Unavailable."""
    lacking = indexes.missing(await catalog.read(db))
    async with _alone(db) as session:
        return await _make_indexes(session, db.engine, lacking)


def schema_text(engine: str) -> str:
    """All that an empty database gets, in one text. `engine`: mysql or sqlite."""
    parts = [
        "-- What `python -m server migrate` makes of an empty database. Written by `make schema`; not to be edited.",
        _base_text(engine).strip(),
        "-- Indexes that bancho.py does not have.",
        "\n".join(f"{indexes.statement(index)};" for index in indexes.ADVISED),
        *(each.text.replace("{own}", "").strip() for each in migrations(engine)),
    ]
    return "\n\n".join(parts) + "\n"


def migrations(engine: str) -> tuple[Migration, ...]:
    """Our own migrations in order: `NNNN_name.sql`, or `NNNN_name.<engine>.sql` where the engines' texts differ."""
    found = (path for path in sorted((SQL / "migrations").glob("*.sql")) if path.suffixes[0] in (".sql", f".{engine}"))
    names = ((path.name.split(".")[0], path) for path in found)
    return tuple(Migration(int(name.split("_")[0]), name, path.read_text(encoding="utf-8")) for name, path in names)


def statements(text: str) -> Iterator[str]:
    """The statements of an SQL text, without comments and closing semicolons."""
    current = ""
    for part in _PARTS.findall(text + ";"):
        if part == ";":
            if current.strip():
                yield current.strip()
            current = ""
        elif not part.startswith(("--", "/*")):
            current += part


def _base_text(engine: str) -> str:
    return (SQL / "bancho" / f"{engine}.sql").read_text(encoding="utf-8")


@asynccontextmanager
async def _alone(db: Database) -> AsyncIterator[Session]:
    """A connection beside which no other process migrates. On SQLite all is done or nothing; MySQL cannot undo DDL."""
    async with db.session() as session:
        if db.engine == "sqlite":
            await session.run(f"PRAGMA busy_timeout = {_LOCK_SECONDS * 1000}")
            await session.run("BEGIN IMMEDIATE")
            try:
                yield session
            except BaseException:
                await session.run("ROLLBACK")
                raise
            await session.run("COMMIT")
            return
        name = f"bancho-api {db.name}"[:64]  # as long as a lock's name may be
        if await session.one("SELECT GET_LOCK(:name, :seconds)", name=name, seconds=_LOCK_SECONDS) != (1,):
            raise Unavailable(f"Another process has been migrating this database for {_LOCK_SECONDS} s.")
        try:
            yield session
        finally:
            await session.one("SELECT RELEASE_LOCK(:name)", name=name)


async def _look(session: Session, db: Database, own_schema: str, known: tuple[Migration, ...]) -> _State:
    if db.engine == "sqlite":
        main = own = "main"
        rows = await session.all(
            "SELECT 'main', name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|'"
        )
    else:
        main, own = db.name, own_schema or db.name
        rows = await session.all(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN :schemas",
            schemas=(main, own),
        )
    ours = frozenset(table for schema, table in rows if schema == own and table.startswith("api_"))
    theirs = frozenset(table for schema, table in rows if schema == main and not table.startswith("api_"))
    applied: dict[int, int] = {}
    if "api_migrations" in ours:
        prefix = catalog.own_prefix(db.engine, own_schema)
        applied = dict(await session.all(f"SELECT number, applied_at FROM {prefix}api_migrations"))
    _refuse(ours, applied, known)
    return _State(theirs, ours, applied)


def _refuse(ours: frozenset[str], applied: dict[int, int], known: tuple[Migration, ...]) -> None:
    newest = max(applied, default=0)
    if newest > known[-1].number:
        raise Unavailable(
            f"The database was migrated by a newer version of this server: it has migration {newest},"
            f" this version knows {known[-1].number} at most. Run the newer version."
        )
    taken = ours & {table for each in known for table in _OWN_TABLE.findall(each.text)}
    if taken and "api_migrations" not in ours:
        raise Unavailable(
            f"The database has tables of somebody else's under our names: {', '.join(sorted(taken))}."
            " Name another schema for ours: [database] own_schema."
        )


async def _make_schema(session: Session, own_schema: str) -> None:
    # Asked first, because IF NOT EXISTS wants the right to create even where nothing is to be created.
    there = "SELECT 1 FROM information_schema.schemata WHERE schema_name = :name"
    if await session.one(there, name=own_schema) is None:
        await session.run(f"CREATE SCHEMA `{own_schema}`")


async def _make_base(session: Session, engine: str, own: str, state: _State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """bancho.py's tables and the indexes. Until it is finished, the row of `BASE` has the time 0."""
    if BASE not in state.applied:
        await _remember(session, own, BASE, "bancho", 0)
    text = _base_text(engine)
    for each in statements(text):
        await session.run(each)
    indexed = await _make_indexes(session, engine, indexes.ADVISED)
    await session.run(
        f"UPDATE {own}api_migrations SET applied_at = :now WHERE number = :number", now=int(time.time()), number=BASE
    )
    return tuple(_TABLE.findall(text)), indexed


async def _make_indexes(session: Session, engine: str, wanted: tuple[indexes.Advised, ...]) -> tuple[str, ...]:
    if engine == "sqlite":
        rows = await session.all("SELECT name FROM sqlite_master WHERE type = 'index'")
    else:
        rows = await session.all("SELECT index_name FROM information_schema.statistics WHERE table_schema = DATABASE()")
    there = {name for (name,) in rows}
    made = tuple(index for index in wanted if index.name not in there)
    for index in made:
        await session.run(indexes.statement(index))
    return tuple(index.name for index in made)


async def _remember(session: Session, own: str, number: int, name: str, moment: int) -> None:
    await session.run(
        f"INSERT INTO {own}api_migrations (number, name, applied_at) VALUES (:number, :name, :moment)",
        number=number,
        name=name,
        moment=moment,
    )
