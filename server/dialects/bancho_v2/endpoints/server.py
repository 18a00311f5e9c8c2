"""The server."""

from server.dialects.bancho_v2.params import AskNothing
from server.dialects.bancho_v2.shapes.envelope import Success, success
from server.dialects.bancho_v2.shapes.server import ServerStatsShape, server_stats_shape
from server.web.dialect import Context


async def get_server_stats(asked: AskNothing, ctx: Context) -> Success[ServerStatsShape]:
    """How many players are online, the bot left out, and how many have registered."""
    return success(server_stats_shape(await ctx.world.online.counts(bots=True)))
