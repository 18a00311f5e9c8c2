"""What concerns a whole game server, and scores, which are submitted in a lobby or alone."""

from server.dialects.live.bodies import LARGE, SMALL, ScoresIn, SnapshotIn
from server.dialects.live.params import AskServer
from server.dialects.live.shapes import said
from server.web.bodies import json_body
from server.web.dialect import Context


async def put_snapshot(asked: AskServer, ctx: Context) -> said.NewsAnswer:
    """The whole truth of a game server: nobody else is online there, and no other lobby is open.

    For its start, for when a heartbeat answers that something may be forgotten, and whenever it is in doubt.
    """
    body = await json_body(ctx.request, SnapshotIn, LARGE)
    return said.news_answer(await ctx.world.publishing.snapshot(asked.server, body.statuses(), body.lobbies()))


async def post_heartbeat(asked: AskServer, ctx: Context) -> said.HeartbeatAnswer:
    """What this game server has said stays true.

    To be sent every ten seconds: after thirty of silence, of other requests too, what was said is over.
    """
    publishing = ctx.world.publishing
    known = await publishing.heartbeat(asked.server)
    return {
        "known": known.before,
        "players": known.players,
        "matches": known.lobbies,
        "lease_seconds": publishing.lease_seconds,
    }


async def post_scores(asked: AskServer, ctx: Context) -> said.NewsAnswer:
    """Scores have been submitted. `played_at` left out is now.

    A score is known by its `score_id`, without one by player, beatmap, mode and `played_at`: said again within the hour
    it is no news.
    """
    body = await json_body(ctx.request, ScoresIn, 4 * SMALL)
    return said.news_answer(await ctx.world.publishing.scores(asked.server, body.plays()))
