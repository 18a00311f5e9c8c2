"""Scores and replays."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from server.dialects.bancho_v2 import kinds, params
from server.dialects.bancho_v2.shapes import scores
from server.dialects.bancho_v2.shapes.envelope import Listed, PagedMeta, Success, listed, success
from server.domain.listing import DEEPEST_SCORES
from server.domain.scores import GRADES, SCORE_ORDERS, Beside, ScoreFilter
from server.web.dialect import Context
from server.web.params import Choice, Many, Whole, param
from server.web.respond import File

REPLAY: Final = "application/x-osu-replay"

_MOMENT: Final = Whole(0, 2**32)


@dataclass(frozen=True)
class AskScores:
    map_md5: str | None = kinds.text("Only scores on this file of a beatmap.")
    mods: int | None = param(kinds.EXACT_BITS, "Only scores with just these mods, a bit field or letters.")
    status: int | None = kinds.whole("Only those with this status: 0 failed, 1 submitted, 2 best.")
    mode: int | None = kinds.whole("Only those in this mode.")
    user_id: int | None = kinds.whole("Only this player's.")
    map_id: int | None = kinds.whole("Only those on this beatmap, as it is now.")
    set_id: int | None = kinds.whole("Only those on beatmaps of this set, as they are now.")
    mods_all: int | None = param(kinds.BITS, "Only scores with all of these mods, and maybe others.")
    mods_any: int | None = param(kinds.BITS, "Only scores with any of these mods.")
    grade: str | None = param(Choice(GRADES), "Only scores with this grade.")
    perfect: bool | None = kinds.flag("Only scores with full combo, or without.")
    since: int | None = param(_MOMENT, "Only plays at this Unix time or later.")
    until: int | None = param(_MOMENT, "Only plays before this Unix time.")
    ids: tuple[int, ...] | None = params.ids("Only these scores.")
    include: tuple[str, ...] = param(
        Many(Choice(tuple(each.value for each in Beside)), distinct=True), "What to tell beside each score.", ()
    )
    order: str = params.order(*SCORE_ORDERS)
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskScore:
    score_id: int = params.id_in_path("The score's id.", 1)


async def get_scores(asked: AskScores, ctx: Context) -> Listed[scores.ScoreShape, PagedMeta]:
    """Everybody's scores, failed ones too. Those of hidden players are left out."""
    clock = ctx.world.scores.wall_clock
    wanted = ScoreFilter(
        ids=asked.ids,
        map_md5=asked.map_md5,
        map_id=asked.map_id,
        set_id=asked.set_id,
        mods=asked.mods,
        mods_all=asked.mods_all,
        mods_any=asked.mods_any,
        status=asked.status,
        mode=asked.mode,
        user_id=asked.user_id,
        grade=asked.grade,
        perfect=asked.perfect,
        since=None if asked.since is None else clock(asked.since),
        until=None if asked.until is None else clock(asked.until),
    )
    window = kinds.ordered(asked.page, asked.page_size, asked.order, DEEPEST_SCORES)
    include = frozenset(Beside(each) for each in asked.include)
    total, found = await ctx.world.scores.page(wanted, ctx.viewer, window, asked.order, include)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([scores.listed_score_shape(each, include) for each in found], meta)


async def get_score(asked: AskScore, ctx: Context) -> Success[scores.ScoreDetailShape]:
    """A score by its id, with its beatmap and its player."""
    return success(scores.score_detail_shape(await ctx.world.scores.whole(asked.score_id, ctx.viewer)))


async def get_score_replay(asked: AskScore, ctx: Context) -> File:
    """A score's replay as an `.osr` file."""
    replay = await ctx.world.replays.get(asked.score_id, ctx.viewer)
    # Twice: as plain ASCII for old clients, and whole (RFC 6266, RFC 8187).
    plain = replay.name.encode("ascii", "replace").decode("ascii").translate(_UNQUOTABLE)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(replay.name, safe='')}"
    return File(replay.content, REPLAY, {"content-disposition": disposition})


_UNQUOTABLE: Final = str.maketrans('"\\', "'_")
