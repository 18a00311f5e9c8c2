"""What a made-up player hits and misses on a beatmap, object by object."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from server.domain.mods import LETTERS
from server.domain.osu_file import HitObject, Kind, OsuFile
from server.domain.rulesets import AUTOPILOT, RELAX, Ruleset

EASY, HARD_ROCK = LETTERS["EZ"], LETTERS["HR"]
DOUBLE_TIME, HALF_TIME = LETTERS["DT"], LETTERS["HT"]

BIG = 4  # the finish bit of a sound: taiko's notes for both hands

DROPLET = -1  # the sound of the smallest thing that falls in catch, which no file can hold

# Mania's greatest judgement, shown as a rainbow 300.
RAINBOW = 320

# A normal distribution, cut in equal parts: quicker than drawing from one for each of some hundred thousand notes.
LATENESS = tuple(NormalDist().inv_cdf((part + 0.5) / 2048) for part in range(2048))


class Outcome(NamedTuple):
    """What came of one judged thing.

    `worth`: the judgement that was given, 320 (mania), 300, 200 (mania), 100, 50 or 0 for a miss; in catch, also for
    a miss, what it was: 300 a fruit, 100 a drop, 50 a droplet. `error`: ms late. `parts`: what it can add to the combo.
    """

    target: HitObject
    worth: int
    hit: bool
    error: int
    parts: int


def rate(mods: int) -> float:
    """How fast the song goes."""
    return 1.5 if mods & DOUBLE_TIME else 0.75 if mods & HALF_TIME else 1.0


def outcomes(beatmap: OsuFile, mods: int, skill: float, rng: Random) -> Iterator[Outcome]:
    """Judge every object in order. `skill`: 0 hits what it happens to, 1 misses nothing."""
    slip = 0.22 * (1 - skill) ** 2.6
    if mods & (RELAX | AUTOPILOT):
        slip /= 2
    # Hands are late or early in real time, the windows are in the song's.
    wobble = (8 + 28 * (1 - skill)) * rate(mods)
    if mods & RELAX and beatmap.ruleset is Ruleset.OSU:
        wobble /= 4  # the game clicks, the player only aims
    if beatmap.ruleset is Ruleset.CATCH:
        for target, parts in judged(beatmap):
            yield Outcome(target, _fruit_worth(target), rng.random() >= slip, 0, parts)
        return
    windows = _windows(beatmap, mods)
    for target, parts in judged(beatmap):
        worth, error = 0, 0
        luck = (rng.random() - slip) / (1 - slip)
        if target.kind is Kind.SPINNER:
            worth = 300
        elif luck >= 0:
            error = round(LATENESS[int(luck * len(LATENESS))] * wobble)
            for judgement, window in windows:
                if -window <= error <= window:
                    worth = judgement
                    break
        yield Outcome(target, worth, worth > 0, error, parts)


@lru_cache(maxsize=32)
def judged(beatmap: OsuFile) -> tuple[tuple[HitObject, int], ...]:
    """What is judged, in order, each with what it can add to the combo.

    In taiko only the notes, in catch every fruit, drop and droplet.
    """
    return tuple((target, _combo_parts(beatmap.ruleset, target)) for target in _things(beatmap))


def _things(beatmap: OsuFile) -> Iterator[HitObject]:
    for target in beatmap.objects:
        if beatmap.ruleset is Ruleset.CATCH:
            yield from _fruits(target)
        elif beatmap.ruleset is not Ruleset.TAIKO or target.kind is Kind.CIRCLE:
            yield target


def _combo_parts(ruleset: Ruleset, target: HitObject) -> int:
    if ruleset is Ruleset.MANIA:
        return 1 + (target.end_time - target.time) // 100
    if ruleset is Ruleset.CATCH:
        return 0 if target.sound == DROPLET else 1
    if target.kind is Kind.SLIDER:
        return 1 + (target.ticks + 1) * target.repeats
    return 1


def _fruit_worth(target: HitObject) -> int:
    return 50 if target.sound == DROPLET else 100 if target.ticks else 300


def _windows(beatmap: OsuFile, mods: int) -> tuple[tuple[int, float], ...]:
    """Judgements and how many ms off they allow, best first, as the stable client has them."""
    od = beatmap.od
    if mods & HARD_ROCK:
        od = min(10.0, od * 1.4)
    if mods & EASY:
        od /= 2
    match beatmap.ruleset:
        case Ruleset.TAIKO:
            return (300, 50 - 3 * od), (100, 120 - 8 * od if od <= 5 else 110 - 6 * od)
        case Ruleset.MANIA:
            return (RAINBOW, 16), (300, 64 - 3 * od), (200, 97 - 3 * od), (100, 127 - 3 * od), (50, 151 - 3 * od)
        case _:
            return (300, 80 - 6 * od), (100, 140 - 8 * od), (50, 200 - 10 * od)


def _fruits(target: HitObject) -> Iterator[HitObject]:
    """A catch object as what falls from it; `ticks` 1 marks a drop. Bananas are not judged."""
    if target.kind is Kind.CIRCLE:
        yield target._replace(ticks=0, sound=0)
    if target.kind is not Kind.SLIDER:
        return
    way = (target.end_time - target.time) / target.repeats
    falls: list[tuple[float, int]] = [(0.0, 0)]
    for run in range(target.repeats):
        drops = [tick * target.tick_gap for tick in range(1, target.ticks + 1)]
        if run % 2:
            drops = [way - drop for drop in reversed(drops)]
        falls += [(run * way + drop, 1) for drop in drops]
        falls.append((way * (run + 1), 0))
    yield _fallen(target, way, 0.0, 0)
    end = way * target.repeats
    for (before, _), (after, drop) in pairwise(falls):
        # The last droplets are dealt out as if the slider ended 36 ms early.
        gap = int((max(end / 2, end - 36) if after == end else after) - before)
        droplets = _droplets(gap)
        for number in range(1, droplets + 1):
            yield _fallen(target, way, before + gap * number / (droplets + 1), 0)._replace(sound=DROPLET)
        yield _fallen(target, way, after, drop)


def _droplets(gap: int) -> int:
    """Droplets between two neighbours `gap` ms apart: the gap is halved until at most 100 ms are left."""
    pieces = 1
    while gap / pieces > 100:
        pieces *= 2
    return pieces - 1


def _fallen(target: HitObject, way: float, after: float, drop: int) -> HitObject:
    runs, left = divmod(after, way) if way else (0.0, 0.0)
    share = left / way if way else 0.0
    if runs % 2:
        share = 1 - share
    x = round(target.x + (target.end_x - target.x) * share)
    time = round(target.time + after)
    return target._replace(x=x, end_x=x, time=time, end_time=time, kind=Kind.CIRCLE, ticks=drop, sound=0)
