"""Makes plays: what a player of some skill would have done on a beatmap, and the replay of it."""

from collections import Counter
from random import Random
from typing import NamedTuple

from server.demo.frames import replay_frames
from server.demo.judging import BIG, RAINBOW, Outcome, outcomes
from server.demo.scoring import total_score
from server.domain.grades import HitCounts
from server.domain.mods import LETTERS
from server.domain.osr import pack_frames
from server.domain.osu_file import Kind, OsuFile
from server.domain.rulesets import AUTOPILOT, RELAX, Mode, Ruleset

# With these on the bar of health may run empty.
CANNOT_FAIL = LETTERS["NF"] | RELAX | AUTOPILOT


class Play(NamedTuple):
    """One play. `length`: ms of the song that were played. `frames`: the LZMA stream of a replay, empty if failed."""

    hits: HitCounts
    max_combo: int
    perfect: bool
    score: int
    passed: bool
    length: int
    frames: bytes


def play(beatmap: OsuFile, mode: Mode, mods: int, skill: float, rng: Random) -> Play:
    """Play a beatmap of the same ruleset; the same arguments and state of `rng` give the same play.

    `mods`: with the Relax or Autopilot bit that `mode` asks for. `skill`: 0 to 1, for this beatmap with these mods.
    """
    if mode.ruleset is not beatmap.ruleset:
        raise ValueError(f"This is a map of {beatmap.ruleset.name}; converting it to {mode.ruleset.name} is not done.")
    played = list(outcomes(beatmap, mods, skill, rng))
    alive = len(played) if mods & CANNOT_FAIL else _lived_through(played, beatmap.hp)
    passed = alive == len(played)
    played = played[:alive]
    combos = _combos(beatmap.ruleset, played)
    best = max(combos, default=0)
    return Play(
        hits=_counts(beatmap.ruleset, played, skill, rng),
        max_combo=best,
        perfect=passed and best == sum(one.parts for one in played),
        score=total_score(beatmap, mods, played, combos),
        passed=passed,
        length=max((one.end_time for one in beatmap.objects), default=0) if passed else played[-1].target.end_time,
        frames=pack_frames(replay_frames(beatmap, played, rng)) if passed else b"",
    )


def _lived_through(played: list[Outcome], hp: float) -> int:
    """How many of the objects were met before health ran out: misses take it, hits bring it back."""
    health, met = 1.0, 0
    for number in [number for number, one in enumerate(played, 1) if not one.hit and one.parts]:
        health = min(1.0, health + 0.01 * (number - met - 1)) - 0.06 - 0.019 * hp
        met = number
        if health <= 0:
            return number
    return len(played)


def _combos(ruleset: Ruleset, played: list[Outcome]) -> list[int]:
    """The combo after each outcome."""
    combo, combos = 0, []
    for outcome in played:
        slider = ruleset is Ruleset.OSU and outcome.target.kind is Kind.SLIDER
        if not outcome.hit:
            combo = 0 if outcome.parts else combo
        elif slider and outcome.worth == 50:  # a part in the middle was missed
            combo = outcome.parts // 2
        elif slider and outcome.worth == 100:  # only the end was missed, which breaks nothing
            combo += outcome.parts - 1
        else:
            combo += outcome.parts
        combos.append(combo)
    return combos


def _counts(ruleset: Ruleset, played: list[Outcome], skill: float, rng: Random) -> HitCounts:
    hit = Counter(one.worth for one in played if one.hit)
    missed = len(played) - hit.total()
    match ruleset:
        case Ruleset.OSU:
            geki, katu = _sets(played)
        case Ruleset.TAIKO:
            # Both hands at once on a note for both.
            both = [one.worth for one in played if one.target.sound & BIG and one.hit and rng.random() < skill]
            geki, katu = both.count(300), both.count(100)
        case Ruleset.CATCH:
            geki, katu = 0, sum(not one.hit and not one.parts for one in played)
            missed -= katu
        case Ruleset.MANIA:
            geki, katu = hit[RAINBOW], hit[200]
    return HitCounts(hit[300], hit[100], hit[50], geki, katu, missed)


def _sets(played: list[Outcome]) -> tuple[int, int]:
    """Combo colours finished with nothing but 300s, and with nothing worse than 100s."""
    worst: list[int] = []
    for outcome in played:
        if outcome.target.new_combo or not worst:
            worst.append(300)
        worst[-1] = min(worst[-1], outcome.worth)
    return worst.count(300), worst.count(100)
