"""Modes as bancho.py numbers them: a ruleset (0-3), plus 4 for Relax or 8 for Autopilot."""

from enum import IntEnum


class Ruleset(IntEnum):
    """The four games of osu!."""

    OSU = 0
    TAIKO = 1
    CATCH = 2
    MANIA = 3


class Mode(IntEnum):
    """A leaderboard of its own: a ruleset played plainly, with Relax, or with Autopilot."""

    OSU = 0
    TAIKO = 1
    CATCH = 2
    MANIA = 3
    RELAX_OSU = 4
    RELAX_TAIKO = 5
    RELAX_CATCH = 6
    AUTOPILOT_OSU = 8

    @property
    def ruleset(self) -> Ruleset:
        return Ruleset(self.value % 4)

    @property
    def ranked_by_pp(self) -> bool:
        """Relax and Autopilot leaderboards go by pp, the others by score."""
        return self.value >= 4


MODES: tuple[Mode, ...] = tuple(Mode)

# Numbers that fit the pattern but that no play can have (Relax in mania, Autopilot outside osu!).
UNPLAYABLE_MODES = frozenset({7, 9, 10, 11})

RELAX = 128
AUTOPILOT = 8192

# The words that clients send where bancho.py wants a number.
MODE_NAMES: dict[str, Mode] = {
    "osu": Mode.OSU,
    "std": Mode.OSU,
    "standard": Mode.OSU,
    "taiko": Mode.TAIKO,
    "catch": Mode.CATCH,
    "fruits": Mode.CATCH,
    "ctb": Mode.CATCH,
    "mania": Mode.MANIA,
    "osurx": Mode.RELAX_OSU,
    "taikorx": Mode.RELAX_TAIKO,
    "fruitsrx": Mode.RELAX_CATCH,
    "catchrx": Mode.RELAX_CATCH,
    "osuap": Mode.AUTOPILOT_OSU,
}
