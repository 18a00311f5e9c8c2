"""Events as they concern listeners: who is in them, and who wants to hear of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from server.domain.live import Event, Game, Kind, Lobby, order
from server.domain.players import Player

Result = TypeVar("Result")


class Happening:
    """An event with those of its people who may be seen by everybody. `event` None: something may have been missed."""

    __slots__ = ("_made", "event", "match", "order", "people", "players", "reason")

    def __init__(self, event: Event | None, people: dict[int, Player], reason: str = "") -> None:
        self.event = event
        self.people = people
        self.reason = reason
        self.players = frozenset(people)
        self.order = order(event.id) if event else (0, 0)
        self.match = _match(event) if event else None
        self._made: Any = None

    def once(self, make: Callable[["Happening"], Result]) -> Result:
        """What a pure function makes of it: made once, however many are told."""
        if self._made is None:
            self._made = make(self)
        made: Result = self._made
        return made


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listener wants to hear; None: everything. `matches`: numbers of lobbies, with or without a game server.

    With both `players` and `matches`, events of either.
    """

    kinds: frozenset[Kind] | None = None
    players: frozenset[int] | None = None
    matches: frozenset[tuple[str | None, int]] | None = None

    def takes(self, happening: Happening) -> bool:
        """Is this event one of those? That something was missed concerns everybody."""
        event = happening.event
        if event is None:
            return True
        if self.kinds is not None and event.kind not in self.kinds:
            return False
        if self.players is None and self.matches is None:
            return True
        if self.players is not None and not self.players.isdisjoint(happening.players):
            return True
        if self.matches is None or happening.match is None:
            return False
        server, match_id = happening.match
        return (server, match_id) in self.matches or (None, match_id) in self.matches


def _match(event: Event) -> tuple[str, int] | None:
    about_match = isinstance(event.said, Lobby | Game) or event.kind is Kind.LOBBY_CLOSED
    return (event.server, event.subject) if about_match else None
