"""Scores, of a beatmap and of a player."""

from dataclasses import dataclass
from typing import Final

from server.dialects.osu_v1 import params
from server.dialects.osu_v1.shapes.scores import (
    BeatmapScoreShape,
    BestScoreShape,
    RecentScoreShape,
    beatmap_score,
    best_score,
    recent_score,
)
from server.domain.beatmaps import HAS_LEADERBOARD, Beatmap, BeatmapRef
from server.domain.rulesets import Mode
from server.domain.scores import Scope, Score
from server.web.dialect import Context

DAY_SECONDS: Final = 86_400


@dataclass(frozen=True)
class AskScores:
    b: int | None = params.number("The beatmap's id; without it there are no scores.")
    u: str | None = params.user("Only this player's: their best with each combination of mods.")
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode = params.mode()
    mods: int | None = params.mods("A bit field: only passes with exactly these mods, each player's best.")
    limit: int = params.limit(50, 100)


@dataclass(frozen=True)
class AskBest:
    u: str | None = params.user()
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode = params.mode()
    limit: int = params.limit(10, 100)


@dataclass(frozen=True)
class AskRecent:
    u: str | None = params.user()
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode = params.mode()
    limit: int = params.limit(10, 50)


async def get_scores(asked: AskScores, ctx: Context) -> list[BeatmapScoreShape]:
    """The best scores on a ranked, approved or loved beatmap."""
    if asked.b is None:
        return []
    beatmap: Beatmap = await ctx.world.beatmaps.find(BeatmapRef(id=asked.b))
    if beatmap.status not in HAS_LEADERBOARD:
        return []
    found = await _on(beatmap, asked, ctx)
    there = ctx.world.replays.there([score.id for score, _ in found])
    return [
        beatmap_score(score, name, ctx.world.scores.moment(score), beatmap.status, score.id in there)
        for score, name in found
    ]


async def _on(beatmap: Beatmap, asked: AskScores, ctx: Context) -> list[tuple[Score, str]]:
    """The scores asked for, each with its player's name."""
    scores = ctx.world.scores
    if asked.u is not None:
        player = await params.player(ctx.world, asked.u, asked.type or asked.t)
        own = await scores.by_mods(player, beatmap, asked.m, asked.mods, asked.limit)
        return [(score, player.name) for score in own]
    if asked.mods is not None:
        board = await scores.exactly_on(beatmap, asked.m, asked.mods, asked.limit)
    else:
        board = await scores.on_beatmap(beatmap, Scope.BEST, asked.m, None, asked.limit, 0)
    return [(row.score, row.player_name) for row in board]


async def get_user_best(asked: AskBest, ctx: Context) -> list[BestScoreShape]:
    """A player's best scores on ranked and approved beatmaps, most pp first."""
    player = await params.player(ctx.world, asked.u, asked.type or asked.t)
    found = await ctx.world.scores.of_player(
        player, Scope.BEST, asked.m, None, loved=False, failed=False, limit=asked.limit, offset=0
    )
    there = ctx.world.replays.there([each.score.id for each in found])
    return [
        best_score(score, player.name, ctx.world.scores.moment(score), beatmap.id, beatmap.status, score.id in there)
        for score, beatmap in found
    ]


async def get_user_recent(asked: AskRecent, ctx: Context) -> list[RecentScoreShape]:
    """A player's plays of the last 24 hours, failed ones too, newest first."""
    player = await params.player(ctx.world, asked.u, asked.type or asked.t)
    since = ctx.world.clock() - DAY_SECONDS
    found = await ctx.world.scores.played_since(player, asked.m, since, asked.limit)
    return [recent_score(score, ctx.world.scores.moment(score), beatmap.id) for score, beatmap in found]
