"""One evening of two game servers, which every writer must tell alike: what is said, and what must then be and happen.

Times are those of whoever tells. Here they are numbered: the first login that is heard of is at 1, the next at 2, and
likewise the moments when lobbies were opened and games began. All others are 1.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from redis import Redis

from server.domain.live import Event, Game, Lobby, Play, Slot, Status
from server.live import keys
from server.live.feed import event_from
from server.live.records import lobby_from, status_from

MD5 = "ab" * 16

RULES: dict[str, Any] = {
    **{"map_id": 9, "map_md5": MD5, "map_name": "ü - ☃ [x]", "mode": 3, "mods": 64, "seed": 7, "free_mods": True},
    **{"team_type": 2, "win_condition": 3, "is_scrimming": True, "has_public_history": False},
}


class Driver(ABC):
    """A game server that tells through one of the writers. It may use the times of its own for those that it is given.

    Each method is one change, seen by itself.
    """

    @abstractmethod
    def login(self, status: Status) -> None: ...

    @abstractmethod
    def does(self, status: Status) -> None:
        """A player does this now."""

    @abstractmethod
    def logout(self, player_id: int) -> None: ...

    @abstractmethod
    def opens(self, lobby: Lobby) -> None:
        """Its host is in slot 0, and is its referee."""

    @abstractmethod
    def replaces(self, lobby: Lobby) -> None:
        """The lobby of this number is closed, and at once another is opened by the same host."""

    @abstractmethod
    def settings(self, lobby: Lobby, changed: dict[str, Any]) -> None: ...

    @abstractmethod
    def joins(self, lobby: Lobby, player_id: int, number: int) -> None: ...

    @abstractmethod
    def seat(self, lobby: Lobby, number: int, changed: dict[str, Any]) -> None: ...

    @abstractmethod
    def starts(self, lobby: Lobby) -> None: ...

    @abstractmethod
    def submits(self, play: Play) -> None: ...

    @abstractmethod
    def completes(self, lobby: Lobby, player_id: int, over: list[Play] | None) -> None:
        """A player has come to the end of the map; `over`: so have all, with these scores."""

    @abstractmethod
    def aborts(self, lobby: Lobby) -> None: ...

    @abstractmethod
    def closes(self, lobby: Lobby) -> None: ...

    @abstractmethod
    def leaves(self) -> None:
        """The game server stops in the regular way."""


class Evening:
    """What there must be, and what is there. `driver` makes one by a game server's name."""

    def __init__(self, client: Redis, driver: Callable[[str], Driver]) -> None:
        self._client = client
        self._last = "-"
        self._expected: list[tuple[Any, ...]] = []
        self._found: list[tuple[Any, ...]] = []
        self._numbers: dict[str, dict[float, float]] = {}
        self.a, self.b = driver("a"), driver("b")
        self.online: dict[int, Status] = {}
        self.open: dict[str, Lobby] = {}

    def pass_(self) -> None:
        """Let it all happen."""
        self._people()
        self._rooms()
        self._end()

    def _people(self) -> None:
        a, b = self.a, self.b
        three = Status(3, 1.0, server="a")
        self._login(a, three)
        busy = replace(three, action=2, info_text="ü - \U0001f600 [x]", mode=4, mods=200, map_id=9, map_md5=MD5)
        for _ in range(2):  # which is news once
            a.does(busy)
        self.online[3] = busy
        self._heard(("status", busy))
        self._login(b, Status(4, 2.0, server="b"))
        # They are at one game server, the one that said so last, and leave that one alone.
        self._expect("logout", "a", 3, "left")
        self._login(b, Status(3, 3.0, server="b"))
        a.logout(3)
        b.logout(3)
        del self.online[3]
        self._expect("logout", "b", 3, "left")
        self._heard()
        # As does a player who comes back.
        self._login(a, Status(3, 4.0, server="a"))
        self._login(a, Status(5, 5.0, server="a"))
        a.logout(5)
        del self.online[5]
        self._expect("logout", "a", 5, "left")
        self._heard()
        self._login(a, Status(5, 6.0, server="a"))

    def _rooms(self) -> None:
        a, b = self.a, self.b
        lobby = Lobby(0, "lobby 0", 3, (3,), slots=(Slot(0, 3),), opened_at=1.0, server="a", **RULES)
        a.opens(lobby)
        self._now(lobby, "lobby_opened")
        other = Lobby(0, "lobby 0", 4, (4,), slots=(Slot(0, 4),), opened_at=2.0, server="b")
        b.opens(other)
        self._now(other, "lobby_opened")
        lobby = replace(lobby, slots=(Slot(0, 3), Slot(5, 5)))
        a.joins(lobby, 5, 5)
        self._now(lobby, "lobby_changed")
        lobby = replace(lobby, slots=(Slot(0, 3), Slot(5, 5, 8, 2, 8, True, True)))
        a.seat(lobby, 5, {"status": 8, "team": 2, "mods": 8, "loaded": True, "skipped": True})
        self._now(lobby, "lobby_changed")
        changed = {"mods": 16, "seed": 8, "win_condition": 1}
        lobby = replace(lobby, **changed)  # type: ignore[arg-type]
        a.settings(lobby, changed)
        self._now(lobby, "lobby_changed")

        slots = tuple(replace(slot, status=32) for slot in lobby.slots)
        playing = replace(lobby, slots=slots, in_progress=True, started_at=1.0)
        a.starts(playing)
        self._now(playing, "lobby_changed", "game_started")
        plays = [self._submits(a, 3, 11, slot=0), self._submits(a, 5, 12, slot=5, team=2)]
        playing = replace(playing, slots=(replace(slots[0], status=64), slots[1]))
        a.completes(playing, 3, None)
        self._now(playing, "lobby_changed")
        over = tuple(replace(slot, status=4, loaded=False, skipped=False) for slot in slots)
        lobby = replace(lobby, slots=over)
        a.completes(lobby, 5, plays)
        self._expect("game_finished", "a", 0, _game(lobby, plays))
        self._now(lobby, "lobby_changed")
        # Alone, in no lobby.
        self._submits(a, 5, 13)

        a.replaces(lobby)
        self._expect("lobby_closed", "a", 0, "left")
        lobby = Lobby(0, "lobby 0", 3, (3,), slots=(Slot(0, 3),), opened_at=3.0, server="a")
        self._now(lobby, "lobby_opened")
        b.closes(other)
        del self.open["b"]
        self._expect("lobby_closed", "b", 0, "left")
        self._heard()

        # A game that is broken off is over when the game server stops, if not before.
        playing = replace(lobby, slots=(Slot(0, 3, 32),), in_progress=True, started_at=2.0)
        a.starts(playing)
        self._now(playing, "lobby_changed", "game_started")
        a.aborts(lobby)
        self._expect("game_finished", "a", 0, replace(_game(lobby, []), started_at=2.0, aborted=True))
        self._expect("lobby_changed", "a", 0, lobby)

    def _end(self) -> None:
        # What was said a moment before that counts as well.
        self._look(least=1)
        self.a.leaves()
        for player in (3, 5):
            del self.online[player]
            self._expect("logout", "a", player, "left")
        del self.open["a"]
        self._expect("lobby_closed", "a", 0, "left")
        self._heard()
        self.b.leaves()
        del self.online[4]
        self._expect("logout", "b", 4, "left")
        self._heard()

    def _login(self, driver: Driver, status: Status) -> None:
        driver.login(status)
        self.online[status.player_id] = status
        self._heard(("login", status))

    def _submits(self, driver: Driver, player_id: int, score_id: int, **more: int) -> Play:
        play = Play(
            *(player_id, 1_000_000, 3, 72, 98.76, 321, 300, 10, 5, 1, 60, 7, "A", False, True, 123.456),
            **{"score_id": score_id, "map_id": 9, "map_md5": MD5, "played_at": 1.0, **more},  # type: ignore[arg-type]
        )
        driver.submits(play)
        self._expect("score", "a", player_id, play)
        self._heard()
        return play

    def _now(self, lobby: Lobby, *kinds: str) -> None:
        self.open[lobby.server] = lobby
        self._heard(*((kind, lobby) for kind in kinds))

    def _expect(self, kind: str, server: str, subject: int, said: Any) -> None:
        self._expected.append((kind, server, subject, said))

    def _heard(self, *expected: tuple[str, Any]) -> None:
        """There were these events, in whichever order, and nothing else; and all stands as it should."""
        for kind, said in expected:
            self._expect(kind, said.server, said.player_id if isinstance(said, Status) else said.id, said)
        self._look(len(self._expected) - len(self._found))
        wanted, found = self._expected, self._found
        self._expected, self._found = [], []
        for each in wanted:
            assert each in found, f"{each} did not happen, but {found}"
            found.remove(each)
        assert not found, f"beside {wanted} there happened {found}"
        self._stands()

    def _look(self, least: int) -> None:
        """Take down what has happened, once there is that much of it."""
        deadline = time.monotonic() + 15
        found: list[Any] = []
        while len(found) < least and time.monotonic() < deadline:
            time.sleep(0.01)
            found = list(self._client.xrange(keys.EVENTS, self._last))
        for entry_id, fields in found:
            self._last = f"({entry_id}"
            event = event_from(entry_id, fields)
            assert event is not None, fields
            self._found.append(self._numbered(event))

    def _stands(self) -> None:
        players = [int(each) for each in self._client.zrange(keys.PLAYERS, 0, -1)]
        texts = [self._client.get(keys.player(each)) for each in players]
        there = [status_from(text, each) for each, text in zip(players, texts, strict=True)]
        online = {status.player_id: self._timed(status) for status in there if status}
        assert online == self.online, f"{online} instead of {self.online}"
        rooms = [keys.match_of(member) for member in self._client.zrange(keys.MATCHES, 0, -1)]
        lobbies = [lobby_from(self._client.get(keys.match(room[1], room[0])), room[0]) for room in rooms if room]
        open_now = {lobby.server: self._timed(lobby) for lobby in lobbies if lobby}
        assert open_now == self.open, f"{open_now} instead of {self.open}"

    def _numbered(self, event: Event) -> tuple[Any, ...]:
        said = event.said if isinstance(event.said, str) else self._timed(event.said)
        return event.kind.value, event.server, event.subject, said

    def _timed(self, said: Any) -> Any:
        """The same with times that are numbers of moments; those of somebody else's clock are not."""
        if isinstance(said, Status):
            return replace(said, login_time=self._number("login", said.login_time))
        if isinstance(said, Play):
            return replace(said, played_at=_about_now(said.played_at))
        opened_at, started_at = self._number("opened", said.opened_at), self._number("started", said.started_at)
        timed = replace(said, opened_at=opened_at, started_at=started_at)
        if isinstance(timed, Lobby):
            return timed
        assert said.started_at <= said.ended_at
        plays = tuple(self._timed(play) for play in timed.plays)
        return replace(timed, ended_at=_about_now(timed.ended_at), plays=plays)

    def _number(self, role: str, moment: float) -> float:
        if not moment:
            return 0.0
        assert _about_now(moment) == 1.0, moment
        known = self._numbers.setdefault(role, {})
        return known.setdefault(moment, len(known) + 1.0)


def _about_now(moment: float) -> float:
    return 1.0 if abs(moment - time.time()) < 60 else moment


def _game(lobby: Lobby, plays: list[Play]) -> Game:
    shared = ("mode", "mods", "free_mods", "win_condition", "team_type", "map_id", "map_md5", "map_name")
    rules = {name: getattr(lobby, name) for name in (*shared, "has_public_history")}
    return Game(lobby.id, lobby.name, lobby.opened_at, 1.0, 1.0, plays=tuple(plays), **rules)
