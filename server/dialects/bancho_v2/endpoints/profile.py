"""What players change of their own account."""

from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from server.dialects.bancho_v2 import access, params
from server.dialects.bancho_v2.bodies import body_document, body_of
from server.dialects.bancho_v2.shapes.envelope import Success, success
from server.dialects.bancho_v2.shapes.players import PlayerShape, player_shape
from server.domain.accounts import ProfileChanges
from server.domain.problems import BadParameters, Fault, LiveAway, Unavailable
from server.domain.rulesets import MODES
from server.web.bodies import shown
from server.web.dialect import Context

_MODES: Final = [int(mode) for mode in MODES]

_Country = Annotated[str, Meta(description="Two letters (ISO 3166), in lower case, or `xx`.")]
_Mode = Annotated[int, Meta(description="The mode played by default.", extra_json_schema={"enum": _MODES})]
_Userpage = Annotated[str | None, Meta(description="At most 2048 characters; null takes it away.")]


class Changes(Struct, frozen=True):
    username: str | UnsetType = UNSET
    country: _Country | UnsetType = UNSET
    preferred_mode: _Mode | UnsetType = UNSET
    userpage_content: _Userpage | UnsetType = UNSET


class Passwords(Struct, frozen=True):
    current_password: str
    new_password: str
    end_other_sessions: Annotated[bool, Meta(description="Whoever else is signed in must do so anew.")] = False


EDIT_BODY: Final = body_document(Changes, "What to change. What is not given stays as it is.")
PASSWORD_BODY: Final = body_document(Passwords, "The password that is valid now, and the one to come.")


@dataclass(frozen=True)
class AskProfile:
    player_id: int = params.id_in_path("The player's id, who must be the session's owner.")


async def edit(asked: AskProfile, ctx: Context) -> Success[PlayerShape]:
    """Change name, country, mode or userpage: all of what is given, or nothing where any of it is refused."""
    body = await body_of(ctx.request, Changes)
    changes = _changes(body)
    viewer = access.own(ctx, asked.player_id, "You may only update your own profile.")
    if "name" in changes:
        await access.count_for(ctx, "renames", f"player {viewer.id}")
    return success(player_shape(await ctx.world.accounts.edit(viewer.id, changes)))


async def change_password(asked: AskProfile, ctx: Context) -> Success[None]:
    """Change the password. Other sessions stay, unless they are to end."""
    body = await body_of(ctx.request, Passwords)
    viewer = access.own(ctx, asked.player_id, "You may only change your own password.")
    await ctx.world.accounts.change_password(viewer.id, body.current_password, body.new_password, access.place(ctx))
    if body.end_other_sessions:
        try:
            await ctx.world.sessions.end_others(viewer.id, access.token(ctx))
        except LiveAway as problem:
            raise Unavailable("The password is changed, but other sessions could not be ended.") from problem
    return success(None)


def _changes(body: Changes) -> ProfileChanges:
    """What is given. Raises BadParameters for a mode that nobody can play."""
    changes: ProfileChanges = {}
    if body.username is not UNSET:
        changes["name"] = body.username
    if body.country is not UNSET:
        changes["country"] = body.country
    if body.preferred_mode is not UNSET:
        changes["preferred_mode"] = _playable(body.preferred_mode)
    if body.userpage_content is not UNSET:
        changes["userpage_content"] = body.userpage_content
    return changes


def _playable(mode: int) -> int:
    if mode not in _MODES:
        known = ", ".join(map(str, _MODES))
        complaint = f"invalid gamemode; valid values are {known}"
        raise BadParameters((Fault("preferred_mode", "value", f"one of {known}", shown(mode), complaint, "body"),))
    return mode
