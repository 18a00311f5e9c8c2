"""The two pp calculators behind one question. Runs in a process of its own: both hold the interpreter's lock."""

import math
from importlib.util import find_spec
from typing import Any

from server.domain.mods import DOUBLE_TIME, NIGHTCORE
from server.domain.performance import Play, Worth
from server.domain.problems import Unavailable

AKATSUKI = "akatsuki-pp-py"
ROSU = "rosu-pp-py"

_PACKAGES = {AKATSUKI: "akatsuki_pp_py", ROSU: "rosu_pp_py"}


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
    try:
        return each(content, plays)
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
    from rosu_pp_py import Beatmap

    beatmap = Beatmap(bytes=content)
    # Whatever is no beatmap at all reads as one without objects.
    if not beatmap.n_objects or beatmap.is_suspicious():
        raise Unreadable("The beatmap was not made to be played.")
    return [_rosu(Beatmap(bytes=content), play) for play in plays]


def _rosu(beatmap: Any, play: Play) -> Worth:
    from rosu_pp_py import GameMode, Performance

    modes = (GameMode.Osu, GameMode.Taiko, GameMode.Catch, GameMode.Mania)
    mods = _mods(play)
    if beatmap.mode != modes[play.mode % 4]:
        beatmap.convert(modes[play.mode % 4], mods)
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
