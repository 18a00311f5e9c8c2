"""Who asks: the owner of the session whose token is in the cookie `bancho_session`. And how often they may."""

import ipaddress
from typing import Any, Final

from starlette.requests import HTTPConnection, cookie_parser

from server.domain.limits import Allowance
from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import Forbidden, LiveAway, TooFast, Unauthenticated
from server.web import rates
from server.web.dialect import Context, Route
from server.web.respond import Headers

COOKIE: Final = "bancho_session"

_READS: Final = ("GET", "HEAD")


async def viewer(world: Any, request: HTTPConnection, route: Route) -> Viewer:
    """The owner of the session, nobody where there is none.

    While sessions cannot be looked up, what everybody may read is still answered, as to nobody: a 401 would sign the
    website's visitor out. Raises LiveAway for the rest.
    """
    told = _told(request)
    if not told:
        return NOBODY
    try:
        found: Viewer = await world.sessions.viewer(told)
    except LiveAway:
        if route.scope is not None:
            raise
        return NOBODY
    return found


async def gate(world: Any, connection: HTTPConnection, route: Route) -> Headers:
    """Writes that a page of another site has a browser make are refused. Raises Forbidden."""
    writing = connection.scope["method"] not in _READS
    headers = connection.headers
    if writing and headers.get("sec-fetch-site") == "cross-site" and headers.get("origin") not in world.trusted_origins:
        raise Forbidden("Pages of other sites may not do this.")
    return []


def token(ctx: Context) -> str | None:
    """What the cookie holds, which may be nothing; None where none came."""
    return _told(ctx.request)


def somebody(ctx: Context) -> Viewer:
    """Whoever asks, if that is known. Raises Unauthenticated."""
    if ctx.viewer.id == 0:
        raise Unauthenticated
    return ctx.viewer


def own(ctx: Context, player_id: int, complaint: str) -> Viewer:
    """Whoever asks, if they are this player. Raises Unauthenticated, and Forbidden with the complaint."""
    viewer = somebody(ctx)
    if viewer.id != player_id:
        raise Forbidden(complaint)
    return viewer


def place(ctx: Context) -> str:
    """Where the request comes from, for whatever is counted."""
    return rates.place_of(ctx.request)


async def count(ctx: Context, what: str) -> None:
    """Count one of `what` for the address that asks. Raises TooFast.

    Not for this machine: behind a development server's proxy every visitor looks like it.
    """
    address = place(ctx)
    if not _is_this_machine(address):
        await count_for(ctx, what, f"address {address}")


async def count_for(ctx: Context, what: str, who: str) -> None:
    """The same for somebody in particular. Raises TooFast."""
    allowance: Allowance | None = await ctx.world.limits.take(ctx.world.rates[what], who)
    if allowance is not None and not allowance.allowed:
        raise TooFast(what, allowance.retry_after, allowance.limit)


def _told(request: HTTPConnection) -> str | None:
    """The token. Where two are told, one may be there by a neighbour on another subdomain: neither counts."""
    parts = ";".join(request.headers.getlist("cookie")).split(";")
    told = {value for part in parts for name, value in cookie_parser(part).items() if name == COOKIE}
    return None if not told else told.pop() if len(told) == 1 else ""


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
