"""What the bridge makes of bancho.py's sessions, look by look, at times of the test's own."""

import math
import queue
import random
import time
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from contrib.bancho_bridge import NEEDED, Bridge, Eyes, Look, Mirror, Statement
from server.domain.live import Game, Play
from server.live.plays import game_from, play_from
from server.live.records import lobby_from, status_from

MAP, OTHER = "a" * 32, "b" * 32

NOT_READY, NO_MAP, PLAYING, COMPLETE = 4, 16, 32, 64


class Thing(SimpleNamespace):
    """As bancho.py's objects, equal to itself alone."""

    __eq__, __hash__ = object.__eq__, object.__hash__


class World:
    """Sessions as bancho.py has them, and what the bridge says of them."""

    def __init__(self) -> None:
        self.players: list[Any] = [player(1)]
        self.matches: list[Any] = [None] * 64
        self.eyes = Eyes(self)
        self.mirror = Mirror("main")

    def said(self, now: float = 0.0) -> list[Statement]:
        """All that is said at this moment of the bridge's clock."""
        time.sleep(0.002)  # or this look would have the same time as the last one
        said = self.mirror.changes(self.eyes.look(), now)
        self.eyes.watched = [each for game in self.mirror.games() for _, _, each in game.playing.values()]
        return said

    def games(self, now: float) -> list[Game]:
        found = [game_from(text) for what, _, text in self.said(now) if what == "game_finished"]
        return [game for game in found if game is not None]

    def lobby(self, *ids: int) -> Any:
        """A new lobby at 0 of new players, none of whom is ready."""
        self.players += (people := [player(each) for each in ids])
        self.matches[0] = new = match(people)
        self.said()
        return new

    def play(self, *ids: int, now: float = 0.0) -> Any:
        """A lobby in which a game has begun."""
        lobby = self.lobby(*ids)
        start(lobby)
        self.said(now)
        return lobby


def player(player_id: int) -> Any:
    status = Thing(action=0, info_text="", mode=0, mods=0, map_id=0, map_md5="")
    return Thing(
        id=player_id, token="x", login_time=float(player_id), status=status, recent_scores=dict.fromkeys(range(9))
    )


def names(kind: str) -> list[str]:
    """Attributes of a class of bancho.py that are read."""
    return [name.partition("=")[0] for name in NEEDED[kind].split() if "." not in name]


def match(people: list[Any]) -> Any:
    values: dict[str, Any] = dict.fromkeys(names("Match"), 0)
    slots = [Thing(player=None, status=1, team=0, mods=0, loaded=False, skipped=False) for _ in range(16)]
    for slot, each in zip(slots, people, strict=False):
        slot.player, slot.status, slot.team = each, NOT_READY, 1
    return Thing(
        **values | {"name": "x", "host_id": people[0].id, "_refs": set(), "slots": slots, "map_id": 9, "map_md5": MAP}
    )


def start(lobby: Any) -> None:
    lobby.in_progress = True
    for slot in lobby.slots:
        if slot.status & (4 | 8):
            slot.status = PLAYING


def end(lobby: Any) -> None:
    lobby.in_progress = False
    for slot in lobby.slots:
        if slot.status & (PLAYING | COMPLETE):
            slot.status = NOT_READY


def submit(by: Any, score_id: int, map_md5: str = MAP, mode: int = 0) -> None:
    values: dict[str, Any] = dict.fromkeys(names("Score"), 1)
    beatmap, grade = Thing(id=9, md5=map_md5), Thing(name="A")
    by.recent_scores[mode] = Thing(
        **values
        | {"id": score_id, "bmap": beatmap, "mode": mode, "grade": grade, "server_time": datetime(2026, 11, 20)}
    )


def plays(game: Game) -> list[tuple[int, int, int | None, int]]:
    return [(play.player_id, play.score_id, play.slot, play.team) for play in game.plays]


def scores(statements: list[Statement]) -> list[tuple[str, Play | None]]:
    return [(name, play_from(text)) for what, name, text in statements if what == "score"]


def test_a_game_is_said_to_be_over_as_soon_as_all_its_scores_are_there() -> None:
    world = World()
    lobby = world.play(5, 4, 3)
    lobby.slots[2].status = NO_MAP
    submit(world.players[1], 71)
    assert [(name, play.slot) for name, play in scores(world.said(50)) if play] == [("71/5", 0)]
    submit(world.players[1], 74, OTHER, mode=1)
    assert [(name, play.slot) for name, play in scores(world.said(50)) if play] == [("74/5", None)]
    end(lobby)
    assert world.games(100) == []
    # A score of relax counts as well, one on another map does not.
    submit(world.players[2], 72, OTHER)
    submit(world.players[2], 73, mode=4)
    (game,) = world.games(109)
    assert plays(game) == [(5, 71, 0, 1), (4, 73, 1, 1)]
    assert not game.aborted
    assert (game.match_id, game.map_md5, game.ended_at > game.started_at >= game.opened_at) == (0, MAP, True)
    assert world.games(200) == []


def test_where_nothing_changes_nothing_is_said() -> None:
    world = World()
    world.play(3, 4)
    submit(world.players[1], 70)
    assert world.said()
    assert world.said() == []


@pytest.mark.parametrize("submitted", [0, 1])
def test_scores_that_do_not_come_are_waited_for_ten_seconds(submitted: int) -> None:
    world = World()
    lobby = world.play(3, 4)
    end(lobby)
    world.said(100)
    for each in range(submitted):
        submit(world.players[1 + each], 70)
    assert world.games(109.9) == []
    (game,) = world.games(110)
    assert (len(game.plays), game.aborted) == (submitted, not submitted)


