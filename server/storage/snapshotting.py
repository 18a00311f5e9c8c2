"""What the snapshotter asks and writes: how far it is, and whose turn it is to be looked at."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.problems import Unavailable
from server.storage.arrivals import Arrivals
from server.storage.catalog import Catalog
from server.storage.database import Database, Session
from server.storage.fences import moved
from server.storage.ladders import BEGINNING, Ladders, number_of
from server.storage.snapshots import Pair
from server.storage.tracking import TABLES as TRACKED
from server.storage.tracking import Tracking

TABLES: Final = ("api_snapshotter", "api_days", "api_ladders")

# As great as an id of a player may be.
_LAST_ID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """How far the snapshotter is.

    `turn` counts transactions; whoever has played up to score `last_id` was looked at. `day` is the last whose round
    is done; of `round_day` it is under way, up to player `round_to` (None: no round is).
    """

    turn: int
    last_id: int
    day: date
    round_day: date | None = None
    round_to: int | None = None

    @property
    def round_is_through(self) -> bool:
        """Has everybody been looked at, so that only the ladders are missing?"""
        return self.round_to == _LAST_ID


class Snapshotting:
    """All of it raises Unavailable where the database is away or read-only, and what writes raises Overtaken."""

    def __init__(self, db: Database, catalog: Catalog, mask: int, zone: ZoneInfo) -> None:
        self._db = db
        self._missing = [table for table in TABLES if not catalog.has(table)]
        self._own = catalog.own
        self._mask = mask
        self._or_nothing = "IGNORE" if catalog.engine == "mysql" else "OR IGNORE"
        self._tracking = Tracking(db, catalog, mask, zone)
        self._ladders = Ladders(db, catalog, mask)
        self.arrivals = Arrivals(db, catalog)

    async def want_tables(self) -> None:
        """Raises Unavailable where `migrate` has not made the tables, or they may not be written."""
        self._tracking.want_tables()
        if self._missing:
            raise Unavailable(
                f"There is no table {', '.join(self._missing)} to keep snapshots with;"
                " `python -m server migrate` makes it."
            )
        for table in (*TRACKED, *TABLES):
            name = f"{self._own}{table}"
            try:
                await self._db.run(f"DELETE FROM {name} WHERE 1 = 0")
                await self._db.run(f"INSERT INTO {name} SELECT * FROM {name} WHERE 1 = 0")
            except Unavailable as problem:
                what = f"Snapshots cannot be kept in {table} (docs/snapshots.md has the rights it takes)."
                raise Unavailable(f"{problem.message} {what}") from problem
        await self._db.run(f"UPDATE {self._own}api_snapshotter SET turn = turn WHERE 1 = 0")

    async def place(self) -> Place | None:
        """How far it is; None where nobody has begun."""
        row = await self._db.one(
            f"SELECT turn, last_id, day, round_day, round_to FROM {self._own}api_snapshotter WHERE id = 1"
        )
        if row is None:
            return None
        turn, last_id, day, round_day, round_to = row
        return Place(turn, last_id, _day(day), None if round_day is None else _day(round_day), round_to)

    async def begin(self, last_id: int) -> None:
        """Whoever has played up to this score is left to the first round. If somebody has begun, nothing is done."""
        await self._db.run(
            f"""
            INSERT {self._or_nothing} INTO {self._own}api_snapshotter (id, turn, last_id, day, round_day, round_to)
            VALUES (1, 0, :last, 0, NULL, NULL)
            """,
            last=last_id,
        )

    async def move(self, was: Place, last_id: int) -> Place:
        """Only move on. What it says to others: somebody works."""
        async with self._moved(was, replace(was, last_id=last_id)) as (_, now):
            return now

    async def take(self, was: Place, last_id: int, pairs: Sequence[Pair], now_ms: int) -> Place:
        """Take snapshots of players who have played."""
        async with self._moved(was, replace(was, last_id=last_id)) as (session, now):
            await self._tracking.take(session, pairs, now_ms)
        return now

    async def go_round(self, was: Place, day: date, players: int, now_ms: int) -> Place:
        """Look at some more players in the round of a day. One that comes upon another's begins anew."""
        after = was.round_to or 0 if was.round_day == day else 0
        ids = await self._tracking.players_after(after, players)
        to = _LAST_ID if len(ids) < players else ids[-1]
        changed = await self._tracking.changed(ids)
        async with self._moved(was, replace(was, round_day=day, round_to=to)) as (session, now):
            await self._tracking.take(session, changed, now_ms)
        return now

    async def pass_by(self, was: Place, day: date) -> Place:
        """Leave out the next player of a round."""
        ids = await self._tracking.players_after(was.round_to or 0 if was.round_day == day else 0, 1)
        async with self._moved(was, replace(was, round_day=day, round_to=ids[0] if ids else _LAST_ID)) as (_, now):
            return now

    async def end_round(self, was: Place, day: date, now_ms: int | None) -> Place:
        """Keep the day's ladders, once everybody's figures are what they are; None: without them."""
        async with self._moved(was, replace(was, day=day, round_day=None, round_to=None)) as (session, now):
            if now_ms is not None:
                await self._ladders.keep(session, day, now_ms)
        return now

    async def last_player(self) -> int:
        """The greatest id of a player."""
        row = await self._db.one("SELECT MAX(id) FROM users")
        return int(row[0] or 0) if row else 0

    @asynccontextmanager
    async def _moved(self, was: Place, to: Place) -> AsyncIterator[tuple[Session, Place]]:
        columns = {
            "last_id": to.last_id,
            "day": number_of(to.day),
            "round_day": None if to.round_day is None else number_of(to.round_day),
            "round_to": to.round_to,
        }
        async with moved(self._db, f"{self._own}api_snapshotter", was.turn, **columns) as session:
            yield session, replace(to, turn=was.turn + 1)


def _day(number: int) -> date:
    return BEGINNING + timedelta(days=number)
