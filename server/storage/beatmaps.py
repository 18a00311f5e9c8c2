"""Beatmaps and pools."""

from datetime import datetime
from typing import Any, Final

from server.domain.beatmaps import (
    HAS_LEADERBOARD,
    Beatmap,
    BeatmapFilter,
    BeatmapRating,
    BeatmapRef,
    BeatmapRow,
    BeatmapSearch,
    BeatmapStatus,
    FoundBeatmap,
    PooledBeatmap,
    SetFacts,
)
from server.domain.letters import beyond_bmp
from server.domain.listing import BY_ID, Listing, Window
from server.storage.catalog import Catalog
from server.storage.conditions import Conditions
from server.storage.database import Database, Row
from server.storage.listing import Listings, Source

_ORDERS: Final = {
    "id": "m.id",
    "-id": "m.id DESC",
    "-last_update": "m.last_update DESC, m.id DESC",
    "diff": "m.diff, m.id",
    "-diff": "m.diff DESC, m.id DESC",
    "-plays": "m.plays DESC, m.id DESC",
}

# Stars are stored and told to so many; a bound that is told means those that read so.
_STAR_STEP: Final = 0.001

_WIDTH: Final = len(Beatmap._fields)

_WITH_LEADERBOARD = f"({', '.join(f'{status:d}' for status in HAS_LEADERBOARD)})"


