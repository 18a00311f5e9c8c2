"""What the database is: its engine, tables, columns and indexes, and what this server may do there."""

import re
import sqlite3
from typing import Final

from server.doctor.findings import Finding, reason
from server.domain.problems import Unavailable
from server.storage import indexes, migrate
from server.storage.catalog import NEEDED, OPTIONAL, OPTIONAL_TABLES, Catalog
from server.storage.database import Database
from server.storage.players import WRITABLE
from server.storage.snapshotting import TABLES as SNAPSHOTTING
from server.storage.tracking import TABLES as TRACKED

_TESTED: Final = {"MariaDB": (10, 11), "MySQL": (8, 0)}

# Score tables of bancho.py before 4.2.
_OLD_SCORES: Final = ("scores_vn", "scores_rx", "scores_ap")

_WITHOUT_TABLE: Final = {
    "relationships": "nobody has friends",
    "tourney_pools": "there are no beatmap pools",
    "tourney_pool_maps": "beatmap pools are empty",
}

_MIGRATE: Final = "`python -m server migrate`"


async def engine(db: Database) -> list[Finding]:
    """Which engine, and whether it is older than those this is tested with."""
    if db.engine == "sqlite":
        return [Finding("ok", "engine", f"SQLite {sqlite3.sqlite_version}, {db.name}.")]
    row = await db.one("SELECT VERSION()")
    told = str(row[0]) if row else ""
    kind = "MariaDB" if "mariadb" in told.lower() else "MySQL"
    parts = re.findall(r"\d+", told.removeprefix("5.5.5-"))  # which MariaDB puts first for clients of long ago
    version = ".".join(parts[:3])
    if tuple(int(part) for part in parts[:2]) < _TESTED[kind]:
        tested = ".".join(str(part) for part in _TESTED[kind])
        return [Finding("warning", "engine", f"{kind} {version} is older than {tested}, the oldest that is tested.")]
    return [Finding("ok", "engine", f"{kind} {version}, database {db.name}.")]


def layout(tables: Catalog) -> list[Finding]:
    """Tables and columns that are not there."""
    theirs = [name for name in tables.tables if not name.startswith("api_")]
    if not theirs:
        return [Finding("error", "tables", "The database is empty.", f"{_MIGRATE} fills it.")]
    if not any(name in tables.tables for name in NEEDED):
        fix = "Is it the game server's database that [database] url names? A new server wants an empty one."
        return [Finding("error", "tables", "None of bancho.py's tables are here.", fix)]
    old = _old_layout(tables)
    if old:
        return [old]
    if tables.missing:
        fix = "Upgrade bancho.py to 5.x, which adds what it has learned to need; this server alters no table of its."
        return [Finding("error", "tables", f"Missing: {', '.join(tables.missing)}.", fix)]
    return [Finding("ok", "tables", "bancho.py's tables are all that is needed."), *_absent_options(tables)]


def _old_layout(tables: Catalog) -> Finding | None:
    if "scores" not in tables.tables and any(name in tables.tables for name in _OLD_SCORES):
        what = "Scores are in scores_vn, scores_rx and scores_ap, as they were before bancho.py 4.2."
        fix = "Upgrade bancho.py to 4.2.0 with its own tool (tools/migrate_v420), then to 5.x."
        return Finding("error", "tables", what, fix)
    if "stats" in tables.tables and "stats.mode" in tables.missing:
        what = "The stats table has columns for each mode instead of rows, as it had before bancho.py 4.0."
        return Finding("error", "tables", what, "Upgrade bancho.py to 4.0, from there to 4.2.0 and then to 5.x.")
    return None


def _absent_options(tables: Catalog) -> list[Finding]:
    findings = [
        Finding("advice", "tables", f"{name} is not there, so {_WITHOUT_TABLE[name]}.", "A newer bancho.py makes it.")
        for name in sorted(OPTIONAL_TABLES)
        if not tables.has(name)
    ]
    absent: dict[str, list[str]] = {}
    for (table, column), instead in OPTIONAL.items():
        if not tables.has(table, column):
            absent.setdefault("0" if instead == "0" else "nothing", []).append(f"{table}.{column}")
    return findings + [
        Finding(
            "advice",
            "tables",
            f"{', '.join(columns)}: not there, shown as {instead}.",
            "Nothing has to be done; a newer bancho.py adds them.",
        )
        for instead, columns in absent.items()
    ]


