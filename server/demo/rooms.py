"""The demo's multiplayer lobbies: two that are always open, and one that opens in the evening."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from server.demo.history import Calculate, DemoMap, Planned, ease_of, stars_with
from server.demo.judging import rate
from server.demo.scenes import PERSONS, Maps, Scene, carried_out, full_name, status
from server.domain.live import Action, Game, Lobby, Play, Slot, SlotStatus, Status, Team, TeamType
from server.domain.mods import bits_of
from server.domain.rulesets import Mode

# From the end of a map until everybody is back in the lobby, and how long two may be apart in getting ready.
RESULTS_SECONDS = 4
STEP_SECONDS = 4


class Member(NamedTuple):
    """`online_for`: seconds, when the demo begins; of no meaning where all come later."""

    player_id: int
    slot: int
    online_for: float = 0
    team: Team = Team.NEUTRAL
    mods: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """`members`: the host first. `maps`: id and mods for everybody, game after game.

    In seconds from the demo's beginning: `first` when the first game begins, or when they come, and `rests` between two
    games. `games`: after so many they go home, for `away` seconds; 0: they stay.
    """

    lobby: Lobby
    members: tuple[Member, ...]
    maps: tuple[tuple[int, str], ...]
    first: float
    rests: float
    games: int = 0
    away: float = 0


ROOMS = (
    Room(
        Lobby(1, "4K warm-up, all welcome", 18, mode=int(Mode.MANIA)),
        (Member(18, 0, 8034), Member(10, 1, 4210), Member(6, 2, 2290)),
        ((900012, ""), (900011, "DT"), (900014, "")),
        first=-20,
        rests=26,
    ),
    Room(
        Lobby(
            4,
            "LNTN scrim: Slow Lanterns vs guests",
            4,
            referee_ids=(4,),
            is_scrimming=True,
            free_mods=True,
            team_type=TeamType.TEAM_VS,
        ),
        (
            Member(4, 2, 7480, Team.RED),
            Member(7, 0, 1833, Team.BLUE),
            Member(8, 1, 2511, Team.BLUE, "HD"),
            Member(15, 3, 1207, Team.RED, "HR"),
        ),
        ((900002, ""), (900013, ""), (900001, "DT")),
        first=18,
        rests=34,
    ),
    Room(
        Lobby(0, "Drums before bed", 9, mode=int(Mode.TAIKO)),
        (Member(9, 0), Member(17, 1), Member(24, 2)),
        ((900006, ""), (900007, "")),
        first=40,
        rests=24,
        games=2,
        away=260,
    ),
)


def goings_on(room: Room, maps: Maps, calculate: Calculate, started: float) -> Iterator[Scene]:
    """What happens in a lobby, and what its people do before and after."""
    first = started + room.first
    if not room.games:
        online = {member.player_id: started - member.online_for for member in room.members}
        lobby = replace(room.lobby, opened_at=started - 1100, slots=_waiting(room.members))
        yield Scene(started - 1100, _people(online, lobby), lobby)
        yield from _games(room, online, lobby, maps, calculate, first - room.rests, count())
    for number in count(step=room.games):
        first = room.away + (yield from _evening(room, maps, calculate, first, number))


def _evening(room: Room, maps: Maps, calculate: Calculate, at: float, number: int) -> Generator[Scene, None, float]:
    """They come one after another, play, and go; gives when the last has gone. `number`: of the first game."""
    online: dict[int, float] = {}
    lobby = None
    for place, member in enumerate(room.members):
        online[member.player_id] = at
        yield Scene(at, _people(online, lobby), lobby)
        at += 7
        before = lobby or replace(room.lobby, opened_at=at)
        chosen = maps[room.maps[0][0]]
        lobby = _at_map(replace(before, slots=_waiting(room.members[: place + 1])), chosen, "")
        yield Scene(at, _people(online, lobby), lobby)
        at += 5
    assert lobby is not None
    at = 12 + (yield from _games(room, online, lobby, maps, calculate, at, range(number, number + room.games)))
    yield Scene(at, _people(online, None))
    for member in room.members:
        at += 6
        del online[member.player_id]
        yield Scene(at, _people(online, None))
    return at


def _games(
    room: Room,
    online: dict[int, float],
    lobby: Lobby,
    maps: Maps,
    calculate: Calculate,
    ended: float,
    numbers: Iterable[int],
) -> Generator[Scene, None, float]:
    """Game after game: they get ready, play, and see the results; gives when the last has ended."""
    for number in numbers:
        rng = Random(f"{lobby.name}, game {number}")
        map_id, mods = room.maps[number % len(room.maps)]
        chosen = maps[map_id]
        lobby = replace(_at_map(lobby, chosen, mods), seed=rng.getrandbits(31), slots=_waiting(room.members))
        missing = room.members[0].player_id if lobby.is_scrimming else 0
        lobby = _set(lobby, SlotStatus.NO_MAP, missing)
        yield Scene(ended + STEP_SECONDS, _people(online, lobby), lobby)
        for place, slot in enumerate(rng.sample(lobby.slots, len(lobby.slots)), 2):
            lobby = _set(lobby, SlotStatus.READY, slot.player_id)
            yield Scene(ended + STEP_SECONDS * place, _people(online, lobby), lobby)

        began = ended + room.rests
        slots = tuple(replace(slot, status=SlotStatus.PLAYING.value) for slot in lobby.slots)
        lobby = replace(lobby, in_progress=True, started_at=began, slots=slots)
        yield Scene(began, _people(online, lobby), lobby)
        slots = tuple(replace(slot, loaded=True, skipped=slot.number % 2 == 0) for slot in lobby.slots)
        lobby = replace(lobby, slots=slots)
        yield Scene(began + 3, _people(online, lobby), lobby)

        ended = began + chosen.file.total_length / rate(lobby.mods) + RESULTS_SECONDS
        plays = tuple(_played(lobby, slot, chosen, calculate, began, rng) for slot in lobby.slots)
        game = _game(lobby, ended, tuple(replace(play, played_at=ended) for play in plays))
        lobby = replace(lobby, in_progress=False, started_at=0.0, slots=_waiting(room.members))
        yield Scene(ended, _people(online, lobby), lobby, game)
    return ended


def _played(lobby: Lobby, slot: Slot, chosen: DemoMap, calculate: Calculate, began: float, rng: Random) -> Play:
    mode, mods = Mode(lobby.mode), lobby.mods | slot.mods
    skill = PERSONS[slot.player_id].skill[mode.ruleset]
    ease = ease_of(skill, stars_with(chosen.stars, mods)) + rng.gauss(0, 0.06)
    plan = Planned(
        player_id=slot.player_id,
        map=chosen,
        mode=mode,
        mods=mods,
        ease=min(max(ease, 0.05), 0.97),
        begins=timedelta(),
        lasts=timedelta(),
        at=datetime.min,
        seed=rng.getrandbits(32),
    )
    return replace(carried_out(plan, began, calculate), slot=slot.number, team=slot.team)


def _game(lobby: Lobby, ended: float, plays: tuple[Play, ...]) -> Game:
    return Game(
        match_id=lobby.id,
        match_name=lobby.name,
        opened_at=lobby.opened_at,
        started_at=lobby.started_at,
        ended_at=ended,
        mode=lobby.mode,
        mods=lobby.mods,
        free_mods=lobby.free_mods,
        win_condition=lobby.win_condition,
        team_type=lobby.team_type,
        map_id=lobby.map_id,
        map_md5=lobby.map_md5,
        map_name=lobby.map_name,
        plays=plays,
    )


def _at_map(lobby: Lobby, chosen: DemoMap, mods: str) -> Lobby:
    beatmap = chosen.file
    return replace(
        lobby, map_id=beatmap.beatmap_id, map_md5=beatmap.md5, map_name=full_name(beatmap), mods=bits_of(mods)
    )


def _waiting(members: Iterable[Member]) -> tuple[Slot, ...]:
    slots = (Slot(each.slot, each.player_id, team=each.team, mods=bits_of(each.mods)) for each in members)
    return tuple(sorted(slots, key=lambda slot: slot.number))


def _set(lobby: Lobby, to: SlotStatus, player_id: int) -> Lobby:
    slots = (replace(slot, status=to.value) if slot.player_id == player_id else slot for slot in lobby.slots)
    return replace(lobby, slots=tuple(slots))


def _people(online: dict[int, float], lobby: Lobby | None) -> tuple[Status, ...]:
    """What they do: in the lobby's slots what the lobby does, and nothing outside."""
    slots = {slot.player_id: slot for slot in lobby.slots} if lobby else {}
    return tuple(_status(player_id, login, lobby, slots.get(player_id)) for player_id, login in online.items())


def _status(player_id: int, login: float, lobby: Lobby | None, slot: Slot | None) -> Status:
    if lobby is None or slot is None:
        return status(player_id, login, Action.IDLE, PERSONS[player_id].taste)
    playing = slot.status == SlotStatus.PLAYING
    return Status(
        player_id=player_id,
        login_time=login,
        action=(Action.MULTIPLAYING if playing else Action.MULTIPLAYER).value,
        info_text=lobby.map_name if playing else "",
        mode=lobby.mode,
        mods=lobby.mods | slot.mods,
        map_id=lobby.map_id,
        map_md5=lobby.map_md5,
    )
