"""Snapshots, top plays and peaks."""

from typing import Annotated, TypedDict

from server.domain.snapshots import Peak, Snapshot, TopPlay
from server.web.text import moment


class StatsShape(TypedDict):
    """A player's figures at a moment."""

    count300: int
    count100: int
    count50: int
    playcount: int
    ranked_score: str
    total_score: str
    pp_rank: Annotated[int, "0: none"]
    level: float
    pp_raw: float
    accuracy: Annotated[float, "percent"]
    count_rank_ss: int
    count_rank_s: int
    count_rank_a: int
    timestamp: Annotated[str, "UTC, with milliseconds"]


class HiscoreShape(TypedDict):
    """A play that was among its player's best."""

    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: Annotated[str, "when it was played"]
    update_time: Annotated[str, "when it was first seen among the best"]


class BestPlayShape(HiscoreShape):
    """The same, of all players."""

    user: int


class PeakShape(TypedDict):
    """The best that a player's figures ever were, and when they last were so. All null: nothing is known."""

    best_global_rank: int | None
    best_rank_timestamp: str | None
    best_accuracy: float | None
    best_acc_timestamp: str | None


def stats_shape(snapshot: Snapshot) -> StatsShape:
    then = snapshot.figures
    return {
        "count300": then.count300,
        "count100": then.count100,
        "count50": then.count50,
        "playcount": then.playcount,
        "ranked_score": str(then.ranked_score),
        "total_score": str(then.total_score),
        "pp_rank": then.pp_rank,
        "level": then.level,
        "pp_raw": then.pp_raw,
        "accuracy": then.accuracy,
        "count_rank_ss": then.count_rank_ss,
        "count_rank_s": then.count_rank_s,
        "count_rank_a": then.count_rank_a,
        "timestamp": moment(snapshot.at_ms),
    }


def hiscore(play: TopPlay) -> HiscoreShape:
    return {
        "beatmap_id": play.beatmap_id,
        "score": play.score,
        "pp": play.pp,
        "mods": play.mods,
        "rank": play.grade,
        "score_time": moment(play.score_ms),
        "update_time": moment(play.update_ms),
    }


def best_play(play: TopPlay) -> BestPlayShape:
    return {"user": play.user_id, **hiscore(play)}


def peak_shape(found: Peak) -> PeakShape:
    return {
        "best_global_rank": found.rank,
        "best_rank_timestamp": None if found.rank_ms is None else moment(found.rank_ms),
        "best_accuracy": found.accuracy,
        "best_acc_timestamp": None if found.accuracy_ms is None else moment(found.accuracy_ms),
    }
