"""Names as they can be shown, and how wide text may come out in any viewer's font."""

import re
import unicodedata
from typing import Final

# More marks on one letter than any language needs only reach into other lines.
_MOST_MARKS: Final = 2

_MOST_CHARACTERS: Final = 64

# Both join or part letters within words of some scripts, and emoji.
_JOINERS: Final = "\u200c\u200d"

# In units of the size, for wide bold fonts.
_NARROW: Final = frozenset("iljIft.,:;|!'()[] -")
_BROAD: Final = frozenset("mwMW@%")


def shown(name: str) -> str:
    """A name without whatever would not be seen, would turn its surroundings round or would leave its line."""
    seen = (" " if letter.isspace() else letter for letter in name if not _unseen(letter))
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", "".join(seen)):
        marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    text = re.sub(" +", " ", "".join(kept)).strip()
    return text if text.strip(_JOINERS) else ""


def _unseen(letter: str) -> bool:
    """Has it no look of its own? Of code points that are no characters XML knows some not at all."""
    if letter.isspace() or letter in _JOINERS:
        return False
    code = ord(letter)
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def is_part(letter: str) -> bool:
    """Does it belong to the letter before it?"""
    return unicodedata.category(letter)[0] == "M" or letter in _JOINERS


def width(text: str) -> float:
    """About how wide text is at most, for a size of 1."""
    return sum(map(_width, text))


def fitting(text: str, most: float, size: float, least: float) -> tuple[str, float]:
    """The text and the size at which it fits: made smaller down to `least`, and then cut."""
    needed = width(text)
    if needed * size <= most:
        return text, size
    if needed * least <= most:
        return text, round(most / needed, 1)
    # Of what takes no room there may be any number.
    cut = text[:_MOST_CHARACTERS]
    while cut and width(cut) + 1 > most / least:
        cut = cut[:-1]
    return cut.rstrip(f" {_JOINERS}") + "…", least


def _width(letter: str) -> float:
    if is_part(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.1
    if letter in _NARROW:
        return 0.46
    if letter in _BROAD:
        return 1.1
    if letter.isdigit():
        return 0.7
    return 0.84 if letter.isupper() or not letter.isascii() else 0.72
