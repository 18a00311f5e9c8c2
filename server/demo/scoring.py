"""Score as the stable client counts it (score v1), near enough to look right beside real ones.

osu! and catch: each hit gives its worth, and again its worth x combo before it x difficulty x mods / 25; a slider's
ends and ticks and catch's droplets give 30 and 10, plain. Taiko: worth x mods, more by a tenth for each ten of the
combo up to a hundred.
Mania: 1,000,000 x mods, half for the judgements and half for a bonus that builds up and that misses bring down.
"""

import math
from collections.abc import Sequence

from server.demo.judging import BIG, RAINBOW, Outcome
from server.domain.mods import LETTERS
from server.domain.osu_file import Kind, OsuFile
from server.domain.rulesets import Ruleset

FACTORS = {"NF": 0.5, "EZ": 0.5, "HT": 0.3, "HD": 1.06, "HR": 1.06, "DT": 1.12, "FL": 1.12, "SO": 0.9}
MANIA_FACTORS = {"NF": 0.5, "EZ": 0.5, "HT": 0.5}

# Mania: how each judgement moves the bonus (0 to 100), and what it takes of it.
BONUS_STEPS = {RAINBOW: (2, 32), 300: (1, 32), 200: (-8, 16), 100: (-24, 8), 50: (-44, 4), 0: (-100, 0)}


def total_score(beatmap: OsuFile, mods: int, played: Sequence[Outcome], combos: Sequence[int]) -> int:
    """The score of a play; `combos` holds the combo after each outcome."""
    factors = MANIA_FACTORS if beatmap.ruleset is Ruleset.MANIA else FACTORS
    factor = math.prod(value for word, value in factors.items() if mods & LETTERS[word])
    match beatmap.ruleset:
        case Ruleset.TAIKO:
            return _taiko(played, combos, factor)
        case Ruleset.MANIA:
            return _mania(beatmap, played, factor)
        case _:
            return _with_combo(beatmap, played, combos, factor * _difficulty(beatmap) / 25)


def _difficulty(beatmap: OsuFile) -> int:
    crowd = min(16.0, len(beatmap.objects) / max(1, beatmap.hit_length) * 8)
    return round((beatmap.hp + beatmap.cs + beatmap.od + crowd) / 38 * 5)


def _with_combo(beatmap: OsuFile, played: Sequence[Outcome], combos: Sequence[int], factor: float) -> int:
    score, before = 0, 0
    for outcome, combo in zip(played, combos, strict=True):
        target = outcome.target
        if outcome.hit and not outcome.parts:
            score += 10
        elif outcome.hit:
            score += outcome.worth + int(outcome.worth * max(0, before - 1) * factor)
            if target.kind is Kind.SLIDER:
                score += (30 + 10 * target.ticks) * target.repeats
            elif target.kind is Kind.SPINNER:
                score += 100 * ((target.end_time - target.time) // 200)
        before = combo
    return score


def _taiko(played: Sequence[Outcome], combos: Sequence[int], factor: float) -> int:
    score = 0
    for outcome, combo in zip(played, combos, strict=True):
        worth = outcome.worth * (2 if outcome.target.sound & BIG else 1)
        score += int(worth * (1 + min(100, combo) // 10 / 10) * factor)
    return score


def _mania(beatmap: OsuFile, played: Sequence[Outcome], factor: float) -> int:
    share = 1_000_000 * factor / 2 / len(beatmap.objects)
    score, bonus = 0.0, 100.0
    for outcome in played:
        step, taken = BONUS_STEPS[outcome.worth]
        bonus = min(100.0, max(0.0, bonus + step))
        score += share * (outcome.worth + taken * math.sqrt(bonus)) / RAINBOW
    return round(score)
