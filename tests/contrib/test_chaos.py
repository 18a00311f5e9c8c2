"""Whatever state bancho.py is in, nothing is raised into it, and all that can be read is mirrored."""

import math
import queue
import random
from collections.abc import Callable
from typing import Any

import pytest

from contrib.bancho_bridge import Bridge, Look
from server.live.plays import game_from, play_from
from server.live.records import lobby_from, status_from
from tests.contrib.sessions import World, match, player, scores, submit


class Evil:
    """Whatever is done with it goes wrong."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "error", error)

    def _wrong(self, *given: Any) -> Any:
        raise object.__getattribute__(self, "error")

    def __getattribute__(self, name: str) -> Any:
        raise object.__getattribute__(self, "error")

    __eq__ = __hash__ = __int__ = __float__ = __bool__ = __str__ = __iter__ = __len__ = __lt__ = __gt__ = _wrong


class Chaos:
    """Draws what bancho.py might have in the place of what it should have. `seed` says what."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.chance = self._random.randrange

    def anything(self) -> Any:
        error = self._random.choice([AttributeError("x"), RuntimeError("x"), KeyError("x"), RecursionError()])
        numbers = [-1, 0, 3, 2**63, -(2**70), 10**400, 0.5, math.nan, math.inf]
        texts = ["", "x", "\ud800", "\0", "x" * 5000, "/"]
        others = [None, True, [], {}, (), {3: 4}, object(), int, Evil(error), Evil(error), Evil(error)]
        return self._random.choice(self._random.choice([numbers, texts, others]))

    def several(self, make: Callable[[], Any], most: int = 4) -> list[Any]:
        return [self.anything() if self.chance(4) == 0 else make() for _ in range(self.chance(most + 1))]

    def broken(self, whole: Any, *more: str) -> Any:
        """This thing, some attributes of which are anything, or gone."""
        for name in self._random.sample([*vars(whole), *more], self.chance(3)):
            setattr(whole, name, self.anything())
            if self.chance(4) == 0:
                delattr(whole, name)
        return whole

    def player(self) -> Any:
        one = player(self._random.choice([1, 3, 9, 10]))
        self.broken(one.status)
        submit(one, 70)
        self.broken(one.recent_scores[0])
        if self.chance(2):
            one.recent_scores[self.chance(9)] = self.anything()
        return self.broken(one, "is_tourney_client")

    def lobby(self) -> Any:
        one = match([player(9), player(10)])
        one.in_progress = bool(self.chance(2))
        one.slots = self.several(lambda: self.broken(match([player(9)]).slots[0]), 16)
        one._refs = self.several(self.player)
        return self.broken(one, "has_public_history")


class Mutating:
    """A player whose being read changes who is there."""

    def __init__(self, players: list[Any]) -> None:
        self._players = players

    @property
    def id(self) -> int:
        self._players.append(self)
        self._players.reverse()
        return 1 + len(self._players)

    def __getattr__(self, name: str) -> Any:
        self._players.clear()
        raise AttributeError(name)


@pytest.mark.parametrize("batch", range(10))
def test_whatever_state_bancho_py_is_in_nothing_is_raised_into_it(batch: int) -> None:
    for seed in range(batch * 50, batch * 50 + 50):
        try:
            survive(Chaos(seed))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


def survive(chaos: Chaos) -> None:
    world = World()
    lobby = world.play(3, 4)
    bridge = Bridge.__new__(Bridge)
    bridge._eyes, bridge._looks = world.eyes, queue.SimpleQueue()
    good = world.players[:3]
    submit(good[2], 98)
    world.said()
    for step in range(4):
        submit(good[2], 97, mode=5)
        chaos.broken(good[2].recent_scores[5])
        world.players[:] = [*good, *chaos.several(chaos.player), *[Mutating(world.players)] * chaos.chance(2)]
        world.matches[:] = [lobby, *chaos.several(chaos.lobby)]
        bridge._within()
        look = bridge._looks.get_nowait()
        assert isinstance(look, Look)
        for statement in [*world.mirror.changes(look, math.inf if step == 3 else 0.0), *world.mirror.everything(0)]:
            assert legible(*statement), statement
        world.eyes.watched = [each for game in world.mirror.games() for _, _, each in game.playing.values()]
    submit(good[1], 99)
    assert "99/3" in [name for name, _ in scores(world.said())]


def legible(what: str, name: str, text: bytes) -> bool:
    """Can those who read the live layer take this? Nobody who is well says that they are gone."""
    if what == "player":
        return status_from(text, int(name)) is not None
    if what == "match":
        return lobby_from(text, int(name)) is not None
    if what == "score":
        return play_from(text) is not None
    if what == "game_finished":
        return game_from(text) is not None
    return (what, name) not in (("left", "3"), ("left", "4"), ("closed", "0"))
