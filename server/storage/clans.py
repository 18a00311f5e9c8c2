"""Clans."""

from typing import Final

from server.domain.clans import CLAN_SORTS, Clan, ClanMember, RankedClan
from server.domain.listing import Listing, Window
from server.storage.conditions import Conditions
from server.storage.database import Database
from server.storage.listing import Listings, Source

_COLUMNS: Final = ", ".join(f"c.{column}" for column in Clan._fields)

_ORDERS: Final = {"id": "c.id", "-id": "c.id DESC", "name": "c.name, c.id"}

# What is added up of the members.
_SUMS: Final = ", ".join(f"SUM(s.{column}) AS {column}" for column in RankedClan._fields[5:])


class Clans:
    """Questions about clans."""

    def __init__(self, db: Database) -> None:
        self._db = db
        hints = dict.fromkeys(_ORDERS, "")
        self._listings = Listings(db, Source("clans c", "c.id", _COLUMNS, _ORDERS, hints))

    async def find(self, clan_id: int) -> Clan | None:
        row = await self._db.one(f"SELECT {_COLUMNS} FROM clans c WHERE c.id = :id", id=clan_id)
        return Clan._make(row) if row else None

    async def page(self, ids: tuple[int, ...] | None, window: Window, order: str) -> Listing[Clan]:
        """A page of all clans, or of those with these ids."""
        conditions = Conditions()
        conditions.one_of("c", id=ids)
        total, rows = await self._listings.page(conditions, window, order, narrow=ids is not None)
        return Listing(total, [Clan._make(row) for row in rows])

    async def board(self, mode: int, sort: str, mask: int, window: Window) -> Listing[RankedClan]:
        """A page of the clans' leaderboard of a mode.

        It adds up members with all bits of `mask` who have played in the mode, or been given something in it; a clan is
        on it if that makes it more than nothing of what it is sorted by.
        """
        if sort not in CLAN_SORTS:
            raise ValueError(sort)
        ranked = f"""
            SELECT c.id, c.name, c.tag, c.owner, COUNT(*) AS members, {_SUMS}, COUNT(*) OVER () AS total
              FROM clans c
              JOIN users u ON u.clan_id = c.id
              JOIN stats s ON s.id = u.id
             WHERE s.mode = :mode AND u.priv & :mask = :mask AND (s.plays > 0 OR s.pp > 0 OR s.tscore > 0)
             GROUP BY c.id, c.name, c.tag, c.owner
            HAVING SUM(s.{sort}) > 0
             ORDER BY SUM(s.{sort}) DESC, c.id
             LIMIT :limit OFFSET :offset
        """
        rows = await self._db.slowly(ranked, mode=mode, mask=mask, limit=window.size, offset=window.offset)
        if not rows and window.offset:  # how many there are stands beside each, and beyond the end is none
            first = await self._db.slowly(ranked, mode=mode, mask=mask, limit=1, offset=0)
            return Listing(int(first[0][-1]) if first else 0, [])
        # MySQL's SUM is a Decimal.
        clans = [RankedClan(*row[:4], *(int(value) for value in row[4:-1])) for row in rows]
        return Listing(int(rows[0][-1]) if rows else 0, clans)

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
