"""Ladders: how many players had how many pp on a day, from which everybody's rank on that day follows.

Whoever rests while others play falls in rank. A row for each such player and day would fill the database with what
nobody did; of a ladder it takes a few bytes a player.
"""

import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

# A ladder is kept in steps of so many pp, so that of many days only what is near a player is read.
STEP: Final = 1024

# For a rank in the world instead of a country.
WORLD: Final = ""


class Rung(NamedTuple):
    """One step of a ladder: how many players are above it, and how many have each pp on it, packed."""

    step: int
    above: int
    packed: str


def rungs(players: Mapping[int, int]) -> list[Rung]:
    """A ladder from how many players have each number of pp. Steps without anybody are left out."""
    steps: dict[int, list[int]] = {}
    for pp in sorted(players):
        steps.setdefault(pp // STEP, []).append(pp)
    found: list[Rung] = []
    above = 0
    for step in sorted(steps, reverse=True):
        counts = [players[pp] for pp in steps[step]]
        found.append(Rung(step, above, _packed(steps[step], counts)))
        above += sum(counts)
    return found


def rank(pp: int, rung: Rung) -> int | None:
    """The rank that so much pp gave: 1 + how many had more. None where nobody had it, so that nothing is known."""
    offsets, counts = _unpacked(rung.packed)
    place = bisect_left(offsets, pp % STEP)
    if place == len(offsets) or offsets[place] != pp % STEP:
        return None
    return 1 + rung.above + sum(counts[place + 1 :])


def ranks(players: Mapping[int, int], wanted: Iterable[int]) -> dict[int, int]:
    """The ranks that some numbers of pp give, from how many players have each."""
    found: dict[int, int] = {}
    left = sorted(players)
    above = 0
    for pp in sorted(set(wanted), reverse=True):
        while left and left[-1] > pp:
            above += players[left.pop()]
        found[pp] = 1 + above
    return found


def _packed(pps: list[int], counts: list[int]) -> str:
    """16 bits for the place of each pp on the step, then 32 for how many have it, little end first; as base 64.

    Text, as one of the database drivers cannot write bytes.
    """
    offsets, numbers = array("H", [pp % STEP for pp in pps]), array("I", counts)
    raw = _little(offsets).tobytes() + _little(numbers).tobytes()
    return b64encode(zlib.compress(raw)).decode("ascii")


@lru_cache(maxsize=1024)  # what is kept of past days is asked for again and again
def _unpacked(packed: str) -> tuple["array[int]", "array[int]"]:
    raw = zlib.decompress(b64decode(packed))
    offsets, counts = array("H"), array("I")
    offsets.frombytes(raw[: len(raw) // 3])
    counts.frombytes(raw[len(raw) // 3 :])
    return _little(offsets), _little(counts)


def _little(numbers: "array[int]") -> "array[int]":
    """The same with the little end first, or back."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
