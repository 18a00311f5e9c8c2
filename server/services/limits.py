"""How often somebody may ask."""

from server.domain.limits import Allowance, Limit, allowance
from server.live.batch import Batch
from server.live.connection import Away
from server.live.limits import Counters


class Limits:
    """Counts requests over all processes. Where Redis is away or not configured, nothing is limited."""

    def __init__(self, batch: Batch) -> None:
        self._counters = Counters(batch)

    async def take(self, limit: Limit, who: str) -> Allowance | None:
        """Count one request of a client; None: it is not limited. `who` may be a secret, no copy of it is kept."""
        if limit.per_minute == 0:
            return None
        try:
            allowed, counted = await self._counters.take(limit, who)
        except Away:
            return None
        return allowance(limit, counted, allowed)
