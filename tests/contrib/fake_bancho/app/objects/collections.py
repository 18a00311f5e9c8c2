"""Who is online, and the lobbies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.objects.match import Match
from app.objects.player import Player


class Players(list[Player]):
    def __iter__(self) -> Iterator[Player]:
        return super().__iter__()

    def __contains__(self, player: object) -> bool:
        if isinstance(player, str):
            return player in (each.name for each in self)
        return super().__contains__(player)

    def get(self, id: int) -> Player | None:
        return next((each for each in self if each.id == id), None)


class Matches(list[Match | None]):
    """64 places; a lobby's id is its place."""

    def __init__(self) -> None:
        super().__init__([None] * 64)

    def __iter__(self) -> Iterator[Match | None]:
        return super().__iter__()

    def get_free(self) -> int:
        return self.index(None)

    def remove(self, match: Any) -> None:
        self[match.id] = None
