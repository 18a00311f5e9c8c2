"""Scores and replays."""

from dataclasses import dataclass

from server.dialects.bancho_v1 import downloads, params
from server.dialects.bancho_v1.shapes import beatmaps, scores
from server.domain.mods import ModFilter
from server.domain.players import PlayerRef
from server.domain.problems import BadRequest
from server.domain.scores import Scope
from server.web.dialect import Context
from server.web.params import Flag, Whole, param
from server.web.respond import File

SCORE_ID = Whole(0, 2**63 - 1)


@dataclass(frozen=True)
class AskPlayerScores:
    scope: str = params.scope("recent", "best")
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    mods: ModFilter | None = params.mods()
    mode: int = params.mode()
    limit: int = params.limit(25)
    include_loved: bool = param(Flag(), "Best scores: those on loved beatmaps too.", False)
    include_failed: bool = param(Flag(), "Recent plays: failed ones too.", True)
    offset: int | None = params.offset()
    page: int | None = params.page()


@dataclass(frozen=True)
class AskMostPlayed:
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    mode: int = params.mode()
    limit: int = params.limit(25)
    offset: int | None = params.offset()
    page: int | None = params.page()


@dataclass(frozen=True)
class AskFirstPlaces:
    id: int | None = params.player_id()
    name: str | None = params.player_name()
    mode: int = params.mode()
    limit: int = params.limit(25)
    offset: int | None = params.offset()
    page: int | None = params.page()


@dataclass(frozen=True)
class AskMapScores:
    scope: str = params.scope("recent", "best")
    id: int | None = param(Whole(0, params.MOST_ID), "The beatmap's id.")
    md5: str | None = param(params.MD5, "The md5 of the beatmap's file.")
    mods: ModFilter | None = params.mods()
    mode: int = params.mode()
    limit: int = params.limit(50)
    offset: int | None = params.offset()
    page: int | None = params.page()


@dataclass(frozen=True)
class AskScore:
    id: int = params.required(SCORE_ID, "The score's id.", 1)


@dataclass(frozen=True)
class AskReplay:
    id: int = params.required(SCORE_ID, "The score's id.", 1)
    include_headers: bool = param(Flag(), "False: the stored stream of frames alone.", True)


async def get_player_scores(asked: AskPlayerScores, ctx: Context) -> scores.PlayerScoresAnswer:
    """A player's best scores by pp, or latest plays."""
    mode = params.checked_mode(asked.mode)
    ref = params.player_ref(asked.id, asked.name)
    start = params.start(asked.offset, asked.page, asked.limit)
    player = await ctx.world.players.find(ref, ctx.viewer)
    found = await ctx.world.scores.of_player(
        player,
        Scope(asked.scope),
        mode,
        asked.mods,
        loved=asked.include_loved,
        failed=asked.include_failed,
        limit=asked.limit,
        offset=start,
    )
    return scores.player_scores_answer(player, await ctx.world.scores.clan_of(player), found)


async def get_player_first_places(asked: AskFirstPlaces, ctx: Context) -> scores.PlayerScoresAnswer:
    """The scores with which a player is first on a beatmap, newest first."""
    mode = params.checked_mode(asked.mode)
    ref = params.player_ref(asked.id, asked.name)
    start = params.start(asked.offset, asked.page, asked.limit)
    player = await ctx.world.players.find(ref, ctx.viewer)
    found = await ctx.world.achievements.firsts(player.id, mode, asked.limit, start)
    return scores.player_scores_answer(player, await ctx.world.scores.clan_of(player), found)


async def get_player_most_played(asked: AskMostPlayed, ctx: Context) -> beatmaps.MostPlayedAnswer:
    """The beatmaps a player has most plays on. With both `id` and `name`, `id` counts."""
    mode = params.checked_mode(asked.mode)
    if asked.id is None and asked.name is None:
        raise BadRequest("Must provide either id or name.")
    ref = PlayerRef(id=asked.id) if asked.id is not None else PlayerRef(name=asked.name)
    start = params.start(asked.offset, asked.page, asked.limit)
    player = await ctx.world.players.find(ref, ctx.viewer)
    return beatmaps.most_played_answer(await ctx.world.scores.most_played_of(player, mode, asked.limit, start))


async def get_map_scores(asked: AskMapScores, ctx: Context) -> scores.MapScoresAnswer:
    """Each player's best score on a beatmap: by score (Relax and Autopilot: by pp), or newest first."""
    mode = params.checked_mode(asked.mode)
    ref = params.beatmap_ref(asked.id, asked.md5)
    start = params.start(asked.offset, asked.page, asked.limit)
    beatmap = await ctx.world.beatmaps.find(ref)
    return scores.map_scores_answer(
        await ctx.world.scores.on_beatmap(beatmap, Scope(asked.scope), mode, asked.mods, asked.limit, start)
    )


async def get_score_info(asked: AskScore, ctx: Context) -> scores.ScoreAnswer:
    """A score by its id."""
    return scores.score_answer(await ctx.world.scores.find(asked.id, ctx.viewer))


async def get_replay(asked: AskReplay, ctx: Context) -> File:
    """A score's replay as an `.osr` file, or its stored frames (an LZMA stream) alone."""
    if not asked.include_headers:
        return downloads.frames(await ctx.world.replays.frames(asked.id, ctx.viewer))
    replay = await ctx.world.replays.get(asked.id, ctx.viewer)
    return downloads.replay(replay.name, replay.content)
