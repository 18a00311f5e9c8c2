"""What is often wrong in databases that work well enough for the game server."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.doctor.findings import Finding
from server.domain.rulesets import UNPLAYABLE_MODES
from server.storage import mysql
from server.storage.catalog import Catalog
from server.storage.database import Database

# Clocks of two machines may differ by so much without anybody's zone being wrong.
_SLACK: Final = timedelta(minutes=5)

_MIXED_COLLATIONS: Final = 1267

_UNPLAYABLE: Final = ", ".join(str(mode) for mode in sorted(UNPLAYABLE_MODES))

_ZONE_FIX: Final = (
    "Set [database] time_zone to the zone of the machine (or container) the game server runs in:"
    " bancho.py writes scores.play_time in it."
)


async def sql_mode(db: Database) -> list[Finding]:
    """The server's mode, and whether this server's own reached the session."""
    row = await db.one("SELECT @@GLOBAL.sql_mode, @@SESSION.sql_mode")
    common, ours = (str(row[0]), str(row[1])) if row else ("", "")
    findings = []
    if "STRICT_TRANS_TABLES" not in ours or "ANSI_QUOTES" in ours:
        what = f"This server's own SQL mode was not taken; its session has {ours or 'none'}."
        fix = "Let a proxy between them (ProxySQL, MaxScale) pass SET SESSION sql_mode on."
        findings.append(Finding("warning", "sql_mode", what, fix))
    if "STRICT" not in common:
        what = "The database's own SQL mode is not strict: what the game server writes is cut to fit without a word."
        fix = "Add STRICT_TRANS_TABLES to sql_mode in the database's configuration."
        findings.append(Finding("advice", "sql_mode", what, fix))
    return findings or [Finding("ok", "sql_mode", f"{common}; this server uses its own.")]


async def collations(db: Database) -> list[Finding]:
    """Columns that cannot be compared with each other or with what is asked for."""
    rows = await db.all(
        """
        SELECT CONCAT(c.table_name, '.', c.column_name), c.character_set_name, c.collation_name, c.column_type
          FROM information_schema.columns c
         WHERE c.table_schema = :schema
           AND ((c.table_name = 'users' AND c.column_name = 'safe_name')
                OR (c.table_name = 'maps' AND c.column_name = 'md5')
                OR (c.table_name = 'scores' AND c.column_name = 'map_md5'))
        """,
        schema=db.name,
    )
    found = {name: (charset, collation, kind) for name, charset, collation, kind in rows}
    findings = [*await _md5_collations(db, found), *await _name_collation(db, found)]
    return findings or [Finding("ok", "collations", "What is compared can be compared.")]


async def _md5_collations(db: Database, found: dict[str, tuple[str, str, str]]) -> list[Finding]:
    charset, collation, _ = found["maps.md5"]
    other_charset, other, kind = found["scores.map_md5"]
    if collation == other:
        return []
    fix = (
        "With the game server stopped:\n"
        f"ALTER TABLE scores MODIFY map_md5 {kind} CHARACTER SET {charset} COLLATE {collation} NOT NULL;"
    )
    what = f"scores.map_md5 is {other}, maps.md5 is {collation}:"
    if await _mixes(db, "SELECT 1 FROM scores s JOIN maps m ON m.md5 = s.map_md5 LIMIT 1"):
        return [Finding("error", "collations", f"{what} they cannot be compared, so no score has a beatmap.", fix)]
    slow = " and no index serves their comparison" if charset != other_charset else ""
    return [Finding("warning", "collations", f"{what} they are converted for each comparison{slow}.", fix)]


async def _name_collation(db: Database, found: dict[str, tuple[str, str, str]]) -> list[Finding]:
    _, collation, kind = found["users.safe_name"]
    fix = (
        "With the game server stopped:\n"
        f"ALTER TABLE users MODIFY safe_name {kind} CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL;"
    )
    if await _mixes(db, "SELECT 1 FROM users u WHERE u.safe_name = 'ünïcödé テスト' LIMIT 1"):
        what = f"users.safe_name is {collation}: a name with letters beyond it cannot even be asked for."
        return [Finding("warning", "collations", what, fix)]
    if not collation.endswith("_ci"):
        what = f"users.safe_name is {collation}: names are told apart by accents, as bancho.py does not."
        return [Finding("advice", "collations", what, fix)]
    return []


async def _mixes(db: Database, sql: str) -> bool:
    """Is a comparison refused for its mix of collations?"""
    try:
        await db.all(sql)
    except Exception as error:
        if mysql.code(error.__cause__ or error) != _MIXED_COLLATIONS:
            raise
        return True
    return False


async def database_clock(db: Database, zone: ZoneInfo) -> list[Finding]:
    """The database's zone, which is often the game server's too."""
    row = await db.one("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()), @@SESSION.time_zone")
    theirs = timedelta(seconds=int(row[0])) if row else timedelta()
    ours = datetime.now(zone).utcoffset() or timedelta()
    if abs(theirs - ours) <= _SLACK:
        return [Finding("ok", "time zone", f"{zone.key}, as the database's own clock.")]
    what = (
        f"The database's clock is {_hours(theirs)} from UTC, [database] time_zone ({zone.key}) {_hours(ours)}."
        " If the game server's clock is as the database's, the times of scores are told wrong."
    )
    return [Finding("advice", "time zone", what, _ZONE_FIX)]


async def play_times(db: Database, zone: ZoneInfo) -> list[Finding]:
    """Scores from the future tell that the zone is wrong."""
    rows = await db.all("SELECT s.play_time FROM scores s ORDER BY s.id DESC LIMIT 100")
    ahead = max((row[0] for row in rows), default=datetime.min) - datetime.now(zone).replace(tzinfo=None)
    if ahead <= _SLACK:
        return [Finding("ok", "play times", f"No score is from the future by {zone.key}.")]
    what = f"The latest score is {_hours(ahead)} in the future if the game server's clock runs in {zone.key}."
    return [Finding("warning", "play times", what, _ZONE_FIX)]


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:+.1f} h"


async def stray_stats(db: Database) -> list[Finding]:
    """Rows of modes that nobody can play, left behind by the upgrade to 4.2."""
    row = await db.one(f"SELECT COUNT(*) FROM stats s WHERE s.mode IN ({_UNPLAYABLE})")
    count = int(row[0]) if row else 0
    if not count:
        return [Finding("ok", "stats", "Only of modes that can be played.")]
    what = f"{count} rows are of modes that cannot be played ({_UNPLAYABLE}); they are shown nowhere."
    fix = f"Nothing has to be done. To tidy up: DELETE FROM stats WHERE mode IN ({_UNPLAYABLE});"
    return [Finding("advice", "stats", what, fix)]


async def scores_without_map(db: Database, tables: Catalog) -> list[Finding]:
    """Scores on beatmaps that are not in `maps`. Counted by way of the index; without one it would read all scores."""
    if not any(index.columns[:1] == ("map_md5",) for index in tables.tables["scores"].indexes):
        return [Finding("ok", "scores", "Not counted: no index of scores begins with map_md5.")]
    row = await db.one(
        """
        SELECT COUNT(*), COUNT(DISTINCT gone.map_md5)
          FROM (SELECT played.map_md5
                  FROM (SELECT DISTINCT map_md5 FROM scores) played
                  LEFT JOIN maps m ON m.md5 = played.map_md5
                 WHERE m.md5 IS NULL) gone
          JOIN scores s ON s.map_md5 = gone.map_md5
        """
    )
    count, maps = (int(row[0]), int(row[1])) if row else (0, 0)
    if not count:
        return [Finding("ok", "scores", "The beatmap of every score is known.")]
    what = f"{count} are on beatmaps that are not in maps ({maps} of them), so no list shows them."
    fix = "Nothing has to be done: they were updated or deleted. The game server adds those that are played again."
    return [Finding("advice", "scores", what, fix)]
