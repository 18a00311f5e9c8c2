"""Which names look the same to those who read them, whatever letters they are written with."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

# Letters of other scripts, each above the Latin one that it looks like.
_SCRIPTS: Final = (
    ("АВЕЅІЈКМНОРСТХУҮҺ", "ABESIJKMHOPCTXYYh"),  # Cyrillic
    ("авеѕіјкмнорстхуүһԁԛԝѵӏ", "abesijkmhopctxyyhdqwvl"),
    ("Ӏ", "I"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),  # Greek
    ("αγικνορτυχ", "ayiknoptux"),
    ("ՕՏԼՍոսօցհ", "OSLUnuogh"),  # Armenian
    ("ıɑɡɩǀǃ", "iagiII"),  # rare letters of Latin
    ("ニカエロタハトヘーノ", "二力工口夕八卜へ一丿"),  # katakana, which is taken for other Japanese
)
_LATIN: Final = {letter: like for others, latin in _SCRIPTS for letter, like in zip(others, latin, strict=True)}

# What looks the same in Latin itself.
_GLYPHS: Final = {"I": "l", "1": "l", "O": "o", "0": "o", " ": "_"}

# All that any of these may stand for, whatever its case.
CRUDELY: Final = (("i", "l"), ("1", "l"), ("0", "o"), (" ", "_"))


class _Shapes(dict[int, str]):
    """A table for `str.translate` that finds out about a letter when it first meets it."""

    def __init__(self, shape: Callable[[str], str]) -> None:
        super().__init__()
        self._shape = shape

    def __missing__(self, code: int) -> str:
        shape = self._shape(chr(code))
        if code <= 0xFFFF:  # no name has others, and all of them would take much memory
            self[code] = shape
        return shape


def _latin(letter: str) -> str:
    """A letter without accents, and of other scripts the Latin one that it looks like."""
    # Only what stands above and below Latin, Greek and Cyrillic: a Japanese voicing mark makes another letter.
    bare = [part for part in unicodedata.normalize("NFKD", letter) if not "\u0300" <= part <= "\u036f"]
    base = bare[0] if len(bare) == 1 else letter
    return _LATIN.get(base, base)


def _lower(letter: str) -> str:
    lower = _latin(letter).lower()
    return lower if len(lower) == 1 else letter


# As a name is written, in lower case, and as what any letter may stand for whatever its case.
_WRITTEN: Final = _Shapes(lambda letter: _GLYPHS.get(_latin(letter), _latin(letter)))
_LOWER: Final = _Shapes(lambda letter: _GLYPHS.get(_lower(letter), _lower(letter)))
_CRUDE: Final = _Shapes(lambda letter: dict(CRUDELY).get(_lower(letter), _lower(letter)))


def skeletons(name: str) -> tuple[str, str]:
    """What is left of a name when all letters that look alike are one: as it is written, and in lower case.

    Both are as long as the name.
    """
    return name.translate(_WRITTEN), name.translate(_LOWER)


def alike(name: str, others: Iterable[str]) -> bool:
    """May this name be taken for one of the others, as they are written or all in the same case?"""
    written, lower = skeletons(name)
    return any(other.translate(_WRITTEN) == written or other.translate(_LOWER) == lower for other in others)


def crude(name: str) -> str:
    """What an ASCII name that this one may be taken for also gives: lower case, with the replacements of CRUDELY."""
    return name.translate(_CRUDE)
