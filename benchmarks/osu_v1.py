"""What is measured of the osu! API v1, with the SQL that floor B runs for one answer. Its key has been found before."""

import time
from collections.abc import Sequence
from typing import Final

from benchmarks.database import Login, named_rows, rows
from benchmarks.own import HEAVY, KEY
from benchmarks.routes import (
    MANY,
    MAP,
    ONE_MAP,
    ONE_PLAYER,
    POPULAR,
    SCORE,
    Case,
    Route,
    Target,
    both,
)

_OWN_KEY: Final = f"&k={KEY}"
_STATS: Final = (
    "SELECT s.id, s.mode, s.tscore, s.rscore, s.pp, s.plays, s.playtime, s.acc, s.max_combo, s.total_hits, "
    "s.replay_views, s.xh_count, s.x_count, s.sh_count, s.s_count, s.a_count FROM stats s WHERE s.id = {id} "
    "AND s.mode IN (0, 1, 2, 3, 4, 5, 6, 8) ORDER BY s.id, s.mode"
)
_TOTALS: Final = (
    "SELECT COALESCE(t.n300, 0) + COALESCE(SUM(s.n300), 0), COALESCE(t.n100, 0) + COALESCE(SUM(s.n100), 0), "
    "COALESCE(t.n50, 0) + COALESCE(SUM(s.n50), 0) FROM api_follower f "
    "LEFT JOIN api_totals t ON t.user_id = {id} AND t.mode = 0 "
    "LEFT JOIN scores s FORCE INDEX (scores_userid_index) ON s.userid = {id} AND s.mode = 0 AND s.id > f.last_id "
    "WHERE f.id = 1 AND (f.totals_to IS NULL OR f.totals_to >= {id}) GROUP BY t.n300, t.n100, t.n50"
)
_EVENTS: Final = (
    f"SELECT e.kind, e.score_id, e.mode, e.position, e.grade, e.epic, e.at_ms, {MAP} FROM api_rank_events e "
    "STRAIGHT_JOIN scores s ON s.id = e.score_id STRAIGHT_JOIN maps m ON m.md5 = s.map_md5 "
    "WHERE e.user_id = {id} AND e.at_ms >= {since} ORDER BY e.at_ms DESC, e.id DESC LIMIT 100"
)
_BOARD: Final = (
    f"SELECT {SCORE}, u.name, u.country, c.id, c.name, c.tag FROM scores s "
    "FORCE INDEX (api_scores_map_score) JOIN users u ON u.id = s.userid LEFT JOIN clans c ON c.id = u.clan_id "
    "WHERE s.map_md5 = '{md5}' AND s.mode = 0 AND s.status = 2 AND u.priv & 3 = 3 ORDER BY s.score DESC, s.id LIMIT 100"
)
_PLACED: Final = (
    f"SELECT {SCORE}, ROW_NUMBER() OVER (PARTITION BY s.userid ORDER BY s.score DESC, s.id) AS place "
    "FROM scores s FORCE INDEX (api_scores_map_score) "
    "WHERE s.map_md5 = '{md5}' AND s.mode = 0 AND s.status IN (1, 2) AND s.mods = 64"
)
_BOARD_WITH_MODS: Final = (
    f"SELECT {SCORE}, u.name, u.country, c.id, c.name, c.tag FROM ({_PLACED}) s JOIN users u ON u.id = s.userid "
    "LEFT JOIN clans c ON c.id = u.clan_id WHERE s.place = 1 AND u.priv & 3 = 3 ORDER BY s.score DESC, s.id LIMIT 100"
)
_FILE: Final = (
    "SELECT f.md5, f.artist_unicode, f.title_unicode, f.source, f.tags, f.preview_time, f.hit_length, f.circles, "
    "f.sliders, f.spinners, f.video, f.storyboard FROM api_beatmap_files f WHERE f.md5 IN ({md5s}) AND f.readable = 1"
)
_DIFFICULTY: Final = (
    "SELECT d.md5, d.ruleset, d.stars, d.aim, d.speed, d.max_combo FROM api_difficulties d "
    "WHERE d.md5 IN ({md5s}) AND d.calculator = 'akatsuki-pp-py' AND d.mods = {mods}"
)
_OF_SETS: Final = (
    "SELECT m.id, u.id FROM maps m JOIN users u ON u.safe_name = LOWER(REPLACE(m.creator, ' ', '_')) "
    "WHERE m.id IN ({ids}) AND m.server = 'private' AND u.priv & 3 = 3",
    "SELECT f.setid, COUNT(*) FROM favourites f WHERE f.setid IN ({sets}) GROUP BY f.setid",
    "SELECT m.set_id, SUM(r.rating), COUNT(*) FROM maps m JOIN ratings r ON r.map_md5 = m.md5 "
    "WHERE m.set_id IN ({sets}) GROUP BY m.set_id",
)
_DATES: Final = f"SELECT {MAP}, a.approved_ms FROM maps m LEFT JOIN api_map_statuses a ON a.map_id = m.id"

