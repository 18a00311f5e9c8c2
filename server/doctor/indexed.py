"""How much of the stored `.osu` files is indexed."""

from pathlib import Path

from server.doctor.findings import Finding
from server.domain.beatmap_files import READER
from server.storage.beatmap_files import TABLES
from server.storage.catalog import Catalog
from server.storage.database import Database


async def beatmap_files(db: Database, tables: Catalog, data: Path) -> list[Finding]:
    """Stored files that are not indexed. Without the tables for it nothing is said: their absence has been."""
    if not all(tables.has(table) for table in TABLES):
        return []
    every = {int(row[0]) for row in await db.all("SELECT m.id FROM maps m")}
    rows = await db.all(
        f"SELECT m.id FROM {tables.own}api_beatmap_files f JOIN maps m ON m.md5 = f.md5 WHERE f.reader = :reader",
        reader=READER,
    )
    lacking = every - {int(row[0]) for row in rows}
    stored = _names(data / "osu")
    waiting = sum(f"{beatmap_id}.osu" in stored for beatmap_id in lacking)
    if not waiting:
        return [Finding("ok", "beatmap files", f"{len(every) - len(lacking)} of {len(every)} beatmaps are indexed.")]
    what = f"{waiting} stored .osu files are not indexed, so what only they say of their beatmaps is not told."
    fix = "`python -m server index-maps` reads them; it leaves out those of another version than maps names."
    return [Finding("advice", "beatmap files", what, fix)]


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:  # which is a finding of its own
        return set()
