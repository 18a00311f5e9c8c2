"""What a player's plays add up to, and what they achieved with them."""

from enum import StrEnum
from typing import NamedTuple

from server.domain.beatmaps import Beatmap


class EventKind(StrEnum):
    """`rank`: came to a position on a beatmap's board. `lost_first`: somebody else took the first place."""

    RANK = "rank"
    LOST_FIRST = "lost_first"


class Totals(NamedTuple):
    """The hits of all of a player's plays in a mode, failed ones too."""

    n300: int
    n100: int
    n50: int


class RankEvent(NamedTuple):
    """Something that happened to a player on a beatmap's board.

    `score_id` and `grade` are of the play that did it: the player's own one or, for `lost_first`, the other's.
    `position` counts from 1, `epic` is 1 to 32, `at_ms` is when it was played, in Unix milliseconds.
    """

    kind: EventKind
    score_id: int
    mode: int
    position: int
    grade: str
    epic: int
    at_ms: int
    beatmap: Beatmap