def test_a_score_from_before_the_game_is_none_of_it() -> None:
    world = World()
    lobby = world.lobby(3)
    submit(world.players[1], 70)
    assert [play.slot for _, play in scores(world.said()) if play] == [None]
    start(lobby)
    world.said()
    end(lobby)
    world.said()
    (game,) = world.games(10)
    assert game.aborted


def test_the_next_game_may_begin_while_the_last_one_waits() -> None:
    world = World()
    lobby = world.play(3, 4)
    submit(world.players[1], 71)
    end(lobby)
    world.said(100)
    start(lobby)
    world.said(101)
    submit(world.players[1], 81)
    assert world.games(102) == []
    submit(world.players[2], 72)
    (first,) = world.games(103)
    lobby.seed += 1
    world.said(104)
    end(lobby)
    submit(world.players[2], 82)
    (second,) = world.games(105)
    assert [[play.score_id for play in game.plays] for game in (first, second)] == [[71, 72], [81, 82]]
    assert first.started_at < first.ended_at <= second.started_at < second.ended_at
    assert first.opened_at == second.opened_at


def test_who_leaves_during_a_game_is_not_waited_for_and_keeps_what_they_had() -> None:
    world = World()
    lobby = world.play(3, 4, 5)
    submit(world.players[1], 70)
    world.said()
    for slot in lobby.slots[:2]:
        slot.player, slot.status = None, 1
    world.said()
    end(lobby)
    submit(world.players[3], 72)
    (game,) = world.games(1)
    assert plays(game) == [(3, 70, 0, 1), (5, 72, 2, 1)]


def test_who_logs_out_right_after_the_game_may_still_submit() -> None:
    world = World()
    lobby = world.play(3, 4)
    end(lobby)
    submit(world.players[1], 70)
    world.said(1)
    gone = world.players.pop()
    gone.token, lobby.slots[1].player, lobby.slots[1].status = "", None, 1
    assert ("left", "4", b"") in world.said(2)
    submit(gone, 71)
    (game,) = world.games(3)
    assert plays(game) == [(3, 70, 0, 1), (4, 71, 1, 1)]


@pytest.mark.parametrize("other", [False, True])
def test_a_lobby_that_is_gone_during_its_game_has_broken_it_off(other: bool) -> None:
    world = World()
    world.play(3)
    world.matches[0] = match([world.players[1]]) if other else None
    said = world.said(1)
    assert [(what, each) for what, each, _ in said] == [("match" if other else "closed", "0")]
    assert [game.aborted for game in world.games(11)] == [True]


def test_a_lobby_keeps_its_times_and_another_one_in_its_place_does_not() -> None:
    world = World()
    lobby = world.lobby(3)

    def times() -> tuple[float, float]:
        lobby.seed += 1
        (said,) = [lobby_from(text, 0) for what, _, text in world.said() if what == "match"]
        assert said is not None
        return said.opened_at, said.started_at

    opened_at, _ = times()
    assert times() == (opened_at, 0.0)
    start(lobby)
    assert (playing := times()) == times()
    assert playing[0] == opened_at < playing[1]
    end(lobby)
    assert times() == (opened_at, 0.0)
    world.matches[0] = lobby = match([world.players[1]])
    assert times()[0] > opened_at


def test_of_several_sessions_the_player_s_own_is_shown() -> None:
    world = World()
    sessions = [player(3) for _ in range(3)]
    for moment, (each, tourney) in enumerate(zip(sessions, (True, False, True), strict=True)):
        each.login_time, each.is_tourney_client = float(moment), tourney
    world.players += sessions
    ((_, _, text),) = world.said()
    assert orjson.loads(text)["login_time"] == 1.0
    world.players.remove(sessions[1])
    ((_, _, text),) = world.said()
    assert orjson.loads(text)["login_time"] == 0.0


def test_after_an_outage_what_happened_within_ten_minutes_is_said_again() -> None:
    world = World()
    lobby = world.play(3)
    submit(world.players[1], 70)
    end(lobby)
    world.said(100)
    assert sorted(what for what, _, _ in world.mirror.everything(100 + 600)) == [
        "game_finished",
        "match",
        "player",
        "score",
    ]
    assert sorted(what for what, _, _ in world.mirror.everything(100 + 601)) == ["match", "player"]


@pytest.mark.parametrize(("kind", "name"), [("Player", "login_time"), ("Match", "freemods"), ("Score", "nkatu")])
def test_a_class_that_is_not_as_it_was_is_named(kind: str, name: str) -> None:
    world = World()
    lobby = world.lobby(3)
    eyes = Eyes(world)
    eyes.look()
    submit(world.players[1], 70)
    delattr({"Player": world.players[1], "Match": lobby, "Score": world.players[1].recent_scores[0]}[kind], name)
    # What has been read before is known, and one that cannot be read is passed over.
    if kind != "Score":
        eyes.look()
        eyes = Eyes(world)
    with pytest.raises(LookupError, match=f"{kind}: .*{name}.*, unlike in bancho.py 5.2 - 5.3"):
        eyes.look()


def test_a_score_without_a_map_is_no_other_class() -> None:
    world = World()
    world.lobby(3)
    submit(world.players[1], 70)
    world.players[1].recent_scores[0].bmap = None
    assert scores(world.said()) == []
    submit(world.players[1], 71)
    assert [name for name, _ in scores(world.said())] == ["71/3"]


class Evil:
    """Whatever is done with it goes wrong."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "error", error)

    def _wrong(self, *given: Any) -> Any:
        raise object.__getattribute__(self, "error")

    def __getattribute__(self, name: str) -> Any:
        raise object.__getattribute__(self, "error")

    __eq__ = __hash__ = __int__ = __float__ = __bool__ = __str__ = __iter__ = __len__ = __lt__ = __gt__ = _wrong  # type: ignore[assignment]


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