USER = Route("osu get_user", f"/api/get_user?u={{id}}&type=id{_OWN_KEY}", (ONE_PLAYER, _STATS, _TOTALS, _EVENTS))
BEST = Route(
    "osu get_user_best",
    f"/api/get_user_best?u={{id}}&type=id&limit=100{_OWN_KEY}",
    (
        ONE_PLAYER,
        f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_best) "
        "JOIN maps m ON m.md5 = s.map_md5 WHERE s.userid = {id} AND s.mode = 0 AND s.status = 2 "
        "AND m.status IN (2, 3) ORDER BY s.pp DESC, s.id LIMIT 100",
    ),
)
RECENT = Route(
    "osu get_user_recent",
    f"/api/get_user_recent?u={{id}}&type=id&limit=50{_OWN_KEY}",
    (
        ONE_PLAYER,
        f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_recent) "
        "JOIN maps m ON m.md5 = s.map_md5 WHERE s.userid = {id} AND s.mode = 0 "
        "AND s.play_time >= FROM_UNIXTIME({since} / 1000) ORDER BY s.play_time DESC, s.id DESC LIMIT 50",
    ),
)
SCORES = Route("osu get_scores", f"/api/get_scores?b={{id}}&limit=100{_OWN_KEY}", (ONE_MAP, _BOARD))
SCORES_WITH_MODS = Route(
    "osu get_scores with mods", f"/api/get_scores?b={{id}}&mods=64&limit=100{_OWN_KEY}", (ONE_MAP, _BOARD_WITH_MODS)
)
BEATMAP = Route(
    "osu get_beatmaps one",
    f"/api/get_beatmaps?b={{id}}{_OWN_KEY}",
    (f"{_DATES} WHERE m.status <> -1 AND m.id = {{id}}", _FILE, _DIFFICULTY, *_OF_SETS),
)
NEWEST = Route(
    "osu get_beatmaps 500",
    f"/api/get_beatmaps?limit={{limit}}{_OWN_KEY}",
    (
        f"{_DATES} WHERE m.status IN (2, 3, 5) AND a.approved_ms IS NOT NULL ORDER BY a.approved_ms DESC, m.id DESC "
        "LIMIT {limit}",
        f"{_DATES.replace('maps m', 'maps m FORCE INDEX (api_maps_update)')} WHERE m.status IN (2, 3, 5) "
        "AND a.approved_ms IS NULL ORDER BY m.last_update DESC, m.id DESC LIMIT {limit}",
        _FILE,
        _DIFFICULTY,
        *_OF_SETS,
    ),
)
MATCH = Route(
    "osu get_match",
    f"/api/get_match?mp={{id}}{_OWN_KEY}",
    (
        "SELECT m.id, m.name, m.opened_ms, m.ended_ms FROM api_matches m WHERE m.id = {id} AND m.is_public = 1",
        "SELECT g.id, g.started_ms, g.ended_ms, g.map_id, g.mode, g.mods, g.free_mods, g.win_condition, g.team_type "
        "FROM api_match_games g WHERE g.match_id = {id} ORDER BY g.started_ms, g.id",
        "SELECT s.game_id, s.user_id, s.slot, s.team, s.score, s.max_combo, s.n300, s.n100, s.n50, s.nmiss, s.ngeki, "
        "s.nkatu, s.mods, s.perfect, s.passed FROM api_match_scores s WHERE s.game_id IN ({games}) "
        "ORDER BY s.game_id, s.slot, s.id",
        ONE_PLAYER.replace("= {id}", "IN (3, 4, 5, 6, 7, 8, 9, 10)"),
    ),
)
REPLAY = Route(
    "osu get_replay",
    f"/api/get_replay?s={{id}}{_OWN_KEY}",
    (
        f"SELECT {SCORE}, u.name, m.artist, m.title, m.version, u.priv FROM scores s "
        "JOIN users u ON u.id = s.userid JOIN maps m ON m.md5 = s.map_md5 WHERE s.id = {id}",
    ),
)


def cases(login: Login, replays: Sequence[int]) -> list[Case]:
    """Every row of the report; `replays` are the scores that have a file."""
    since = int((time.time() - 86_400) * 1000)
    active = "SELECT t.id FROM stats t JOIN users u ON u.id = t.id WHERE t.mode = 0 AND u.priv & 3 = 3"
    heavy = [
        {"id": row["id"], "since": since}
        for row in named_rows(login, f"{active} ORDER BY t.plays DESC LIMIT {HEAVY * 3 // 4}")
    ]
    players = [
        {"id": row["id"], "since": since}
        for row in named_rows(login, f"{active} AND t.plays > 0 ORDER BY RAND(1) LIMIT {MANY}")
    ]
    popular = "SELECT id, set_id, md5 FROM maps WHERE mode = 0 AND status = 2 ORDER BY plays DESC"
    maps: list[Target] = [
        {**row, "md5s": f"'{row['md5']}'", "ids": row["id"], "sets": row["set_id"], "mods": 0}
        for row in named_rows(login, f"{popular} LIMIT {POPULAR}")
    ]
    matches = [_match(login, match_id) for (match_id,) in rows(login, "SELECT id FROM api_matches ORDER BY id")]
    return [
        *both(USER, heavy[:1] + players),
        *both(BEST, heavy),
        *both(RECENT, heavy),
        *both(SCORES, maps),
        *both(SCORES_WITH_MODS, maps),
        *both(BEATMAP, maps),
        Case(NEWEST, "same", (_newest(login, 500),)),
        Case(NEWEST, "varied", tuple(_newest(login, limit) for limit in range(451, 501))),
        *both(MATCH, matches),
        *both(REPLAY, [{"id": score} for score in replays]),
    ]


def _newest(login: Login, limit: int) -> Target:
    found = named_rows(
        login,
        f"SELECT id, set_id, md5 FROM maps WHERE status IN (2, 3, 5) ORDER BY last_update DESC, id DESC LIMIT {limit}",
    )
    return {
        "limit": limit,
        "mods": 0,
        "md5s": ", ".join(f"'{row['md5']}'" for row in found),
        "ids": ", ".join(str(row["id"]) for row in found),
        "sets": ", ".join(str(each) for each in sorted({row["set_id"] for row in found})),
    }


def _match(login: Login, match_id: int) -> Target:
    games = rows(login, f"SELECT id FROM api_match_games WHERE match_id = {match_id}")
    return {"id": match_id, "games": ", ".join(str(each) for (each,) in games)}
