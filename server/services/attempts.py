"""Guessing passwords: how often somebody may be wrong."""

from server.domain.limits import Limit, allowance
from server.domain.problems import LiveAway, TooFast
from server.live.connection import Away
from server.live.limits import Counters


class Attempts:
    """Counts wrong ones over all processes.

    Where they cannot be counted nobody may try: otherwise whoever keeps Redis busy could guess as often as they like.
    """

    def __init__(self, counters: Counters, limit: Limit) -> None:
        self._counters = counters
        self._limit = limit

    async def count(self, who: str) -> None:
        """Count one that may turn out to be wrong. Raises TooFast, LiveAway."""
        if self._limit.per_minute == 0:
            return
        try:
            allowed, counted = await self._counters.take(self._limit, who)
        except Away as away:
            raise LiveAway from away
        if not allowed:
            told = allowance(self._limit, counted, allowed)
            raise TooFast("wrong passwords", told.retry_after, told.limit)

    async def give_back(self, who: str) -> None:
        """It was none. Raises LiveAway."""
        if self._limit.per_minute == 0:
            return
        try:
            await self._counters.give_back(self._limit, who)
        except Away as away:
            raise LiveAway from away
