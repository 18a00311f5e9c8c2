"""What is measured: the routes, the targets each is asked for, and the SQL that floor B runs for one answer."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.database import Login, named_rows, rows

Target = dict[str, Any]  # fills the {names} in a route's path and statements

MANY = 20_000  # more targets than one run can ask for, so that a "varied" row never finds its answer in a cache
POPULAR = 4_000  # maps with about a full page of scores
FULL_PAGE = 150  # plays in mode 0 from which a best list of 100 is about full

MAP = (
    "m.md5, m.id, m.set_id, m.artist, m.title, m.version, m.creator, m.last_update, m.total_length, m.max_combo, "
    "m.status, m.plays, m.passes, m.mode, m.bpm, m.cs, m.od, m.ar, m.hp, m.diff"
)
SCORE = (
    "s.id, s.map_md5, s.score, s.pp, s.acc, s.max_combo, s.mods, s.n300, s.n100, s.n50, s.nmiss, s.ngeki, s.nkatu, "
    "s.grade, s.status, s.mode, s.play_time, s.time_elapsed, s.userid, s.perfect"
)
_STATS = (
    "t.tscore, t.rscore, t.pp, t.plays, t.playtime, t.acc, t.max_combo, t.xh_count, t.x_count, t.sh_count, t.s_count, "
    "t.a_count"
)
ONE_PLAYER = (
    "SELECT u.id, u.name, u.safe_name, u.priv, u.country, u.silence_end, u.donor_end, u.creation_time, "
    "u.latest_activity, u.clan_id, u.clan_priv, u.preferred_mode, u.play_style, u.custom_badge_name, "
    "u.custom_badge_icon, u.userpage_content FROM users u WHERE u.id = {id}"
)
_CLAN_OF = "SELECT c.id, c.name, c.tag, c.owner FROM clans c WHERE c.id = {clan}"
ONE_MAP = f"SELECT {MAP} FROM maps m WHERE m.id = {{id}}"


@dataclass(frozen=True, slots=True)
class Route:
    """One way of asking; `path` and `statements` are format texts, `bancho_py` is its requests per second."""

    name: str
    path: str
    statements: tuple[str, ...]
    bancho_py: float | None = None
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the report: a route and the targets that are asked for in turn ("same": only one)."""

    route: Route
    kind: str
    targets: tuple[Target, ...]

    def paths(self) -> list[str]:
        """What is asked for, one per target."""
        return [self.route.path.format_map(target) for target in self.targets]

    def statements(self) -> list[list[str]]:
        """The SQL for each target."""
        return [
            [text.format_map(target) for text in self.route.statements if text is not _CLAN_OF or target["clan"]]
            for target in self.targets
        ]


