"""`favourites`: the beatmap sets a player has marked."""

from typing import Final

from server.domain.problems import ReadOnly
from server.storage.catalog import Catalog
from server.storage.database import Database, is_there_already

_NO_TABLE: Final = "This server's database has no table of favourites, so nothing can be kept there."


class Favourites:
    """Reads and writes them; without the table there are none, and writing raises ReadOnly."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._there = catalog.has("favourites")
        self._dated = catalog.has("favourites", "created_at")

    async def of(self, player_id: int) -> list[int]:
        """Ids of sets, in their order."""
        if not self._there:
            return []
        rows = await self._db.all(
            "SELECT f.setid FROM favourites f WHERE f.userid = :id ORDER BY f.setid", id=player_id
        )
        return [set_id for (set_id,) in rows]

    async def add(self, player_id: int, set_id: int, now: int) -> None:
        """Mark a set, which need not be known; nothing where it is marked already. `now`: Unix seconds."""
        self._want_table()
        columns = "userid, setid, created_at" if self._dated else "userid, setid"
        values = ":id, :set_id, :now" if self._dated else ":id, :set_id"
        try:
            await self._db.run(
                f"INSERT INTO favourites ({columns}) VALUES ({values})", id=player_id, set_id=set_id, now=now
            )
        except Exception as error:
            if not is_there_already(error):
                raise

    async def remove(self, player_id: int, set_id: int) -> None:
        self._want_table()
        await self._db.run("DELETE FROM favourites WHERE userid = :id AND setid = :set_id", id=player_id, set_id=set_id)

    def _want_table(self) -> None:
        if not self._there:
            raise ReadOnly(_NO_TABLE)
