"""Multiplayer matches, and replays."""

from base64 import b64encode
from dataclasses import dataclass

from server.dialects.osu_v1 import params
from server.dialects.osu_v1.errors import BROKEN_REPLAY, Refusal
from server.dialects.osu_v1.shapes.matches import MatchAnswer, ReplayAnswer, match_answer
from server.domain.beatmaps import BeatmapRef
from server.domain.privileges import NOBODY
from server.domain.problems import FileUnreadable, NotFound
from server.domain.rulesets import Mode
from server.domain.scores import Score
from server.web.dialect import Context


@dataclass(frozen=True)
class AskMatch:
    mp: int | None = params.number("The match's number in the history.")


@dataclass(frozen=True)
class AskReplay:
    b: int | None = params.number("The beatmap's id, with `u`.")
    u: str | None = params.user("The player's id or name, with `b`.")
    s: int | None = params.number("The score's id, in place of `b` and `u`.")
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode = params.mode()
    mods: int | None = params.mods("A bit field: of the best pass with exactly these mods. By default, of their best.")


async def get_match(asked: AskMatch, ctx: Context) -> MatchAnswer:
    """A multiplayer match that is over or open, with its games and their scores."""
    if asked.mp is None:
        raise NotFound("match")
    return match_answer(await ctx.world.matches.recorded(asked.mp, NOBODY))


async def get_replay(asked: AskReplay, ctx: Context) -> ReplayAnswer | Refusal:
    """The frames of a score's replay."""
    score_id = asked.s
    if score_id is None:
        try:
            score_id = (await _score(asked, ctx)).id
        except NotFound as problem:
            raise NotFound("replay") from problem
    try:
        frames: bytes = await ctx.world.replays.passed_frames(score_id, NOBODY)
    except FileUnreadable:
        return {"error": BROKEN_REPLAY}
    return {"content": b64encode(frames).decode(), "encoding": "base64"}


async def _score(asked: AskReplay, ctx: Context) -> Score:
    if asked.b is None or asked.u is None:
        raise NotFound("replay")
    beatmap = await ctx.world.beatmaps.find(BeatmapRef(id=asked.b))
    player = await params.player(ctx.world, asked.u, asked.type or asked.t)
    score: Score = await ctx.world.scores.best_pass(player, beatmap, asked.m, asked.mods)
    return score
