"""What can be asked: kinds of parameters, and those that several routes share."""

import re
from dataclasses import dataclass
from typing import Any, Final

from server.domain.rulesets import MODE_NAMES, MODES
from server.web.params import REQUIRED, Refused, Text, Whole, Words, param

MOST_ID: Final = 2**31 - 1

# Of the live layer, not of ours: docs/live.md.
SERVER_NAME: Final = "[A-Za-z0-9._-]{1,32}"
MOST_MATCH: Final = 63

_MATCH: Final = re.compile(f"(?:({SERVER_NAME}):)?([0-9]|[1-5][0-9]|6[0-3])")
_MODES: Final = tuple(int(mode) for mode in MODES)


def _read_match(text: str) -> tuple[str | None, int]:
    """Game server and number of a lobby; without a game server, that of the first by name which has one."""
    found = _MATCH.fullmatch(text)
    if found is None:
        raise Refused("pattern", f"a lobby's number from 0 to {MOST_MATCH}, or with its game server: main:4")
    return found[1], int(found[2])


def _read_mode(text: str) -> int:
    """A mode's number, or the name of its ruleset."""
    word = text.strip().lower()
    if word in MODE_NAMES:
        return int(MODE_NAMES[word])
    expected = f"one of {', '.join(str(mode) for mode in _MODES)}, or a name such as osu or osurx"
    try:
        mode = Whole(0, max(_MODES)).read(word)
    except Refused as refused:
        raise Refused("choice", expected) from refused
    if mode not in _MODES:
        raise Refused("choice", expected)
    return mode


MATCH: Final = Words(_read_match, {"type": "string", "pattern": f"^{_MATCH.pattern}$"})
MODE: Final = Words(_read_mode, {"anyOf": [{"enum": list(_MODES)}, {"enum": sorted(MODE_NAMES)}]})
SERVER: Final = Text(pattern=f"^{SERVER_NAME}$")
COUNTRY: Final = Text(pattern="^[A-Za-z]{2}$")


def server() -> Any:
    return param(SERVER, "The game server's own name: 1-32 of `A-Z a-z 0-9 . _ -`.", "main")


def required(kind: Any, text: str, example: Any = None) -> Any:
    return param(kind, text, REQUIRED, example=example)


@dataclass(frozen=True)
class AskNothing:
    """For what has no parameters."""


@dataclass(frozen=True)
class AskServer:
    server: str = server()


@dataclass(frozen=True)
class AskPlayer:
    id: int = required(Whole(1, MOST_ID), "The player's id.", 3)
    server: str = server()


@dataclass(frozen=True)
class AskMatch:
    id: int = required(Whole(0, MOST_MATCH), "The lobby's number on the game server.", 4)
    server: str = server()
