"""Guessing passwords: how often somebody may be wrong."""

from typing import Final

from server.domain.limits import Limit, allowance
from server.domain.problems import LiveAway, TooFast
from server.live.connection import Away
from server.live.limits import Counters

# From everywhere together so many times as often as from one place: a stranger at one cannot keep the owner out.
_EVERYWHERE: Final = 10


class Attempts:
    """Counts wrong ones over all processes: of an account from one place, and from everywhere. `limit`: the former.

    Where they cannot be counted nobody may try: otherwise whoever keeps Redis busy could guess as often as they like.
    """

    def __init__(self, counters: Counters, limit: Limit) -> None:
        self._counters = counters
        self._here = limit
        self._everywhere = Limit(f"{limit.name}_everywhere", limit.per_minute * _EVERYWHERE)

    async def count(self, account: str, place: str) -> None:
        """Count one that may turn out to be wrong. Raises TooFast, LiveAway."""
        for limit, who in self._counted(account, place):
            try:
                allowed, counted = await self._counters.take(limit, who)
            except Away as away:
                raise LiveAway from away
            if not allowed:
                told = allowance(limit, counted, allowed)
                raise TooFast("wrong passwords", told.retry_after, told.limit)

    async def give_back(self, account: str, place: str) -> None:
        """It was none. Raises LiveAway."""
        for limit, who in self._counted(account, place):
            try:
                await self._counters.give_back(limit, who)
            except Away as away:
                raise LiveAway from away

    def _counted(self, account: str, place: str) -> tuple[tuple[Limit, str], ...]:
        if self._here.per_minute == 0:
            return ()
        return (self._here, f"{account} from {place}"), (self._everywhere, account)
