"""What a game server's clients would make happen, by lines of JSON: each is a step of the event loop."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import app.state
from app.objects.match import Match, SlotStatus
from app.objects.player import Action, GameMode, Mods, Player
from app.objects.score import Score

errors: list[str] = []


async def serve() -> None:
    loop = app.state.loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: errors.append(repr(context)))
    # bancho.py's database is read between the one and the other.
    await asyncio.sleep(0.05)
    app.state.sessions.players.append(Player(1, "BanchoBot", float(0x7FFFFFFF), bot=True))
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        given = json.loads(line)
        answer = COMMANDS[given.pop("do")](**given)
        print(json.dumps({"at": time.time(), "answer": answer}), flush=True)


def player(id: int) -> Player:
    found = app.state.sessions.players.get(id=id)
    assert found is not None
    return found


def match(id: int) -> Match:
    found = app.state.sessions.matches[id]
    assert found is not None
    return found


def login(id: int, tourney: bool = False) -> float:
    new = Player(id, f"player {id}", time.time(), tourney)
    app.state.sessions.players.append(new)
    return new.login_time


def status(id: int, **given: Any) -> None:
    kinds: dict[str, Any] = {"action": Action, "mods": Mods, "mode": GameMode}
    for name, value in given.items():
        setattr(player(id).status, name, kinds.get(name, lambda plain: plain)(value))


def opened(host: int, **given: Any) -> int:
    free = app.state.sessions.matches.get_free()
    new = Match(free, f"lobby {free}", "the password", host, **given)
    app.state.sessions.matches[free] = new
    new.join(player(host), None)
    return free


def closed(id: int) -> None:
    for slot in match(id).slots:
        if slot.player is not None:
            match(id).leave(slot.player)


def replaced(id: int) -> None:
    """Another lobby in the place of one, within one step."""
    host = match(id).host_id
    closed(id)
    assert opened(host) == id


def settings(id: int, **given: Any) -> None:
    for name, value in given.items():
        setattr(match(id), name, value)


def slot(id: int, number: int, **given: Any) -> None:
    for name, value in given.items():
        setattr(match(id).slots[number], name, SlotStatus(value) if name == "status" else value)


def started(id: int, has_no_map: tuple[int, ...] = ()) -> None:
    for each in match(id).slots:
        if each.player is not None and each.player.id in has_no_map:
            each.status = SlotStatus.no_map
    match(id).start()


def submitted(id: int, score_id: int, map_id: int, map_md5: str, score: int, mode: int = 0, grade: str = "A") -> float:
    by = player(id)
    new = Score(by, score_id, map_id, map_md5, score, GameMode(mode), grade)
    by.recent_scores[GameMode(mode)] = new
    return new.server_time.timestamp()


COMMANDS: dict[str, Any] = {
    "login": login,
    "logout": lambda id: player(id).logout(),
    "status": status,
    "open": opened,
    "close": closed,
    "replace": replaced,
    "join": lambda id, player_id, number=None: match(id).join(player(player_id), number),
    "leave": lambda player_id: player(player_id).match.leave(player(player_id)),
    "referee": lambda id, player_id: match(id)._refs.add(player(player_id)),
    "settings": settings,
    "slot": slot,
    "start": started,
    "complete": lambda player_id: player(player_id).match.complete(player(player_id)),
    "abort": lambda id: match(id).abort(),
    "submit": submitted,
    "block": lambda seconds: time.sleep(seconds),
    "errors": lambda: errors,
}
