"""Beatmaps."""

from dataclasses import dataclass

from server.dialects.bancho_v2 import kinds, params
from server.dialects.bancho_v2.shapes import maps, scores
from server.dialects.bancho_v2.shapes.envelope import Listed, PagedMeta, ScopeMeta, Success, listed, success
from server.domain.beatmaps import MAP_ORDERS, BeatmapFilter, BeatmapRef
from server.domain.mods import ModFilter
from server.domain.rulesets import Mode
from server.domain.scores import Scope
from server.web.dialect import Context
from server.web.params import Real, param

_STARS = Real(0, 1000)


@dataclass(frozen=True)
class AskMaps:
    set_id: int | None = kinds.whole("Only beatmaps of this set.")
    server: str | None = kinds.text("Only those from there: osu!, or private for those made on this server.")
    status: int | None = kinds.whole("Only those with this status.")
    artist: str | None = kinds.text("Only those with just this artist.")
    creator: str | None = kinds.text("Only those with just this creator.")
    filename: str | None = kinds.text("Only those with just this file name.")
    mode: int | None = kinds.whole("Only those made for this ruleset, 0-3.")
    frozen: bool | None = kinds.flag("Only those whose status is not to be changed, or is.")
    q: tuple[str, ...] | None = param(
        kinds.WORDS, "Only those with each of these words in artist, title, version or creator."
    )
    min_diff: float | None = param(_STARS, "Only those with so many stars or more.")
    max_diff: float | None = param(_STARS, "Only those with so many stars or fewer.")
    ids: tuple[int, ...] | None = params.ids("Only these beatmaps.")
    order: str = params.order(*MAP_ORDERS)
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskMap:
    map_id: int = params.id_in_path("The beatmap's id.", 1001)


@dataclass(frozen=True)
class AskScores(AskMap):
    scope: str = params.scope("best", "best", "recent")
    mode: Mode = params.mode()
    mods: ModFilter | None = kinds.mods()
    limit: int = params.limit(50)
    page: int = params.page()


async def get_maps(asked: AskMaps, ctx: Context) -> Listed[maps.MapShape, PagedMeta]:
    """Beatmaps by what is known of them."""
    wanted = BeatmapFilter(
        ids=asked.ids,
        set_id=asked.set_id,
        server=asked.server,
        status=asked.status,
        artist=asked.artist,
        creator=asked.creator,
        filename=asked.filename,
        mode=asked.mode,
        frozen=asked.frozen,
        words=asked.q or (),
        min_diff=asked.min_diff,
        max_diff=asked.max_diff,
    )
    window = kinds.ordered(asked.page, asked.page_size, asked.order)
    total, found = await ctx.world.beatmaps.page(wanted, window, asked.order)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([maps.map_shape(each) for each in found], meta)


async def get_map(asked: AskMap, ctx: Context) -> Success[maps.MapShape]:
    """A beatmap by its id."""
    return success(maps.map_shape(await ctx.world.beatmaps.row(asked.map_id)))


async def get_map_rating(asked: AskMap, ctx: Context) -> Success[maps.RatingShape]:
    """What players gave a beatmap."""
    beatmap = await ctx.world.beatmaps.find(BeatmapRef(id=asked.map_id))
    return success(maps.rating_shape(await ctx.world.beatmaps.rating(beatmap)))


async def get_map_scores(asked: AskScores, ctx: Context) -> Listed[scores.MapScoreShape, ScopeMeta]:
    """Each player's best score on a beatmap: by score (Relax and Autopilot: by pp), or newest first."""
    beatmap = await ctx.world.beatmaps.find(BeatmapRef(id=asked.map_id))
    size, start = kinds.window(asked.page, asked.limit)
    found = await ctx.world.scores.on_beatmap(beatmap, Scope(asked.scope), asked.mode, asked.mods, size, start)
    meta: ScopeMeta = {"total": len(found), "scope": asked.scope, "mode": asked.mode}
    return listed([scores.map_score_shape(each) for each in found], meta)
