"""How a player stood, as the forks of bancho.py that keep it tell it to their websites."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Annotated, Literal, TypedDict

from server.domain.players import Player
from server.domain.snapshots import DayPoint, Month
from server.web.text import moment

Moment = Annotated[str, "UTC, with milliseconds"]


class PpCapture(TypedDict):
    captured_at: Moment
    pp: float


class RankCapture(TypedDict):
    captured_at: Moment
    overall: Annotated[int, "rank in the world"]
    country: Annotated[int | None, "rank in the player's country, null where it is not known"]


class PeakCapture(TypedDict):
    captured_at: Annotated[str, "the last moment it was so; UTC, with milliseconds"]
    rank: int


class PlaycountCapture(TypedDict):
    captured_at: Annotated[str, "the month's beginning; UTC, with milliseconds"]
    playcount: Annotated[int, "plays in that month, failed ones too"]


class HistoryShape(TypedDict):
    """Oldest first."""

    user_id: int
    mode: int
    captures: list[PpCapture] | list[RankCapture] | list[PeakCapture] | list[PlaycountCapture]


class HistoryAnswer(TypedDict):
    status: Literal["success"]
    data: HistoryShape


def pp_answer(player: Player, mode: int, days: Sequence[DayPoint]) -> HistoryAnswer:
    captures: list[PpCapture] = [{"captured_at": moment(each.at_ms), "pp": each.pp} for each in days]
    return _answer(player, mode, captures)


def rank_answer(player: Player, mode: int, days: Sequence[DayPoint]) -> HistoryAnswer:
    """Days without a rank are left out."""
    captures: list[RankCapture] = [
        {"captured_at": moment(each.at_ms), "overall": each.rank, "country": each.country_rank}
        for each in days
        if each.rank is not None
    ]
    return _answer(player, mode, captures)


def peak_answer(player: Player, mode: int, best: tuple[int, int] | None) -> HistoryAnswer:
    """One capture, or none where the player was never ranked. `best`: the rank, and when it was so."""
    captures: list[PeakCapture] = [] if best is None else [{"captured_at": moment(best[1]), "rank": best[0]}]
    return _answer(player, mode, captures)


def playcount_answer(player: Player, mode: int, months: Sequence[Month]) -> HistoryAnswer:
    captures: list[PlaycountCapture] = [
        {
            "captured_at": moment(int(datetime.combine(each.start, time(), UTC).timestamp()) * 1000),
            "playcount": each.plays,
        }
        for each in months
    ]
    return _answer(player, mode, captures)


def _answer(
    player: Player,
    mode: int,
    captures: list[PpCapture] | list[RankCapture] | list[PeakCapture] | list[PlaycountCapture],
) -> HistoryAnswer:
    return {"status": "success", "data": {"user_id": player.id, "mode": mode, "captures": captures}}
