"""How far the scores may be worked through: not past one that may still be written."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from server.services.alone import pause
from server.storage.arrivals import Arrivals

# A score may be written later than one with a greater id, but not by more than this.
SETTLE_SECONDS: Final = 10.0

# How often new scores are looked for.
POLL_SECONDS: Final = 1.0

Place = TypeVar("Place")


class Horizon:
    """Up to which score nobody writes any more, judged by which were there some seconds ago."""

    def __init__(self, settle_seconds: float) -> None:
        self._settle_seconds = settle_seconds
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, newest: int, now: float) -> None:
        """This is the greatest id at this moment (any clock that only goes on, in seconds)."""
        self._seen.append((now, newest))
        while len(self._seen) > 1 and self._seen[1][0] <= now - self._settle_seconds:
            self._seen.popleft()

    def settled(self, now: float) -> int | None:
        """The greatest id that was there then; None before anybody can know."""
        if not self._seen or self._seen[0][0] > now - self._settle_seconds:
            return None
        return self._seen[0][1]


def reached(last_id: int, ids: Iterable[int], settled: int) -> int:
    """How far can be gone on from one id: not over a gap that may still be filled. `ids` are those there, in order."""
    for each in ids:
        if each != last_id + 1 and each > settled:
            break
        last_id = each
    return last_id


class Coming:
    """The scores as they come, for one who works through them."""

    def __init__(self, arrivals: Arrivals, settle_seconds: float) -> None:
        self.arrivals = arrivals
        self._horizon = Horizon(settle_seconds)

    async def begun(
        self,
        place: Callable[[], Awaitable[Place | None]],
        begin: Callable[[int], Awaitable[None]],
        stop: asyncio.Event,
    ) -> Place | None:
        """How far the work is. Where nobody has begun it, it begins once it is known which scores are settled.

        None if it is stopped before.
        """
        found = await place()
        while found is None and not stop.is_set():
            self._horizon.see(await self.arrivals.newest(), time.monotonic())
            settled = self._horizon.settled(time.monotonic())
            if settled is None:
                await pause(stop, POLL_SECONDS)
            else:
                await begin(settled)
            found = await place()
        return found

    async def after(self, last_id: int, limit: int) -> tuple[int, bool]:
        """How far can be gone on from one score, at most so many further, and whether there may be more at once."""
        newest = await self.arrivals.newest()
        self._horizon.see(newest, time.monotonic())
        if newest <= last_id:
            return last_id, False
        ids = await self.arrivals.after(last_id, limit)
        to = reached(last_id, ids, self._horizon.settled(time.monotonic()) or 0)
        return to, to != last_id and len(ids) == limit
