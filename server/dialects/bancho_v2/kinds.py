"""What the filters of lists take, and which rows of a list a page is."""

import re
from functools import partial
from typing import Any, Final

from server.domain.listing import BY_ID, DEEPEST, Window
from server.domain.mods import LETTERS, bits_of, mod_filter
from server.domain.problems import BadParameters, Fault
from server.web.params import Flag, Refused, Text, Whole, Words, param

# What a column may hold; a number that it cannot is in no row.
ANY: Final = Whole(-(2**63), 2**63 - 1)

# What `scores.mods` has room for.
_BITS: Final = Whole(0, 2**31 - 1)
_SPELLED: Final = f"^({'|'.join(LETTERS)})+$"

_MOST_WORDS: Final = 5

# More is in no column.
_LONGEST: Final = 256


def _read_bits(text: str, number: Whole) -> int:
    """A bit field, as a number or as letters."""
    if re.fullmatch(_SPELLED, text.upper()):
        return bits_of(text)
    try:
        return number.read(text)
    except Refused as refused:
        if refused.kind != "whole":
            raise
        raise Refused("list", "a bit field of mods, or letters such as HDDT") from refused


def _bits(number: Whole) -> Words:
    return Words(
        partial(_read_bits, number=number), {"anyOf": [number.schema(), {"type": "string", "pattern": _SPELLED}]}
    )


def _read_words(text: str) -> tuple[str, ...]:
    if len(text) > _LONGEST:
        raise Refused("long", f"at most {_LONGEST} characters", _LONGEST)
    words = tuple(dict.fromkeys(text.split()))
    if not words:
        raise Refused("short", "at least one word", 1)
    if len(words) > _MOST_WORDS:
        raise Refused("list", f"at most {_MOST_WORDS} words")
    return words


EXACT_BITS: Final = _bits(ANY)
BITS: Final = _bits(_BITS)
MODS: Final = Words(mod_filter, {"type": "string"})
ID_OR_NAME: Final = Words(str, {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]})
WORDS: Final = Words(_read_words, {"type": "string", "pattern": r"\S", "maxLength": _LONGEST})


def whole(said: str) -> Any:
    """A number that a column holds just so; likewise a text, and yes or no."""
    return param(ANY, said)


def text(said: str) -> Any:
    return param(Text(0, _LONGEST), said)


def flag(said: str) -> Any:
    return param(Flag(), said)


def mods() -> Any:
    return param(
        MODS,
        "A bit field or letters (`72`, `HDDT`). Plays with all of these or, after `~`, with any.",
        empty=True,
    )


def window(page: int, size: int) -> Window:
    """The rows of a page, however far."""
    return Window(size, (page - 1) * size)


def ordered(page: int, size: int, order: str, deepest: int = DEEPEST) -> Window:
    """The same. Raises BadParameters where an order other than by id is followed too far."""
    if order not in BY_ID and page * size > deepest:
        last = deepest // size
        expected = f"a whole number from 1 to {last}: only lists by id go on"
        raise BadParameters((Fault("page", "above", expected, str(page), last),))
    return window(page, size)
