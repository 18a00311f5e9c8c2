"""The snapshotter: who plays is looked at soon after, everybody once a day, and the day's ladders are kept."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from server.domain.problems import Unavailable
from server.services.alone import Alone, pause
from server.services.horizon import POLL_SECONDS, SETTLE_SECONDS, Coming
from server.services.waiting import Waiting
from server.storage.fences import Overtaken
from server.storage.snapshots import Pair
from server.storage.snapshotting import Place, Snapshotting

log = logging.getLogger(__name__)

# So many scores are looked for at once.
PAGE: Final = 500

# The game server works out what a score changes after it has written it. And whoever plays on is looked at so often.
DUE_SECONDS: Final = 10.0
REST_SECONDS: Final = 1800.0

# So many are looked at in one transaction: those who have played, and players of the daily round.
PAIRS: Final = 20
PLAYERS: Final = 50

# Of the time that the round and the work after a pause take, the database is left alone for so many times as much.
EASE: Final = 3.0

# Others see by it that somebody works.
SIGN_SECONDS: Final = 5.0

# A round's day that is further ahead than this was of a clock that was wrong.
_AHEAD: Final = timedelta(days=1)

# How often it is told how far the round is.
TELL_SECONDS: Final = 10.0


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
        self._at_work: _Shift | None = None

    async def catch_up(self) -> None:
        """Look at everybody who is to be looked at by now, without a pause, where nobody plays at this moment.

        `settle_seconds` and `due_seconds` have to be 0. Raises Unavailable.
        """
        await self._stored.want_tables()
        self._at_work = None
        shift = await self._shift(asyncio.Event())
        while shift is not None and await shift.work_on():
            pass

    async def work(self, stop: asyncio.Event) -> None:
        """See Alone.work."""
        shift = await self._shift(stop)
        if shift is None:
            return
        while not stop.is_set():
            begun = time.monotonic()
            worked = await shift.work_on()
            self.end_trouble()
            # Never so long that others take it for the end.
            await pause(stop, min(EASE * (time.monotonic() - begun), SIGN_SECONDS) if worked else POLL_SECONDS)

    async def _shift(self, stop: asyncio.Event) -> "_Shift | None":
        """What is to be done from here on; None if it is stopped before. After a failure it goes on as it was."""
        place = await self._coming.begun(self._stored.place, self._stored.begin, stop)
        if place is None:
            return None
        if self._at_work is None or self._at_work.place != place:
            log.info("The snapshotter works, from score %d on", place.last_id)
            waiting = Waiting(*self._seconds)
            self._at_work = _Shift(self._stored, self._coming, place, waiting, self._hour, self._clock)
        return self._at_work


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
        # Who is looked at once more before the ladders are made; None before that is known.
        self._last: list[Pair] | None = None
        self._told: set[object] = set()

    async def work_on(self) -> bool:
        """Do one piece of what is to be done, and say whether there was any."""
        more = await self._hear()
        if due := self._waiting.due(time.monotonic(), PAIRS):
            await self._look_at(due)
            return True
        day = self._day()
        if self.place.day < day or self.place.day > day + _AHEAD:
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
        try:
            await self._take(due)
            return
        except (Unavailable, Overtaken):
            raise
        except Exception:
            log.exception("Some players cannot be looked at together; each of them is tried alone")
        for pair in due:
            try:
                await self._take([pair])
            except (Unavailable, Overtaken):
                raise
            except Exception:  # it must not hold up everybody else
                self._leave_out(pair)
                self._waiting.done([pair], time.monotonic())

    async def _take(self, due: list[Pair]) -> None:
        # What they stand for counts as read only after what comes of it is kept: looking twice does nothing.
        read_to, now = self._waiting.read_to(self._read_to), time.monotonic()
        self._moved(await self._stored.take(self.place, read_to, due, self._now_ms()))
        self._waiting.done(due, now)

    async def _go_round(self, day: date) -> None:
        """One step of a day's round; the last but one are those who have played meanwhile, so that they are on the
        ladders as they are."""
        if self.place.round_day != day:
            log.info("The round of %s begins", day)
        if self.place.round_day != day or not self.place.round_is_through:
            self._last = None
            await self._step(day)
            await self._tell(day)
            return
        if self._last is None:
            self._last = self._waiting.ready(time.monotonic())
        if self._last:
            await self._look_at(self._last[:PAIRS])
            del self._last[:PAIRS]
            return
        await self._end_round(day)
        self._last = None

    async def _step(self, day: date) -> None:
        try:
            self._moved(await self._stored.go_round(self.place, day, PLAYERS, self._now_ms()))
            return
        except (Unavailable, Overtaken):
            raise
        except Exception:
            log.exception("Some players cannot be looked at together; each of them is tried alone")
        for _ in range(PLAYERS):
            try:
                self._moved(await self._stored.go_round(self.place, day, 1, self._now_ms()))
            except (Unavailable, Overtaken):
                raise
            except Exception:
                self._moved(await self._stored.pass_by(self.place, day))
                self._leave_out(self.place.round_to)
            if self.place.round_is_through:
                return

    async def _end_round(self, day: date) -> None:
        try:
            self._moved(await self._stored.end_round(self.place, day, self._now_ms()))
            log.info("The round of %s is done", day)
        except (Unavailable, Overtaken):
            raise
        except Exception:  # tomorrow is another day
            log.exception("The ladders of %s cannot be made, and are left out", day)
            self._moved(await self._stored.end_round(self.place, day, None))

    def _leave_out(self, who: object) -> None:
        """Say once who cannot be looked at, and why."""
        if who not in self._told:
            self._told.add(who)
            log.exception("%s cannot be looked at and is left out", who)

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
