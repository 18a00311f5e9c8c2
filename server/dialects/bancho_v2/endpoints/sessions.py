"""Signing in and out. A session's token is in a cookie, and never in a body."""

from email.utils import formatdate
from typing import Annotated, Final, TypedDict

from msgspec import Struct

from server.dialects.bancho_v2 import access
from server.dialects.bancho_v2.bodies import body_document, body_of
from server.dialects.bancho_v2.params import AskNothing
from server.dialects.bancho_v2.shapes.envelope import Success, success
from server.dialects.bancho_v2.shapes.players import PlayerShape, player_shape
from server.domain.accounts import SESSION_SECONDS
from server.domain.players import PlayerRef
from server.domain.problems import Unauthenticated
from server.web.dialect import Context
from server.web.respond import Headers, Reply


class Login(Struct, frozen=True):
    username: str
    password: str


class Ended(TypedDict):
    ended: Annotated[int, "how many sessions there were beside this one"]


BODY: Final = body_document(Login, "Name and password.")


async def log_in(asked: AskNothing, ctx: Context) -> Reply[Success[PlayerShape]]:
    """Begin a session, of 30 days: the answer sets the cookie `bancho_session`."""
    body = await body_of(ctx.request, Login)
    await access.count(ctx, "logins")
    player, token = await ctx.world.accounts.sign_in(body.username, body.password, access.place(ctx))
    return Reply(success(player_shape(player)), _cookie(ctx, token, "", SESSION_SECONDS))


async def current(asked: AskNothing, ctx: Context) -> Success[PlayerShape]:
    """The session's owner."""
    if access.token(ctx) is None:
        raise Unauthenticated
    if ctx.viewer.id == 0:
        raise Unauthenticated("Invalid or expired session.")
    return success(player_shape(await ctx.world.players.find(PlayerRef(id=ctx.viewer.id), ctx.viewer)))


async def log_out(asked: AskNothing, ctx: Context) -> Reply[Success[None]]:
    """End the session, if there is one, and take the cookie back."""
    token = access.token(ctx)
    if token is None:
        raise Unauthenticated
    await ctx.world.sessions.end(token)
    expires = f"expires={formatdate(ctx.world.clock(), usegmt=True)}; "
    return Reply(success(None), _cookie(ctx, '""', expires, 0))


async def end_others(asked: AskNothing, ctx: Context) -> Success[Ended]:
    """End all other sessions of the session's owner, wherever they were begun."""
    viewer = access.somebody(ctx)
    ended = await ctx.world.sessions.end_others(viewer.id, access.token(ctx))
    return success({"ended": ended})


def _cookie(ctx: Context, value: str, expires: str, seconds: int) -> Headers:
    """The header as bancho.py writes it. Without a domain it belongs to the website's host, whatever that is."""
    secure = "; Secure" if ctx.world.secure_cookies else ""
    text = f"{access.COOKIE}={value}; {expires}HttpOnly; Max-Age={seconds}; Path=/; SameSite=lax{secure}"
    return [(b"set-cookie", text.encode())]
