"""bancho.py v2's words for what can be asked. Nothing is clamped here: what is out of range is refused."""

from dataclasses import dataclass
from typing import Any, Final

from server.domain.rulesets import MODE_NAMES, MODES, Mode
from server.web.params import REQUIRED, Choice, Many, Refused, Whole, Words, param

MOST_LISTED: Final = 100

_MODES: Final = ", ".join(str(int(mode)) for mode in MODES)

# A key of a table: what is none is not found, rather than out of range.
_ID: Final = Whole(-(2**63), 2**63 - 1)


def _read_mode(text: str) -> Mode:
    """A mode's number, or its ruleset's name as some bots send it."""
    named = MODE_NAMES.get(text.strip().lower())
    try:
        number = int(named) if named is not None else _ID.read(text)
    except Refused as refused:
        raise Refused(refused.kind, f"one of {_MODES}, or a name such as osu", refused.limit) from refused
    if number not in MODES:
        raise Refused("value", f"one of {_MODES}", f"invalid gamemode; valid values are {_MODES}")
    return Mode(number)


MODE: Final = Words(_read_mode, {"anyOf": [{"enum": [int(mode) for mode in MODES]}, {"enum": sorted(MODE_NAMES)}]})


@dataclass(frozen=True)
class AskNothing:
    """For what has no parameters."""


def id_in_path(text: str, example: int = 3) -> Any:
    """The id that stands in the path."""
    return param(_ID, text, REQUIRED, example=example)


def mode() -> Any:
    return param(
        MODE,
        "0-3 osu!, taiko, catch, mania; 4-6 the first three with Relax; 8 osu! with Autopilot. Names are read too.",
        Mode.OSU,
    )


def scope(default: str, *words: str) -> Any:
    return param(Choice(words), "Which scores.", default)


def page() -> Any:
    return param(Whole(1, 2**56), "The page, from 1.", 1)


def page_size() -> Any:
    return param(Whole(1, MOST_LISTED), "How many on a page.", 50)


def limit(default: int) -> Any:
    return param(Whole(1, MOST_LISTED), "How many at most.", default)


def ids(text: str) -> Any:
    return param(Many(_ID, distinct=True), text)


def order(default: str, *others: str) -> Any:
    """What a list is ordered by; `-` is descending. Where it leaves rows alike, their id decides."""
    return param(Choice((default, *others)), "What to order by, `-` for descending; ties by id.", default)
