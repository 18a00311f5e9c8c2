"""Who plays alone in the demo, in sessions like those of the weeks before, and who does not play at all."""

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import NamedTuple

from server.demo.history import Calculate, session
from server.demo.scenes import PERSONS, Maps, Scene, carried_out, status
from server.domain.live import Action, Play
from server.domain.osu_file import OsuFile
from server.domain.rulesets import Mode

# How much better than weeks ago they are by now.
PRACTICE = 0.08


class Soloist(NamedTuple):
    """Somebody who plays alone.

    In seconds: `online_for` when the demo begins (less than none: they come later), `first` until a play begins, and
    `rests` between two sessions. `leaves`: they log out meanwhile.
    """

    id: int
    online_for: float
    first: float
    rests: float
    leaves: bool = False
    resting: Action = Action.IDLE


SOLOISTS = (
    Soloist(3, 3127, -20, 90),
    Soloist(5, 5406, 12, 60),
    Soloist(16, 1955, 31, 75),
    Soloist(13, 15300, 70, 240, resting=Action.AFK),
    Soloist(23, 460, 44, 210, leaves=True),
    Soloist(19, -25, 50, 170, leaves=True),
    Soloist(22, -110, 135, 260, leaves=True),
)

# Whoever is in the middle of a session of plays when the demo begins.
PLAYING_NOW = frozenset({3, 5, 16})

# Who watches whom, and for how long they have been online.
WATCHERS = {3: (11, 940.0)}

# Player, beatmap, and for how long they have been online.
EDITOR = (14, 900015, 10622.0)


def alone(one: Soloist, maps: Maps, calculate: Calculate, started: float) -> Iterator[Scene]:
    """A player's sessions, and whoever watches them."""
    person = PERSONS[one.id]
    login, begins, mode = started - one.online_for, started + one.first, person.taste

    def scene(at: float, action: Action, mods: int, beatmap: OsuFile | None = None, play: Play | None = None) -> Scene:
        statuses = [status(one.id, login, action, mode, mods, beatmap)]
        if one.id in WATCHERS:
            watcher, online_for = WATCHERS[one.id]
            seen = beatmap if action is Action.PLAYING else None
            statuses.append(status(watcher, started - online_for, Action.WATCHING, mode, 0, seen))
        return Scene(at, tuple(statuses), play=play)

    yield scene(login, one.resting, 0)
    for number in count():
        rng = Random(f"player {person.id} alone, session {number}")
        mode = rng.choice((person.taste, person.taste, *person.also))
        for plan in session(person, mode, PRACTICE, list(maps.values()), rng):
            begun = begins + plan.begins.total_seconds()
            choosing = rng.choice((Action.IDLE, Action.IDLE, Action.OSU_DIRECT))
            yield scene(begun - rng.randrange(6, 14), choosing, plan.mods, plan.map.file)
            yield scene(begun, Action.PLAYING, plan.mods, plan.map.file)
            play = carried_out(plan, begun, calculate)
            yield scene(play.played_at, Action.IDLE, plan.mods, plan.map.file, play)
        rested = play.played_at + 20
        if one.leaves:
            yield Scene(rested, ())
            login = rested + one.rests
            yield scene(login, one.resting, 0)
        else:
            yield scene(rested, one.resting, 0)
        begins = rested + one.rests + 25


def editing(maps: Maps, started: float) -> Iterator[Scene]:
    """Somebody who makes a beatmap, and plays it now and then to see what it is like."""
    player_id, map_id, online_for = EDITOR
    login, at = started - online_for, started - 60
    rng = Random("a beatmap is made")
    while True:
        for action, least, most in ((Action.EDITING, 90, 180), (Action.TESTING, 20, 50)):
            yield Scene(at, (status(player_id, login, action, Mode.TAIKO, 0, maps[map_id].file),))
            at += rng.randrange(least, most)
