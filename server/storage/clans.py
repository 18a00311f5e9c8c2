"""Clans."""

from server.domain.clans import Clan, ClanMember
from server.storage.database import Database


class Clans:
    """Questions about clans."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, clan_id: int) -> Clan | None:
        row = await self._db.one("SELECT c.id, c.name, c.tag, c.owner FROM clans c WHERE c.id = :id", id=clan_id)
        return Clan._make(row) if row else None

    async def people(self, clan: Clan) -> list[ClanMember]:
        """Everybody in a clan and whoever owns it, oldest account first."""
        rows = await self._db.all(
            """
            SELECT u.id, u.name, u.country, u.clan_priv, u.priv, u.clan_id
              FROM users u
             WHERE u.clan_id = :id OR u.id = :owner
             ORDER BY u.id
            """,
            id=clan.id,
            owner=clan.owner,
        )
        return [ClanMember._make(row) for row in rows]
