"""The database: reached, and then looked at from all sides."""

from pathlib import Path
from typing import Final

from server.config import Settings
from server.doctor import followed, indexed, remembered, shape, traps
from server.doctor.findings import Finding, reason, tried
from server.domain.privileges import Privileges
from server.domain.problems import Unavailable
from server.storage import catalog, mysql
from server.storage.catalog import Catalog
from server.storage.database import Database
from server.storage.players import Players

_ADDRESS: Final = (
    "[database] url: mysql://user:password@host:port/name or sqlite:///path."
    " Write special characters in user and password percent-encoded (@ is %40, / is %2F, # is %23)."
)

# What to look at for each way in which MySQL turns a client away.
_WAYS_IN: Final = {
    1044: "Let the user into this database: GRANT SELECT ON the database to it.",
    1045: "Compare user and password in [database] url with the game server's, and the host the user may come from.",
    1049: "Compare the database's name in [database] url with the game server's.",
    1130: "The database does not let this machine in: the user must be allowed from its address.",
    2003: "Is it running, and are host and port in [database] url right? In containers: are both in one network?",
}


async def examine(settings: Settings) -> tuple[list[Finding], dict[int, int] | None]:
    """What is found, and how many players have pp by mode; None where that could not be counted."""
    try:
        db = Database(settings.database.url, pool_size=2)
    except Exception:  # whatever a library makes of a text that is no address
        return [Finding("error", "database", "The address cannot be understood.", _ADDRESS)], None
    if db.engine == "sqlite" and not Path(db.name).is_file():
        fix = "`python -m server migrate` makes it; its folder must be there."
        return [Finding("error", "database", f"There is no file {db.name}.", fix)], None
    try:
        await db.connect()
    except Unavailable as problem:
        code = mysql.code(problem.__cause__) if problem.__cause__ else 0
        what = f"It cannot be reached: {reason(problem)}"
        return [Finding("error", "database", what, _WAYS_IN.get(code, _ADDRESS))], None
    try:
        return await _look(db, settings)
    finally:
        await db.disconnect()


async def _look(db: Database, settings: Settings) -> tuple[list[Finding], dict[int, int] | None]:
    findings = await tried("engine", shape.engine(db))
    try:
        tables = await catalog.read(db, settings.database.own_schema)
    except Exception as error:
        return [*findings, Finding("error", "tables", f"They cannot be listed: {reason(error)}")], None
    findings += shape.layout(tables)
    findings += await tried("own tables", shape.own_tables(db, settings.database.own_schema))
    if tables.missing:
        return findings, None
    findings += await tried("rights", shape.rights(db, tables))
    findings += shape.useful_indexes(tables)
    if db.engine == "mysql":
        findings += await tried("sql_mode", traps.sql_mode(db))
        findings += await tried("collations", traps.collations(db))
        findings += await tried("time zone", traps.database_clock(db, settings.zone))
    findings += await tried("play times", traps.play_times(db, settings.zone))
    findings += await tried("stats", traps.stray_stats(db))
    findings += await tried("scores", traps.scores_without_map(db, tables))
    findings += await tried("follower", followed.scores(db, tables))
    findings += await tried("snapshots", remembered.snapshots(db, tables))
    findings += await tried("beatmap files", indexed.beatmap_files(db, tables, Path(settings.files.data)))
    return findings, await _ranked(db, tables)


async def _ranked(db: Database, tables: Catalog) -> dict[int, int] | None:
    try:
        return await Players(db, tables).ranked_counts(int(Privileges.UNRESTRICTED))
    except Exception:  # it was read above, and whatever is wrong with it has been said
        return None
