"""What needs a key: calculate_pp, and what concerns the key's owner."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from server.dialects.bancho_v1 import params
from server.dialects.bancho_v1.bodies import AVATAR_TOO_LARGE, MOST_AVATAR_BYTES, avatar_in, changes_in
from server.dialects.bancho_v1.params import BITS
from server.dialects.bancho_v1.shapes import performance, players
from server.domain.avatars import MOST_PIXELS, Flaw, NoAvatar
from server.domain.performance import Play
from server.domain.problems import BadRequest, Forbidden, NotFound
from server.web.dialect import Context
from server.web.params import Many, Real, Whole, param

COUNT = Whole(0, 100_000_000)

# What bancho.py answers for when no accuracy is asked for.
ACCURACIES = (100.0, 99.0, 98.0, 95.0)

NO_AVATAR = {
    Flaw.TOO_LARGE: AVATAR_TOO_LARGE,
    Flaw.TOO_MANY_PIXELS: f"avatar has too many pixels (max {MOST_PIXELS}).",
    Flaw.NO_PICTURE: "invalid file type.",
}


@dataclass(frozen=True)
class AskPerformance:
    id: int = params.required(Whole(0, params.MOST_ID), "The beatmap's id.")
    nkatu: int | None = param(COUNT, "Hit count; with any of these a single play is judged.")
    ngeki: int | None = param(COUNT, "Hit count.")
    n100: int | None = param(COUNT, "Hit count.")
    n50: int | None = param(COUNT, "Hit count.")
    misses: int = param(COUNT, "Misses.", 0)
    mods: int = param(BITS, "A bit field, or letters.", 0)
    mode: int = params.mode()
    combo: int | None = param(COUNT, "Highest combo; without it, full combo.")
    acc: tuple[float, ...] = param(Many(Real(0, 100)), "Accuracies in percent, any number of them.", ACCURACIES)


@dataclass(frozen=True)
class AskFriends:
    limit: int = params.limit(1000, 1000)
    offset: int | None = params.offset()
    page: int | None = params.page()


class Changed(TypedDict):
    """With the dot, as bancho.py's clients have always got it."""

    status: Literal["success."]


async def calculate_pp(asked: AskPerformance, ctx: Context) -> list[performance.WorthShape] | performance.WorthShape:
    """What a play on a beatmap would be worth: a list, one for each accuracy, or a single one for given hit counts."""
    mode = asked.mode % 4
    counts = (asked.n100, asked.n50, asked.ngeki, asked.nkatu)
    counted = any(count is not None for count in counts)
    if counted:  # a count that is not given is none of them, as bancho.py has it
        plays = [Play(mode, asked.mods, asked.combo, asked.misses, None, *(count or 0 for count in counts))]
    else:
        plays = [Play(mode, asked.mods, asked.combo, asked.misses, acc) for acc in asked.acc]
    try:
        worth = await ctx.world.performance.of(asked.id, tuple(plays))
    except NotFound as problem:
        raise BadRequest("Beatmap not found.") from problem
    shapes = [performance.worth_shape(play, each) for play, each in zip(plays, worth, strict=True)]
    return shapes[0] if counted else shapes


async def get_friends(asked: AskFriends, ctx: Context) -> players.FriendsAnswer:
    """Whom the key's owner has befriended, by name."""
    start = params.start(asked.offset, asked.page, asked.limit)
    return players.friends_answer(await ctx.world.players.friends(ctx.viewer, asked.limit, start))


async def set_avatar(asked: params.AskNothing, ctx: Context) -> Changed:
    """Make an image (PNG or JPEG, 4 MiB at most) the avatar of the key's owner."""
    content = await avatar_in(ctx.request)
    try:
        await ctx.world.avatars.change(ctx.viewer.id, content, MOST_AVATAR_BYTES)
    except NoAvatar as problem:
        raise BadRequest(NO_AVATAR[problem.flaw]) from problem
    return {"status": "success."}


async def set_player_info(asked: params.AskNothing, ctx: Context) -> players.PlayerInfoAnswer:
    """Change what is given of the key's owner: all of it, or nothing where any of it is refused."""
    changes = await changes_in(ctx.request)
    try:
        player = await ctx.world.players.change(ctx.viewer, changes)
    except Forbidden as problem:
        raise BadRequest(problem.message) from problem
    return {"status": "success", "player": {"info": players.info_shape(player)}}
