"""The follower: what new scores add up to is worked out as they come, and what old ones do, piece by piece."""

import asyncio
import logging
import time
from typing import Final

from server.services.alone import Alone, pause
from server.services.horizon import POLL_SECONDS, SETTLE_SECONDS, Coming
from server.storage.ledger import Ledger, Place, Round, Seen

log = logging.getLogger(__name__)

# So many scores are counted at once.
PAGE: Final = 500

# How often beatmaps' status and players' visibility are compared with what they were.
LOOK_SECONDS: Final = 60.0

# How often some of what is worked out is compared with the scores. Those who wait for their turn see by it that
# somebody works.
AUDIT_SECONDS: Final = 5.0

# Of so many beatmaps the boards are looked at again at once.
AGAIN: Final = 20

# How often it is told how far the old scores are.
TELL_SECONDS: Final = 10.0


class Follower(Alone):
    """Works out totals, first places and events. Of several, on whatever machines, one works at a time."""

    def __init__(self, ledger: Ledger, settle_seconds: float = SETTLE_SECONDS) -> None:
        super().__init__("follower", ledger.want_tables, ledger.place)
        self._ledger = ledger
        self._coming = Coming(ledger.arrivals, settle_seconds)
        self._start_over()

    def _start_over(self) -> None:
        """Nothing is under way, and everything is due."""
        self._again: list[str] = []
        self._seen: Seen | None = None
        self._round = Round()
        self._look_at = self._audit_at = 0.0
        self._tell_at = _clock() + TELL_SECONDS

    async def catch_up(self) -> None:
        """Work until all scores count, where nobody writes any now and `settle_seconds` is 0. Raises Unavailable."""
        await self._ledger.want_tables()
        self._start_over()
        place = await self._coming.begun(self._ledger.place, self._ledger.begin, asyncio.Event())
        working = place is not None
        while place is not None and working:
            place, more = await self._follow(place)
            place, worked = await self._work_beside(place)
            working = more or worked

    async def work(self, stop: asyncio.Event) -> None:
        place = await self._coming.begun(self._ledger.place, self._ledger.begin, stop)
        if place is None:
            return
        self._start_over()
        log.info("The follower works, from score %d on", place.last_id)
        follow_at = _clock()
        while not stop.is_set():
            if _clock() >= follow_at:
                place, more = await self._follow(place)
                if more:
                    continue
                follow_at = _clock() + POLL_SECONDS
            place, worked = await self._work_beside(place)
            self.end_trouble()
            if not worked:
                await pause(stop, max(0.0, follow_at - _clock()))

    async def _follow(self, place: Place) -> tuple[Place, bool]:
        """Count what is new, and say whether there is more of it."""
        to, more = await self._coming.after(place.last_id, PAGE)
        return (place, False) if to == place.last_id else (await self._ledger.follow(place, to), more)

    async def _work_beside(self, place: Place) -> tuple[Place, bool]:
        """Do one piece of what else is to be done, and say whether there was any."""
        if self._seen is not None:
            return await self._look_again(place, self._seen), True
        if _clock() >= self._look_at:
            return await self._look(place), True
        if place.behind:
            return await self._fill(place), True
        if _clock() >= self._audit_at:
            self._audit_at = _clock() + AUDIT_SECONDS
            place, self._round = await self._ledger.audit(place, self._round)
            return place, True
        return place, False

    async def _look(self, place: Place) -> Place:
        """Compare beatmaps' status and players' visibility with what they were."""
        place, more = await self._ledger.note_statuses(place, _now_ms())
        if more:
            return place
        self._look_at = _clock() + LOOK_SECONDS
        seen = await self._ledger.seen()
        if seen.hidden or seen.shown:
            self._seen, self._again = seen, await self._ledger.boards_of(seen)
        return place

    async def _look_again(self, place: Place, seen: Seen) -> Place:
        """Look at some of the boards that players were taken from or came back to; after the last, keep that."""
        place = await self._ledger.look(place, self._again[:AGAIN])
        del self._again[:AGAIN]
        if not self._again:
            place = await self._ledger.keep_seen(place, seen)
            self._seen = None
            self._look_at = _clock()  # they may have been more than are told at once
        return place

    async def _fill(self, place: Place) -> Place:
        if place.totals_to is not None:
            place = await self._ledger.fill_totals(place)
        else:
            place = await self._ledger.fill_boards(place, _now_ms())
        if not place.behind:
            log.info("All scores count")
        elif _clock() >= self._tell_at:
            self._tell_at = _clock() + TELL_SECONDS
            players, maps = await self._ledger.ends()
            if place.totals_to is not None:
                log.info("Totals are made up to player %d of %d", place.totals_to, players)
            else:
                log.info("Boards are made up to beatmap %d of %d", place.boards_to, maps)
        return place


_clock = time.monotonic


def _now_ms() -> int:
    return int(time.time() * 1000)
