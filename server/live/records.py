"""Statuses and lobbies as the JSON that Redis holds. Whatever cannot be read counts as not there."""

import logging
from typing import Any

import orjson

from server.domain.live import Lobby, Slot, Status

log = logging.getLogger(__name__)


def status_text(status: Status, server: str) -> bytes:
    """A status as it is written; `server` is the game server that says so."""
    return orjson.dumps(
        {
            "server": server,
            "id": status.player_id,
            "login_time": status.login_time,
            "action": status.action,
            "info_text": status.info_text,
            "mode": status.mode,
            "mods": status.mods,
            "map_id": status.map_id,
            "map_md5": status.map_md5,
        }
    )


def status_from(text: str | None) -> Status | None:
    """The status in a key, None if there is none that can be read."""
    if text is None:
        return None
    try:
        given = orjson.loads(text)
        return Status(
            player_id=_whole(given["id"]),
            login_time=float(given["login_time"]),
            action=_whole(given.get("action", 0)),
            info_text=str(given.get("info_text", "")),
            mode=_whole(given.get("mode", 0)),
            mods=_whole(given.get("mods", 0)),
            map_id=_whole(given.get("map_id", 0)),
            map_md5=str(given.get("map_md5", "")),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        log.warning("A player's live status cannot be read")
        return None


def lobby_text(lobby: Lobby, server: str) -> bytes:
    """A lobby as it is written."""
    return orjson.dumps(
        {
            "server": server,
            "id": lobby.id,
            "name": lobby.name,
            "host_id": lobby.host_id,
            "referee_ids": lobby.referee_ids,
            "mode": lobby.mode,
            "mods": lobby.mods,
            "seed": lobby.seed,
            "in_progress": lobby.in_progress,
            "is_scrimming": lobby.is_scrimming,
            "map_id": lobby.map_id,
            "map_md5": lobby.map_md5,
            "map_name": lobby.map_name,
            "slots": [
                {
                    "number": slot.number,
                    "player_id": slot.player_id,
                    "status": slot.status,
                    "team": slot.team,
                    "mods": slot.mods,
                    "loaded": slot.loaded,
                    "skipped": slot.skipped,
                }
                for slot in lobby.slots
            ],
        }
    )


def lobby_from(text: str | None) -> Lobby | None:
    """The lobby in a key, None if there is none that can be read."""
    if text is None:
        return None
    try:
        given = orjson.loads(text)
        return Lobby(
            id=_whole(given["id"]),
            name=str(given["name"]),
            host_id=_whole(given["host_id"]),
            referee_ids=tuple(_whole(each) for each in given.get("referee_ids", ())),
            mode=_whole(given.get("mode", 0)),
            mods=_whole(given.get("mods", 0)),
            seed=_whole(given.get("seed", 0)),
            in_progress=bool(given.get("in_progress", False)),
            is_scrimming=bool(given.get("is_scrimming", False)),
            map_id=_whole(given.get("map_id", 0)),
            map_md5=str(given.get("map_md5", "")),
            map_name=str(given.get("map_name", "")),
            slots=tuple(_slot(each) for each in given.get("slots", ())),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        log.warning("A live lobby cannot be read")
        return None


def _slot(given: dict[str, Any]) -> Slot:
    return Slot(
        number=_whole(given["number"]),
        player_id=_whole(given["player_id"]),
        status=_whole(given.get("status", 4)),
        team=_whole(given.get("team", 0)),
        mods=_whole(given.get("mods", 0)),
        loaded=bool(given.get("loaded", False)),
        skipped=bool(given.get("skipped", False)),
    )


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise TypeError("not a whole number that a table can hold")
    return value