class Beatmaps:
    """Questions about beatmaps."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog
        self._columns = catalog.select("maps", "m", Beatmap._fields)
        self._row_columns = f"{self._columns}, {catalog.select('maps', 'm', BeatmapRow._fields[1:])}"
        hints = {order: catalog.hint("maps", order.lstrip("-"), "id") for order in _ORDERS}
        hints |= dict.fromkeys(BY_ID, catalog.hint("maps", "id"))
        self._listings = Listings(db, Source("maps m", "m.id", self._row_columns, _ORDERS, hints))
        self._newest_hint = catalog.hint("maps", "last_update", "id")
        self._newest_of_mode_hint = catalog.first_hint("maps", ("mode", "last_update", "id"), ("last_update", "id"))
        # When beatmaps were approved is in a table of our own.
        self._watched = catalog.has("api_map_statuses")
        self._statuses = f"{catalog.own}api_map_statuses"
        self._maps = f"maps m LEFT JOIN {self._statuses} a ON a.map_id = m.id" if self._watched else "maps m"
        # From the dates to the beatmaps; MariaDB would start from all beatmaps of a mode and sort.
        self._dated = (
            f"{self._statuses} a FORCE INDEX (api_map_statuses_approved) STRAIGHT_JOIN maps m ON m.id = a.map_id"
            if catalog.engine == "mysql"
            else f"{self._statuses} a CROSS JOIN maps m ON m.id = a.map_id"
        )
        self._approved = "a.approved_ms" if self._watched else "NULL"

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

    async def row(self, map_id: int) -> BeatmapRow | None:
        """A beatmap with what only a game server asks of it."""
        row = await self._db.one(f"SELECT {self._row_columns} FROM maps m WHERE m.id = :id", id=map_id)
        return _row(row) if row else None

    async def page(self, wanted: BeatmapFilter, window: Window, order: str) -> Listing[BeatmapRow]:
        """A page of the beatmaps that fit."""
        narrow = wanted.ids is not None or wanted.set_id is not None or bool(wanted.filename)
        total, rows = await self._listings.page(self._wanted(wanted), window, order, narrow=narrow)
        return Listing(total, [_row(row) for row in rows])

    def _wanted(self, wanted: BeatmapFilter) -> Conditions:
        conditions = Conditions()
        conditions.one_of("m", id=wanted.ids)
        conditions.equal("m", set_id=wanted.set_id, status=wanted.status, mode=wanted.mode)
        conditions.equal("m", artist=wanted.artist, creator=wanted.creator)
        for column in BeatmapRow._fields[1:]:
            conditions.equal_to(self._catalog.column("maps", "m", column), column, getattr(wanted, column))
        for word in wanted.words:
            conditions.like(self._db.engine, word, "m.artist", "m.title", "m.version", "m.creator")
        if wanted.min_diff is not None:
            conditions.add("m.diff > :min_diff", min_diff=wanted.min_diff - _STAR_STEP / 2)
        if wanted.max_diff is not None:
            conditions.add("m.diff < :max_diff", max_diff=wanted.max_diff + _STAR_STEP / 2)
        return conditions

    async def rating(self, md5: str) -> BeatmapRating:
        """What players gave a beatmap, whoever they are."""
        if not self._catalog.has("ratings"):
            return BeatmapRating(None, 0)
        row = await self._db.one("SELECT SUM(r.rating), COUNT(*) FROM ratings r WHERE r.map_md5 = :md5", md5=md5)
        total, votes = row if row else (None, 0)
        return BeatmapRating(round(int(total) / votes, 4) if votes else None, int(votes))

    async def search(self, search: BeatmapSearch, limit: int) -> list[FoundBeatmap]:
        """The beatmaps that fit everything asked for.

        A set's by difficulty; those approved since a date, oldest first; else the newest first: as they were approved,
        then, where that is not known, as they were last changed. Unless certain ones are asked for, only those with a
        leaderboard.
        """
        where, values = self._fitting(search)
        if search.approved_since_ms is not None:
            if not self._watched:
                return []
            return await self._found(self._dated, where, "a.approved_ms, m.id", limit, values)
        if search.set_id is not None:
            return await self._found(self._maps, where, "m.diff, m.id", limit, values)
        if search.narrow:
            order = f"{self._approved} DESC, m.last_update DESC, m.id DESC"
            return await self._found(self._maps, where, order, limit, values)
        # In two steps, as one over all beatmaps would have to sort them.
        dated = []
        if self._watched:
            order = "a.approved_ms DESC, a.map_id DESC"
            dated = await self._found(self._dated, f"{where} AND a.approved_ms IS NOT NULL", order, limit, values)
        undated = []
        if len(dated) < limit:
            only = f"{where} AND a.approved_ms IS NULL" if self._watched else where
            order = "m.last_update DESC, m.id DESC"
            hint = self._newest_hint if len(search.modes or ()) != 1 else self._newest_of_mode_hint
            source = self._maps.replace("maps m", f"maps m {hint}")
            undated = await self._found(source, only, order, limit - len(dated), values)
        return dated + undated

    async def _found(
        self, source: str, where: str, order: str, limit: int, values: dict[str, Any]
    ) -> list[FoundBeatmap]:
        rows = await self._db.all(
            f"""
            SELECT {self._columns}, {self._approved}
              FROM {source}
             WHERE {where}
             ORDER BY {order}
             LIMIT :limit
            """,
            limit=limit,
            **values,
        )
        return [FoundBeatmap(Beatmap._make(row[:-1]), row[-1]) for row in rows]

    def _fitting(self, search: BeatmapSearch) -> tuple[str, dict[str, Any]]:
        """The condition of a search, and its values."""
        listed = search.narrow and search.approved_since_ms is None
        where = [f"m.status <> {BeatmapStatus.NOT_SUBMITTED:d}" if listed else f"m.status IN {_WITH_LEADERBOARD}"]
        values: dict[str, Any] = {}
        for column, value in (("id", search.id), ("set_id", search.set_id), ("md5", search.md5)):
            if value is not None:
                # See `find`.
                askable = not isinstance(value, str) or value.isascii()
                where.append(f"m.{column} = :{column}" if askable else "1 = 0")
                values[column] = value
        if search.modes is not None:
            where.append("m.mode IN :modes")
            values["modes"] = search.modes
        if search.approved_since_ms is not None:
            where.append("a.approved_ms >= :since")
            values["since"] = search.approved_since_ms
        if search.creator is not None:
            folded = "fold({})" if self._db.engine == "sqlite" else "{}"
            names = [name for name in search.creator.names if not beyond_bmp(name)]
            each = ", ".join(folded.format(f":creator_{at}") for at in range(len(names)))
            where.append(f"{folded.format('m.creator')} IN ({each})" if names else "1 = 0")
            values |= {f"creator_{at}": name for at, name in enumerate(names)}
            if search.creator.here:
                where.append(self._made_here)
        return " AND ".join(where), values

    @property
    def _made_here(self) -> str:
        return "m.server = 'private'" if self._catalog.has("maps", "server") else "1 = 0"

    async def creators(self, ids: tuple[int, ...], mask: int) -> dict[int, int]:
        """Who made them, by beatmap: players with all bits of `mask`, and only of beatmaps made on this server."""
        if not ids:
            return {}
        rows = await self._db.all(
            f"""
            SELECT m.id, u.id
              FROM maps m
              JOIN users u ON u.safe_name = LOWER(REPLACE(m.creator, ' ', '_'))
             WHERE m.id IN :ids AND {self._made_here} AND u.priv & :mask = :mask
            """,
            ids=ids,
            mask=mask,
        )
        return {int(map_id): int(player_id) for map_id, player_id in rows}

    async def of_sets(self, set_ids: tuple[int, ...]) -> dict[int, SetFacts]:
        """What players think of these sets."""
        if not set_ids:
            return {}
        favourites = ratings = []
        if self._catalog.has("favourites"):
            favourites = await self._db.all(
                "SELECT f.setid, COUNT(*) FROM favourites f WHERE f.setid IN :sets GROUP BY f.setid", sets=set_ids
            )
        if self._catalog.has("ratings"):
            ratings = await self._db.all(
                """
                SELECT m.set_id, SUM(r.rating), COUNT(*)
                  FROM maps m
                  JOIN ratings r ON r.map_md5 = m.md5
                 WHERE m.set_id IN :sets
                 GROUP BY m.set_id
                """,
                sets=set_ids,
            )
        means = {set_id: int(total) / count for set_id, total, count in ratings}
        counts = {set_id: int(count) for set_id, count in favourites}
        return {each: SetFacts(counts.get(each, 0), means.get(each, 0.0)) for each in set_ids}

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


def _row(row: Row) -> BeatmapRow:
    return BeatmapRow(Beatmap._make(row[:_WIDTH]), *row[_WIDTH:])
