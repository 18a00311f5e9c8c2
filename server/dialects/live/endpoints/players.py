"""Who is online."""

from dataclasses import dataclass

from server.dialects.live import params
from server.dialects.live.bodies import SMALL, PlayerPatch, PlayerPut
from server.dialects.live.params import AskPlayer
from server.dialects.live.shapes import now, said
from server.web.bodies import json_body
from server.web.dialect import Context
from server.web.params import Whole, param


@dataclass(frozen=True)
class AskPlayers:
    mode: int | None = param(params.MODE, "Only those in this mode: 0-6 or 8, or a name such as `osurx`.")
    country: str | None = param(params.COUNTRY, "Only those of this country: two letters, in either case.")
    action: int | None = param(Whole(0, 13), "Only those who do this: 0 idle, 2 playing, 6 watching, ...")
    server: str | None = param(params.SERVER, "Only those at this game server.")
    limit: int = param(Whole(1, 1000, clamp=True), "How many at most; more than 1000 means 1000.", 50)
    offset: int = param(Whole(0, params.MOST_ID), "How many to leave out first.", 0)


async def players(asked: AskPlayers, ctx: Context) -> now.PlayersAnswer:
    """Who is online and what they do, by id."""
    country = asked.country.lower() if asked.country is not None else None
    total, found = await ctx.world.online.listing(
        asked.mode, country, asked.action, asked.server, asked.limit, asked.offset, ctx.viewer
    )
    return now.players_answer(total, found)


async def put_player(asked: AskPlayer, ctx: Context) -> said.NewsAnswer:
    """A player is online and does this.

    They are at one game server, the one that said so last. Another `login_time` than the one known is another login.
    """
    body = await json_body(ctx.request, PlayerPut, SMALL)
    return said.news_answer(await ctx.world.publishing.put_player(asked.server, body.status(asked.id)))


async def patch_player(asked: AskPlayer, ctx: Context) -> said.NewsAnswer:
    """Some of what a player does has changed. 404 where they are not online at this game server."""
    body = await json_body(ctx.request, PlayerPatch, SMALL)
    body.something()
    return said.news_answer(await ctx.world.publishing.patch_player(asked.server, asked.id, body.given()))


async def delete_player(asked: AskPlayer, ctx: Context) -> said.NewsAnswer:
    """A player has logged out. One whom another game server has claimed since stays online."""
    return said.news_answer(await ctx.world.publishing.player_left(asked.server, asked.id))
