"""What plays add up to, by bancho.py's rules: rows of `stats`, and how often maps were played."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from server.domain.beatmaps import GIVES_PP, BeatmapStatus
from server.domain.rulesets import MODES
from server.domain.scores import ScoreStatus

HAS_LEADERBOARD = (*GIVES_PP, BeatmapStatus.LOVED)

GRADE_COLUMNS = ("xh_count", "x_count", "sh_count", "s_count", "a_count")

Row = dict[str, Any]


def stats_rows(user_ids: Iterable[int], scores: Sequence[Row], map_status: dict[str, int]) -> list[Row]:
    """Eight rows a user, one a mode. `map_status`: by md5."""
    by_owner: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for score in scores:
        by_owner[score["userid"], score["mode"]].append(score)
    return [
        {"id": user, "mode": int(mode), **_tally(by_owner[user, int(mode)], map_status)}
        for user in user_ids
        for mode in MODES
    ]


def map_counts(scores: Iterable[Row], md5: str) -> Row:
    """Plays and passes of one map."""
    statuses = [score["status"] for score in scores if score["map_md5"] == md5]
    return {"plays": len(statuses), "passes": len(statuses) - statuses.count(ScoreStatus.FAILED)}


def _tally(scores: Sequence[Row], map_status: dict[str, int]) -> Row:
    best = [row for row in scores if row["status"] == ScoreStatus.BEST and map_status[row["map_md5"]] in GIVES_PP]
    best.sort(key=lambda row: -row["pp"])
    weights = [0.95**place for place in range(len(best))]
    # A combo counts where there is a leaderboard, loved maps included, and only if the play was finished.
    combos = [
        row["max_combo"]
        for row in scores
        if row["status"] != ScoreStatus.FAILED and map_status[row["map_md5"]] in HAS_LEADERBOARD
    ]
    grades = [f"{row['grade'].lower()}_count" for row in best]
    return {
        "tscore": sum(row["score"] for row in scores),
        "rscore": sum(row["score"] for row in best),
        "pp": round(_weighted(best, "pp", weights) + 416.6667 * (1 - 0.9994 ** len(best))),
        "plays": len(scores),
        "playtime": sum(row["time_elapsed"] // 1000 for row in scores),
        "acc": round(_weighted(best, "acc", weights) / (20 * (1 - 0.95 ** len(best))), 3) if best else 0.0,
        "max_combo": max(combos, default=0),
        "total_hits": sum(_hits(row) for row in scores),
        "replay_views": 0,
        **{column: grades.count(column) for column in GRADE_COLUMNS},
    }


def _weighted(best: Sequence[Row], column: str, weights: Sequence[float]) -> float:
    return float(sum(row[column] * weight for row, weight in zip(best, weights, strict=True)))


def _hits(row: Row) -> int:
    """Taiko and mania keep hits of their own under geki and katu."""
    own = row["ngeki"] + row["nkatu"] if row["mode"] % 4 in (1, 3) else 0
    return int(row["n300"] + row["n100"] + row["n50"] + own)
