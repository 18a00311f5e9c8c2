"""Who may ask, and how often: everybody, without a key; updates are counted by address."""

from typing import Any, Final

from starlette.requests import HTTPConnection

from server.domain.limits import Allowance
from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import TooFast
from server.web import rates
from server.web.dialect import Route
from server.web.respond import Headers

UPDATE: Final = "/update"


async def viewer(world: Any, connection: HTTPConnection, route: Route) -> Viewer:
    """Nobody in particular: hidden players are hidden from all."""
    return NOBODY


async def gate(world: Any, connection: HTTPConnection, route: Route) -> Headers:
    """Let a request pass; of updates, how many more may follow. Raises TooFast."""
    return await count(world, connection) if route.path == UPDATE else []


async def count(world: Any, connection: HTTPConnection) -> Headers:
    """Count an update; how many more may follow. Raises TooFast."""
    address = rates.place_of(connection)
    updates: Allowance | None = await world.limits.take(world.rates["osutrack_updates"], f"address {address}")
    if updates is None:
        return []
    if not updates.allowed:
        raise TooFast("updates", updates.retry_after, updates.limit)
    return rates.told(updates.limit, updates.remaining, updates.reset_seconds)