INFO = Route(
    "get_player_info all",
    "/v1/get_player_info?id={id}&scope=all",
    (ONE_PLAYER, f"SELECT t.mode, t.total_hits, t.replay_views, {_STATS} FROM stats t WHERE t.id = {{id}}"),
    170,
)
_BEST = (
    ONE_PLAYER,
    f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_best) JOIN maps m ON m.md5 = s.map_md5 "
    "WHERE s.userid = {id} AND s.mode = 0 AND s.status = 2 AND m.status IN (2, 3) ORDER BY s.pp DESC, s.id LIMIT 100",
    _CLAN_OF,
)
_BEST_PATH = "/v1/get_player_scores?id={id}&scope=best&limit=100"
BEST_HEAVY = Route("get_player_scores best heavy", _BEST_PATH, _BEST, 13)
BEST_LIGHT = Route("get_player_scores best light", _BEST_PATH, _BEST, 136)
RECENT_HEAVY = Route(
    "get_player_scores recent heavy",
    "/v1/get_player_scores?id={id}&scope=recent&limit=100",
    (
        ONE_PLAYER,
        f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_recent) JOIN maps m ON m.md5 = s.map_md5 "
        "WHERE s.userid = {id} AND s.mode = 0 ORDER BY s.play_time DESC, s.id DESC LIMIT 100",
        _CLAN_OF,
    ),
)
_MOST_PLAYED = (
    ONE_PLAYER,
    "SELECT m.md5, m.id, m.set_id, m.status, m.artist, m.title, m.version, m.creator, played.plays FROM "
    "(SELECT s.map_md5, COUNT(*) AS plays FROM scores s FORCE INDEX (api_scores_played) "
    "WHERE s.userid = {id} AND s.mode = 0 GROUP BY s.map_md5) played "
    "JOIN maps m ON m.md5 = played.map_md5 ORDER BY played.plays DESC, m.id LIMIT 100",
)
_MOST_PLAYED_PATH = "/v1/get_player_most_played?id={id}&limit=100"
MOST_PLAYED_HEAVY = Route("get_player_most_played heavy", _MOST_PLAYED_PATH, _MOST_PLAYED, 16)
MOST_PLAYED_LIGHT = Route("get_player_most_played light", _MOST_PLAYED_PATH, _MOST_PLAYED)
MAP_INFO = Route("get_map_info", "/v1/get_map_info?id={id}", (ONE_MAP,), 992)
MAP_SCORES = Route(
    "get_map_scores best",
    "/v1/get_map_scores?id={id}&scope=best",
    (
        ONE_MAP,
        f"SELECT {SCORE}, u.name, u.country, c.id, c.name, c.tag FROM scores s JOIN users u ON u.id = s.userid "
        "LEFT JOIN clans c ON c.id = u.clan_id WHERE s.map_md5 = '{md5}' AND s.mode = 0 AND s.status = 2 "
        "AND u.priv & 3 = 3 ORDER BY s.score DESC, s.id LIMIT 50",
    ),
    164,
)
SCORE_INFO = Route(
    "get_score_info",
    "/v1/get_score_info?id={id}",
    (f"SELECT {SCORE}, u.priv FROM scores s JOIN users u ON u.id = s.userid WHERE s.id = {{id}}",),
    344,
)
_RANKING = (
    f"SELECT t.id, u.name, u.country, {_STATS}, c.id, c.name, c.tag FROM stats t JOIN users u ON u.id = t.id "
    "LEFT JOIN clans c ON c.id = u.clan_id WHERE t.mode = {mode} AND u.priv & 3 = 3 AND t.pp > 0"
)
LEADERBOARD = Route(
    "get_leaderboard",
    "/v1/get_leaderboard?mode={mode}&offset={offset}",
    (f"{_RANKING} ORDER BY t.pp DESC, t.id LIMIT 50 OFFSET {{offset}}",),
    183,
)
LEADERBOARD_COUNTRY = Route(
    "get_leaderboard country",
    "/v1/get_leaderboard?mode={mode}&country={country}&offset={offset}",
    (f"{_RANKING} AND u.country = '{{country}}' ORDER BY t.pp DESC, t.id LIMIT 50 OFFSET {{offset}}",),
)
COUNT = Route(
    "get_player_count",
    "/v1/get_player_count",
    (
        "SELECT COUNT(*) FROM users u WHERE u.latest_activity >= UNIX_TIMESTAMP() - 300 AND u.id <> 1 "
        "AND u.priv & 3 = 3",
        "SELECT COUNT(*) FROM users u WHERE u.id <> 1",
    ),
)
STATUS = Route("get_player_status", "/v1/get_player_status?id={id}", (ONE_PLAYER,))
SEARCH = Route(
    "search_players",
    "/v1/search_players?q={q}",
    ("SELECT u.id, u.name FROM users u WHERE u.priv & 3 = 3 AND u.name LIKE '%{q}%' ORDER BY u.id LIMIT 1000",),
)
REPLAY = Route(
    "get_replay",
    "/v1/get_replay?id={id}",
    (
        f"SELECT {SCORE}, u.name, m.artist, m.title, m.version, u.priv FROM scores s JOIN users u ON u.id = s.userid "
        "JOIN maps m ON m.md5 = s.map_md5 WHERE s.id = {id}",
    ),
)
CLAN = Route(
    "get_clan",
    "/v1/get_clan?id={id}",
    (
        "SELECT c.id, c.name, c.tag, c.owner FROM clans c WHERE c.id = {id}",
        "SELECT u.id, u.name, u.country, u.clan_priv, u.priv, u.clan_id FROM users u WHERE u.clan_id = {id} "
        "OR u.id = {owner} ORDER BY u.id",
    ),
)


