"""What the demo's players have played in the last weeks."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Protocol

from server.demo.judging import rate
from server.demo.people import Person
from server.demo.plays import Play, play
from server.domain.grades import HitCounts, accuracy, grade
from server.domain.mods import LETTERS, bits_of
from server.domain.osu_file import OsuFile
from server.domain.rulesets import AUTOPILOT, RELAX, Mode, Ruleset
from server.domain.scores import ScoreStatus

WEEKS = 8

# How often a player plays far below what they can.
OFF_DAY = 0.12

# Mods that people play with, the usual ones more than once.
MODS = ("", "", "", "", "HD", "HD", "HR", "DT", "HDDT", "HDHR", "NF", "EZ", "HT", "NCDT", "FL")
MODS_MANIA = ("", "", "", "", "", "HD", "DT", "HT", "NF", "MR")
MODS_FREE_OF_FAILING = ("", "", "HD", "HR", "DT", "HDDT")

# How much harder or easier a map gets, in stars.
STARS_OF_MODS = {"EZ": -0.4, "HR": 0.4, "HD": 0.15, "FL": 0.7}


class Calculate(Protocol):
    """Gives the pp of a play. `mode`: 0-8, its ruleset is the remainder by 4. `combo`: the greatest one reached."""

    def __call__(self, osu_path: Path, mode: int, mods: int, hits: HitCounts, combo: int) -> float: ...


@dataclass(frozen=True, slots=True)
class DemoMap:
    """A beatmap of the demo: its file, what the file says, and its difficulty without mods."""

    path: Path
    file: OsuFile
    stars: float
    max_combo: int


class Planned(NamedTuple):
    """A play that is going to happen.

    `ease`: the player's skill on this map with these mods, from 0 to 1. `begins`: after the session did.
    """

    player_id: int
    map: DemoMap
    mode: Mode
    mods: int
    ease: float
    begins: timedelta
    lasts: timedelta
    at: datetime
    seed: int


class Played(NamedTuple):
    """A row of `scores`, and the replay's frames if there is one."""

    row: dict[str, Any]
    frames: bytes


def played(
    people: Sequence[Person], maps: Sequence[DemoMap], now: datetime, playing_now: frozenset[int], calculate: Calculate
) -> list[Played]:
    """Everything played up to `now` (naive UTC), oldest first, with the best of each player, map and mode marked.

    `playing_now`: ids of players whose last session has not ended.
    """
    rng = Random("the demo world")
    plans = [plan for person in people for plan in _plans(person, maps, now, person.id in playing_now, rng)]
    done = [(_ended(plan, played), plan, played) for plan, played in ((plan, _play(plan)) for plan in plans)]
    done.sort(key=lambda one: (one[0], one[1].player_id))
    history = [
        Played(_row(number, ended, plan, played, calculate), played.frames)
        for number, (ended, plan, played) in enumerate(done, 1)
    ]
    _mark_best(history)
    return history


def _plans(person: Person, maps: Sequence[DemoMap], now: datetime, playing: bool, rng: Random) -> Iterator[Planned]:
    days = sorted(rng.sample(range(1, WEEKS * 7), person.sessions), reverse=True)
    tastes = (person.taste, *person.also)
    for number, day in enumerate(days):
        mode = tastes[number] if number < len(tastes) else rng.choice((person.taste, person.taste, *tastes))
        evening = list(session(person, mode, 0.08 * number / len(days), maps, rng))
        begins = now - timedelta(days=day, minutes=rng.randrange(30, 900), seconds=rng.randrange(60))
        if playing and number == len(days) - 1:
            begins = now - evening[-1].begins - evening[-1].lasts - timedelta(seconds=40)
        for planned in evening:
            yield planned._replace(at=begins + planned.begins)


