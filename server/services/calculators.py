"""The two pp calculators behind one question. Runs in a process of its own: both hold the interpreter's lock."""

import math
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Final, TypeVar

from server.domain.beatmap_files import UNRATED, Difficulty
from server.domain.mods import DOUBLE_TIME, NIGHTCORE
from server.domain.performance import Play, Worth
from server.domain.problems import Unavailable

AKATSUKI = "akatsuki-pp-py"
ROSU = "rosu-pp-py"

_PACKAGES = {AKATSUKI: "akatsuki_pp_py", ROSU: "rosu_pp_py"}

# As large as a number of combo may be where it is kept.
_MOST_COMBO: Final = 2**31 - 1

Result = TypeVar("Result")


class Unreadable(Exception):
    """The file is not a beatmap that the calculator can take."""


def chosen(setting: str) -> str:
    """The calculator that a setting means. Raises Unavailable where it is not installed."""
    if setting == "auto":
        return AKATSUKI if find_spec(_PACKAGES[AKATSUKI]) else ROSU
    if find_spec(_PACKAGES[setting]) is None:
        raise Unavailable(f"[performance] calculator: {setting} is not installed; `auto` takes what is.")
    return setting


def calculate(calculator: str, content: bytes, plays: tuple[Play, ...]) -> list[Worth]:
    """What each of these plays on one `.osu` file is worth. Raises Unreadable."""
    each = _with_akatsuki if calculator == AKATSUKI else _with_rosu
    return _read(lambda: each(content, plays))


def rate(calculator: str, content: bytes, wanted: Sequence[tuple[int, int]]) -> list[Difficulty]:
    """How difficult one `.osu` file is in each of these rulesets (0-3) with mods, in their order. Raises Unreadable.

    What is wanted in a ruleset that the file does not convert to is UNRATED.
    """
    each = _rated_by_akatsuki if calculator == AKATSUKI else _rated_by_rosu
    return _read(lambda: each(content, wanted))


def _read(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except Unreadable:
        raise
    except Exception as error:  # the calculators raise types of their own, and a bare Exception
        raise Unreadable(str(error)) from error


def _with_akatsuki(content: bytes, plays: tuple[Play, ...]) -> list[Worth]:
    from akatsuki_pp_py import Beatmap, Calculator

    beatmap = Beatmap(bytes=content)
    return [_akatsuki(Calculator, beatmap, play) for play in plays]


def _akatsuki(calculator: Any, beatmap: Any, play: Play) -> Worth:
    asked = {
        "acc": play.acc,
        "combo": play.combo,
        "n300": play.n300,
        "n100": play.n100,
        "n50": play.n50,
        "n_geki": play.ngeki,
        "n_katu": play.nkatu,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    result = calculator(mode=play.mode % 4, mods=_mods(play), n_misses=play.misses, **given).performance(beatmap)
    difficulty = result.difficulty
    return Worth(
        pp=_pp(result.pp),
        pp_acc=result.pp_acc,
        pp_aim=result.pp_aim,
        pp_speed=result.pp_speed,
        pp_flashlight=result.pp_flashlight,
        effective_miss_count=result.effective_miss_count,
        pp_difficulty=result.pp_difficulty,
        stars=difficulty.stars,
        aim=difficulty.aim,
        speed=difficulty.speed,
        flashlight=difficulty.flashlight,
        slider_factor=difficulty.slider_factor,
        speed_note_count=difficulty.speed_note_count,
        stamina=difficulty.stamina,
        color=difficulty.color,
        rhythm=difficulty.rhythm,
        peak=difficulty.peak,
        max_combo=difficulty.max_combo,
    )


def _with_rosu(content: bytes, plays: tuple[Play, ...]) -> list[Worth]:
    return [_rosu(content, play) for play in plays]


def _in_ruleset(content: bytes, ruleset: int, mods: int) -> Any:
    """The beatmap, converted if need be. Raises Unreadable: nothing is in it, or it was made to do harm."""
    from rosu_pp_py import Beatmap, GameMode

    beatmap = Beatmap(bytes=content)
    # Whatever is no beatmap at all reads as one without objects.
    if not beatmap.n_objects or beatmap.is_suspicious():
        raise Unreadable("The beatmap was not made to be played.")
    mode = (GameMode.Osu, GameMode.Taiko, GameMode.Catch, GameMode.Mania)[ruleset]
    if beatmap.mode != mode:
        beatmap.convert(mode, mods)
    return beatmap


def _rosu(content: bytes, play: Play) -> Worth:
    from rosu_pp_py import Performance

    mods = _mods(play)
    beatmap = _in_ruleset(content, play.mode % 4, mods)
    asked = {
        "accuracy": play.acc,
        "combo": play.combo,
        "n300": play.n300,
        "n100": play.n100,
        "n50": play.n50,
        "n_geki": play.ngeki,
        "n_katu": play.nkatu,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    result = Performance(mods=mods, misses=play.misses, lazer=False, **given).calculate(beatmap)
    difficulty = result.difficulty
    return Worth(
        pp=_pp(result.pp),
        pp_acc=result.pp_accuracy,
        pp_aim=result.pp_aim,
        pp_speed=result.pp_speed,
        pp_flashlight=result.pp_flashlight,
        effective_miss_count=result.effective_miss_count,
        pp_difficulty=result.pp_difficulty,
        stars=difficulty.stars,
        aim=difficulty.aim,
        speed=difficulty.speed,
        flashlight=difficulty.flashlight,
        slider_factor=difficulty.slider_factor,
        speed_note_count=difficulty.speed_note_count,
        stamina=difficulty.stamina,
        color=difficulty.color,
        rhythm=difficulty.rhythm,
        peak=None,
        max_combo=difficulty.max_combo,
    )


def _mods(play: Play) -> int:
    """Nightcore is Double Time with other music; a client may send its bit alone."""
    return play.mods | DOUBLE_TIME if play.mods & NIGHTCORE else play.mods


def _pp(value: float) -> float:
    return round(value, 3) if math.isfinite(value) else 0.0


def _rated_by_akatsuki(content: bytes, wanted: Sequence[tuple[int, int]]) -> list[Difficulty]:
    from akatsuki_pp_py import Beatmap, Calculator

    beatmap = Beatmap(bytes=content)
    found = [(ruleset, Calculator(mode=ruleset, mods=mods).difficulty(beatmap)) for ruleset, mods in wanted]
    # What does not convert is taken as what it is.
    return [_difficulty(each) if each.mode == ruleset else UNRATED for ruleset, each in found]


def _rated_by_rosu(content: bytes, wanted: Sequence[tuple[int, int]]) -> list[Difficulty]:
    return [_rosu_difficulty(content, ruleset, mods) for ruleset, mods in wanted]


def _rosu_difficulty(content: bytes, ruleset: int, mods: int) -> Difficulty:
    from rosu_pp_py import ConvertError
    from rosu_pp_py import Difficulty as Rating

    try:
        beatmap = _in_ruleset(content, ruleset, mods)
    except ConvertError:
        return UNRATED
    return _difficulty(Rating(mods=mods, lazer=False).calculate(beatmap))


def _difficulty(found: Any) -> Difficulty:
    """What either calculator found; a number that cannot be kept is none."""
    parts = (found.stars, found.aim, found.speed)
    stars, aim, speed = (part if part is not None and math.isfinite(part) else None for part in parts)
    return Difficulty(stars, aim, speed, found.max_combo if found.max_combo <= _MOST_COMBO else None)
