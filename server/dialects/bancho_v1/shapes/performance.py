"""pp as bancho.py v1 tells it."""

from typing import Annotated, TypedDict

from server.domain.performance import Play, Worth


class PerformanceShape(TypedDict):
    pp: float
    pp_acc: float | None
    pp_aim: float | None
    pp_speed: float | None
    pp_flashlight: float | None
    effective_miss_count: float | None
    pp_difficulty: float | None


class DifficultyShape(TypedDict):
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


class WorthShape(TypedDict):
    """What a play would be worth. No `status`, as bancho.py gives none here."""

    performance: PerformanceShape
    difficulty: DifficultyShape
    accuracy: Annotated[float | None, "percent, as asked for; null where hit counts were"]


def worth_shape(play: Play, worth: Worth) -> WorthShape:
    return {
        "performance": {
            "pp": worth.pp,
            "pp_acc": worth.pp_acc,
            "pp_aim": worth.pp_aim,
            "pp_speed": worth.pp_speed,
            "pp_flashlight": worth.pp_flashlight,
            "effective_miss_count": worth.effective_miss_count,
            "pp_difficulty": worth.pp_difficulty,
        },
        "difficulty": {
            "stars": worth.stars,
            "aim": worth.aim,
            "speed": worth.speed,
            "flashlight": worth.flashlight,
            "slider_factor": worth.slider_factor,
            "speed_note_count": worth.speed_note_count,
            "stamina": worth.stamina,
            "color": worth.color,
            "rhythm": worth.rhythm,
            "peak": worth.peak,
        },
        "accuracy": play.acc,
    }
