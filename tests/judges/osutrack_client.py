"""A client of the osu!track API, written from its readme alone, which takes nothing that is not shown there."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar, get_args, get_type_hints

import httpx

Row = TypeVar("Row")


@dataclass(frozen=True)
class NewHiscore:
    """One of `newhs`: as the first osu! API has it, all text, with its place among the player's best."""

    beatmap_id: str
    score_id: str
    score: str
    maxcombo: str
    count50: str
    count100: str
    count300: str
    countmiss: str
    countkatu: str
    countgeki: str
    perfect: str
    enabled_mods: str
    user_id: str
    date: str
    rank: str
    pp: str
    replay_available: str
    ranking: int


@dataclass(frozen=True)
class Update:
    """The difference in stats since the last update."""

    username: str
    mode: int
    playcount: int
    pp_rank: int
    pp_raw: float
    accuracy: float
    total_score: int
    ranked_score: int
    count300: int
    count50: int
    count100: int
    level: float
    count_rank_a: int
    count_rank_s: int
    count_rank_ss: int
    levelup: bool
    first: bool
    exists: bool
    newhs: list[NewHiscore]


@dataclass(frozen=True)
class Stats:
    """One recorded update."""

    count300: int
    count100: int
    count50: int
    playcount: int
    ranked_score: str
    total_score: str
    pp_rank: int
    level: float
    pp_raw: float
    accuracy: float
    count_rank_ss: int
    count_rank_s: int
    count_rank_a: int
    timestamp: datetime


@dataclass(frozen=True)
class Hiscore:
    """One recorded play."""

    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: datetime
    update_time: datetime


@dataclass(frozen=True)
class BestPlay:
    """One recorded play of anybody."""

    user: int
    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: datetime
    update_time: datetime


@dataclass(frozen=True)
class Peak:
    """The best rank and accuracy; all of it None for nobody, or without updates."""

    best_global_rank: int | None
    best_rank_timestamp: datetime | None
    best_accuracy: float | None
    best_acc_timestamp: datetime | None


class OsuTrack:
    """`base` is where the public one has https://osutrack-api.ameo.dev."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=base)

    def close(self) -> None:
        self._http.close()

    def update(self, user: int, mode: int) -> Update | None:
        """None: the user does not exist."""
        told = self._ask("POST", "/update", user=user, mode=mode)
        assert isinstance(told, dict)
        if told["exists"] is False:
            return None
        return read(Update, told | {"newhs": [read(NewHiscore, each) for each in told["newhs"]]})

    def stats_history(self, user: int, mode: int, start: date | None = None, end: date | None = None) -> list[Stats]:
        return self._list(Stats, "/stats_history", user=user, mode=mode, **window(start, end))

    def hiscores(self, user: int, mode: int, start: date | None = None, end: date | None = None) -> list[Hiscore]:
        return self._list(Hiscore, "/hiscores", user=user, mode=mode, **window(start, end))

    def peak(self, user: int, mode: int) -> Peak:
        (found,) = self._list(Peak, "/peak", user=user, mode=mode)
        return found

    def bestplays(
        self, mode: int, start: date | None = None, end: date | None = None, limit: int | None = None
    ) -> list[BestPlay]:
        count = {} if limit is None else {"limit": limit}
        return self._list(BestPlay, "/bestplays", mode=mode, **window(start, end), **count)

    def _list(self, kind: type[Row], path: str, **params: Any) -> list[Row]:
        told = self._ask("GET", path, **params)
        assert isinstance(told, list)
        return [read(kind, each) for each in told]

    def _ask(self, method: str, path: str, **params: Any) -> Any:
        response = self._http.request(method, path, params=params)
        response.raise_for_status()
        return response.json()


def window(start: date | None, end: date | None) -> dict[str, str]:
    return {name: f"{day:%Y-%m-%d}" for name, day in (("from", start), ("to", end)) if day is not None}


def read(kind: type[Row], told: dict[str, Any]) -> Row:
    """An object that has these fields, in this order, each of its type, and no others."""
    hints = get_type_hints(kind)
    assert list(told) == [each.name for each in fields(kind)]
    return kind(**{name: value(hint, told[name]) for name, hint in hints.items()})


def value(hint: Any, told: Any) -> Any:
    if type(None) in get_args(hint):
        return None if told is None else value(get_args(hint)[0], told)
    if hint is datetime:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told)
        return datetime.strptime(told, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if hint is float:
        assert type(told) in (int, float)
    elif hint in (int, str, bool):
        assert type(told) is hint
    else:
        assert type(told) is list
    return told