async def own_tables(db: Database, own_schema: str) -> list[Finding]:
    """This project's own tables: there, behind, ahead, or not there."""
    findings = []
    if own_schema and db.engine == "sqlite":
        what = "[database] own_schema is not used: SQLite has one schema."
        findings.append(Finding("warning", "own tables", what, "Leave it empty."))
    try:
        pending = await migrate.pending(db, own_schema)
    except Unavailable as problem:
        return [*findings, Finding("error", "own tables", reason(problem))]
    if not pending:
        return [*findings, Finding("ok", "own tables", "They are there and up to date.")]
    if len(pending) < len(migrate.migrations(db.engine)):
        what = f"They are behind: {', '.join(pending)} not applied. What needs them says so."
        return [*findings, Finding("warning", "own tables", what, f"{_MIGRATE} brings them up to date.")]
    what = "They are not there, so there are no API keys but those in users.api_key."
    fix = f"{_MIGRATE} makes them beside bancho.py's tables, or in the schema that [database] own_schema names."
    return [*findings, Finding("advice", "own tables", what, fix)]


async def rights(db: Database, tables: Catalog) -> list[Finding]:
    """What the database lets this server do, tried with statements that match no row."""
    findings = []
    for table in NEEDED:
        if tables.has(table) and (denied := await _denied(db, f"SELECT 1 FROM {table} WHERE 1 = 0")):
            what = f"{table} may not be read: {denied}"
            findings.append(Finding("error", "rights", what, f"GRANT SELECT ON `{db.name}`.* TO this user."))
    own_columns = [column for column in WRITABLE if tables.has("users", column)]
    sets = ", ".join(f"{column} = {column}" for column in own_columns)
    if own_columns and (denied := await _denied(db, f"UPDATE users SET {sets} WHERE 1 = 0")):
        what = f"users may not be written, which is fine: only changing one's own profile is off. ({denied})"
        fix = f"To switch it on: GRANT UPDATE ({', '.join(own_columns)}) ON `{db.name}`.users TO this user."
        findings.append(Finding("advice", "rights", what, fix))
    if tables.has("api_keys"):
        keys = f"{tables.own}api_keys"
        change = await _denied(db, f"UPDATE {keys} SET revoked_at = revoked_at WHERE 1 = 0")
        insert = await _denied(
            db,
            f"INSERT INTO {keys} (name, owner, secret_hash, scopes, created_at)"
            f" SELECT name, owner, secret_hash, scopes, created_at FROM {keys} WHERE 1 = 0",
        )
        if denied := change or insert:
            fix = f"GRANT SELECT, INSERT, UPDATE ON {keys} TO this user, or make keys as one who may."
            findings.append(Finding("advice", "rights", f"API keys cannot be made or revoked. ({denied})", fix))
    if tables.has("api_matches") and (denied := await _denied(db, f"DELETE FROM {tables.own}api_matches WHERE 1 = 0")):
        fix = "docs/history.md has the statements, if this user is to record."
        findings.append(Finding("advice", "rights", f"Lobbies and games cannot be recorded. ({denied})", fix))
    if tables.has("api_totals") and (denied := await _denied(db, f"DELETE FROM {tables.own}api_totals WHERE 1 = 0")):
        fix = "docs/following.md has the statements, if this user is to follow."
        findings.append(Finding("advice", "rights", f"What scores add up to cannot be kept. ({denied})", fix))
    for table in (*TRACKED, *SNAPSHOTTING):
        if tables.has(table) and (denied := await _denied(db, f"DELETE FROM {tables.own}{table} WHERE 1 = 0")):
            fix = "docs/snapshots.md has the statements, for the user who serves and the one who records."
            what = f"What players are cannot be kept in {table}. ({denied})"
            findings.append(Finding("advice", "rights", what, fix))
            break
    return findings or [Finding("ok", "rights", "This server may read and write what it needs.")]


async def _denied(db: Database, sql: str) -> str:
    """Why a statement is refused, or nothing."""
    try:
        await db.run(sql)
    except Unavailable as problem:
        return reason(problem)
    return ""


def useful_indexes(tables: Catalog) -> list[Finding]:
    """The advised indexes that are not there, with what creates them."""
    lacking = indexes.missing(tables)
    if not lacking:
        return [Finding("ok", "indexes", "Every useful index is there.")]
    what = (
        f"{len(lacking)} useful {'index is' if len(lacking) == 1 else 'indexes are'} missing. Without them answers"
        f" get slow as scores grow: {'; '.join(index.question for index in lacking)}."
    )
    statements = "\n".join(f"{indexes.statement(index)};" for index in lacking)
    fix = f"`python -m server add-indexes` adds them while the game server runs; by hand:\n{statements}"
    return [Finding("advice", "indexes", what, fix)]
