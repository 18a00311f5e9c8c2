"""Who may ask, and how often: each call has a key `k`, and is counted for it."""

from typing import Any, Final

from starlette.requests import HTTPConnection

from server.domain.limits import Allowance
from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import TooFast, Unauthenticated
from server.web import rates
from server.web.dialect import Route
from server.web.respond import Headers

KEY: Final = "k"

REPLAY: Final = "/get_replay"

# What a server may open to everybody.
SCOPE: Final = "osu_v1"


async def viewer(world: Any, connection: HTTPConnection, route: Route) -> Viewer:
    """Nobody in particular: what is told here depends on nobody's key."""
    return NOBODY


async def gate(world: Any, connection: HTTPConnection, route: Route) -> Headers:
    """Let a call pass; how many more may follow. Raises Unauthenticated and TooFast."""
    who = await _who(world, connection)
    calls: Allowance | None = await world.limits.take(world.rates["osu_v1"], who)
    if calls is not None and not calls.allowed:
        raise TooFast("calls", calls.retry_after, calls.limit)
    if route.path == REPLAY:
        replays: Allowance | None = await world.limits.take(world.rates["osu_v1_replays"], who)
        if replays is not None and not replays.allowed:
            raise TooFast("replays", replays.retry_after, replays.limit)
    return [] if calls is None else rates.told(calls.limit, calls.remaining, calls.reset_seconds)


async def _who(world: Any, connection: HTTPConnection) -> str:
    """Whose calls these are: a key's, or without one (where none is needed) an address's."""
    key = connection.query_params.get(KEY, "")
    if key and await world.access.knows(key):
        return f"key {key}"
    if SCOPE not in world.open_scopes:
        raise Unauthenticated
    return f"address {rates.place_of(connection)}"
