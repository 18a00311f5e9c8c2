"""Statuses and lobbies as the JSON that Redis holds. Whatever cannot be read counts as not there."""

from dataclasses import asdict
from typing import Any

import orjson

from server.domain.live import Lobby, Slot, Status
from server.live.reading import Json, finite, md5, of, readable, same, whole
from server.live.reading import text as text_of


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


def status_from(text: Json, player_id: int) -> Status | None:
    """The status in the key of a player, None if there is none of them that can be read."""

    def make(given: dict[str, Any]) -> Status:
        return Status(
            player_id=same(given["id"], player_id),
            login_time=finite(given["login_time"]),
            action=whole(of(given, "action", 0)),
            info_text=text_of(of(given, "info_text", "")),
            mode=whole(of(given, "mode", 0)),
            mods=whole(of(given, "mods", 0)),
            map_id=whole(of(given, "map_id", 0)),
            map_md5=md5(given.get("map_md5")),
            server=text_of(of(given, "server", "")),
        )

    return readable(text, make, "A player's live status")


def lobby_text(lobby: Lobby, server: str) -> bytes:
    """A lobby as it is written."""
    return orjson.dumps(asdict(lobby) | {"server": server})


def lobby_from(text: Json, match_id: int) -> Lobby | None:
    """The lobby in the key of a match, None if there is none of this id that can be read."""

    def make(given: dict[str, Any]) -> Lobby:
        return Lobby(
            id=same(given["id"], match_id),
            name=text_of(given["name"]),
            host_id=whole(given["host_id"]),
            referee_ids=tuple(whole(each) for each in of(given, "referee_ids", ())),
            mode=whole(of(given, "mode", 0)),
            mods=whole(of(given, "mods", 0)),
            seed=whole(of(given, "seed", 0)),
            in_progress=bool(given.get("in_progress")),
            is_scrimming=bool(given.get("is_scrimming")),
            map_id=whole(of(given, "map_id", 0)),
            map_md5=md5(given.get("map_md5")),
            map_name=text_of(of(given, "map_name", "")),
            slots=tuple(_slot(each) for each in of(given, "slots", ())),
            opened_at=finite(of(given, "opened_at", 0.0)),
            started_at=finite(of(given, "started_at", 0.0)),
            free_mods=bool(given.get("free_mods")),
            win_condition=whole(of(given, "win_condition", 0)),
            team_type=whole(of(given, "team_type", 0)),
            has_public_history=bool(of(given, "has_public_history", True)),
            server=text_of(of(given, "server", "")),
        )

    return readable(text, make, "A live lobby")


def _slot(given: dict[str, Any]) -> Slot:
    return Slot(
        number=whole(given["number"]),
        player_id=whole(given["player_id"]),
        status=whole(of(given, "status", 4)),
        team=whole(of(given, "team", 0)),
        mods=whole(of(given, "mods", 0)),
        loaded=bool(given.get("loaded")),
        skipped=bool(given.get("skipped")),
    )