def session(person: Person, mode: Mode, practice: float, maps: Sequence[DemoMap], rng: Random) -> Iterator[Planned]:
    """Some plays in one go, of a few maps that suit the player."""
    skill = person.skill[mode.ruleset] + practice
    fitting = [one for one in maps if one.file.ruleset is mode.ruleset]
    weights = [0.04 + math.exp(-(((ease_of(skill, one.stars) - 0.64) / 0.16) ** 2)) for one in fitting]
    favourites = rng.choices(fitting, weights, k=3)
    begins = timedelta()
    for _ in range(rng.randint(4, 6)):
        chosen = rng.choice(favourites)
        mods = _mods(mode, skill, chosen.stars, rng)
        ease = ease_of(skill, stars_with(chosen.stars, mods)) + rng.gauss(0, 0.1)
        if rng.random() < OFF_DAY:
            ease -= 0.4
        lasts = timedelta(seconds=int(chosen.file.total_length / rate(mods)) + 3)
        yield Planned(
            person.id, chosen, mode, mods, min(max(ease, 0.05), 0.97), begins, lasts, datetime.min, rng.getrandbits(32)
        )
        begins += lasts + timedelta(seconds=rng.randrange(15, 70))


def ease_of(skill: float, stars: float) -> float:
    """A player's skill on a map of so many stars, more or less from 0 to 1."""
    return skill + 0.3 - 0.085 * stars


def stars_with(stars: float, mods: int) -> float:
    """How hard a map is with mods, near enough."""
    change = sum(value for word, value in STARS_OF_MODS.items() if mods & LETTERS[word])
    return stars * (1 + (rate(mods) - 1) * 0.8) + change


def _mods(mode: Mode, skill: float, stars: float, rng: Random) -> int:
    if mode.ranked_by_pp:
        word = rng.choice(MODS_FREE_OF_FAILING)
    else:
        word = rng.choice(MODS_MANIA if mode.ruleset is Ruleset.MANIA else MODS)
    mods = bits_of(word)
    if ease_of(skill, stars_with(stars, mods)) < 0.55:  # nobody makes a hard map harder
        mods = 0
    return mods | (AUTOPILOT if mode is Mode.AUTOPILOT_OSU else RELAX if mode.ranked_by_pp else 0)


def _play(plan: Planned) -> Play:
    return play(plan.map.file, plan.mode, plan.mods, plan.ease, Random(plan.seed))


def _ended(plan: Planned, played: Play) -> datetime:
    return plan.at + timedelta(seconds=int(played.length / rate(plan.mods) / 1000) + 2)


def _row(number: int, ended: datetime, plan: Planned, played: Play, calculate: Calculate) -> dict[str, Any]:
    beatmap, mode, mods, hits = plan.map.file, plan.mode, plan.mods, played.hits
    pp = calculate(plan.map.path, int(mode), mods, hits, played.max_combo) if played.passed else 0.0
    return {
        "id": number,
        "map_md5": beatmap.md5,
        "score": played.score,
        "pp": round(pp, 3),
        "acc": round(accuracy(mode.ruleset, hits, mods), 3),
        "max_combo": played.max_combo,
        "mods": mods,
        **hits._asdict(),
        "grade": grade(mode.ruleset, hits, mods) if played.passed else "F",
        "status": (ScoreStatus.SUBMITTED if played.passed else ScoreStatus.FAILED).value,
        "mode": int(mode),
        "play_time": ended,
        "time_elapsed": int(played.length / rate(mods)),
        "client_flags": 0,
        "userid": plan.player_id,
        "perfect": int(played.perfect),
        "online_checksum": hashlib.md5(f"demo {number} {plan.seed}".encode(), usedforsecurity=False).hexdigest(),
    }


def _mark_best(history: Sequence[Played]) -> None:
    """Per player, map and mode the play of the highest pp; of equal ones the first."""
    best: dict[tuple[int, str, int], dict[str, Any]] = {}
    for row, _ in history:
        key = row["userid"], row["map_md5"], row["mode"]
        if row["status"] != ScoreStatus.FAILED and (key not in best or row["pp"] > best[key]["pp"]):
            best[key] = row
    for row in best.values():
        row["status"] = ScoreStatus.BEST.value
