"""Updates."""

from dataclasses import dataclass

from server.dialects.osutrack import params
from server.dialects.osutrack.shapes.updates import (
    NewHiscoreShape,
    UpdateShape,
    new_hiscore,
    of_idler,
    of_nobody,
    of_player,
)
from server.domain.players import PlayerRef
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.snapshots import NewTopPlay
from server.web.dialect import Context


@dataclass(frozen=True)
class AskUpdate:
    user: int = params.user()
    mode: Mode = params.mode()


async def update(asked: AskUpdate, ctx: Context) -> UpdateShape:
    """Keep what a player's figures are now, and their new top plays; how the figures differ from those last kept."""
    player = await params.find(ctx.world, PlayerRef(id=asked.user))
    if player is None:
        return of_nobody(asked.mode)
    try:
        found = await ctx.world.tracking.update(player, asked.mode)
    except NotFound:
        return of_idler(player, asked.mode)
    return of_player(player, asked.mode, found, _new(found.plays, ctx))


def _new(plays: tuple[NewTopPlay, ...], ctx: Context) -> list[NewHiscoreShape]:
    there = ctx.world.replays.there([each.score.id for each in plays])
    return [new_hiscore(each, ctx.world.scores.moment(each.score), each.score.id in there) for each in plays]
