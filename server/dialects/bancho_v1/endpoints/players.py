"""Players."""

from dataclasses import dataclass

from server.dialects.bancho_v1 import params
from server.dialects.bancho_v1.shapes import live, players
from server.domain.players import LEADERBOARD_SORTS, Player
from server.web.dialect import Context
from server.web.params import Choice, Text, Whole, param


@dataclass(frozen=True)
class AskSearch:
    q: str | None = param(Text(0, 1024), "Part of the name; without it, everybody.")
    limit: int = params.limit(1000, 1000)
    offset: int | None = params.offset()
    page: int | None = params.page()


@dataclass(frozen=True)
class AskInfo:
    scope: str = params.scope("stats", "info", "all")
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    ids: tuple[int, ...] | None = params.player_ids()


@dataclass(frozen=True)
class AskStatus:
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    ids: tuple[int, ...] | None = params.player_ids()


@dataclass(frozen=True)
class AskLeaderboard:
    sort: str = param(Choice(LEADERBOARD_SORTS), "What to order by.", "pp")
    mode: int = params.mode()
    limit: int = params.limit(50)
    offset: int | None = params.offset()
    country: str | None = param(Text(2, 2), "Only players of this country, two letters.")
    page: int | None = params.page()


@dataclass(frozen=True)
class AskClan:
    id: int = params.required(Whole(1, params.MOST_ID), "The clan's id.", 1)


async def search_players(asked: AskSearch, ctx: Context) -> players.SearchAnswer:
    """Players by a part of their name, oldest account first."""
    start = params.start(asked.offset, asked.page, asked.limit)
    return players.search_answer(await ctx.world.players.search(asked.q or None, ctx.viewer, asked.limit, start))


async def get_player_count(asked: params.AskNothing, ctx: Context) -> players.CountAnswer:
    """How many players are online, and how many have registered; the bot is in neither."""
    return players.count_answer(await ctx.world.online.counts())


async def get_player_info(asked: AskInfo, ctx: Context) -> players.PlayerInfoAnswer | players.PlayersInfoAnswer:
    """A player's account, stats in all modes with ranks, or both. Several at once with `ids`."""
    if params.alone(asked.ids, id=asked.id, name=asked.name):
        found = await ctx.world.players.many(asked.ids, ctx.viewer)
        shapes = await _shapes(found, asked.scope, ctx)
        return players.players_answer(found, shapes)
    player = await ctx.world.players.find(params.player_ref(asked.id, asked.name), ctx.viewer)
    return {"status": "success", "player": (await _shapes([player], asked.scope, ctx))[0]}


async def _shapes(found: list[Player], scope: str, ctx: Context) -> list[players.PlayerShape]:
    if scope == "info":
        return [players.player_shape(player, None) for player in found]
    stats = await ctx.world.players.stats(found)
    return [players.player_shape(player if scope == "all" else None, stats[player.id]) for player in found]


async def get_player_status(asked: AskStatus, ctx: Context) -> live.StatusAnswer | live.StatusesAnswer:
    """What a player is doing now, or when they were last seen. Several at once with `ids`."""
    if params.alone(asked.ids, id=asked.id, name=asked.name):
        found = await ctx.world.players.many(asked.ids, ctx.viewer)
        return live.statuses_answer(await ctx.world.online.now_of_many(found))
    player = await ctx.world.players.find(params.player_ref(asked.id, asked.name), ctx.viewer)
    return live.status_answer(await ctx.world.online.now(player))


async def get_leaderboard(asked: AskLeaderboard, ctx: Context) -> players.LeaderboardAnswer:
    """The best players of a mode."""
    mode = params.checked_mode(asked.mode)
    start = params.start(asked.offset, asked.page, asked.limit)
    country = asked.country.lower() if asked.country else None
    return players.leaderboard_answer(await ctx.world.players.leaders(mode, asked.sort, country, asked.limit, start))


async def get_clan(asked: AskClan, ctx: Context) -> players.ClanAnswer:
    """A clan and its members."""
    return players.clan_answer(await ctx.world.clans.get(asked.id, ctx.viewer))
