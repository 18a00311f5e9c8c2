"""Which scores there are: read in order of their ids, for whoever works through them as they come."""

from server.storage.catalog import Catalog
from server.storage.database import Database


class Arrivals:
    """Questions about the ids of scores."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._by_id = "FORCE INDEX (PRIMARY)" if catalog.engine == "mysql" else ""

    async def newest(self) -> int:
        """The greatest id that a score has; 0 without any."""
        row = await self._db.one("SELECT MAX(id) FROM scores")
        return int(row[0] or 0) if row else 0

    async def after(self, score_id: int, limit: int) -> list[int]:
        """The ids of the scores that come next, in order."""
        rows = await self._db.all(
            f"SELECT s.id FROM scores s {self._by_id} WHERE s.id > :after ORDER BY s.id LIMIT :limit",
            after=score_id,
            limit=limit,
        )
        return [score_id for (score_id,) in rows]

    async def players(self, after: int, last_id: int) -> list[tuple[int, int, int]]:
        """Who has played between these two ids, in which mode, and the first score of that: (player, mode, id)."""
        return [
            (int(player_id), int(mode), int(first))
            for player_id, mode, first in await self._db.all(
                f"""
                SELECT s.userid, s.mode, MIN(s.id)
                  FROM scores s {self._by_id}
                 WHERE s.id > :after AND s.id <= :last
                 GROUP BY s.userid, s.mode
                """,
                after=after,
                last=last_id,
            )
        ]
