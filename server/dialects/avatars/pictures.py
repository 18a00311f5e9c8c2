"""Who is asked for, and their picture."""

import re
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import HTTPConnection

from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import NotFound
from server.web.dialect import Context, Route
from server.web.params import REQUIRED, Refused, Words, param
from server.web.respond import File

# Whatever the picture is, its address may be written with the ending of any.
_NAME: Final = r"(0|[1-9][0-9]{0,9})(\.(png|jpg|gif|jpeg|jfif))?"

_HEADERS: Final = {"cache-control": "public, max-age=60", "x-content-type-options": "nosniff"}


def _read_id(name: str) -> int:
    if found := re.fullmatch(_NAME, name, re.ASCII):
        return int(found[1])
    raise Refused("value", "a player's id")


@dataclass(frozen=True)
class AskAvatar:
    player: int = param(
        Words(_read_id, {"type": "string", "pattern": f"^{_NAME}$"}),
        "A player's id, with the ending of a picture or without.",
        REQUIRED,
        example=3,
    )


async def viewer(world: Any, connection: HTTPConnection, route: Route) -> Viewer:
    """Nobody in particular: everybody's picture may be seen by all."""
    return NOBODY


async def avatar(asked: AskAvatar, ctx: Context) -> File:
    """A player's picture: a PNG, JPEG, GIF or WebP, whatever the address ends with."""
    found = await ctx.world.avatars.of(asked.player)
    if found is None:
        raise NotFound("avatar")
    return File(found.content, found.media_type, _HEADERS)
