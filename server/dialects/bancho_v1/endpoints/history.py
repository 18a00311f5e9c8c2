"""What players were."""

from dataclasses import dataclass

from server.dialects.bancho_v1 import params
from server.dialects.bancho_v1.shapes import history
from server.web.dialect import Context


@dataclass(frozen=True)
class AskHistory:
    scope: str = params.scope("rank", "pp", "peak", "playcount")
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    mode: int = params.mode()
    limit: int = params.limit(90, 365)


async def get_player_history(asked: AskHistory, ctx: Context) -> history.HistoryAnswer:
    """A player's rank or pp on each of the last `limit` days, the best rank, or how often they played in each month.

    Days of which nothing is known are left out; the last one is now, as far as the player is ranked now.
    """
    mode = params.checked_mode(asked.mode)
    player = await ctx.world.players.find(params.player_ref(asked.id, asked.name), ctx.viewer)
    progress = ctx.world.progress
    match asked.scope:
        case "peak":
            return history.peak_answer(player, mode, await progress.best_rank(player, mode))
        case "playcount":
            return history.playcount_answer(player, mode, (await progress.months(player, mode))[-asked.limit :])
    days = await progress.days(player, mode, asked.limit)
    return history.pp_answer(player, mode, days) if asked.scope == "pp" else history.rank_answer(player, mode, days)
