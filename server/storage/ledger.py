"""What scores add up to, in SQL: how far it is worked out, and what is.

As with the history of multiplayer, each transaction begins by moving the follower's only row on, if it is still as it
was read: of two followers one writes, and no score is counted twice.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.problems import Unavailable
from server.domain.scores import ScoreStatus
from server.storage.arrivals import Arrivals
from server.storage.boards import Boards, Fresh
from server.storage.catalog import Catalog
from server.storage.database import Database, Session
from server.storage.fences import moved
from server.storage.totals import Totals

TABLES: Final = (
    *("api_totals", "api_firsts", "api_rank_events", "api_map_statuses", "api_hidden"),
    "api_follower",
)

# What older plays did on their boards is not told any more.
EVENT_DAYS: Final = 31

# So many are worked through in one transaction: players and beatmaps of old scores, ...
_PLAYERS: Final = 20
_MAPS: Final = 20
# ... beatmaps whose status has changed, ...
_STATUSES: Final = 100
# ... players who were hidden or shown, ...
_SEEN: Final = 500
# ... and players whose totals are compared with their scores.
_AUDITED_PLAYERS: Final = 5

# As great as an id of a player or a beatmap may be.
_LAST_ID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """How far the follower is.

    `turn` counts transactions, `last_id` is the last score that counts. Of players up to `totals_to` and beatmaps up
    to `boards_to` older scores count as well; None: of all.
    """

    turn: int
    last_id: int
    totals_to: int | None
    boards_to: int | None

    @property
    def behind(self) -> bool:
        """Are there older scores that do not count yet?"""
        return self.totals_to is not None or self.boards_to is not None


@dataclass(frozen=True, slots=True)
class Round:
    """How far everything is compared with the scores: players, beatmaps, first places."""

    player_id: int = 0
    map_id: int = 0
    md5: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Players who were hidden, or shown again, since boards were made with or without them."""

    hidden: tuple[int, ...]
    shown: tuple[int, ...]


