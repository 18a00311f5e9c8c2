"""Multiplayer lobbies, and what is played in them."""

from dataclasses import dataclass

from server.dialects.live import params
from server.dialects.live.bodies import SMALL, GameIn, MatchPatch, MatchPut
from server.dialects.live.params import AskMatch, AskNothing
from server.dialects.live.shapes import now, said
from server.web.bodies import json_body
from server.web.dialect import Context


@dataclass(frozen=True)
class AskOne:
    id: tuple[str | None, int] = params.required(
        params.MATCH,
        "`main:4`: number 4 of the game server `main`. `4`: that of the first one by name that has it.",
        "4",
    )


async def matches(asked: AskNothing, ctx: Context) -> now.MatchesAnswer:
    """All lobbies as they stand, by number and game server."""
    return now.matches_answer(await ctx.world.matches.all(ctx.viewer))


async def match(asked: AskOne, ctx: Context) -> now.MatchShape:
    """A lobby as it stands. 404 also while the live layer is away."""
    server, number = asked.id
    return now.match_shape(await ctx.world.matches.get(number, ctx.viewer, server))


async def put_match(asked: AskMatch, ctx: Context) -> said.NewsAnswer:
    """A lobby is open and looks like this. Another `opened_at` than the one known is another lobby."""
    body = await json_body(ctx.request, MatchPut, SMALL)
    return said.news_answer(await ctx.world.publishing.put_lobby(asked.server, body.lobby(asked.id)))


async def patch_match(asked: AskMatch, ctx: Context) -> said.NewsAnswer:
    """Some of a lobby has changed. 404 where it is not open at this game server."""
    body = await json_body(ctx.request, MatchPatch, SMALL)
    body.something()
    return said.news_answer(await ctx.world.publishing.patch_lobby(asked.server, asked.id, body.changes()))


async def delete_match(asked: AskMatch, ctx: Context) -> said.NewsAnswer:
    """A lobby is no more."""
    return said.news_answer(await ctx.world.publishing.lobby_closed(asked.server, asked.id))


async def post_game(asked: AskMatch, ctx: Context) -> said.NewsAnswer:
    """A game is over; each of its scores counts as submitted.

    What the game leaves out is as the lobby has it, what a score leaves out as the game and its player's slot have it;
    `ended_at` is now. 400 where it is not known when the lobby opened and the game began. A game is known by these two
    times: said again within the hour it is no news.
    """
    body = await json_body(ctx.request, GameIn, SMALL)
    return said.news_answer(await ctx.world.publishing.game(asked.server, asked.id, body.fields(), body.plays()))
