"""A player's own picture."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from server.dialects.bancho_v2 import access, params
from server.dialects.bancho_v2.shapes.envelope import Success, success
from server.domain.avatars import MOST_PIXELS, Flaw, NoAvatar
from server.domain.problems import BadParameters, BadRequest, Fault
from server.web import forms
from server.web.bodies import whole_of
from server.web.dialect import Body, Context

MOST_BYTES: Final = 2 * 1024 * 1024

NAME: Final = "avatar_file"

BODY: Final = Body(
    "The image.",
    {
        "multipart/form-data": {
            "type": "object",
            "required": [NAME],
            "properties": {NAME: {"type": "string", "format": "binary"}},
        }
    },
)

_WORDS: Final = {
    Flaw.TOO_LARGE: "Avatar file too large (max 2MB).",
    Flaw.TOO_MANY_PIXELS: f"Avatar has too many pixels (max {MOST_PIXELS}).",
    Flaw.NO_PICTURE: "Avatars must be png or jpeg images.",
}


@dataclass(frozen=True)
class AskAvatar:
    player_id: int = params.id_in_path("The player's id, who must be the session's owner.")


async def set_avatar(asked: AskAvatar, ctx: Context) -> Success[None]:
    """Make an image (PNG or JPEG, 2 MiB at most) the avatar of the session's owner. It is served at `/avatars/<id>`."""
    content = await _sent(ctx.request)
    viewer = access.own(ctx, asked.player_id, "You may only update your own avatar.")
    await access.count(ctx, "avatars")
    try:
        if content is None:
            raise NoAvatar(Flaw.TOO_LARGE)
        await ctx.world.avatars.change(viewer.id, content, MOST_BYTES)
    except NoAvatar as problem:
        raise BadRequest(_WORDS[problem.flaw]) from problem
    return success(None)


async def _sent(request: Request) -> bytes | None:
    """The file that was sent; None where more came than there is in any avatar. Raises BadParameters."""
    try:
        body = await whole_of(request, MOST_BYTES + forms.AROUND)
    except BadParameters:  # too long for whatever stands in it to be told
        return None
    try:
        content = await forms.file_of(request, body, NAME)
    except forms.Broken as error:
        raise BadParameters((Fault("body", "form", f"a form with a file in it ({error})", place="body"),)) from error
    if content is None:
        raise BadParameters((Fault(NAME, "missing", "an image, as a file of a form (multipart)", place="body"),))
    return content
