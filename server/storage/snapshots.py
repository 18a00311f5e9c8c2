"""Snapshots of players' figures: what is kept of them, and how they are written."""

from collections.abc import Sequence
from typing import Final

from server.domain.rulesets import Mode
from server.domain.snapshots import NO_PEAK, Figures, Peak, Snapshot
from server.storage.catalog import Catalog
from server.storage.database import Database, Row, Session

_COLUMNS: Final = ", ".join(f"t.{column}" for column in Figures._fields)

# A player in a mode.
Pair = tuple[int, int]


class Snapshots:
    """Questions about snapshots; without our own tables there are none. Who is hidden is not hidden here."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._own = catalog.own
        self._are_kept = catalog.has("api_snapshots")

    async def between(self, player_id: int, mode: Mode, from_ms: int, to_ms: int) -> list[Snapshot]:
        """A player's snapshots of this time, both ends counted, oldest first."""
        if not self._are_kept:
            return []
        rows = await self._db.all(
            f"""
            SELECT t.at_ms, {_COLUMNS}
              FROM {self._own}api_snapshots t
             WHERE t.user_id = :player AND t.mode = :mode AND t.at_ms >= :start AND t.at_ms <= :end
             ORDER BY t.at_ms
            """,
            player=player_id,
            mode=int(mode),
            start=from_ms,
            end=to_ms,
        )
        return [_snapshot(row) for row in rows]

    async def since(self, player_id: int, mode: Mode, from_ms: int) -> list[Snapshot]:
        """A player's snapshots from this moment on and the last one before it, oldest first."""
        if not self._are_kept:
            return []
        rows = await self._db.all(
            f"""
            SELECT t.at_ms, {_COLUMNS}
              FROM {self._own}api_snapshots t
             WHERE t.user_id = :player AND t.mode = :mode AND t.at_ms >= COALESCE(
                   (SELECT MAX(b.at_ms)
                      FROM {self._own}api_snapshots b
                     WHERE b.user_id = :player AND b.mode = :mode AND b.at_ms < :start), :start)
             ORDER BY t.at_ms
            """,
            player=player_id,
            mode=int(mode),
            start=from_ms,
        )
        return [_snapshot(row) for row in rows]

    async def peak(self, player_id: int, mode: Mode) -> Peak:
        """The best rank and the best accuracy of all a player's snapshots."""
        if not self._are_kept:
            return NO_PEAK
        row = await self._db.one(
            f"""
            SELECT best.pp_rank,
                   (SELECT MAX(r.at_ms)
                      FROM {self._own}api_snapshots r
                     WHERE r.user_id = :player AND r.mode = :mode AND r.pp_rank = best.pp_rank),
                   best.accuracy,
                   (SELECT MAX(a.at_ms)
                      FROM {self._own}api_snapshots a
                     WHERE a.user_id = :player AND a.mode = :mode AND a.accuracy = best.accuracy)
              FROM (SELECT MIN(CASE WHEN t.pp_rank > 0 THEN t.pp_rank END) AS pp_rank, MAX(t.accuracy) AS accuracy
                      FROM {self._own}api_snapshots t
                     WHERE t.user_id = :player AND t.mode = :mode) best
            """,
            player=player_id,
            mode=int(mode),
        )
        return NO_PEAK if row is None else Peak(*row)

    async def newest(self, session: Session, pairs: Sequence[Pair]) -> dict[Pair, Snapshot]:
        """The last snapshot of each of these players in these modes, where there is one."""
        if not pairs:
            return {}
        rows = await session.all(
            f"""
            SELECT t.user_id, t.mode, t.at_ms, {_COLUMNS}
              FROM (SELECT s.id AS user_id, s.mode AS mode,
                           (SELECT n.at_ms
                              FROM {self._own}api_snapshots n
                             WHERE n.user_id = s.id AND n.mode = s.mode
                             ORDER BY n.at_ms DESC
                             LIMIT 1) AS at_ms
                      FROM stats s
                     WHERE s.id IN :players) newest
              JOIN {self._own}api_snapshots t
                ON t.user_id = newest.user_id AND t.mode = newest.mode AND t.at_ms = newest.at_ms
            """,
            players=sorted({player_id for player_id, _ in pairs}),
        )
        found = {(row[0], row[1]): _snapshot(row[2:]) for row in rows}
        return {pair: found[pair] for pair in pairs if pair in found}

    async def lock(self, session: Session, pairs: Sequence[Pair], now_ms: int) -> None:
        """Keep others from writing snapshots of these players until the transaction ends, and say when that was."""
        if pairs:
            # In one order, so that nobody waits in a circle.
            rows = ", ".join(f"({player_id:d}, {mode:d}, :now)" for player_id, mode in sorted(pairs))
            await session.run(
                f"REPLACE INTO {self._own}api_snapshot_checks (user_id, mode, checked_ms) VALUES {rows}", now=now_ms
            )

    async def add(self, session: Session, snapshots: dict[Pair, Snapshot]) -> None:
        """Keep these, one of each player and mode."""
        await session.insert_many(
            f"{self._own}api_snapshots",
            [
                {"user_id": player_id, "mode": mode, "at_ms": each.at_ms, **each.figures._asdict()}
                for (player_id, mode), each in snapshots.items()
            ],
        )


def _snapshot(row: Row) -> Snapshot:
    return Snapshot(row[0], Figures._make(row[1:]))
