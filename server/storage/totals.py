"""Totals in SQL: what the hits of each player's plays in a mode add up to.

All of it is asked and written within a transaction of the ledger's, of which there is one at a time.
"""

from collections.abc import Mapping, Sequence

from server.storage.catalog import Catalog
from server.storage.database import Session


class Totals:
    """What the follower asks and writes of totals."""

    def __init__(self, catalog: Catalog) -> None:
        self._own = catalog.own
        self._by_id = "FORCE INDEX (PRIMARY)" if catalog.engine == "mysql" else ""
        self._by_player = catalog.first_hint("scores", ("userid", "mode"), ("userid",))

    async def add(self, session: Session, after: int, last_id: int, to: int) -> None:
        """Add the scores after the one id and up to the other, of players up to `to`."""
        rows = await session.all(
            f"""
            SELECT s.userid, s.mode, SUM(s.n300), SUM(s.n100), SUM(s.n50)
              FROM scores s {self._by_id}
             WHERE s.id > :after AND s.id <= :last AND s.userid <= :to
             GROUP BY s.userid, s.mode
            """,
            after=after,
            last=last_id,
            to=to,
        )
        if not rows:
            return
        players = sorted({row[0] for row in rows})
        totals = {
            (user_id, mode): (n300, n100, n50)
            for user_id, mode, n300, n100, n50 in await session.all(
                f"SELECT user_id, mode, n300, n100, n50 FROM {self._own}api_totals WHERE user_id IN :ids", ids=players
            )
        }
        for user_id, mode, *added in rows:
            before = totals.get((user_id, mode), (0, 0, 0))
            totals[user_id, mode] = tuple(old + int(more) for old, more in zip(before, added, strict=True))
        await session.run(f"DELETE FROM {self._own}api_totals WHERE user_id IN :ids", ids=players)
        await self._insert(session, totals)

    async def recount(self, session: Session, after: int, to: int, last_id: int) -> None:
        """Make the totals of the players between these ids what their scores up to `last_id` add up to."""
        wanted = {
            (user_id, mode): (int(n300), int(n100), int(n50))
            for user_id, mode, n300, n100, n50 in await session.all(
                f"""
                SELECT s.userid, s.mode, SUM(s.n300), SUM(s.n100), SUM(s.n50)
                  FROM scores s {self._by_player}
                 WHERE s.userid > :after AND s.userid <= :to AND s.id <= :last
                 GROUP BY s.userid, s.mode
                """,
                after=after,
                to=to,
                last=last_id,
            )
        }
        known = {
            (user_id, mode): (n300, n100, n50)
            for user_id, mode, n300, n100, n50 in await session.all(
                f"""
                SELECT user_id, mode, n300, n100, n50
                  FROM {self._own}api_totals
                 WHERE user_id > :after AND user_id <= :to
                """,
                after=after,
                to=to,
            )
        }
        if wanted == known:
            return
        await session.run(
            f"DELETE FROM {self._own}api_totals WHERE user_id > :after AND user_id <= :to", after=after, to=to
        )
        await self._insert(session, wanted)

    async def _insert(self, session: Session, totals: Mapping[tuple[int, int], Sequence[int]]) -> None:
        await session.insert_many(
            f"{self._own}api_totals",
            [
                {"user_id": user_id, "mode": mode, "n300": n300, "n100": n100, "n50": n50}
                for (user_id, mode), (n300, n100, n50) in totals.items()
            ],
        )
