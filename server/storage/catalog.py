"""What tables, columns and indexes are really there: asked of the engine at start, never guessed from a version row.

bancho.py's forks and older databases lack columns, order keys otherwise and add tables of their own. Queries
therefore name columns through `Catalog.select`, which writes a literal for a column that is not there.
"""

from dataclasses import dataclass, field

from server.domain.beatmaps import Beatmap, BeatmapRow
from server.domain.clans import Clan
from server.domain.players import Player, Stats
from server.domain.scores import Score
from server.storage.database import Database

# Every column of bancho.py's tables that some query of ours reads or writes.
NEEDED: dict[str, tuple[str, ...]] = {
    "users": (*Player._fields, "api_key"),
    "stats": Stats._fields,
    "scores": Score._fields,
    "maps": (*Beatmap._fields, *BeatmapRow._fields[1:]),
    "clans": Clan._fields,
    "relationships": ("user1", "user2", "type"),
    "tourney_pools": ("id", "name", "created_at", "created_by"),
    "tourney_pool_maps": ("map_id", "pool_id", "mods", "slot"),
    "favourites": ("userid", "setid"),
    "ratings": ("userid", "map_md5", "rating"),
}

# What stands in for a column that came to bancho.py later than the database did (4.1.1, 4.1.3, 5.0).
OPTIONAL: dict[tuple[str, str], str] = {
    ("users", "preferred_mode"): "0",
    ("users", "play_style"): "0",
    ("users", "custom_badge_name"): "NULL",
    ("users", "custom_badge_icon"): "NULL",
    ("users", "userpage_content"): "NULL",
    ("users", "api_key"): "NULL",
    ("maps", "server"): "'osu!'",
    ("maps", "filename"): "''",
    ("maps", "frozen"): "0",
    ("stats", "total_hits"): "0",
    ("stats", "replay_views"): "0",
    ("stats", "xh_count"): "0",
    ("stats", "x_count"): "0",
    ("stats", "sh_count"): "0",
    ("stats", "s_count"): "0",
    ("stats", "a_count"): "0",
}

# Tables whose absence switches a feature off instead of stopping the start.
OPTIONAL_TABLES = frozenset({"relationships", "tourney_pools", "tourney_pool_maps", "favourites", "ratings"})


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: frozenset[str]
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """The tables that are there, by name. `own` is the prefix of our own tables' schema, empty or `` `name`. ``."""

    engine: str
    tables: dict[str, Table]
    own: str = ""
    missing: tuple[str, ...] = field(default=())  # what is needed and absent, as `table` or `table.column`

    def has(self, table: str, column: str | None = None) -> bool:
        found = self.tables.get(table)
        return found is not None and (column is None or column in found.columns)

    @property
    def then(self) -> str:
        """Joins a table after those before it: left to choose, the engines may begin with it and sort."""
        return "STRAIGHT_JOIN" if self.engine == "mysql" else "CROSS JOIN"

    def select(self, table: str, alias: str, columns: tuple[str, ...]) -> str:
        """A column list for SELECT, with a literal in the place of each column this database lacks."""
        return ", ".join(
            f"{alias}.{column}" if self.has(table, column) else f"{OPTIONAL[table, column]} AS {column}"
            for column in columns
        )

    def column(self, table: str, alias: str, column: str) -> str:
        """The same of one column for a condition."""
        return f"{alias}.{column}" if self.has(table, column) else OPTIONAL[table, column]

    def hint(self, table: str, *lead: str) -> str:
        """`FORCE INDEX (...)` for an index led by these columns, or nothing.

        Left alone, MariaDB intersects bancho.py's single-column indexes for a player's scores, which on a heavy
        player costs several times what walking one of them does.
        """
        if self.engine == "mysql":
            for index in self.tables[table].indexes:
                if index.columns[: len(lead)] == lead:
                    return f"FORCE INDEX (`{index.name}`)"
        return ""

    def first_hint(self, table: str, *leads: tuple[str, ...]) -> str:
        """The hint for the first of these leads that some index has."""
        return next((found for lead in leads if (found := self.hint(table, *lead))), "")


async def read(db: Database, own_schema: str = "") -> Catalog:
    """Look at the database. `own_schema` names the schema of our own tables where it is not the same one."""
    tables = await (_read_sqlite(db) if db.engine == "sqlite" else _read_mysql(db, own_schema))
    missing = []
    for name, columns in NEEDED.items():
        if name not in tables:
            if name not in OPTIONAL_TABLES:
                missing.append(name)
        else:
            missing += [
                f"{name}.{column}"
                for column in columns
                if column not in tables[name].columns and (name, column) not in OPTIONAL
            ]
    return Catalog(db.engine, tables, own_prefix(db.engine, own_schema), tuple(missing))


def own_prefix(engine: str, own_schema: str) -> str:
    """What stands before the names of our own tables. SQLite knows no second schema."""
    return f"`{own_schema}`." if own_schema and engine == "mysql" else ""


async def _read_mysql(db: Database, own_schema: str) -> dict[str, Table]:
    schemas = (db.name, own_schema) if own_schema else (db.name,)
    columns: dict[str, set[str]] = {}
    for schema, table, column in await db.all(
        """
        SELECT table_schema, table_name, column_name
          FROM information_schema.columns
         WHERE table_schema IN :schemas
        """,
        schemas=schemas,
    ):
        if _is_ours(table, schema, db.name, own_schema):
            columns.setdefault(table, set()).add(column)
    indexes: dict[str, dict[str, list[str]]] = {}
    for table, index, column in await db.all(
        """
        SELECT table_name, index_name, column_name
          FROM information_schema.statistics
         WHERE table_schema = :schema
         ORDER BY table_name, index_name, seq_in_index
        """,
        schema=db.name,
    ):
        indexes.setdefault(table, {}).setdefault(index, []).append(column)
    return _tables(columns, indexes)


def _tables(columns: dict[str, set[str]], indexes: dict[str, dict[str, list[str]]]) -> dict[str, Table]:
    return {
        name: Table(
            name,
            frozenset(names),
            tuple(Index(index, tuple(parts)) for index, parts in indexes.get(name, {}).items()),
        )
        for name, names in columns.items()
    }


def _is_ours(table: str, schema: str, main: str, own_schema: str) -> bool:
    """Our tables count where they are meant to live, bancho.py's only in the main schema."""
    if table.startswith("api_") and own_schema:
        return schema == own_schema
    return schema == main


async def _read_sqlite(db: Database) -> dict[str, Table]:
    rows = await db.all(
        """
        SELECT m.name, c.name
          FROM sqlite_master m
          JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table'
        """
    )
    columns: dict[str, set[str]] = {}
    for table, column in rows:
        columns.setdefault(table, set()).add(column)
    indexes: dict[str, dict[str, list[str]]] = {}
    for table, index, column in await db.all(
        """
        SELECT m.name, l.name, i.name
          FROM sqlite_master m
          JOIN pragma_index_list(m.name) l
          JOIN pragma_index_info(l.name) i
         WHERE m.type = 'table'
         ORDER BY m.name, l.name, i.seqno
        """
    ):
        indexes.setdefault(table, {}).setdefault(index, []).append(column)
    return _tables(columns, indexes)
