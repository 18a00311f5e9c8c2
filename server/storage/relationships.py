"""`relationships`: whom a player has befriended, and whom they have blocked. One direction, one row for each two."""

from typing import Final, Literal

from server.domain.players import Player
from server.domain.problems import ReadOnly
from server.storage.catalog import Catalog
from server.storage.database import Database

Kind = Literal["friend", "block"]

_NO_TABLE: Final = "This server's database has no table of friends, so nothing can be kept there."


class Relationships:
    """Reads and writes them; without the table there are none, and writing raises ReadOnly."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._there = catalog.has("relationships")
        self._columns = catalog.select("users", "u", Player._fields)

    async def of(self, player_id: int, kind: Kind, mask: int) -> list[Player]:
        """Those whom a player has befriended, or blocked, and that have all bits of `mask`; oldest account first."""
        if not self._there:
            return []
        rows = await self._db.all(
            f"""
            SELECT {self._columns}
              FROM relationships r
              JOIN users u ON u.id = r.user2
             WHERE r.user1 = :id AND r.type = :kind AND u.priv & :mask = :mask
             ORDER BY u.id
            """,
            id=player_id,
            kind=kind,
            mask=mask,
        )
        return [Player._make(row) for row in rows]

    async def put(self, player_id: int, target_id: int, kind: Kind) -> None:
        """Let this be how a player stands to another, whatever was before."""
        self._want_table()
        # One statement on both engines, so that there is never nothing in between.
        await self._db.run(
            "REPLACE INTO relationships (user1, user2, type) VALUES (:player, :target, :kind)",
            player=player_id,
            target=target_id,
            kind=kind,
        )

    async def remove(self, player_id: int, target_id: int, kind: Kind) -> None:
        """End it, if it is this that a player is to another."""
        self._want_table()
        await self._db.run(
            "DELETE FROM relationships WHERE user1 = :player AND user2 = :target AND type = :kind",
            player=player_id,
            target=target_id,
            kind=kind,
        )

    def _want_table(self) -> None:
        if not self._there:
            raise ReadOnly(_NO_TABLE)
