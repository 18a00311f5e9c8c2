"""Lists of all scores, and what stands beside each."""

from typing import Final

from server.domain.beatmaps import Beatmap
from server.domain.listing import Listing, Window
from server.domain.privileges import Shown
from server.domain.scores import Score, ScoreFilter, Scorer, WholeScore
from server.storage.beatmaps import Beatmaps
from server.storage.catalog import Catalog
from server.storage.conditions import Conditions
from server.storage.database import Database
from server.storage.listing import Listings, Source

# The greater id first among equals, so that an index can be read backwards.
_ORDERS: Final = {
    "id": "s.id",
    "-id": "s.id DESC",
    "-pp": "s.pp DESC, s.id DESC",
    "-score": "s.score DESC, s.id DESC",
    "-play_time": "s.play_time DESC, s.id DESC",
}

_SCORE_WIDTH: Final = len(Score._fields)
_MAP_END: Final = _SCORE_WIDTH + len(Beatmap._fields)


class ScoreLists:
    """Questions about scores that are no player's and no beatmap's."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._score = catalog.select("scores", "s", Score._fields)
        # Those of these files, in lower case, that are beatmaps we know.
        self.beatmaps = Beatmaps(db, catalog).with_md5
        self._beatmap = catalog.select("maps", "m", Beatmap._fields)
        self._then = catalog.then
        self._mode_pp_hint = catalog.hint("scores", "mode", "pp", "id")
        hints = {order: catalog.hint("scores", order.lstrip("-")) for order in _ORDERS}
        self._listings = Listings(db, Source("scores s", "s.id", self._score, _ORDERS, hints))

    async def page(self, wanted: ScoreFilter, shown: Shown, window: Window, order: str) -> Listing[Score]:
        """A page of the scores that fit, of players whom the list may hold."""
        conditions = await self._fitting(wanted)
        conditions.shown(shown)
        joined = f"{self._then} users u ON u.id = s.userid" if shown.mask else ""
        # A player's, and those on a beatmap, are few enough to be sorted.
        narrowing = (wanted.ids, wanted.user_id, wanted.map_md5, wanted.map_id, wanted.set_id)
        narrow = any(each is not None for each in narrowing)
        hint = self._mode_pp_hint if order == "-pp" and wanted.mode is not None else ""
        # Of these an index that begins with the players knows enough to count them without a look at any row.
        covered = wanted == ScoreFilter(status=wanted.status, mode=wanted.mode)
        tallied = joined.replace(self._then, "JOIN") if covered else joined
        total, rows = await self._listings.page(conditions, window, order, joined, tallied, narrow, hint)
        return Listing(total, [Score._make(row) for row in rows])

    async def _fitting(self, wanted: ScoreFilter) -> Conditions:
        conditions = Conditions()
        conditions.one_of("s", id=wanted.ids)
        conditions.equal("s", mods=wanted.mods, status=wanted.status, mode=wanted.mode, userid=wanted.user_id)
        conditions.equal("s", grade=wanted.grade, perfect=wanted.perfect)
        conditions.equal_plain("s", map_md5=wanted.map_md5)
        if wanted.map_id is not None or wanted.set_id is not None:
            conditions.one_of("s", map_md5=await self._md5s(wanted.map_id, wanted.set_id))
        if wanted.mods_all is not None:
            conditions.add("s.mods & :every = :every", every=wanted.mods_all)
        if wanted.mods_any is not None:
            conditions.add("s.mods & :any <> 0", any=wanted.mods_any)
        if wanted.since is not None:
            conditions.add("s.play_time >= :since", since=wanted.since)
        if wanted.until is not None:
            conditions.add("s.play_time < :until", until=wanted.until)
        return conditions

    async def _md5s(self, map_id: int | None, set_id: int | None) -> tuple[str, ...]:
        """The files of a beatmap, of all in a set, or of the one in the other."""
        conditions = Conditions()
        conditions.equal("m", id=map_id, set_id=set_id)
        rows = await self._db.all(f"SELECT m.md5 FROM maps m WHERE {conditions.text}", **conditions.values)
        return tuple(md5 for (md5,) in rows)

    async def scorers(self, ids: tuple[int, ...]) -> dict[int, Scorer]:
        """Those of these players that exist, with their clans."""
        if not ids:
            return {}
        rows = await self._db.all(
            """
            SELECT u.id, u.name, u.country, c.id, c.name, c.tag
              FROM users u
              LEFT JOIN clans c ON c.id = u.clan_id
             WHERE u.id IN :ids
            """,
            ids=ids,
        )
        return {row[0]: Scorer._make(row) for row in rows}

    async def whole(self, score_id: int) -> tuple[WholeScore, int] | None:
        """A score with its beatmap and its player, if all three are known, and the player's `priv`."""
        row = await self._db.one(
            f"""
            SELECT {self._score}, {self._beatmap}, u.id, u.name, u.country, NULLIF(u.clan_id, 0), c.name, c.tag, u.priv
              FROM scores s
              JOIN maps m ON m.md5 = s.map_md5
              JOIN users u ON u.id = s.userid
              LEFT JOIN clans c ON c.id = u.clan_id
             WHERE s.id = :id
            """,
            id=score_id,
        )
        if row is None:
            return None
        score = Score._make(row[:_SCORE_WIDTH])
        beatmap = Beatmap._make(row[_SCORE_WIDTH:_MAP_END])
        return WholeScore(score, beatmap, Scorer._make(row[_MAP_END:-1])), row[-1]
