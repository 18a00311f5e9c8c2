"""What is happening now, as bancho.py v1 tells it."""

from typing import Annotated, Literal, TypedDict

from server.dialects.bancho_v1.shapes.beatmaps import BeatmapShape, beatmap_shape
from server.domain.live import LobbyNow, PlayerNow, Slot
from server.domain.players import Player


class Offline(TypedDict):
    online: Literal[False]
    last_seen: Annotated[int, "Unix time"]


class ActionShape(TypedDict):
    """What a client says its player does; `mods` are the player's own, also while watching another."""

    action: int
    info_text: str
    mode: int
    mods: int
    beatmap: BeatmapShape | None


class Online(TypedDict):
    online: Literal[True]
    login_time: Annotated[float, "Unix time"]
    status: ActionShape


class StatusAnswer(TypedDict):
    status: Literal["success"]
    player_status: Offline | Online


class StatusOf(TypedDict):
    id: int
    player_status: Offline | Online


class StatusesAnswer(TypedDict):
    status: Literal["success"]
    players: list[StatusOf]


class PersonShape(TypedDict):
    id: int
    name: str


class SlotShape(TypedDict):
    """Status: 4 not ready, 8 ready, 16 no map, 32 playing, 64 complete, 128 quit. Team: 0 neutral, 1 blue, 2 red."""

    loaded: bool
    mods: int
    player: PersonShape
    skipped: bool
    status: int
    team: int


class MatchMapShape(TypedDict):
    id: int
    md5: str
    name: str


class MatchShape(TypedDict):
    name: str
    mode: int
    mods: int
    seed: int
    host: PersonShape | None
    refs: list[PersonShape]
    in_progress: bool
    is_scrimming: bool
    map: MatchMapShape
    active_slots: Annotated[dict[str, SlotShape], "by the slot's number"]


class MatchAnswer(TypedDict):
    status: Literal["success"]
    match: MatchShape


def status_answer(now: PlayerNow) -> StatusAnswer:
    return {"status": "success", "player_status": _status(now)}


def statuses_answer(players: list[PlayerNow]) -> StatusesAnswer:
    return {"status": "success", "players": [{"id": now.player.id, "player_status": _status(now)} for now in players]}


def _status(now: PlayerNow) -> Offline | Online:
    status = now.status
    if status is None:
        return {"online": False, "last_seen": now.player.latest_activity}
    return {
        "online": True,
        "login_time": status.login_time,
        "status": {
            "action": status.action,
            "info_text": status.info_text,
            "mode": status.mode,
            "mods": status.mods,
            "beatmap": beatmap_shape(now.beatmap) if now.beatmap else None,
        },
    }


def match_answer(now: LobbyNow) -> MatchAnswer:
    """Players who may not be seen leave no trace: their slots are as good as empty, a host becomes null."""
    lobby, people, beatmap = now.lobby, now.people, now.beatmap
    host = people.get(lobby.host_id)
    return {
        "status": "success",
        "match": {
            "name": lobby.name,
            "mode": lobby.mode,
            "mods": lobby.mods,
            "seed": lobby.seed,
            "host": _person(host) if host else None,
            "refs": [_person(people[each]) for each in lobby.referee_ids if each in people],
            "in_progress": lobby.in_progress,
            "is_scrimming": lobby.is_scrimming,
            "map": {
                "id": lobby.map_id,
                "md5": lobby.map_md5,
                "name": lobby.map_name or (beatmap.full_name if beatmap else ""),
            },
            "active_slots": {
                str(slot.number): _slot(slot, people[slot.player_id])
                for slot in lobby.slots
                if slot.player_id in people
            },
        },
    }


def _person(player: Player) -> PersonShape:
    return {"id": player.id, "name": player.name}


def _slot(slot: Slot, player: Player) -> SlotShape:
    return {
        "loaded": slot.loaded,
        "mods": slot.mods,
        "player": _person(player),
        "skipped": slot.skipped,
        "status": slot.status,
        "team": slot.team,
    }
