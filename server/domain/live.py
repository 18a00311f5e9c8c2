"""What is happening now: who is online and what they do, the lobbies, and what has just been played."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum

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


class WinCondition(IntEnum):
    SCORE = 0
    ACCURACY = 1
    COMBO = 2
    SCORE_V2 = 3


class TeamType(IntEnum):
    HEAD_TO_HEAD = 0
    TAG_COOP = 1
    TEAM_VS = 2
    TAG_TEAM_VS = 3


class Kind(StrEnum):
    """What events tell of."""

    LOGIN = "login"
    LOGOUT = "logout"
    STATUS = "status"
    LOBBY_OPENED = "lobby_opened"
    LOBBY_CHANGED = "lobby_changed"
    LOBBY_CLOSED = "lobby_closed"
    GAME_STARTED = "game_started"
    GAME_FINISHED = "game_finished"
    SCORE = "score"


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
    server: str = ""  # the game server that says so


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
    """A multiplayer match as it stands.

    `id` is the game server's slot number, 0-63, which it uses again; `opened_at` tells one lobby of a number from the
    next. `started_at` is when the game began that is in progress. Both in Unix seconds with a fraction, 0 not known.
    `mods` are those of everybody; with `free_mods` each slot has its own beside them.
    """

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
    opened_at: float = 0.0
    started_at: float = 0.0
    free_mods: bool = False
    win_condition: int = WinCondition.SCORE
    team_type: int = TeamType.HEAD_TO_HEAD
    has_public_history: bool = True
    server: str = ""  # the game server that has it

    @property
    def player_ids(self) -> frozenset[int]:
        """All whom it names: host, referees, and those in its slots."""
        return frozenset({self.host_id, *self.referee_ids, *(slot.player_id for slot in self.slots)})


@dataclass(frozen=True, slots=True)
class Play:
    """A score that has been submitted.

    `slot` and `team` are those of a multiplayer game, None and 0 otherwise. `accuracy` in percent; `pp` None where it
    is not known. `score_id` is the row of `scores`, 0 not known; `played_at` in Unix seconds.
    """

    player_id: int
    score: int
    mode: int = 0
    mods: int = 0
    accuracy: float = 0.0
    max_combo: int = 0
    n300: int = 0
    n100: int = 0
    n50: int = 0
    nmiss: int = 0
    ngeki: int = 0
    nkatu: int = 0
    grade: str = ""
    perfect: bool = False
    passed: bool = True
    pp: float | None = None
    score_id: int = 0
    map_id: int = 0
    map_md5: str = ""
    played_at: float = 0.0
    slot: int | None = None
    team: int = Team.NEUTRAL


@dataclass(frozen=True, slots=True)
class Game:
    """One map played in a lobby from start to end, with all its scores. Times in Unix seconds with a fraction.

    `aborted`: it was broken off, so there are no scores.
    """

    match_id: int
    match_name: str
    opened_at: float
    started_at: float
    ended_at: float
    mode: int = 0
    mods: int = 0
    free_mods: bool = False
    win_condition: int = WinCondition.SCORE
    team_type: int = TeamType.HEAD_TO_HEAD
    map_id: int = 0
    map_md5: str = ""
    map_name: str = ""
    has_public_history: bool = True
    aborted: bool = False
    plays: tuple[Play, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `id` is its place in the stream, which only grows.

    `subject` is the id of the player or the lobby's number; `said` is what there is about it: a Status, a Lobby, a
    Game, a Play, and for logout and lobby_closed a word on why: `left`, or `lost` where a game server fell silent.
    """

    id: str
    kind: Kind
    server: str
    subject: int
    said: Status | Lobby | Game | Play | str


def order(event_id: str) -> tuple[int, int]:
    """Ids of a stream in the order of its entries."""
    moment, _, place = event_id.partition("-")
    return int(moment), int(place)


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
