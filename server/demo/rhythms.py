"""Rhythms: what is played when, before anything is placed.

A bar is sixteen cells, four to a beat. `x` note, `S` slider, `Z` spinner, each held on by the `-` behind it, `.` rest.
Drums: `d` centre, `k` rim, capitals both hands, `R` drum roll. Keys: how many at once; holds are a row of their own.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import NamedTuple

from server.demo.songs import Song

CELLS = 16
BARS = 4  # in a section

CALM = {"I", "B", "O"}
LOUD = {"C"}

Bars = Mapping[int, tuple[str, ...]]

# By level; a calm section takes the level below. The last of a level ends a section.
NOTES: Bars = {
    0: ("x.......S---....", "S-------........", "x...x...S---....", "S-----......x..."),
    1: ("S---x...S---x...", "x...x...S---x...", "S-----..x...x...", "x...S---x...x...", "S---x...x...x..."),
    2: ("x.x.S-x.x...S--.", "S-x.x.x.S--.x.x.", "x.S-x...x.x.S-x.", "x.x.x...S-x.S--.", "x.x.x.x.S-----.."),
    3: ("x.x.xxx.S-x.x.x.", "S-x.x.x.xxx.x.S-", "x.x.S-x.xxxxx.x.", "xxx.x.x.S-x.xxx.", "x.x.x.x.xxxxx..."),
    4: ("x.x.x.x.xxxxx.x.", "xxxxx.x.x.x.S-x.", "x.xxx.x.x.xxx.x.", "xxxxxxxxx.x.x.x.", "x.x.x.x.xxxxxxxx"),
}
SPIN = "x...x...Z------."

DRUMS: Bars = {
    0: ("d.......k.......", "d...d...k.......", "d.......d...k...", "D......."),
    1: ("d...d...k...d...", "d...k...d.d.k...", "d.d.d...k...k...", "d...d...k.k.D..."),
    2: ("d.d.k.d.d.d.k...", "d.k.d.dkd...k.d.", "d.ddk...d.d.k.k.", "d.k.d.k.ddd.K..."),
    3: ("d.dkd.k.ddk.d.k.", "ddk.d.kkd.d.kdk.", "d.kdk.d.kkd.ddk.", "d.d.kkd.ddkkD.K."),
    4: ("ddkdkddkd.kdkkd.", "dkddkkdkddk.kddk", "d.kdkddkdkkddkdk", "kkddkdkdddkkd.dk", "dkdkddkkdddkK.D."),
}
ROLL = "d...k...R------."

KEYS: Bars = {
    0: ("1...1...1...1...", "1.......2.......", "1...1...2.......", "2......."),
    1: ("1...1.1.2...1...", "1.1.1...1.1.2...", "2...1...1.1.1.1.", "1.1.1.1.2......."),
    2: ("1.1.2.1.1.1.2.1.", "2.1.1.1.2.1.1.11", "1.1.1.112...1.1.", "1.1.2.1.2.1.3..."),
    3: ("1.112.1.1.112.1.", "2.1.11112.1.1.11", "1.1.2.1.11112.1.", "2.112.112.1.3..."),
    4: ("2111212121112121", "3.1121213.112.21", "2121121221211212", "3.2.21213.2.2121", "2121211121213..."),
}
HOLDS = ("................", "H-----..........", "H-------H-----..", "........H-------", "H-------------..")


class Bar(NamedTuple):
    """`row`: its sixteen cells; `start`: the number of its first cell in the song."""

    section: str
    row: str
    start: int


class Note(NamedTuple):
    """`length`: cells it is held for, 0 for a plain note. `cell`: its place in the song."""

    sign: str
    cell: int
    length: int
    section: str


def bars(song: Song, level: int, rows: Bars, ending: str, rng: Random) -> list[Bar]:
    """Every bar of a song: each section says one thing, another, the first again, and ends; breaks have none.

    `ending`: the last bar of a build-up.
    """
    written = []
    for number, section in enumerate(song.form):
        if section == "_":
            continue
        *pool, last = rows[level - 1 if section in CALM else level]
        one, other = rng.sample(pool, 2)
        phrase = (one, other, one, ending if section == "P" else last)
        written += [
            Bar(section, row.ljust(CELLS, "."), (number * BARS + bar) * CELLS) for bar, row in enumerate(phrase)
        ]
    return written


def notes(bar: Bar) -> Iterator[Note]:
    """The notes of a bar, in order."""
    for place, sign in enumerate(bar.row):
        if sign not in ".-":
            rest = bar.row[place + 1 :]
            yield Note(sign, bar.start + place, len(rest) - len(rest.lstrip("-")), bar.section)


def ms(song: Song, cell: float) -> int:
    """The time of a cell, in ms."""
    return round(song.offset + cell * 60000 / song.bpm / 4)


def speed(section: str) -> float:
    """How fast sliders go in a section, against the usual."""
    return 1.15 if section in LOUD else 0.9 if section in CALM else 1.0
