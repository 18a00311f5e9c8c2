"""Players who are online, and lobbies, as they stand."""

from typing import Annotated, TypedDict

from server.domain.live import LobbyNow, PlayerNow, Slot, Status
from server.domain.players import Player


class PersonShape(TypedDict):
    id: int
    name: str
    country: str


class PlayerShape(TypedDict):
    """A player who is online. `action` is as the client tells it; `map_id` 0 is no beatmap."""

    id: int
    name: str
    country: str
    server: Annotated[str, "the game server they are at"]
    login_time: Annotated[float, "Unix time"]
    action: int
    info_text: str
    mode: int
    mods: int
    map_id: int
    map_md5: str


class PlayersAnswer(TypedDict):
    """A page of those online who fit, by id; `total` is how many fit."""

    total: int
    players: list[PlayerShape]


class SlotShape(TypedDict):
    """Status: 4 not ready, 8 ready, 16 no map, 32 playing, 64 complete, 128 quit. Team: 0 none, 1 blue, 2 red."""

    number: int
    player: PersonShape
    status: int
    team: int
    mods: int
    loaded: bool
    skipped: bool


class MatchShape(TypedDict):
    """A lobby with its occupied slots. `mods` are those of everybody; with `free_mods` each slot has more of its own.

    Win condition: 0 score, 1 accuracy, 2 combo, 3 ScoreV2. Team type: 0 head to head, 1 tag co-op, 2 team VS,
    3 tag team VS.
    """

    key: Annotated[str, "game server and number, which together name it"]
    server: str
    id: int
    name: str
    host: PersonShape | None
    referees: list[PersonShape]
    mode: int
    mods: int
    free_mods: bool
    seed: int
    in_progress: bool
    is_scrimming: bool
    win_condition: int
    team_type: int
    map_id: int
    map_md5: str
    map_name: Annotated[str, "as the game server said it, which may be empty"]
    opened_at: Annotated[float | None, "Unix time"]
    started_at: Annotated[float | None, "Unix time, of the game in progress"]
    slots: list[SlotShape]


class MatchesAnswer(TypedDict):
    """All lobbies, by number and game server."""

    total: int
    matches: list[MatchShape]


def person_shape(player: Player) -> PersonShape:
    return {"id": player.id, "name": player.name, "country": player.country}


def player_shape(player: Player, status: Status) -> PlayerShape:
    return {
        "id": player.id,
        "name": player.name,
        "country": player.country,
        "server": status.server,
        "login_time": status.login_time,
        "action": status.action,
        "info_text": status.info_text,
        "mode": status.mode,
        "mods": status.mods,
        "map_id": status.map_id,
        "map_md5": status.map_md5,
    }


def players_answer(total: int, players: list[PlayerNow]) -> PlayersAnswer:
    shapes = [player_shape(now.player, now.status) for now in players if now.status is not None]
    return {"total": total, "players": shapes}


def match_shape(now: LobbyNow) -> MatchShape:
    """Players who may not be seen leave no trace: their slots are as good as empty, a host becomes null."""
    lobby, people = now.lobby, now.people
    host = people.get(lobby.host_id)
    return {
        "key": f"{lobby.server}:{lobby.id}",
        "server": lobby.server,
        "id": lobby.id,
        "name": lobby.name,
        "host": person_shape(host) if host else None,
        "referees": [person_shape(people[each]) for each in lobby.referee_ids if each in people],
        "mode": lobby.mode,
        "mods": lobby.mods,
        "free_mods": lobby.free_mods,
        "seed": lobby.seed,
        "in_progress": lobby.in_progress,
        "is_scrimming": lobby.is_scrimming,
        "win_condition": lobby.win_condition,
        "team_type": lobby.team_type,
        "map_id": lobby.map_id,
        "map_md5": lobby.map_md5,
        "map_name": lobby.map_name,
        "opened_at": lobby.opened_at or None,
        "started_at": lobby.started_at or None,
        "slots": [_slot(slot, people[slot.player_id]) for slot in lobby.slots if slot.player_id in people],
    }


def matches_answer(lobbies: list[LobbyNow]) -> MatchesAnswer:
    return {"total": len(lobbies), "matches": [match_shape(now) for now in lobbies]}


def _slot(slot: Slot, player: Player) -> SlotShape:
    return {
        "number": slot.number,
        "player": person_shape(player),
        "status": slot.status,
        "team": slot.team,
        "mods": slot.mods,
        "loaded": slot.loaded,
        "skipped": slot.skipped,
    }
