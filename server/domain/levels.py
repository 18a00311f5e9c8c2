"""Levels, from total score.

The steps: https://osu.ppy.sh/wiki/en/Gameplay/Score/Total_score; from level 100 on each takes the same.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import Final

ABOVE_100: Final = 99_999_999_999


def _needed(level: int) -> float:
    return 5000 / 3 * (4 * level**3 - 3 * level**2 - level) + 1.25 * 1.8 ** (level - 60)


def _step(level: int) -> int:
    """From this level to the next, as a whole number."""
    return int(_needed(level + 1) - _needed(level) + 0.5)


# Total score at which each level from 1 to 100 is reached.
REACHED: Final = (0, *accumulate(_step(level) for level in range(1, 100)))


def level(total_score: int) -> float:
    """The level with what is done of the way to the next: 99.5 is half-way from 99 to 100. At least 1."""
    if total_score <= 0:
        return 1.0
    if total_score >= REACHED[-1]:
        beyond, rest = divmod(total_score - REACHED[-1], ABOVE_100)
        return 100 + beyond + rest / ABOVE_100
    whole = bisect_right(REACHED, total_score)
    return whole + (total_score - REACHED[whole - 1]) / (REACHED[whole] - REACHED[whole - 1])
