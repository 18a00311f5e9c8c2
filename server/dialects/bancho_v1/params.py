"""bancho.py v1's words for what can be asked: kinds, and the rules between parameters."""

import re
from dataclasses import dataclass
from typing import Any

from server.domain.beatmaps import BeatmapRef
from server.domain.mods import LETTERS, bits_of, mod_filter
from server.domain.players import PlayerRef
from server.domain.problems import BadRequest
from server.domain.rulesets import MODE_NAMES, UNPLAYABLE_MODES, Mode
from server.web.params import REQUIRED, Choice, Kind, Many, Refused, Text, Whole, Words, param

MOST_ID = 2**31 - 1

PLAYER_ID = Whole(3, MOST_ID)
PLAYER_NAME = Text(pattern=r"^[\w \[\]-]{2,15}$")
MD5 = Text(32, 32)

_MODE_NUMBER = Whole(0, 11)


def _read_mode(text: str) -> int:
    """A mode's number, or its ruleset's name as some bots send it."""
    named = MODE_NAMES.get(text.strip().lower())
    return int(named) if named is not None else _MODE_NUMBER.read(text)


_BITS = Whole(0, 2**31 - 1)
_LETTERS = f"^({'|'.join(LETTERS)})*$"


def _read_bits(text: str) -> int:
    """A bit field, as a number or as letters."""
    if re.fullmatch(_LETTERS, text.upper()):
        return bits_of(text)
    try:
        return _BITS.read(text)
    except Refused as refused:
        if refused.kind != "whole":
            raise
        raise Refused("list", "a bit field of mods, or letters such as HDDT") from refused


MODE = Words(_read_mode, {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 11}, {"enum": sorted(MODE_NAMES)}]})
MODS = Words(mod_filter, {"type": "string"})
BITS = Words(_read_bits, {"anyOf": [_BITS.schema(), {"type": "string", "pattern": _LETTERS}]})


@dataclass(frozen=True)
class AskNothing:
    """For what has no parameters."""


def player_id() -> Any:
    return param(PLAYER_ID, "The player's id.", example=3)


def player_name() -> Any:
    return param(PLAYER_NAME, "The player's name; case, accents, and space or underscore do not matter.")


def player_ids() -> Any:
    return param(
        Many(PLAYER_ID, distinct=True),
        "Several players at once, parted by commas; those that are not there are left out.",
    )


def scope(*words: str) -> Any:
    return param(Choice(words), "What is asked for.", REQUIRED, example=words[-1])


def mode() -> Any:
    return param(
        MODE,
        "0-3 osu!, taiko, catch, mania; 4-6 the first three with Relax; 8 osu! with Autopilot. Names are read too.",
        0,
    )


def mods() -> Any:
    return param(
        MODS,
        "A bit field or letters (`72`, `HDDT`). Plays with all of these or, after `~`, with any.",
        empty=True,
    )


def limit(default: int, most: int = 100) -> Any:
    return param(Whole(1, most, clamp=True), f"How many at most; more than {most} means {most}.", default)


def offset() -> Any:
    return param(Whole(0, MOST_ID), "How many to leave out first.")


def page() -> Any:
    return param(Whole(1, MOST_ID), "The page, from 1, of `limit` each: another way to say `offset`.")


def required(kind: Kind, text: str, example: Any = None) -> Any:
    return param(kind, text, REQUIRED, example=example)


def checked_mode(number: int) -> Mode:
    """The mode of a number. Raises BadRequest for those that nobody can play."""
    if number in UNPLAYABLE_MODES:
        raise BadRequest("Invalid gamemode.")
    return Mode(number)


def player_ref(player_id: int | None, name: str | None) -> PlayerRef:
    """Exactly one of both. Raises BadRequest."""
    if (player_id is None) == (name is None):
        raise BadRequest("Must provide either id OR name!")
    return PlayerRef(player_id, name)


def beatmap_ref(beatmap_id: int | None, md5: str | None) -> BeatmapRef:
    """The id if there is one, else the md5, in whichever case it came. Raises BadRequest."""
    if beatmap_id is None and md5 is None:
        raise BadRequest("Must provide either id or md5!")
    return BeatmapRef(beatmap_id, md5.lower() if md5 is not None else None)


def start(offset: int | None, page: int | None, limit: int) -> int:
    """How many rows to leave out. Raises BadRequest where it is said in two ways."""
    if offset is not None and page is not None:
        raise BadRequest("Must provide either offset OR page!")
    if page is not None:
        return (page - 1) * limit
    return offset or 0


def alone(ids: tuple[int, ...] | None, **others: Any) -> bool:
    """Are several asked for by id? Raises BadRequest where one is named beside them."""
    if ids is None:
        return False
    beside = [name for name, value in others.items() if value is not None]
    if beside:
        raise BadRequest(f"Must provide either ids OR {' or '.join(others)}, got ids and {' and '.join(beside)}.")
    return True
