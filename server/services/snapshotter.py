"""The snapshotter: who plays is looked at soon after, everybody once a day, and the day's ladders are kept."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from server.services.alone import Alone, pause
from server.services.horizon import POLL_SECONDS, SETTLE_SECONDS, Coming
from server.storage.snapshots import Pair
from server.storage.snapshotting import Place, Snapshotting

log = logging.getLogger(__name__)

# So many scores are looked for at once.
PAGE: Final = 500

# The game server works out what a score changes after it has written it. And whoever plays on is looked at so often.
DUE_SECONDS: Final = 10.0
REST_SECONDS: Final = 300.0

# So many are looked at in one transaction: those who have played, and players of the daily round.
PAIRS: Final = 20
PLAYERS: Final = 50

# Of the time that the round and the work after a pause take, the database is left alone for so many times as much.
EASE: Final = 3.0

# Others see by it that somebody works.
SIGN_SECONDS: Final = 5.0

# How often it is told how far the round is.
TELL_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Due:
    """From when on there is something to see, when it is looked at, and from which score on that is.

    `again`: the last play since, and from when on there is something to see of that.
    """

    ready: float
    at: float
    score_id: int
    again: tuple[float, int] | None = None


class Waiting:
    """Who has played and is to be looked at, and when. What is in here is forgotten with the process, so the scores
    that it stands for do not count as read."""

    def __init__(self, due_seconds: float, rest_seconds: float) -> None:
        self._due_seconds, self._rest_seconds = due_seconds, rest_seconds
        self._due: dict[Pair, _Due] = {}
        self._looked: dict[Pair, float] = {}

    def add(self, pair: Pair, score_id: int, now: float) -> None:
        """They have played, from this score on."""
        ready = now + self._due_seconds
        if pair in self._due:
            self._due[pair] = replace(self._due[pair], again=(ready, score_id))
        else:
            self._wait(pair, ready, score_id)

    def due(self, now: float, limit: int) -> list[Pair]:
        """Some of those who are to be looked at now."""
        return [pair for pair, due in self._due.items() if due.at <= now][:limit]

    def ready(self, now: float, limit: int) -> list[Pair]:
        """Some of those who can be looked at now, if also sooner than they need to be."""
        return [pair for pair, due in self._due.items() if due.ready <= now][:limit]

    def done(self, pairs: list[Pair], now: float) -> None:
        """They have been looked at, at this moment. What was too fresh then to be seen is looked at later."""
        self._looked = {pair: at for pair, at in self._looked.items() if at > now - self._rest_seconds}
        for pair in pairs:
            self._looked[pair] = now
            again = self._due.pop(pair).again
            if again is not None and again[0] > now:
                self._wait(pair, *again)

    def read_to(self, last_id: int) -> int:
        """Up to which score nobody waits any more, if scores were read up to this one."""
        return min((due.score_id - 1 for due in self._due.values()), default=last_id)

    def _wait(self, pair: Pair, ready: float, score_id: int) -> None:
        at = self._looked[pair] + self._rest_seconds if pair in self._looked else ready
        self._due[pair] = _Due(ready, max(ready, at), score_id)


class Snapshotter(Alone):
    """Takes snapshots of those who play and, from an hour (UTC) on, of all. Of several one works at a time.

    `clock` gives Unix seconds.
    """

    def __init__(
        self,
        stored: Snapshotting,
        hour: int,
        clock: Callable[[], float] = time.time,
        *,
        settle_seconds: float = SETTLE_SECONDS,
        due_seconds: float = DUE_SECONDS,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        super().__init__("snapshotter", stored.want_tables, stored.place)
        self._stored = stored
        self._hour = hour
        self._clock = clock
        self._coming = Coming(stored.arrivals, settle_seconds)
        self._seconds = (due_seconds, rest_seconds)

    async def catch_up(self) -> None:
        """Look at everybody who is to be looked at by now, without a pause, where nobody plays at this moment.

        `settle_seconds` and `due_seconds` have to be 0. Raises Unavailable.
        """
        await self._stored.want_tables()
        shift = await self._shift(asyncio.Event())
        while shift is not None and await shift.work_on():
            pass

    async def work(self, stop: asyncio.Event) -> None:
        """See Alone.work."""
        shift = await self._shift(stop)
        if shift is None:
            return
        log.info("The snapshotter works, from score %d on", shift.place.last_id)
        while not stop.is_set():
            begun = time.monotonic()
            worked = await shift.work_on()
            self.end_trouble()
            # Never so long that others take it for the end.
            await pause(stop, min(EASE * (time.monotonic() - begun), SIGN_SECONDS) if worked else POLL_SECONDS)

    async def _shift(self, stop: asyncio.Event) -> "_Shift | None":
        """What is to be done from here on; None if it is stopped before."""
        place = await self._coming.begun(self._stored.place, self._stored.begin, stop)
        if place is None:
            return None
        return _Shift(self._stored, self._coming, place, Waiting(*self._seconds), self._hour, self._clock)


class _Shift:
    """One turn of work, from the place where it was found to wherever it is given up."""

    def __init__(
        self,
        stored: Snapshotting,
        coming: Coming,
        place: Place,
        waiting: Waiting,
        hour: int,
        clock: Callable[[], float],
    ) -> None:
        self.place = place
        self._stored = stored
        self._coming = coming
        self._waiting = waiting
        self._hour = hour
        self._clock = clock
        self._read_to = place.last_id
        self._sign_at = 0.0
        self._tell_at = time.monotonic() + TELL_SECONDS

    async def work_on(self) -> bool:
        """Do one piece of what is to be done, and say whether there was any."""
        more = await self._hear()
        if due := self._waiting.due(time.monotonic(), PAIRS):
            await self._look_at(due)
            return True
        day = self._day()
        if self.place.day < day:
            await self._go_round(day)
            return True
        if time.monotonic() >= self._sign_at:
            self._moved(await self._stored.move(self.place, self._waiting.read_to(self._read_to)))
        return more

    async def _hear(self) -> bool:
        """See who has played; whether more may have."""
        to, more = await self._coming.after(self._read_to, PAGE)
        if to != self._read_to:
            for player_id, mode, score_id in await self._coming.arrivals.players(self._read_to, to):
                self._waiting.add((player_id, mode), score_id, time.monotonic())
            self._read_to = to
        return more

    async def _look_at(self, due: list[Pair]) -> None:
        # What they stand for counts as read only after what comes of it is kept: looking twice does nothing.
        read_to, now = self._waiting.read_to(self._read_to), time.monotonic()
        self._moved(await self._stored.take(self.place, read_to, due, self._now_ms()))
        self._waiting.done(due, now)

    async def _go_round(self, day: date) -> None:
        """One step of a day's round; the last but one are those who wait, so that the ladders agree with everybody."""
        if self.place.round_day != day:
            log.info("The round of %s begins", day)
        if self.place.round_day != day or not self.place.round_is_through:
            self._moved(await self._stored.go_round(self.place, day, PLAYERS, self._now_ms()))
            await self._tell(day)
        elif ready := self._waiting.ready(time.monotonic(), PAIRS):
            await self._look_at(ready)
        else:
            self._moved(await self._stored.end_round(self.place, day, self._now_ms()))
            log.info("The round of %s is done", day)

    async def _tell(self, day: date) -> None:
        if time.monotonic() >= self._tell_at and not self.place.round_is_through:
            self._tell_at = time.monotonic() + TELL_SECONDS
            log.info(
                "The round of %s is at player %s of %d", day, self.place.round_to, await self._stored.last_player()
            )

    def _moved(self, place: Place) -> None:
        self.place = place
        self._sign_at = time.monotonic() + SIGN_SECONDS

    def _day(self) -> date:
        """The day whose round is due: it begins at the hour."""
        return (datetime.fromtimestamp(self._clock(), UTC) - timedelta(hours=self._hour)).date()

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
