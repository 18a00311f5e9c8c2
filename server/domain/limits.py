"""How often somebody may ask: a limit, and what is left of it.

Requests are counted by whole minutes of the store's clock. Of the minute before as much counts as of it lies within
the last 60 seconds, if its requests came evenly: so a limit has no moment at which all of it begins anew.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

WINDOW: Final = 60_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute; 0 is unlimited. `name` tells limits apart: each is counted for itself.

    `burst`: so many more, for whoever made no more than `per_minute` in the whole minute before.
    """

    name: str
    per_minute: int
    burst: int = 0


class Counted(NamedTuple):
    """What is counted of one client: requests of the minute before and of this one, which began `elapsed` ms ago."""

    before: int
    now: int
    elapsed: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """The answer to one request. `remaining`: of `limit`, the burst aside. `retry_after`: 0 where it is allowed.

    `reset_seconds` and `retry_after` are whole seconds: until this minute ends, and until a request would be allowed if
    none came in between.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int
    retry_after: int


def allowance(limit: Limit, counted: Counted, allowed: bool) -> Allowance:
    """What is to be said of a request. `counted`: with this request, if it is allowed."""
    return Allowance(
        allowed,
        limit.per_minute,
        max(0, -((_weight(counted) - limit.per_minute * WINDOW) // WINDOW)),
        _seconds(WINDOW - counted.elapsed),
        0 if allowed else _retry_after(limit, counted),
    )


def fits(limit: Limit, counted: Counted) -> bool:
    """Is one more request allowed?"""
    burst = limit.burst if counted.before <= limit.per_minute else 0
    return _weight(counted) < (limit.per_minute + burst) * WINDOW


def later(counted: Counted, milliseconds: int) -> Counted:
    """The same after so long without a request."""
    windows, elapsed = divmod(counted.elapsed + milliseconds, WINDOW)
    before, now = [(counted.before, counted.now), (counted.now, 0), (0, 0)][min(windows, 2)]
    return Counted(before, now, elapsed)


def _weight(counted: Counted) -> int:
    """How many requests count, in thousandths of a second of the window: so it is a whole number."""
    return counted.before * (WINDOW - counted.elapsed) + counted.now * WINDOW


def _retry_after(limit: Limit, counted: Counted) -> int:
    # After two minutes nothing is left of what was counted.
    return next(each for each in range(1, 121) if fits(limit, later(counted, each * 1000)))


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
