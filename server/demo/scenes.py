"""What goes on somewhere in the demo, moment after moment. Moments are Unix seconds with a fraction."""

from bisect import bisect_right
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from server.demo.history import Calculate, DemoMap, Planned
from server.demo.judging import rate
from server.demo.people import PEOPLE
from server.demo.plays import play
from server.domain.grades import accuracy, grade
from server.domain.live import Action, Game, Lobby, Play, Status
from server.domain.osu_file import OsuFile
from server.domain.rulesets import Mode

PERSONS = {person.id: person for person in PEOPLE}

# What a client tells no beatmap's name with.
NAMELESS = (Action.IDLE, Action.AFK, Action.OSU_DIRECT, Action.MULTIPLAYER)


class Scene(NamedTuple):
    """How things stand from `at` on. `statuses`: of those who are online. `game`, `play`: they end in this moment."""

    at: float
    statuses: tuple[Status, ...]
    lobby: Lobby | None = None
    game: Game | None = None
    play: Play | None = None


class Track:
    """Scenes one after another, made as far as anybody asks."""

    def __init__(self, scenes: Iterator[Scene]) -> None:
        self._source = scenes
        self._made = [next(scenes)]

    def at(self, moment: float) -> Scene | None:
        """The scene that stands at this moment; None before the first."""
        self._reach(moment)
        number = bisect_right(self._made, moment, key=_begin)
        return self._made[number - 1] if number else None

    def between(self, after: float, upto: float) -> list[Scene]:
        """The scenes that begin after one moment and not after the other."""
        self._reach(upto)
        begin, end = (bisect_right(self._made, moment, key=_begin) for moment in (after, upto))
        return self._made[begin:end]

    def _reach(self, moment: float) -> None:
        while self._made[-1].at <= moment:
            self._made.append(next(self._source))


def _begin(scene: Scene) -> float:
    return scene.at


def full_name(beatmap: OsuFile) -> str:
    """A beatmap as clients name it."""
    return f"{beatmap.artist} - {beatmap.title} [{beatmap.version}]"


def status(
    player_id: int, login: float, action: Action, mode: Mode, mods: int = 0, beatmap: OsuFile | None = None
) -> Status:
    """What a client says of its player."""
    named = beatmap is not None and action not in NAMELESS
    return Status(
        player_id=player_id,
        login_time=login,
        action=action.value,
        info_text=full_name(beatmap) if beatmap is not None and named else "",
        mode=int(mode),
        mods=mods,
        map_id=beatmap.beatmap_id if beatmap else 0,
        map_md5=beatmap.md5 if beatmap else "",
    )


def carried_out(plan: Planned, begun: float, calculate: Calculate) -> Play:
    """The score of a play that began at this moment, judged object by object; `played_at` is when it ended."""
    beatmap, mode, mods = plan.map.file, plan.mode, plan.mods
    played = play(beatmap, mode, mods, plan.ease, Random(plan.seed))
    pp = calculate(plan.map.path, int(mode), mods, played.hits, played.max_combo) if played.passed else 0.0
    return Play(
        player_id=plan.player_id,
        score=played.score,
        mode=int(mode),
        mods=mods,
        accuracy=round(accuracy(mode.ruleset, played.hits, mods), 3),
        max_combo=played.max_combo,
        **played.hits._asdict(),
        grade=grade(mode.ruleset, played.hits, mods) if played.passed else "F",
        perfect=played.perfect,
        passed=played.passed,
        pp=round(pp, 3),
        map_id=beatmap.beatmap_id,
        map_md5=beatmap.md5,
        played_at=begun + played.length / rate(mods) / 1000 + 2,
    )


Maps = dict[int, DemoMap]
