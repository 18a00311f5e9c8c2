"""Beatmaps and pools."""

from datetime import datetime

from server.domain.beatmaps import Beatmap, BeatmapRef, PooledBeatmap
from server.storage.catalog import Catalog
from server.storage.database import Database


class Beatmaps:
    """Questions about beatmaps."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog
        self._columns = catalog.select("maps", "m", Beatmap._fields)

    async def find(self, ref: BeatmapRef) -> Beatmap | None:
        """The beatmap behind an id or an md5."""
        if ref.id is not None:
            row = await self._db.one(f"SELECT {self._columns} FROM maps m WHERE m.id = :id", id=ref.id)
        elif ref.md5 is not None and ref.md5.isascii():  # whatever the column's character set is, it can compare these
            row = await self._db.one(f"SELECT {self._columns} FROM maps m WHERE m.md5 = :md5", md5=ref.md5)
        else:
            row = None
        return Beatmap._make(row) if row else None

    async def many(self, ids: tuple[int, ...]) -> dict[int, Beatmap]:
        """Those of these beatmaps that exist."""
        if not ids:
            return {}
        rows = await self._db.all(f"SELECT {self._columns} FROM maps m WHERE m.id IN :ids", ids=ids)
        return {row[1]: Beatmap._make(row) for row in rows}

    async def with_md5(self, md5s: tuple[str, ...]) -> dict[str, Beatmap]:
        """Those of these files, in lower case, that are beatmaps we know."""
        md5s = tuple(md5 for md5 in md5s if md5.isascii())  # see `find`
        if not md5s:
            return {}
        rows = await self._db.all(f"SELECT {self._columns} FROM maps m WHERE m.md5 IN :md5s", md5s=md5s)
        return {row[0].lower(): Beatmap._make(row) for row in rows}

    async def pool(self, pool_id: int) -> tuple[str, datetime, int] | None:
        """A pool's name, when it was made and by whom."""
        if not self._catalog.has("tourney_pools"):
            return None
        row = await self._db.one(
            "SELECT p.name, p.created_at, p.created_by FROM tourney_pools p WHERE p.id = :id", id=pool_id
        )
        return (row[0], row[1], row[2]) if row else None

    async def pooled(self, pool_id: int) -> list[PooledBeatmap]:
        """The known beatmaps of a pool, by mods and slot."""
        rows = await self._db.all(
            f"""
            SELECT p.mods, p.slot, {self._columns}
              FROM tourney_pool_maps p
              JOIN maps m ON m.id = p.map_id
             WHERE p.pool_id = :id
             ORDER BY p.mods, p.slot, m.id
            """,
            id=pool_id,
        )
        return [PooledBeatmap(row[0], row[1], Beatmap._make(row[2:])) for row in rows]
