"""Beatmaps, pools and lobbies."""

from dataclasses import dataclass

from server.dialects.bancho_v1 import params
from server.dialects.bancho_v1.shapes import beatmaps, live
from server.domain.problems import LiveAway, NotFound
from server.web.dialect import Context
from server.web.params import Many, Whole, param

MAP_ID = Whole(3, params.MOST_ID)


@dataclass(frozen=True)
class AskMap:
    id: int | None = param(MAP_ID, "The beatmap's id.")
    md5: str | None = param(params.MD5, "The md5 of the beatmap's file.")
    ids: tuple[int, ...] | None = param(
        Many(MAP_ID, distinct=True),
        "Several beatmaps at once, parted by commas; those that are not there are left out.",
    )


@dataclass(frozen=True)
class AskPool:
    id: int = params.required(Whole(1, params.MOST_ID), "The pool's id.", 1)


@dataclass(frozen=True)
class AskMatch:
    id: int = params.required(Whole(0, 64), "The lobby's number on the game server.", 1)


async def get_map_info(asked: AskMap, ctx: Context) -> beatmaps.MapAnswer | beatmaps.MapsAnswer:
    """A beatmap by id or md5 (with both, the id counts). Several at once with `ids`."""
    if params.alone(asked.ids, id=asked.id, md5=asked.md5):
        return beatmaps.maps_answer(await ctx.world.beatmaps.many(asked.ids))
    return beatmaps.map_answer(await ctx.world.beatmaps.find(params.beatmap_ref(asked.id, asked.md5)))


async def get_mappool(asked: AskPool, ctx: Context) -> beatmaps.PoolAnswer:
    """A tournament pool with its beatmaps."""
    return beatmaps.pool_answer(await ctx.world.beatmaps.pool(asked.id, ctx.viewer))


async def get_match(asked: AskMatch, ctx: Context) -> live.MatchAnswer:
    """A multiplayer lobby as it stands now."""
    try:
        return live.match_answer(await ctx.world.matches.get(asked.id, ctx.viewer))
    except LiveAway as away:  # bancho.py keeps lobbies to itself, so it knows no third answer
        raise NotFound("match") from away