def both(route: Route, targets: Sequence[Target]) -> list[Case]:
    """The heaviest target over and over, and all of them."""
    # In no order of weight: the server and its floors get through different numbers of them.
    shuffled = random.Random(1).sample(targets, len(targets))
    return [Case(route, "same", tuple(targets[:1])), Case(route, "varied", tuple(shuffled))]


def cases(login: Login, replays: Sequence[int]) -> list[Case]:
    """Every row of the report, with targets found in the database; `replays` are the scores that have a file."""
    active = (
        "SELECT t.id, u.clan_id AS clan FROM stats t JOIN users u ON u.id = t.id "
        "WHERE t.mode = 0 AND u.priv & 3 = 3 AND t.plays"
    )
    players = named_rows(login, f"{active} > 0 ORDER BY RAND(1) LIMIT {MANY}")
    heavy = named_rows(login, f"{active} >= {FULL_PAGE} ORDER BY t.plays DESC LIMIT {MANY}")
    light = named_rows(
        login, f"{active} BETWEEN 30 AND 46 ORDER BY ABS(CAST(t.plays AS SIGNED) - 38), t.id LIMIT {MANY}"
    )
    popular = "SELECT id, md5 FROM maps WHERE mode = 0 AND status = 2 ORDER BY plays DESC"
    maps = named_rows(login, f"{popular} LIMIT {POPULAR}")
    ((last_score,),) = rows(login, "SELECT MAX(id) FROM scores")
    drawn = ", ".join(map(str, random.Random(2).sample(range(1, last_score + 1), min(MANY, last_score))))
    # Only plays of visible players: the others are answered with 404.
    visible = "SELECT s.id FROM scores s JOIN users u ON u.id = s.userid WHERE u.priv & 3 = 3"
    scores = named_rows(login, f"{visible} AND s.id IN ({drawn})")
    clans = named_rows(login, f"SELECT id, owner FROM clans ORDER BY id LIMIT {MANY}")
    countries = rows(login, "SELECT country FROM users GROUP BY country ORDER BY COUNT(*) DESC LIMIT 8")
    # Pages of the commonest mode and countries, and not beyond their end: an empty page would flatter.
    pages: list[Target] = [{"mode": 0, "offset": offset} for offset in range(min(500, len(players) // 2))]
    country_pages: list[Target] = [
        {"mode": 0, "country": country, "offset": offset}
        for offset in range(len(players) // 80)
        for (country,) in countries
    ]
    names = rows(login, f"SELECT name FROM users WHERE id >= 3 ORDER BY id LIMIT {MANY}")
    parts: list[Target] = [{"q": part} for part in dict.fromkeys(name[1:6].lower() for (name,) in names)]

    return [
        *both(INFO, heavy[:1] + players),
        *both(BEST_HEAVY, heavy),
        *both(BEST_LIGHT, light),
        *both(RECENT_HEAVY, heavy),
        *both(MOST_PLAYED_HEAVY, heavy),
        *both(MOST_PLAYED_LIGHT, light),
        *both(MAP_INFO, maps),
        *both(MAP_SCORES, maps),
        *both(SCORE_INFO, scores),
        *both(LEADERBOARD, pages),
        *both(LEADERBOARD_COUNTRY, country_pages),
        Case(COUNT, "same", ({},)),
        *both(STATUS, players),
        *both(SEARCH, parts),
        *both(REPLAY, [{"id": score} for score in replays]),
        *both(CLAN, clans),
    ]
