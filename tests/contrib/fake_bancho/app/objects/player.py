"""Players and what they do."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

import app.state


class Action(IntEnum):
    Idle = 0
    Afk = 1
    Playing = 2
    Editing = 3
    Modding = 4
    Multiplayer = 5


class Mods(IntFlag):
    NOMOD = 0
    NOFAIL = 1
    HIDDEN = 8
    HARDROCK = 16
    DOUBLETIME = 64
    RELAX = 128


class GameMode(IntEnum):
    VANILLA_OSU = 0
    VANILLA_TAIKO = 1
    VANILLA_CATCH = 2
    VANILLA_MANIA = 3
    RELAX_OSU = 4
    RELAX_TAIKO = 5
    RELAX_CATCH = 6
    AUTOPILOT_OSU = 8


class Privileges(IntFlag):
    UNRESTRICTED = 1
    VERIFIED = 2


@dataclass
class Status:
    action: Action = Action.Idle
    info_text: str = ""
    map_md5: str = ""
    mods: Mods = Mods.NOMOD
    mode: GameMode = GameMode.VANILLA_OSU
    map_id: int = 0


class Player:
    def __init__(self, id: int, name: str, login_time: float, tourney: bool = False, bot: bool = False) -> None:
        self.id = id
        self.name = name
        self.priv = Privileges.UNRESTRICTED | Privileges.VERIFIED
        self.token = f"token-{time.monotonic_ns()}"
        self.login_time = login_time
        self.status = Status()
        self.match: Any = None
        self.is_bot_client = bot
        self.is_tourney_client = tourney
        self.recent_scores: dict[GameMode, Any] = dict.fromkeys(GameMode)

    @property
    def restricted(self) -> bool:
        return not self.priv & Privileges.UNRESTRICTED

    def logout(self) -> None:
        self.token = ""
        if self.match is not None:
            self.match.leave(self)
        app.state.sessions.players.remove(self)
