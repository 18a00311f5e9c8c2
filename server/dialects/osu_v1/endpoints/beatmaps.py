"""Beatmaps."""

from dataclasses import dataclass

from server.dialects.osu_v1 import params
from server.dialects.osu_v1.shapes.beatmaps import BeatmapShape, beatmap_shape
from server.domain.beatmap_files import DIFFICULTY_MODS
from server.domain.beatmaps import BeatmapSearch, Creator
from server.domain.mods import NIGHTCORE
from server.domain.problems import NotFound
from server.domain.rulesets import Mode, Ruleset
from server.web.dialect import Context
from server.web.params import Flag, Text, param


@dataclass(frozen=True)
class AskBeatmaps:
    since: int | None = params.since("Only those ranked, approved or loved then or later, oldest first. UTC.")
    s: int | None = params.number("The set's id.")
    b: int | None = params.number("The beatmap's id.")
    h: str | None = param(Text(0, 4096), "The md5 of the beatmap's file.", empty=True)
    u: str | None = params.user("Who made it: a name, or the id of one of this server's players.")
    type: str | None = params.user_type()
    t: str | None = params.user_type("t")
    m: Mode | None = params.mode(None)
    a: bool = param(
        Flag(), "With `m`: those of osu! too, as they are in that ruleset.", False, empty=True, lenient=True
    )
    mods: int | None = params.mods("A bit field; of Easy, Hard Rock, Double Time and Half Time the difficulty is told.")
    limit: int = params.limit(500, 500)


async def get_beatmaps(asked: AskBeatmaps, ctx: Context) -> list[BeatmapShape]:
    """Beatmaps that fit everything asked for; if nothing is, the newest ranked, approved and loved ones."""
    ruleset = None if asked.m is None else asked.m.ruleset
    converting = asked.a and ruleset not in (None, Ruleset.OSU)
    modes = None if ruleset is None else (ruleset, Ruleset.OSU) if converting else (ruleset,)
    search = BeatmapSearch(
        id=asked.b,
        set_id=asked.s,
        md5=asked.h.lower() if asked.h else None,
        creator=await _creator(asked, ctx),
        modes=modes,
        approved_since_ms=asked.since,
    )
    mods = (asked.mods or 0) & (DIFFICULTY_MODS | NIGHTCORE)
    found = await ctx.world.beatmaps.search(search, asked.limit, ruleset if converting else None, mods)
    return [beatmap_shape(entry, mods) for entry in found]


async def _creator(asked: AskBeatmaps, ctx: Context) -> Creator | None:
    """Who `u` is. An id is that of a player here, who made nothing that came from elsewhere."""
    if asked.u is None:
        return None
    of_type = asked.type or asked.t
    if of_type != "string" and asked.u.isdecimal():
        try:
            player = await params.player(ctx.world, asked.u, "id")
            return Creator(_spellings(player.name), here=True)
        except NotFound:
            if of_type == "id":
                raise
    if of_type == "id":
        raise NotFound("player")
    return Creator(_spellings(asked.u), here=False)


def _spellings(name: str) -> tuple[str, ...]:
    """A name as it is, and with spaces and underscores for each other, as they are the same in names."""
    return tuple(dict.fromkeys((name, name.replace("_", " "), name.replace(" ", "_"))))
