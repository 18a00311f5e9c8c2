"""Top plays: what has ever been among a player's best, as it was then."""

from collections.abc import AsyncIterator, Sequence
from math import isqrt
from typing import Final

from server.domain.rulesets import Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS, TopPlay
from server.storage.catalog import Catalog
from server.storage.database import Database, Session

_COLUMNS: Final = ", ".join(f"p.{column}" for column in TopPlay._fields)

# So many rows of the list of all players are read at once.
_PAGE: Final = 1000


class TopPlays:
    """Questions about top plays; without our own tables there are none. Who is hidden is hidden in `best` only."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._own = catalog.own
        self._are_kept = catalog.has("api_top_plays")
        self._mysql = catalog.engine == "mysql"
        self._then = catalog.then

    async def of_player(self, player_id: int, mode: Mode, from_ms: int, to_ms: int) -> list[TopPlay]:
        """What a player has played in this time, both ends counted, oldest first."""
        if not self._are_kept:
            return []
        rows = await self._db.all(
            f"""
            SELECT {_COLUMNS}
              FROM {self._own}api_top_plays p
             WHERE p.user_id = :player AND p.mode = :mode AND p.score_ms >= :start AND p.score_ms <= :end
             ORDER BY p.score_ms, p.score_id
            """,
            player=player_id,
            mode=int(mode),
            start=from_ms,
            end=to_ms,
        )
        return [TopPlay._make(row) for row in rows]

    async def are_there(self, player_id: int, mode: Mode) -> bool:
        """Has anything of a player been recorded?"""
        if not self._are_kept:
            return False
        text = f"SELECT 1 FROM {self._own}api_top_plays p WHERE p.user_id = :player AND p.mode = :mode LIMIT 1"
        return await self._db.one(text, player=player_id, mode=int(mode)) is not None

    async def best(self, mode: Mode, from_ms: int, to_ms: int, mask: int, limit: int) -> AsyncIterator[list[TopPlay]]:
        """The plays of this time, both ends counted, of all players with all bits of `mask`, page by page.

        Most pp first, of equals the older one.
        """
        if not self._are_kept:
            return
        few = await self._few(mode, from_ms, to_ms, limit)
        index = "api_top_plays_time" if few else "api_top_plays_pp"
        hint = f"FORCE INDEX ({index})" if self._mysql else f"INDEXED BY {index}"
        after = ""
        values: dict[str, float] = {}
        while limit > 0:
            # Those that have to be sorted are sorted once.
            size = limit if few else min(limit, _PAGE)
            rows = await self._db.all(
                f"""
                SELECT {_COLUMNS}
                  FROM {self._own}api_top_plays p {hint}
                  {self._then} users u ON u.id = p.user_id
                 WHERE p.mode = :mode AND p.score_ms >= :start AND p.score_ms <= :end {after}
                   AND u.priv & :mask = :mask
                 ORDER BY p.pp DESC, p.score_ms, p.score_id
                 LIMIT :size
                """,
                mode=int(mode),
                start=from_ms,
                end=to_ms,
                mask=mask,
                size=size,
                **values,
            )
            for start in range(0, len(rows), _PAGE):
                yield [TopPlay._make(row) for row in rows[start : start + _PAGE]]
            if len(rows) < size:
                return
            limit -= size
            last = TopPlay._make(rows[-1])
            after = "AND p.pp <= :pp AND (p.pp < :pp OR p.score_ms > :ms OR p.score_ms = :ms AND p.score_id > :id)"
            values = {"pp": last.pp, "ms": last.score_ms, "id": last.score_id}

    async def _few(self, mode: Mode, from_ms: int, to_ms: int, limit: int) -> bool:
        """Are there so few plays in this time that sorting them costs less than to look for them among all?

        To find `limit` of those within a share of all, the list by pp is read for `limit` / share rows.
        """
        if from_ms <= EARLIEST_MS and to_ms >= LATEST_MS:
            return False
        few = 300 * isqrt(limit)
        row = await self._db.one(
            f"""
            SELECT COUNT(*)
              FROM (SELECT 1 AS found
                      FROM {self._own}api_top_plays p
                     WHERE p.mode = :mode AND p.score_ms >= :start AND p.score_ms <= :end
                     LIMIT :few) found
            """,
            mode=int(mode),
            start=from_ms,
            end=to_ms,
            few=few,
        )
        return row is not None and row[0] < few

    async def unrecorded(self, session: Session, player_id: int, mode: int, score_ids: Sequence[int]) -> set[int]:
        """Which of a player's plays have not been recorded yet."""
        if not score_ids:
            return set()
        rows = await session.all(
            f"""
            SELECT p.score_id
              FROM {self._own}api_top_plays p
             WHERE p.user_id = :player AND p.mode = :mode AND p.score_id IN :ids
            """,
            player=player_id,
            mode=mode,
            ids=list(score_ids),
        )
        return set(score_ids) - {score_id for (score_id,) in rows}

    async def add(self, session: Session, mode: int, plays: Sequence[TopPlay]) -> None:
        """Record plays in a mode that are not recorded yet."""
        await session.insert_many(f"{self._own}api_top_plays", [{**each._asdict(), "mode": mode} for each in plays])
