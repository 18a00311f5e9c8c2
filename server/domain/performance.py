"""What a play would be worth."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Play:
    """A play to be judged: by accuracy (percent), or by hit counts. A count that is None is what is left over."""

    mode: int
    mods: int
    combo: int | None = None
    misses: int = 0
    acc: float | None = None
    n100: int | None = None
    n50: int | None = None
    ngeki: int | None = None
    nkatu: int | None = None
    n300: int | None = None


class Worth(NamedTuple):
    """pp and what it is made of; a part that a ruleset or a calculator has not is None."""

    pp: float
    pp_acc: float | None
    pp_aim: float | None
    pp_speed: float | None
    pp_flashlight: float | None
    effective_miss_count: float | None
    pp_difficulty: float | None
    stars: float
    aim: float | None
    speed: float | None
    flashlight: float | None
    slider_factor: float | None
    speed_note_count: float | None
    stamina: float | None
    color: float | None
    rhythm: float | None
    peak: float | None
    max_combo: int
