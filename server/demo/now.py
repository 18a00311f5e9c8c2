"""What goes on in the demo right now: who is online, and the multiplayer lobbies."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.live import Action, SlotStatus, Team
from server.domain.mods import bits_of
from server.domain.osu_file import OsuFile
from server.domain.rulesets import Mode

OPEN, LOCKED = SlotStatus.OPEN.value, SlotStatus.LOCKED.value
NOT_READY, READY, NO_MAP = SlotStatus.NOT_READY.value, SlotStatus.READY.value, SlotStatus.NO_MAP.value
IN_PLAY = SlotStatus.PLAYING.value
NEUTRAL, BLUE, RED = (team.value for team in Team)

SLOTS = 16


@dataclass(frozen=True, slots=True)
class OnlinePlayer:
    """`logged_in_ago`: seconds. `action`: 0-13 as the client numbers them. `map_id`: 0 none."""

    id: int
    logged_in_ago: int
    action: int
    info_text: str
    mode: int
    mods: int
    map_id: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One of a lobby's sixteen. `status`: 1 open, 2 locked, 4 not ready, 8 ready, 16 no map, 32 playing.

    `player_id`: 0 nobody. `team`: 0 neutral, 1 blue, 2 red. `mods`: the player's own, with free mods.
    """

    status: int = OPEN
    player_id: int = 0
    team: int = NEUTRAL
    mods: int = 0
    loaded: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Lobby:
    """A multiplayer match. `id`: 0-63. `slots`: all sixteen, in order."""

    id: int
    name: str
    host_id: int
    referee_ids: tuple[int, ...]
    mode: int
    mods: int
    seed: int
    in_progress: bool
    is_scrimming: bool
    map_id: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Live:
    players: tuple[OnlinePlayer, ...]
    lobbies: tuple[Lobby, ...]


# id, seconds since login, action, map (0 none), mode, mods
ONLINE = (
    (3, 3127, Action.PLAYING, 900003, Mode.OSU, "HD"),
    (4, 7480, Action.MULTIPLAYER, 900002, Mode.OSU, ""),
    (5, 5406, Action.IDLE, 900010, Mode.CATCH, ""),
    (7, 1833, Action.MULTIPLAYER, 900002, Mode.OSU, ""),
    (8, 2511, Action.MULTIPLAYER, 900002, Mode.OSU, "HD"),
    (10, 4210, Action.MULTIPLAYING, 900012, Mode.MANIA, ""),
    (11, 940, Action.WATCHING, 900003, Mode.OSU, ""),
    (14, 10622, Action.EDITING, 900015, Mode.TAIKO, ""),
    (16, 1955, Action.OSU_DIRECT, 0, Mode.OSU, ""),
    (18, 8034, Action.MULTIPLAYING, 900012, Mode.MANIA, ""),
    (6, 2290, Action.MULTIPLAYING, 900012, Mode.MANIA, ""),
    (13, 15300, Action.AFK, 0, Mode.RELAX_OSU, "RX"),
    (15, 1207, Action.MULTIPLAYER, 900002, Mode.OSU, "HR"),
)

# Whoever is in the middle of a session of plays rather than in a lobby or away.
PLAYING_NOW = frozenset({3, 5, 16})


def live(maps: Mapping[int, OsuFile]) -> Live:
    """The demo's live part. `maps`: the demo's beatmaps by id."""
    players = tuple(
        OnlinePlayer(id_, ago, action.value, _info_text(action, maps.get(map_id)), int(mode), bits_of(mods), map_id)
        for id_, ago, action, map_id, mode, mods in ONLINE
    )
    return Live(players, (_keys_lobby(), _scrim_lobby()))


def _info_text(action: Action, beatmap: OsuFile | None) -> str:
    if beatmap is None or action in (Action.IDLE, Action.MULTIPLAYER):
        return ""
    return f"{beatmap.artist} - {beatmap.title} [{beatmap.version}]"


def _keys_lobby() -> Lobby:
    """Head to head, in the middle of a map."""
    playing = [Slot(IN_PLAY, id_, loaded=True, skipped=id_ != 6) for id_ in (18, 10, 6)]
    return Lobby(
        id=1,
        name="4K warm-up, all welcome",
        host_id=18,
        referee_ids=(),
        mode=int(Mode.MANIA),
        mods=0,
        seed=1904261,
        in_progress=True,
        is_scrimming=False,
        map_id=900012,
        slots=_sixteen(playing, locked=8),
    )


def _scrim_lobby() -> Lobby:
    """Two against two with free mods and a referee, getting ready."""
    waiting = [
        Slot(READY, 7, BLUE),
        Slot(NOT_READY, 8, BLUE, bits_of("HD")),
        Slot(NO_MAP, 4, RED),
        Slot(READY, 15, RED, bits_of("HR")),
    ]
    return Lobby(
        id=4,
        name="LNTN scrim: Slow Lanterns vs guests",
        host_id=4,
        referee_ids=(4,),
        mode=int(Mode.OSU),
        mods=0,
        seed=77013,
        in_progress=False,
        is_scrimming=True,
        map_id=900002,
        slots=_sixteen(waiting, locked=SLOTS - len(waiting)),
    )


def _sixteen(taken: list[Slot], locked: int) -> tuple[Slot, ...]:
    free = SLOTS - len(taken) - locked
    return (*taken, *([Slot()] * free), *([Slot(LOCKED)] * locked))
