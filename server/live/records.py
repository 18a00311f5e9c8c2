"""Statuses and lobbies as the JSON that Redis holds. Whatever cannot be read counts as not there."""

import logging
import math
import re
from typing import Any, Final

import orjson

from server.domain.live import Lobby, Slot, Status

log = logging.getLogger(__name__)

_MD5: Final = re.compile(r"[0-9a-fA-F]{32}")


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


def status_from(text: str | None, player_id: int) -> Status | None:
    """The status in the key of a player, None if there is none of them that can be read."""
    if text is None:
        return None
    try:
        given = orjson.loads(text)
        return Status(
            player_id=_same(given["id"], player_id),
            login_time=_finite(given["login_time"]),
            action=_whole(_of(given, "action", 0)),
            info_text=_text(_of(given, "info_text", "")),
            mode=_whole(_of(given, "mode", 0)),
            mods=_whole(_of(given, "mods", 0)),
            map_id=_whole(_of(given, "map_id", 0)),
            map_md5=_md5(given.get("map_md5")),
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


def lobby_from(text: str | None, match_id: int) -> Lobby | None:
    """The lobby in the key of a match, None if there is none of this id that can be read."""
    if text is None:
        return None
    try:
        given = orjson.loads(text)
        return Lobby(
            id=_same(given["id"], match_id),
            name=_text(given["name"]),
            host_id=_whole(given["host_id"]),
            referee_ids=tuple(_whole(each) for each in _of(given, "referee_ids", ())),
            mode=_whole(_of(given, "mode", 0)),
            mods=_whole(_of(given, "mods", 0)),
            seed=_whole(_of(given, "seed", 0)),
            in_progress=bool(given.get("in_progress")),
            is_scrimming=bool(given.get("is_scrimming")),
            map_id=_whole(_of(given, "map_id", 0)),
            map_md5=_md5(given.get("map_md5")),
            map_name=_text(_of(given, "map_name", "")),
            slots=tuple(_slot(each) for each in _of(given, "slots", ())),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        log.warning("A live lobby cannot be read")
        return None


def _slot(given: dict[str, Any]) -> Slot:
    return Slot(
        number=_whole(given["number"]),
        player_id=_whole(given["player_id"]),
        status=_whole(_of(given, "status", 4)),
        team=_whole(_of(given, "team", 0)),
        mods=_whole(_of(given, "mods", 0)),
        loaded=bool(given.get("loaded")),
        skipped=bool(given.get("skipped")),
    )


def _of(given: dict[str, Any], name: str, default: Any) -> Any:
    """null says as much as nothing at all."""
    value = given.get(name)
    return default if value is None else value


def _same(value: Any, expected: int) -> int:
    """The id, which is that of the key: an entry under another's key speaks for neither."""
    if _whole(value) != expected:
        raise ValueError("not the id of the key")
    return expected


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a finite number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _md5(value: Any) -> str:
    return value if isinstance(value, str) and _MD5.fullmatch(value) else ""


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise TypeError("not a whole number that a table can hold")
    return value
