"""Players."""

from dataclasses import dataclass
from typing import Final

from server.dialects.osu_v1 import params
from server.dialects.osu_v1.shapes.users import UserShape, user_shape
from server.domain.rulesets import Mode
from server.web.dialect import Context
from server.web.params import param

DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class AskUser:
    u: str | None = params.user()
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode = params.mode()
    event_days: int = param(
        params.Clamped(1, 31), "Of how many days events are told, 1 to 31.", 1, empty=True, lenient=True
    )


async def get_user(asked: AskUser, ctx: Context) -> list[UserShape]:
    """A player in one mode, with what happened to them lately. An empty list if nobody is called so."""
    player = await params.player(ctx.world, asked.u, asked.type or asked.t)
    ranked = await ctx.world.players.stats_in(player, asked.m)
    if ranked is None or not ranked.stats.plays:
        return [user_shape(player, None, None, [])]
    achievements = ctx.world.achievements
    totals = await achievements.totals(player.id, asked.m)
    since = int(ctx.world.clock() * 1000) - asked.event_days * DAY_MS
    events = await achievements.events(player.id, since)
    return [user_shape(player, ranked, totals, events)]
