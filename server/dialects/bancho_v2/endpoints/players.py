"""Players."""

from dataclasses import dataclass

from server.dialects.bancho_v2 import kinds, params
from server.dialects.bancho_v2.shapes import maps, players, scores
from server.dialects.bancho_v2.shapes.envelope import (
    CountMeta,
    Listed,
    ModeMeta,
    PagedMeta,
    ScopeMeta,
    Success,
    listed,
    success,
)
from server.domain.mods import ModFilter
from server.domain.players import PLAYER_ORDERS, Player, PlayerFilter, PlayerRef
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.scores import Scope
from server.web.dialect import Context
from server.web.params import REQUIRED, Choice, Flag, Text, param


@dataclass(frozen=True)
class AskPlayers:
    priv: int | None = kinds.whole("Only players with just these privileges.")
    country: str | None = kinds.text("Only players of this country, two letters.")
    clan_id: int | None = kinds.whole("Only members of this clan; 0: of none.")
    clan_priv: int | None = kinds.whole("Only those with this place in their clan.")
    preferred_mode: int | None = kinds.whole("Only players who prefer this mode.")
    play_style: int | None = kinds.whole("Only players with just this style.")
    ids: tuple[int, ...] | None = params.ids("Only these players.")
    order: str = params.order(*PLAYER_ORDERS)
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskSearch:
    q: str = param(Text(2, 32), "Part of the name.", REQUIRED, example="ai")
    limit: int = params.limit(100)


@dataclass(frozen=True)
class AskPlayer:
    player_id: str = param(kinds.ID_OR_NAME, "The player's id or name.", REQUIRED, example=3)
    key: str | None = param(Choice(("id", "username")), "What is in the path; without it an id if it can be one.")


@dataclass(frozen=True)
class AskById:
    player_id: int = params.id_in_path("The player's id.")


@dataclass(frozen=True)
class AskAllStats(AskById):
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskStats(AskById):
    mode: int = params.id_in_path("The mode's number.", 0)


@dataclass(frozen=True)
class AskScores(AskById):
    scope: str = params.scope("best", "best", "recent")
    mode: Mode = params.mode()
    mods: ModFilter | None = kinds.mods()
    limit: int = params.limit(25)
    include_loved: bool = param(Flag(), "Best scores: those on loved beatmaps too.", False)
    include_failed: bool = param(Flag(), "Recent plays: failed ones too.", True)
    page: int = params.page()


@dataclass(frozen=True)
class AskMostPlayed(AskById):
    mode: Mode = params.mode()
    limit: int = params.limit(25)
    page: int = params.page()


async def get_players(asked: AskPlayers, ctx: Context) -> Listed[players.PlayerShape, PagedMeta]:
    """Players by what their accounts hold."""
    wanted = PlayerFilter(
        ids=asked.ids,
        priv=asked.priv,
        country=asked.country,
        clan_id=asked.clan_id,
        clan_priv=asked.clan_priv,
        preferred_mode=asked.preferred_mode,
        play_style=asked.play_style,
    )
    window = kinds.ordered(asked.page, asked.page_size, asked.order)
    total, found = await ctx.world.players.page(wanted, ctx.viewer, window, asked.order)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([players.player_shape(each) for each in found], meta)


async def search_players(asked: AskSearch, ctx: Context) -> Listed[players.FoundShape, CountMeta]:
    """Players by a part of their name, oldest account first."""
    found = await ctx.world.players.search(asked.q, ctx.viewer, asked.limit, 0)
    return listed([players.found_shape(each) for each in found], {"total": len(found)})


async def get_player(asked: AskPlayer, ctx: Context) -> Success[players.PlayerShape]:
    """A player by id or, where no player with that id can be seen, by name."""
    return success(players.player_shape(await ctx.world.players.called(asked.player_id, asked.key, ctx.viewer)))


async def get_player_status(asked: AskById, ctx: Context) -> Success[players.StatusShape]:
    """What a player is doing in the game."""
    try:
        status = await ctx.world.online.status(await _player(asked.player_id, ctx))
    except NotFound as problem:
        raise NotFound("player status") from problem
    if status is None:
        raise NotFound("player status")
    return success(players.status_shape(status))


async def get_all_player_stats(asked: AskAllStats, ctx: Context) -> Listed[players.StatsShape, PagedMeta]:
    """A player in every mode, by mode."""
    player = await _player(asked.player_id, ctx)
    stats = (await ctx.world.players.stats([player]))[player.id]
    size, start = kinds.window(asked.page, asked.page_size)
    meta: PagedMeta = {"total": len(stats), "page": asked.page, "page_size": asked.page_size}
    return listed([players.stats_shape(each) for each in stats[start : start + size]], meta)


async def get_player_stats(asked: AskStats, ctx: Context) -> Success[players.StatsShape]:
    """A player in one mode."""
    stats = await ctx.world.players.stats_in(await _player(asked.player_id, ctx), asked.mode)
    if stats is None:
        raise NotFound("player stats")
    return success(players.stats_shape(stats))


async def get_player_scores(asked: AskScores, ctx: Context) -> Listed[scores.PlayerScoreShape, ScopeMeta]:
    """A player's best scores by pp, or latest plays."""
    size, start = kinds.window(asked.page, asked.limit)
    found = await ctx.world.scores.of_player(
        await _player(asked.player_id, ctx),
        Scope(asked.scope),
        asked.mode,
        asked.mods,
        loved=asked.include_loved,
        failed=asked.include_failed,
        limit=size,
        offset=start,
    )
    meta: ScopeMeta = {"total": len(found), "scope": asked.scope, "mode": asked.mode}
    return listed([scores.player_score_shape(each) for each in found], meta)


async def get_player_most_played(asked: AskMostPlayed, ctx: Context) -> Listed[maps.PlayedShape, ModeMeta]:
    """The beatmaps a player has most plays on."""
    size, start = kinds.window(asked.page, asked.limit)
    found = await ctx.world.scores.most_played_of(await _player(asked.player_id, ctx), asked.mode, size, start)
    meta: ModeMeta = {"total": len(found), "mode": asked.mode}
    return listed([maps.played_shape(each) for each in found], meta)


async def _player(player_id: int, ctx: Context) -> Player:
    player: Player = await ctx.world.players.find(PlayerRef(id=player_id), ctx.viewer)
    return player
