"""Mods: the bit field of the stable client and its two-letter words."""

from dataclasses import dataclass

LETTERS: dict[str, int] = {
    "NM": 0,
    "NF": 1 << 0,
    "EZ": 1 << 1,
    "TD": 1 << 2,
    "HD": 1 << 3,
    "HR": 1 << 4,
    "SD": 1 << 5,
    "DT": 1 << 6,
    "RX": 1 << 7,
    "HT": 1 << 8,
    "NC": 1 << 9,
    "FL": 1 << 10,
    "AU": 1 << 11,
    "SO": 1 << 12,
    "AP": 1 << 13,
    "PF": 1 << 14,
    "4K": 1 << 15,
    "5K": 1 << 16,
    "6K": 1 << 17,
    "7K": 1 << 18,
    "8K": 1 << 19,
    "FI": 1 << 20,
    "RN": 1 << 21,
    "CN": 1 << 22,
    "TP": 1 << 23,
    "9K": 1 << 24,
    "CO": 1 << 25,
    "1K": 1 << 26,
    "3K": 1 << 27,
    "2K": 1 << 28,
    "V2": 1 << 29,
    "MR": 1 << 30,
}

HIDDEN = LETTERS["HD"]
DOUBLE_TIME = LETTERS["DT"]
NIGHTCORE = LETTERS["NC"]
FLASHLIGHT = LETTERS["FL"]
FADE_IN = LETTERS["FI"]
TARGET = LETTERS["TP"]
SCORE_V2 = LETTERS["V2"]

EVERY_BIT = (1 << 31) - 1

# Stands for all the bits that no play can have.
BEYOND = 1 << 31


@dataclass(frozen=True, slots=True)
class ModFilter:
    """Which plays a `mods` parameter lets through.

    `every`: all of the bits are on, others may be too; otherwise any one of them is enough.
    """

    bits: int
    every: bool

    def lets_all_through(self) -> bool:
        return self.every and self.bits == 0


def bits_of(text: str) -> int:
    """The bit field of a run of two-letter words (`HDDT`), any case; unknown pairs count nothing."""
    bits = 0
    for start in range(0, len(text), 2):
        bits |= LETTERS.get(text[start : start + 2].upper(), 0)
    return bits


def letters_of(bits: int) -> str:
    """The two-letter words of a bit field, lowest bit first: 72 is `HDDT`, 0 is `NM`."""
    return "".join(word for word, bit in LETTERS.items() if bit & bits) or "NM"


def mod_filter(text: str) -> ModFilter:
    """Read a `mods` parameter: an optional `=` (all of them) or `~` (any of them), then a number or letters."""
    every = not text.startswith("~")
    rest = text[1:] if text[:1] in ("=", "~") else text
    return ModFilter(_number(rest) if rest.isdecimal() else bits_of(rest), every)


def _number(digits: str) -> int:
    # Python reads no number past 4300 digits.
    bits = int(digits) if len(digits) <= 40 else BEYOND
    return bits if bits <= EVERY_BIT else bits & EVERY_BIT | BEYOND
