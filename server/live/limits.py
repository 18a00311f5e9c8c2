"""Counting requests in Redis, so that a limit holds over all processes.

The key of each client and limit is `bancho-api:limit:{<hash of who it is>:<name>}`, its value
`<minute> <requests of the minute before> <requests of this minute>`. It goes away by itself.
"""

import hashlib
from typing import NamedTuple

from server.domain.limits import WINDOW, Counted, Limit
from server.live.batch import Batch

# `fits` of domain/limits.py, and one more if it does. Refused requests do not count. By Redis's own clock: those of the
# machines that ask may differ.
_TAKE = """
local length, limit, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
local elapsed = clock % length
local minute = (clock - elapsed) / length
local at, before, now = (redis.call('GET', KEYS[1]) or ''):match('^(%d+) (%d+) (%d+)$')
at, before, now = tonumber(at), tonumber(before) or 0, tonumber(now) or 0
if at == minute - 1 then
  before, now = now, 0
elseif at ~= minute then
  before, now = 0, 0
end
local most = before <= limit and limit + burst or limit
local taken = before * (length - elapsed) + now * length < most * length
if taken then
  now = now + 1
  redis.call('SET', KEYS[1], string.format('%d %d %d', minute, before, now), 'PX', 2 * length - elapsed)
end
return {taken and 1 or 0, before, now, elapsed}
"""

# Counted of the minute it was counted in, if that is still known.
_GIVE_BACK = """
local at, before, now = (redis.call('GET', KEYS[1]) or ''):match('^(%d+) (%d+) (%d+)$')
if at and tonumber(now) > 0 then
  redis.call('SET', KEYS[1], string.format('%d %d %d', at, before, now - 1), 'PX', redis.call('PTTL', KEYS[1]))
end
"""


class Taken(NamedTuple):
    """Whether a request was allowed, and what is counted with it."""

    allowed: bool
    counted: Counted


class Counters:
    """Counts. `window`: milliseconds."""

    def __init__(self, batch: Batch, window: int = WINDOW) -> None:
        self._batch = batch
        self._window = window

    async def take(self, limit: Limit, who: str) -> Taken:
        """Count one request of a client, if the limit allows it. Raises Away."""
        found = await self._batch.command(
            "EVAL", _TAKE, 1, key(limit, who), self._window, limit.per_minute, limit.burst
        )
        return Taken(bool(found[0]), Counted(*found[1:]))

    async def give_back(self, limit: Limit, who: str) -> None:
        """Count one less: a request that was allowed turned out to be none of those that are limited. Raises Away."""
        await self._batch.command("EVAL", _GIVE_BACK, 1, key(limit, who))


def key(limit: Limit, who: str) -> str:
    """Where it is counted. What the client is called by may be a secret."""
    hashed = hashlib.sha256(who.encode()).hexdigest()[:32]
    return f"bancho-api:limit:{{{hashed}:{limit.name}}}"
