"""Sessions as bancho.py has them, in this process, and what the bridge makes of them at times of the test's own."""

import time
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from contrib.bancho_bridge import NEEDED, Eyes, Mirror, Statement
from server.domain.live import Game, Play
from server.live.plays import game_from, play_from

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


def scores(statements: list[Statement]) -> list[tuple[str, Play | None]]:
    return [(name, play_from(text)) for what, name, text in statements if what == "score"]