class Ledger:
    """What the follower asks and writes. All of it raises Unavailable where the database is away or read-only.

    `mask`: the bits of `priv` that players on boards have; `zone` that of the game server's wall clock.
    """

    def __init__(self, db: Database, catalog: Catalog, mask: int, zone: ZoneInfo) -> None:
        self._db = db
        self._missing = [table for table in TABLES if not catalog.has(table)]
        self._own = catalog.own
        self._mask = mask
        self._zone = zone
        self.arrivals = Arrivals(db, catalog)
        self._totals = Totals(catalog)
        self._boards = Boards(catalog, mask, zone)
        self._or_nothing = "IGNORE" if catalog.engine == "mysql" else "OR IGNORE"
        self._by_id = "FORCE INDEX (PRIMARY)" if catalog.engine == "mysql" else ""
        self._by_player = catalog.first_hint("scores", ("userid", "mode"), ("userid",))

    async def want_tables(self) -> None:
        """Raises Unavailable where `migrate` has not made the tables, or they may not be written."""
        if self._missing:
            raise Unavailable(
                f"There is no table {', '.join(self._missing)} to follow into; `python -m server migrate` makes it."
            )
        await self._db.run(f"DELETE FROM {self._own}api_totals WHERE 1 = 0")

    async def place(self) -> Place | None:
        """How far it is worked out; None where nothing is."""
        text = f"SELECT turn, last_id, totals_to, boards_to FROM {self._own}api_follower WHERE id = 1"
        row = await self._db.one(text)
        return None if row is None else Place(*row)

    async def begin(self, last_id: int) -> None:
        """Scores up to this one are old ones, of which none counts yet. If somebody has begun, nothing is done."""
        async with self._db.transaction() as session:
            begun = await session.run(
                f"""
                INSERT {self._or_nothing} INTO {self._own}api_follower (id, turn, last_id, totals_to, boards_to)
                VALUES (1, 0, :last, 0, 0)
                """,
                last=last_id,
            )
            if begun:
                await session.run(f"DELETE FROM {self._own}api_hidden")
                hidden = await session.all("SELECT id FROM users WHERE priv & :mask <> :mask", mask=self._mask)
                await self._hide(session, [user_id for (user_id,) in hidden])

    async def follow(self, was: Place, last_id: int) -> Place:
        """Count the scores up to this one. Raises Overtaken, as all that follow here."""
        async with self._moved(was, replace(was, last_id=last_id)) as (session, now):
            await self._totals.add(session, was.last_id, last_id, _LAST_ID if was.totals_to is None else was.totals_to)
            rows = await session.all(
                f"""
                SELECT DISTINCT s.map_md5, s.mode
                  FROM scores s {self._by_id}
                 WHERE s.id > :after AND s.id <= :last AND s.status >= {ScoreStatus.SUBMITTED:d}
                """,
                after=was.last_id,
                last=last_id,
            )
            by_mode: dict[int, set[str]] = {}
            for md5, mode in rows:
                by_mode.setdefault(mode, set()).add(md5)
            for mode, md5s in sorted(by_mode.items()):
                grounds = await self._boards.grounds(session, md5s)
                await self._boards.look(session, grounds, last_id, self._fresh(was.last_id), (mode,))
        return now

    async def fill_totals(self, was: Place) -> Place:
        """Count the old scores of some more players."""
        after = was.totals_to or 0
        players = await self._players_after(after, _PLAYERS)
        done = len(players) < _PLAYERS
        to = _LAST_ID if done else players[-1]
        async with self._moved(was, replace(was, totals_to=None if done else to)) as (session, now):
            await self._totals.recount(session, after, to, was.last_id)
        return now

    async def fill_boards(self, was: Place, now_ms: int) -> Place:
        """Look at the boards of some more beatmaps for the first time."""
        after = was.boards_to or 0
        rows = await self._db.all(
            "SELECT id FROM maps WHERE id > :after ORDER BY id LIMIT :limit", after=after, limit=_MAPS
        )
        done = len(rows) < _MAPS
        to = _LAST_ID if done else rows[-1][0]
        async with self._moved(was, replace(was, boards_to=None if done else to)) as (session, now):
            grounds = await self._boards.grounds_between(session, after, to)
            await self._boards.look(session, grounds, was.last_id, self._fresh(0))
            await self._boards.note_statuses(session, grounds, now_ms)
        return now

    async def look(self, was: Place, md5s: Sequence[str]) -> Place:
        """See who is first on some beatmaps now. Without any, nothing is written."""
        if not md5s:
            return was
        async with self._moved(was, was) as (session, now):
            await self._boards.look(session, await self._boards.grounds(session, md5s), was.last_id)
        return now

    async def note_statuses(self, was: Place, now_ms: int) -> tuple[Place, bool]:
        """Look at the boards of beatmaps whose status has changed, and keep it; whether there may be more of them."""
        rows = await self._db.all(
            f"""
            SELECT m.md5
              FROM maps m
              LEFT JOIN {self._own}api_map_statuses k ON k.map_id = m.id
             WHERE m.id <= :to AND (k.map_id IS NULL OR k.status <> m.status)
             LIMIT :limit
            """,
            to=_LAST_ID if was.boards_to is None else was.boards_to,
            limit=_STATUSES,
        )
        if not rows:
            return was, False
        async with self._moved(was, was) as (session, now):
            grounds = await self._boards.grounds(session, [md5 for (md5,) in rows])
            await self._boards.look(session, grounds, was.last_id)
            await self._boards.note_statuses(session, grounds, now_ms)
        return now, len(rows) == _STATUSES

    async def seen(self) -> Seen:
        """Whose visibility has changed; not all of them if they are very many."""
        hidden = await self._db.all(
            f"""
            SELECT u.id
              FROM users u
              LEFT JOIN {self._own}api_hidden h ON h.user_id = u.id
             WHERE u.priv & :mask <> :mask AND h.user_id IS NULL
             LIMIT {_SEEN}
            """,
            mask=self._mask,
        )
        shown = await self._db.all(
            f"""
            SELECT h.user_id
              FROM {self._own}api_hidden h
              LEFT JOIN users u ON u.id = h.user_id
             WHERE u.id IS NULL OR u.priv & :mask = :mask
             LIMIT {_SEEN}
            """,
            mask=self._mask,
        )
        return Seen(tuple(row[0] for row in hidden), tuple(row[0] for row in shown))

    async def boards_of(self, seen: Seen) -> list[str]:
        """The md5s of the beatmaps where somebody else may be first now."""
        found: set[str] = set()
        if seen.hidden:
            rows = await self._db.all(
                f"SELECT DISTINCT map_md5 FROM {self._own}api_firsts WHERE user_id IN :ids", ids=seen.hidden
            )
            found |= {md5 for (md5,) in rows}
        if seen.shown:
            rows = await self._db.all(
                f"""
                SELECT DISTINCT s.map_md5
                  FROM scores s {self._by_player}
                 WHERE s.userid IN :ids AND s.status = {ScoreStatus.BEST:d}
                """,
                ids=seen.shown,
            )
            found |= {md5.lower() for (md5,) in rows}
        return sorted(found)

    async def keep_seen(self, was: Place, seen: Seen) -> Place:
        """All boards are made with and without these players now."""
        async with self._moved(was, was) as (session, now):
            both = seen.hidden + seen.shown
            if both:
                await session.run(f"DELETE FROM {self._own}api_hidden WHERE user_id IN :ids", ids=both)
            await self._hide(session, seen.hidden)
        return now

    async def audit(self, was: Place, at: Round) -> tuple[Place, Round]:
        """Compare some of everything with the scores, mend it, and say how far that is."""
        players = await self._players_after(at.player_id, _AUDITED_PLAYERS)
        maps = await self._db.all(
            "SELECT id FROM maps WHERE id > :after ORDER BY id LIMIT :limit", after=at.map_id, limit=_MAPS
        )
        async with self._moved(was, was) as (session, now):
            if players:
                await self._totals.recount(session, at.player_id, players[-1], was.last_id)
            if maps:
                grounds = await self._boards.grounds_between(session, at.map_id, maps[-1][0])
                await self._boards.look(session, grounds, was.last_id)
            md5 = await self._boards.forget_gone(session, at.md5, _MAPS)
        return now, Round(
            players[-1] if len(players) == _AUDITED_PLAYERS else 0, maps[-1][0] if len(maps) == _MAPS else 0, md5
        )

    async def ends(self) -> tuple[int, int]:
        """The greatest ids of players and beatmaps."""
        row = await self._db.one("SELECT (SELECT MAX(id) FROM users), (SELECT MAX(id) FROM maps)")
        return (row[0] or 0, row[1] or 0) if row else (0, 0)

    @asynccontextmanager
    async def _moved(self, was: Place, to: Place) -> AsyncIterator[tuple[Session, Place]]:
        columns = {"last_id": to.last_id, "totals_to": to.totals_to, "boards_to": to.boards_to}
        async with moved(self._db, f"{self._own}api_follower", was.turn, **columns) as session:
            yield session, replace(to, turn=was.turn + 1)

    def _fresh(self, after: int) -> Fresh:
        wall = datetime.now(UTC).astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        return Fresh(after, wall - timedelta(days=EVENT_DAYS))

    async def _hide(self, session: Session, players: Sequence[int]) -> None:
        await session.insert_many(f"{self._own}api_hidden", [{"user_id": each} for each in players])

    async def _players_after(self, player_id: int, limit: int) -> list[int]:
        """The next players with scores or with totals."""
        found = set()
        for table, column in ((f"scores s {self._by_player}", "s.userid"), (f"{self._own}api_totals t", "t.user_id")):
            found |= set(
                await self._db.all(
                    f"SELECT DISTINCT {column} FROM {table} WHERE {column} > :after ORDER BY {column} LIMIT :limit",
                    after=player_id,
                    limit=limit,
                )
            )
        return [each for (each,) in sorted(found)[:limit]]
