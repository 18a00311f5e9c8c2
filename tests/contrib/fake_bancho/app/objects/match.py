"""Lobbies."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import app.settings
import app.state


class SlotStatus(IntEnum):
    open = 1
    locked = 2
    not_ready = 4
    ready = 8
    no_map = 16
    playing = 32
    complete = 64
    quit = 128


HAS_PLAYER = 4 | 8 | 16 | 32 | 64


class Slot:
    def __init__(self) -> None:
        self.reset()

    def reset(self, status: SlotStatus = SlotStatus.open) -> None:
        self.player: Any = None
        self.status = status
        self.team = 0
        self.mods = 0
        self.loaded = False
        self.skipped = False


class Match:
    def __init__(self, id: int, name: str, passwd: str, host_id: int, **given: Any) -> None:
        self.id = id
        self.name = name
        self.passwd = passwd
        self.has_public_history = True
        self.host_id = host_id
        self._refs: set[Any] = set()
        self.map_id = 0
        self.map_md5 = ""
        self.map_name = ""
        self.prev_map_id = 0
        self.mods = 0
        self.mode = 0
        self.freemods = False
        self.slots = [Slot() for _ in range(16)]
        self.team_type = 0
        self.win_condition = 0
        self.in_progress = False
        self.seed = 0
        self.is_scrimming = False
        self.tourney_clients: set[int] = set()
        for each, value in given.items():
            setattr(self, each, value)
        owner, _, missing = app.settings.WITHOUT.partition(".")
        if owner == "Match":
            delattr(self, missing)

    @property
    def host(self) -> Any:
        """As in bancho.py this is not to be asked for when the host has gone."""
        host = app.state.sessions.players.get(id=self.host_id)
        assert host is not None
        return host

    @property
    def refs(self) -> set[Any]:
        """As in bancho.py, asking changes what is asked."""
        self._refs.add(self.host)
        return self._refs

    def slot_of(self, player: Any) -> Slot:
        return next(slot for slot in self.slots if slot.player is player)

    def join(self, player: Any, number: int | None) -> None:
        free = next(index for index, slot in enumerate(self.slots) if slot.status == SlotStatus.open)
        slot = self.slots[free if number is None else number]
        slot.player, slot.status, player.match = player, SlotStatus.not_ready, self

    def leave(self, player: Any) -> None:
        self.slot_of(player).reset()
        player.match = None
        left = [slot.player for slot in self.slots if slot.player is not None]
        if not left:
            app.state.sessions.matches.remove(self)
        elif player.id == self.host_id:
            self.host_id = left[0].id

    def start(self) -> None:
        for slot in self.slots:
            if slot.status & HAS_PLAYER and slot.status != SlotStatus.no_map:
                slot.status = SlotStatus.playing
        self.in_progress = True

    def complete(self, player: Any) -> None:
        self.slot_of(player).status = SlotStatus.complete
        if not any(slot.status == SlotStatus.playing for slot in self.slots):
            self._over(SlotStatus.complete)

    def abort(self) -> None:
        self._over(SlotStatus.playing)

    def _over(self, was: SlotStatus) -> None:
        for slot in self.slots:
            slot.loaded = slot.skipped = False
            if slot.status == was:
                slot.status = SlotStatus.not_ready
        self.in_progress = False
