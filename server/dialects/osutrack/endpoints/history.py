"""What was kept."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from server.dialects.osutrack import access, params
from server.dialects.osutrack.shapes.history import (
    BestPlayShape,
    HiscoreShape,
    PeakShape,
    StatsShape,
    best_play,
    hiscore,
    peak_shape,
    stats_shape,
)
from server.domain.players import Player, PlayerRef
from server.domain.problems import BadParameters, Fault, NotFound, ReadOnly
from server.domain.rulesets import Mode
from server.domain.snapshots import NO_PEAK
from server.web.dialect import Context
from server.web.pages import Pages
from server.web.params import Refused


@dataclass(frozen=True)
class AskStats:
    user: int = params.user()
    mode: Mode = params.mode()
    start: int | None = params.start()
    end: int | None = params.end()


@dataclass(frozen=True)
class AskHiscores:
    user: str = params.user_or_name()
    mode: Mode = params.mode_or_osu()
    start: int | None = params.start()
    end: int | None = params.end()
    user_mode: str = params.user_mode()


@dataclass(frozen=True)
class AskPeak:
    user: int = params.user()
    mode: Mode = params.mode()


@dataclass(frozen=True)
class AskBest:
    mode: Mode = params.mode()
    start: int | None = params.start()
    end: int | None = params.end()
    limit: int = params.limit()


async def stats_history(asked: AskStats, ctx: Context) -> list[StatsShape]:
    """All that was kept of a player's figures, oldest first."""
    player = await params.find(ctx.world, PlayerRef(id=asked.user))
    if player is None:
        return []
    found = await ctx.world.progress.snapshots(player, asked.mode, *params.window(asked.start, asked.end))
    return [stats_shape(each) for each in found]


async def hiscores(asked: AskHiscores, ctx: Context) -> list[HiscoreShape]:
    """A player's recorded top plays, in the order they were played. If there are none, they are recorded first."""
    player = await _player(asked, ctx)
    if player is None:
        return []
    progress = ctx.world.progress
    if not await progress.has_top_plays(player, asked.mode):
        await access.count(ctx.world, HTTPConnection(ctx.scope))
        try:
            await ctx.world.tracking.update(player, asked.mode)
        except (NotFound, ReadOnly):  # nothing to record, or nowhere to
            return []
    found = await progress.top_plays(player, asked.mode, *params.window(asked.start, asked.end))
    return [hiscore(each) for each in found]


async def _player(asked: AskHiscores, ctx: Context) -> Player | None:
    """Whom `user` means. Raises BadParameters where it is no id, or nobody's name."""
    if asked.user_mode == params.BY_NAME:
        player = await params.find(ctx.world, PlayerRef(name=asked.user))
        if player is None:
            raise BadParameters((Fault("user", "choice", "the name of a user", asked.user),))
        return player
    try:
        user_id = params.read_id(asked.user)
    except Refused as refused:
        raise BadParameters((Fault("user", refused.kind, params.USER_OR_NAME, asked.user),)) from refused
    return await params.find(ctx.world, PlayerRef(id=user_id))


async def peak(asked: AskPeak, ctx: Context) -> list[PeakShape]:
    """A player's best rank and best accuracy of all that was kept, and when they last were so. Always one entry."""
    player = await params.find(ctx.world, PlayerRef(id=asked.user))
    return [peak_shape(NO_PEAK if player is None else await ctx.world.progress.peak(player, asked.mode))]


async def bestplays(asked: AskBest, ctx: Context) -> Pages[list[BestPlayShape]]:
    """The recorded top plays of all players, most pp first."""
    found = ctx.world.progress.best_plays(asked.mode, *params.window(asked.start, asked.end), asked.limit)
    return Pages([best_play(each) for each in page] async for page in found)
