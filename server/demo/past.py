"""The demo's past days: what the recorder would have kept, had it run beside the demo's players all the time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.demo.tallies import stats_rows
from server.domain.achievements import Totals
from server.domain.beatmaps import GIVES_PP
from server.domain.ladders import WORLD, ranks, rungs
from server.domain.players import Rank, Stats
from server.domain.privileges import Visibility
from server.domain.scores import Score, ScoreStatus, shown_grade
from server.domain.snapshots import BEST, Figures, figures, same

DAYS: Final = 120

Row = dict[str, Any]

# A player in a mode.
Pair = tuple[int, int]


def past(
    users: Sequence[Row],
    scores: Sequence[Row],
    map_status: Mapping[str, int],
    map_ids: Mapping[str, int],
    now: datetime,
) -> dict[str, list[Row]]:
    """Rows of our own tables for the days before `now` (naive UTC). `map_status` and `map_ids`: by md5."""
    shown = {user["id"]: user["country"] for user in users if user["priv"] & Visibility().board == Visibility().board}
    recorder = _Recorder(shown, scores, map_status, map_ids)
    midnight = now.replace(hour=0, minute=0, second=0)
    for back in range(DAYS, 0, -1):
        recorder.look(midnight - timedelta(days=back) + timedelta(hours=4))
    return recorder.tables


class _Recorder:
    def __init__(
        self,
        countries: Mapping[int, str],
        scores: Sequence[Row],
        map_status: Mapping[str, int],
        map_ids: Mapping[str, int],
    ) -> None:
        self.tables: dict[str, list[Row]] = {
            name: [] for name in ("api_snapshots", "api_top_plays", "api_days", "api_ladders")
        }
        self._countries = countries
        self._map_status, self._map_ids = map_status, map_ids
        self._plays: dict[Pair, list[Row]] = defaultdict(list)
        for score in scores:
            if score["userid"] in countries:
                self._plays[score["userid"], score["mode"]].append(score)
        self._stats: dict[Pair, Stats] = {}
        self._last: dict[Pair, Figures] = {}
        self._recorded: set[int] = set()

    def look(self, moment: datetime) -> None:
        """Keep what is new at this moment."""
        at_ms = int(moment.replace(tzinfo=UTC).timestamp() * 1000)
        until = {
            pair: _standing([row for row in rows if row["play_time"] <= moment]) for pair, rows in self._plays.items()
        }
        for pair, rows in until.items():
            if rows and (pair not in self._stats or self._stats[pair].plays != len(rows)):
                (row,) = (row for row in stats_rows([pair[0]], rows, dict(self._map_status)) if row["mode"] == pair[1])
                self._stats[pair] = Stats(**row)
        standing = self._ladders(at_ms)
        for pair, stats in self._stats.items():
            self._snapshot(pair, stats, until[pair], standing, at_ms)

    def _ladders(self, at_ms: int) -> dict[tuple[int, str], dict[int, int]]:
        found: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for (player, mode), stats in self._stats.items():
            for where in (WORLD, self._countries[player]):
                if stats.pp:
                    found[mode, where][stats.pp] += 1
        day = at_ms // 86_400_000
        self.tables["api_days"].append({"day": day, "at_ms": at_ms})
        self.tables["api_ladders"] += [
            {"mode": mode, "country": where, "step": each.step, "day": day, "above": each.above, "packed": each.packed}
            for (mode, where), players in found.items()
            for each in rungs(players)
        ]
        return found

    def _snapshot(
        self,
        pair: Pair,
        stats: Stats,
        rows: Sequence[Row],
        standing: Mapping[tuple[int, str], Mapping[int, int]],
        at_ms: int,
    ) -> None:
        player, mode = pair
        before = self._last.get(pair)
        if before is not None and before.playcount == stats.plays:
            return
        world, nation = (
            ranks(standing[mode, where], [stats.pp])[stats.pp] if stats.pp else 0
            for where in (WORLD, self._countries[player])
        )
        totals = Totals(*(sum(row[name] for row in rows) for name in Totals._fields))
        now = figures(stats, Rank(world, nation), totals)
        if before is None or not same(before, now):
            self._last[pair] = now
            self.tables["api_snapshots"].append({"user_id": player, "mode": mode, "at_ms": at_ms, **now._asdict()})
        best = [
            row for row in rows if row["status"] == ScoreStatus.BEST and self._map_status[row["map_md5"]] in GIVES_PP
        ]
        for row in sorted(best, key=lambda row: -row["pp"])[:BEST]:
            if row["id"] not in self._recorded:
                self._recorded.add(row["id"])
                self.tables["api_top_plays"].append(self._top_play(row, at_ms))

    def _top_play(self, row: Row, at_ms: int) -> Row:
        return {
            "user_id": row["userid"],
            "mode": row["mode"],
            "score_id": row["id"],
            "beatmap_id": self._map_ids[row["map_md5"]],
            **{name: row[name] for name in ("score", "pp", "mods")},
            "grade": shown_grade(Score(**{name: row[name] for name in Score._fields})),
            "score_ms": int(row["play_time"].replace(tzinfo=UTC).timestamp() * 1000),
            "update_ms": at_ms,
        }


def _standing(rows: Sequence[Row]) -> list[Row]:
    """Plays up to some moment, each with the status that it had then: the best on each beatmap may be beaten later."""
    best: dict[str, Row] = {}
    for row in rows:
        if row["status"] != ScoreStatus.FAILED:
            there = best.get(row["map_md5"])
            if there is None or row["pp"] > there["pp"]:
                best[row["map_md5"]] = row
    return [
        row
        if row["status"] == ScoreStatus.FAILED
        else row | {"status": ScoreStatus.BEST.value if best[row["map_md5"]] is row else ScoreStatus.SUBMITTED.value}
        for row in rows
    ]
