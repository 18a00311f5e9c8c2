"""Replay frames of a made-up play: `w|x|y|z` joined by commas, with w ms since the frame before and z the keys."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random

from server.demo.judging import BIG, Outcome
from server.domain.osu_file import Kind, OsuFile
from server.domain.rulesets import Ruleset

Frame = tuple[int, int, int, int]  # ms of the song, x, y, keys

# The stable client begins every replay with these two, and readers leave them out.
OPENING = "0|256|-500|0,-1|256|-500|0,"

# A keyboard key counts as its mouse button too.
LEFT, RIGHT = 1 | 4, 2 | 8
TAP = 45  # ms that a key is held

# Where beside the middle of a circle a cursor may be, in osu!pixels.
DIRECTIONS = ((6, 0), (4, 4), (0, 6), (-4, 4), (-6, 0), (-4, -4), (0, -6), (4, -4))

OFF_FIELD = 9999  # the y of taiko and catch, where it says nothing
CENTRE_KEYS, RIM_KEYS = (1, 4), (2, 8)
CALM_X = 320
RIM = 2 | 8  # sounds

DASH = 1
PLATE = 70  # beyond half the width of any catcher


def replay_frames(beatmap: OsuFile, played: Sequence[Outcome], rng: Random) -> str:
    """The text of a replay in which just what was hit is hit; the last frame carries a random seed."""
    match beatmap.ruleset:
        case Ruleset.OSU:
            frames = _osu(played, rng)
        case Ruleset.TAIKO:
            frames = _taiko(played)
        case Ruleset.CATCH:
            frames = _catch(played, rng)
        case Ruleset.MANIA:
            frames = _mania(played, round(beatmap.cs))
    return OPENING + _written(frames) + f"-12345|0|0|{rng.getrandbits(24)},"


def _written(frames: Iterable[Frame]) -> str:
    parts, last = [], -1
    for time, x, y, keys in frames:
        parts.append(f"{time - last}|{x}|{y}|{keys},")
        last = time
    return "".join(parts)


def _hit_times(played: Sequence[Outcome]) -> list[int]:
    """When each outcome was clicked or would have been: in order, and never two within 12 ms."""
    times: list[int] = []
    for outcome in played:
        earliest = times[-1] + 12 if times else 0
        times.append(max(earliest, outcome.target.time + (outcome.error if outcome.hit else 0)))
    return times


def _osu(played: Sequence[Outcome], rng: Random) -> Iterator[Frame]:
    times = _hit_times(played)
    nexts = [*times[1:], played[-1].target.end_time + 1000]
    held = LEFT
    for outcome, time, after in zip(played, times, nexts, strict=True):
        target = outcome.target
        if target.kind is Kind.SPINNER:
            yield from _spin(target.time, min(target.end_time, after - 12))
            continue
        aside, down = rng.choice(DIRECTIONS)
        held = RIGHT if held == LEFT else LEFT
        # A miss passes by, and nothing is pressed.
        drift, keys = (1, held) if outcome.hit else (12, 0)
        x, y = target.x + aside * drift, target.y + down * drift
        yield time, x, y, keys
        let_go = min(max(time + TAP, target.end_time), after - 6)
        if target.kind is Kind.SLIDER:
            for run in range(1, target.repeats + 1):
                turn = target.time + (target.end_time - target.time) * run // target.repeats
                x, y = (target.end_x, target.end_y) if run % 2 else (target.x, target.y)
                if time < turn < let_go:
                    yield turn, x, y, keys
        yield let_go, x, y, 0


def _spin(start: int, stop: int) -> Iterator[Frame]:
    for step, time in enumerate(range(start, stop, 20)):
        yield time, 256 + round(90 * math.cos(step * 0.8)), 192 + round(90 * math.sin(step * 0.8)), LEFT
    yield stop, 256, 192, 0


def _taiko(played: Sequence[Outcome]) -> Iterator[Frame]:
    times = _hit_times(played)
    nexts = [*times[1:], times[-1] + 1000]
    for number, (outcome, time, after) in enumerate(zip(played, times, nexts, strict=True)):
        if not outcome.hit:
            continue
        left, right = RIM_KEYS if outcome.target.sound & RIM else CENTRE_KEYS
        keys = left | right if outcome.target.sound & BIG else right if number % 2 else left
        yield time, 640 if keys == right else 0, OFF_FIELD, keys
        yield min(time + TAP, after - 6), CALM_X, OFF_FIELD, 0


def _catch(played: Sequence[Outcome], rng: Random) -> Iterator[Frame]:
    here = 256
    spots = [(max(0, played[0].target.time - 1000), here)]
    for outcome in played:
        target = outcome.target
        if not outcome.hit:
            here = target.x + (PLATE if target.x < 256 else -PLATE)
        elif abs(target.x - here) > 20 or rng.random() < 0.1:
            here = target.x + rng.randint(-15, 15)
        spots.append((target.time, here))
    yield *spots[0], OFF_FIELD, 0
    for (before, left), (time, x) in pairwise(spots):
        # A walking catcher makes half an osu!pixel in a ms, a dashing one a whole.
        yield time, x, OFF_FIELD, DASH if abs(x - left) > (time - before) / 2 else 0


def _mania(played: Sequence[Outcome], columns: int) -> Iterator[Frame]:
    """In mania x says which keys are down, one bit a column."""
    changes: dict[int, int] = {}
    free_from: dict[int, int] = {}
    for outcome in played:
        target = outcome.target
        if not outcome.hit:
            continue
        key = 1 << min(columns - 1, max(0, target.x * columns // 512))
        press = max(target.time + outcome.error, free_from.get(key, 0))
        let_go = max(press + TAP, target.end_time + outcome.error if target.end_time > target.time else 0)
        free_from[key] = let_go + 5
        changes[press] = changes.get(press, 0) ^ key
        changes[let_go] = changes.get(let_go, 0) ^ key
    down = 0
    for time in sorted(changes):
        down ^= changes[time]
        yield time, down, 15, 0
