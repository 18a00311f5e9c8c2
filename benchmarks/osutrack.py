"""What is measured of the osu!track API and of what else tells the past, with the SQL floor B runs for one answer.

An update's floor has its reads and the lock, and not the snapshot and the plays that it may write.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import isqrt
from typing import Any, Final

from benchmarks.database import Login, named_rows, rows
from benchmarks.own import HEAVY
from benchmarks.past import DAYS
from benchmarks.routes import MANY, MAP, ONE_PLAYER, SCORE, Case, Route, Target, both

_DAY_MS: Final = 86_400_000
_WINDOWS: Final = 60
_PAGE: Final = 1000

_FIGURES: Final = (
    "t.count300, t.count100, t.count50, t.playcount, t.ranked_score, t.total_score, t.pp_rank, t.country_rank, "
    "t.level, t.pp_raw, t.accuracy, t.count_rank_ss, t.count_rank_s, t.count_rank_a"
)
_PLAY: Final = (
    "p.score_id, p.user_id, p.beatmap_id, p.score, p.pp, p.mods, p.grade, p.score_ms, p.update_ms FROM api_top_plays p"
)
_STATS: Final = (
    "SELECT s.id, s.mode, s.tscore, s.rscore, s.pp, s.plays, s.playtime, s.acc, s.max_combo, s.total_hits, "
    "s.replay_views, s.xh_count, s.x_count, s.sh_count, s.s_count, s.a_count FROM stats s WHERE s.id = {id} "
    "AND s.mode IN (0, 1, 2, 3, 4, 5, 6, 8) ORDER BY s.id, s.mode"
)
_ALWAYS: Final = "946684800000 AND {column} <= 26192246400000"
_LAST_DAYS: Final = (
    f"SELECT t.at_ms, {_FIGURES} FROM api_snapshots t WHERE t.user_id = {{id}} AND t.mode = 0 AND t.at_ms >= "
    "COALESCE((SELECT MAX(b.at_ms) FROM api_snapshots b WHERE b.user_id = {id} AND b.mode = 0 "
    "AND b.at_ms < {since}), {since}) ORDER BY t.at_ms",
    "SELECT d.day, d.at_ms FROM api_days d WHERE d.day >= {day} ORDER BY d.day",
    "SELECT l.day, l.country, l.step, l.above, l.packed FROM api_ladders l WHERE l.mode = 0 "
    "AND l.country IN ('', '{country}') AND l.step IN ({steps}) AND l.day >= {day}",
    _STATS,
)

HISTORY: Final = Route(
    "osutrack stats_history",
    "/osutrack/stats_history?user={id}&mode=0",
    (
        ONE_PLAYER,
        f"SELECT t.at_ms, {_FIGURES} FROM api_snapshots t WHERE t.user_id = {{id}} AND t.mode = 0 "
        f"AND t.at_ms >= {_ALWAYS.format(column='t.at_ms')} ORDER BY t.at_ms",
    ),
)
HISCORES: Final = Route(
    "osutrack hiscores",
    "/osutrack/hiscores?user={id}&mode=0",
    (
        ONE_PLAYER,
        "SELECT 1 FROM api_top_plays p WHERE p.user_id = {id} AND p.mode = 0 LIMIT 1",
        f"SELECT {_PLAY} WHERE p.user_id = {{id}} AND p.mode = 0 "
        f"AND p.score_ms >= {_ALWAYS.format(column='p.score_ms')} ORDER BY p.score_ms, p.score_id",
    ),
)
PEAK: Final = Route(
    "osutrack peak",
    "/osutrack/peak?user={id}&mode=0",
    (
        ONE_PLAYER,
        "SELECT best.pp_rank, (SELECT MAX(r.at_ms) FROM api_snapshots r WHERE r.user_id = {id} AND r.mode = 0 "
        "AND r.pp_rank = best.pp_rank), best.accuracy, (SELECT MAX(a.at_ms) FROM api_snapshots a "
        "WHERE a.user_id = {id} AND a.mode = 0 AND a.accuracy = best.accuracy) "
        "FROM (SELECT MIN(CASE WHEN t.pp_rank > 0 THEN t.pp_rank END) AS pp_rank, MAX(t.accuracy) AS accuracy "
        "FROM api_snapshots t WHERE t.user_id = {id} AND t.mode = 0) best",
    ),
)
RANKS: Final = Route(
    "get_player_history rank", "/v1/get_player_history?id={id}&mode=0&scope=rank", (ONE_PLAYER, *_LAST_DAYS)
)
CARD: Final = Route("card svg", "/card/{id}.svg?mode=0", (ONE_PLAYER, *_LAST_DAYS, _STATS))
_UPDATE: Final = (
    ONE_PLAYER,
    _STATS,
    "BEGIN",
    "REPLACE INTO api_snapshot_checks (user_id, mode, checked_ms) VALUES ({id}, 0, {now})",
    ONE_PLAYER,
    _STATS,
    f"SELECT t.user_id, t.mode, t.at_ms, {_FIGURES} FROM (SELECT s.id AS user_id, s.mode AS mode, "
    "(SELECT n.at_ms FROM api_snapshots n WHERE n.user_id = s.id AND n.mode = s.mode ORDER BY n.at_ms DESC LIMIT 1) "
    "AS at_ms FROM stats s WHERE s.id IN ({id})) newest JOIN api_snapshots t "
    "ON t.user_id = newest.user_id AND t.mode = newest.mode AND t.at_ms = newest.at_ms",
    "SELECT 0, COUNT(*), COALESCE(SUM(u.country = '{country}'), 0) FROM stats s JOIN users u ON u.id = s.id "
    "WHERE s.mode = 0 AND s.pp > {pp} AND u.priv & 3 = 3",
    "SELECT COALESCE(t.n300, 0) + COALESCE(SUM(s.n300), 0), COALESCE(t.n100, 0) + COALESCE(SUM(s.n100), 0), "
    "COALESCE(t.n50, 0) + COALESCE(SUM(s.n50), 0) FROM api_follower f "
    "LEFT JOIN api_totals t ON t.user_id = {id} AND t.mode = 0 "
    "LEFT JOIN scores s FORCE INDEX (scores_userid_index) ON s.userid = {id} AND s.mode = 0 AND s.id > f.last_id "
    "WHERE f.id = 1 AND (f.totals_to IS NULL OR f.totals_to >= {id}) GROUP BY t.n300, t.n100, t.n50",
    f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_best) JOIN maps m ON m.md5 = s.map_md5 "
    "WHERE s.userid = {id} AND s.mode = 0 AND s.status = 2 AND m.status IN (2, 3) ORDER BY s.pp DESC, s.id LIMIT 100",
    "SELECT p.score_id FROM api_top_plays p WHERE p.user_id = {id} AND p.mode = 0 AND p.score_id IN ({plays})",
    "COMMIT",
)
_UPDATE_PATH: Final = "/osutrack/update?user={id}&mode=0"
UPDATE_SAME: Final = Route("osutrack update, nothing new", _UPDATE_PATH, _UPDATE, method="POST")
UPDATE_NEW: Final = Route("osutrack update, something new", _UPDATE_PATH, _UPDATE, method="POST")


def cases(login: Login) -> list[Case]:
    """Every row of the report."""
    active = _active(login, "t.plays > 0 ORDER BY RAND(1)", MANY)
    heavy = _active(login, "t.plays > 0 ORDER BY t.plays DESC", HEAVY * 3 // 4)
    players = heavy[:1] + active
    best = [_best_plays(login, "osutrack bestplays", 100, None)]
    best += [_best_plays(login, "osutrack bestplays 10,000", 10_000, None)]
    for name, days in (("day", 1), ("year", 365)):
        every = [_best_plays(login, f"osutrack bestplays {name}", 100, window) for window in _windows(days)]
        best += [every[0], _together(every)]
    # Nobody of these two has been updated since everybody's stats changed at the start; the heaviest are from here on.
    changed = random.Random(1).sample(active, len(active))
    return [
        *both(HISTORY, players),
        *both(HISCORES, players),
        *both(PEAK, players),
        *best,
        *both(RANKS, players),
        *both(CARD, players),
        Case(UPDATE_NEW, "varied", tuple(changed)),
        *both(UPDATE_SAME, heavy),
    ]


def _active(login: Login, where: str, limit: int) -> list[Target]:
    """Players and what their statements need."""
    since = (int(time.time()) // 86_400 - 89) * _DAY_MS
    found = named_rows(
        login,
        "SELECT t.id, t.pp, u.country FROM stats t JOIN users u ON u.id = t.id "
        f"WHERE t.mode = 0 AND u.priv & 3 = 3 AND {where} LIMIT {limit}",
    )
    plays: dict[int, list[int]] = {}
    for user_id, score_id in rows(login, "SELECT user_id, score_id FROM api_top_plays WHERE mode = 0"):
        plays.setdefault(user_id, []).append(score_id)
    return [
        {**row, "since": since, "day": since // _DAY_MS, "now": since + 90 * _DAY_MS, "steps": row["pp"] // 1024}
        | {"plays": ", ".join(map(str, plays.get(row["id"], [0])))}
        for row in found
    ]


def _windows(days: int) -> Iterator[tuple[datetime, datetime]]:
    """So many days each, the latest first, evenly over the time that is known."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for index in range(_WINDOWS):
        end = today - timedelta(days=index * (DAYS - days) // _WINDOWS)
        yield end - timedelta(days=days), end


def _best_plays(login: Login, name: str, limit: int, window: tuple[datetime, datetime] | None) -> Case:
    """One way of asking for best plays, with the pages that answer it."""
    path = f"/osutrack/bestplays?mode=0&limit={limit}"
    if window is None:
        return Case(Route(name, path, tuple(_pages(login, limit, "api_top_plays_pp", _ALWAYS))), "same", ({},))
    start, end = (int(each.timestamp() * 1000) for each in window)
    between = f"{start} AND {{column}} <= {end}"
    most = 300 * isqrt(limit)
    count = (
        "SELECT COUNT(*) FROM (SELECT 1 AS found FROM api_top_plays p WHERE p.mode = 0 "
        f"AND p.score_ms >= {between.format(column='p.score_ms')} LIMIT {most}) found"
    )
    ((few,),) = rows(login, count)
    pages = _pages(login, limit, "api_top_plays_time" if few < most else "api_top_plays_pp", between)
    dates = f"&from={window[0]:%Y-%m-%d}&to={window[1]:%Y-%m-%d}"
    return Case(Route(name, path + dates, (count, *pages)), "same", ({},))


def _pages(login: Login, limit: int, index: str, between: str) -> Iterator[str]:
    after = ""
    while limit > 0:
        size = min(limit, _PAGE)
        statement = (
            f"SELECT {_PLAY} FORCE INDEX ({index}) STRAIGHT_JOIN users u ON u.id = p.user_id WHERE p.mode = 0 "
            f"AND p.score_ms >= {between.format(column='p.score_ms')} {after} AND u.priv & 3 = 3 "
            f"ORDER BY p.pp DESC, p.score_ms, p.score_id LIMIT {size}"
        )
        yield statement
        limit -= size
        found: list[dict[str, Any]] = named_rows(login, statement) if limit else []
        if len(found) < size:
            return
        pp, ms, score_id = (found[-1][column] for column in ("pp", "score_ms", "score_id"))
        after = (
            f"AND p.pp <= {pp} AND (p.pp < {pp} OR p.score_ms > {ms} OR p.score_ms = {ms} AND p.score_id > {score_id})"
        )


def _together(every: list[Case]) -> Case:
    """Ways of asking whose statements differ, as targets of one."""
    width = max(len(case.route.statements) for case in every)
    targets: list[Target] = [
        {"path": case.route.path} | {f"s{at}": text for at, text in enumerate(case.route.statements)} for case in every
    ]
    assert all(len(case.route.statements) == width for case in every)
    statements = tuple(f"{{s{at}}}" for at in range(width))
    return Case(Route(every[0].route.name, "{path}", statements), "varied", tuple(targets))
