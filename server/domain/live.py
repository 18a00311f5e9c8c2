"""What is happening now: who is online and what they do, and the lobbies."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from server.domain.beatmaps import Beatmap
from server.domain.players import Player


class Action(IntEnum):
    """What a client says its player is doing."""

    IDLE = 0
    AFK = 1
    PLAYING = 2
    EDITING = 3
    MODDING = 4
    MULTIPLAYER = 5
    WATCHING = 6
    UNKNOWN = 7
    TESTING = 8
    SUBMITTING = 9
    PAUSED = 10
    LOBBY = 11
    MULTIPLAYING = 12
    OSU_DIRECT = 13


class SlotStatus(IntFlag):
    OPEN = 1
    LOCKED = 2
    NOT_READY = 4
    READY = 8
    NO_MAP = 16
    PLAYING = 32
    COMPLETE = 64
    QUIT = 128


class Team(IntEnum):
    NEUTRAL = 0
    BLUE = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Status:
    """A player who is online. `login_time` in Unix seconds with a fraction; `map_id` 0 is no beatmap."""

    player_id: int
    login_time: float
    action: int = 0
    info_text: str = ""
    mode: int = 0
    mods: int = 0
    map_id: int = 0
    map_md5: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """An occupied place in a lobby."""

    number: int
    player_id: int
    status: int = SlotStatus.NOT_READY
    team: int = Team.NEUTRAL
    mods: int = 0
    loaded: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Lobby:
    """A multiplayer match as it stands. `id` is the game server's slot number, 0-63, which it uses again."""

    id: int
    name: str
    host_id: int
    referee_ids: tuple[int, ...] = ()
    mode: int = 0
    mods: int = 0
    seed: int = 0
    in_progress: bool = False
    is_scrimming: bool = False
    map_id: int = 0
    map_md5: str = ""
    map_name: str = ""
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayerNow:
    """A player and what they do; `status` None: offline."""

    player: Player
    status: Status | None
    beatmap: Beatmap | None


@dataclass(frozen=True, slots=True)
class LobbyNow:
    """A lobby with those of its people who may be seen, by id, and its beatmap if we know it."""

    lobby: Lobby
    people: dict[int, Player]
    beatmap: Beatmap | None
