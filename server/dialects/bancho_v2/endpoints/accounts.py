"""Accounts are made here."""

from typing import Annotated, Final

from msgspec import Meta, Struct
from starlette.datastructures import Headers

from server.dialects.bancho_v2 import access
from server.dialects.bancho_v2.bodies import body_document, body_of
from server.dialects.bancho_v2.params import AskNothing
from server.dialects.bancho_v2.shapes.envelope import Success, success
from server.dialects.bancho_v2.shapes.players import PlayerShape, player_shape
from server.domain.accounts import Registration, known_country
from server.web.dialect import Context

# Where a proxy says where a visitor is; bancho.py believes it if all three are there.
_WHEREABOUTS: Final = (
    ("cf-ipcountry", "cf-iplatitude", "cf-iplongitude"),
    ("x-country-code", "x-latitude", "x-longitude"),
)


class Wanted(Struct, frozen=True):
    username: Annotated[str, Meta(description="2-15 letters, digits, `-`, `[`, `]`, and spaces or underscores.")]
    email: Annotated[str, Meta(description="No mail is sent there.")]
    password: Annotated[str, Meta(description="8-32 characters, at least four of them different.")]
    captcha_token: Annotated[str | None, Meta(description="What the captcha gave, if the server asks for one.")] = None


BODY: Final = body_document(Wanted, "The account. White space around each text is taken off.")


async def register(asked: AskNothing, ctx: Context) -> Success[PlayerShape]:
    """Make an account. Until its owner has logged in with the game nobody else sees it."""
    body = await body_of(ctx.request, Wanted)
    await access.count(ctx, "registrations")
    wanted = Registration(body.username, body.email, body.password, _country(ctx.headers))
    return success(player_shape(await ctx.world.accounts.register(wanted, body.captcha_token)))


def _country(headers: Headers) -> str:
    """The country a proxy says the visitor is in."""
    told = next((names for names in _WHEREABOUTS if all(name in headers for name in names)), None)
    return known_country(headers[told[0]] if told else "")
