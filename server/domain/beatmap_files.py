"""What the database does not hold of beatmaps: facts from their `.osu` files, and how difficult they are."""

from typing import Final, NamedTuple

from server.domain.mods import DOUBLE_TIME, LETTERS, NIGHTCORE
from server.domain.osu_file import OsuFile

# The version of the reader: goes up with whatever makes it say something else of the same file.
READER: Final = 1

EASY: Final = LETTERS["EZ"]
HARD_ROCK: Final = LETTERS["HR"]
HALF_TIME: Final = LETTERS["HT"]

# The mods that change how difficult a beatmap is.
DIFFICULTY_MODS: Final = EASY | HARD_ROCK | DOUBLE_TIME | HALF_TIME

# No play can have both of a pair.
_CONTRADICTIONS: Final = (EASY | HARD_ROCK, DOUBLE_TIME | HALF_TIME)

# Every combination of these mods that a play can have, none at all among them.
COMBINATIONS: Final = tuple(
    bits
    for bits in range(DIFFICULTY_MODS + 1)
    if bits | DIFFICULTY_MODS == DIFFICULTY_MODS and not any(bits & pair == pair for pair in _CONTRADICTIONS)
)


class BeatmapFile(NamedTuple):
    """What an `.osu` file says, as `osu_file.OsuFile` means it.

    `hit_length`: seconds from the first object to the last end, less the breaks. `preview_time`: ms of the song, -1 if
    the game chooses. `sliders` counts mania's holds too.
    """

    md5: str
    artist_unicode: str
    title_unicode: str
    source: str
    tags: str
    preview_time: int
    hit_length: int
    circles: int
    sliders: int
    spinners: int
    video: bool
    storyboard: bool


class Difficulty(NamedTuple):
    """How difficult a beatmap is in a ruleset with mods; a part that is not known or does not exist is None."""

    stars: float | None
    aim: float | None
    speed: float | None
    max_combo: int | None


UNRATED: Final = Difficulty(None, None, None, None)


def facts_of(file: OsuFile) -> BeatmapFile:
    """Of what was read, that which is kept."""
    return BeatmapFile._make(getattr(file, name) for name in BeatmapFile._fields)


def difficulty_mods(bits: int) -> int | None:
    """Of a play's mods those that change the difficulty, Nightcore as Double Time; None if they contradict each other.

    Easy and Hard Rock do, and Double Time and Half Time.
    """
    if bits & NIGHTCORE:
        bits |= DOUBLE_TIME
    bits &= DIFFICULTY_MODS
    return None if any(bits & pair == pair for pair in _CONTRADICTIONS) else bits


def converts(own: int, ruleset: int) -> bool:
    """Can a beatmap made for `own` be played in `ruleset`? Only those of osu! convert."""
    return ruleset == own or (own == 0 and 0 < ruleset < 4)
