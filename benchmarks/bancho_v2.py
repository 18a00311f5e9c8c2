"""What is measured of bancho.py's API v2, with the SQL that floor B runs for one answer.

A deep page's floor begins at its block of ids, as the server does once it has tallied the list.
"""

from typing import Any, Final

from benchmarks.database import Login, named_rows, rows
from benchmarks.routes import FULL_PAGE, MANY, MAP, ONE_MAP, ONE_PLAYER, POPULAR, SCORE, Case, Route, Target, both

_PAGE: Final = 50
_BLOCK: Final = 1024

_PUBLIC: Final = "u.priv & 3 = 3"
_PLAYERS: Final = ONE_PLAYER.partition(" WHERE ")[0]
_JOINED: Final = "STRAIGHT_JOIN users u ON u.id = s.userid"
_LISTED: Final = f"SELECT {SCORE} FROM scores s FORCE INDEX ({{index}}) {_JOINED}"
_LAST: Final = (
    f"SELECT COUNT(*) FROM (SELECT 1 AS found FROM scores s FORCE INDEX (PRIMARY) {_JOINED} "
    f"WHERE {_PUBLIC} AND s.id >= {{last}}) found"
)
_LAST_BEST: Final = _LAST.replace(_PUBLIC, f"s.status = 2 AND s.mode = 0 AND {_PUBLIC}")

PLAYER: Final = Route("v2 player", "/v2/players/{id}", (ONE_PLAYER,))
PLAYERS: Final = Route(
    "v2 players, any page",
    "/v2/players?page={page}",
    (
        f"SELECT COUNT(*) FROM users u FORCE INDEX (PRIMARY) WHERE {_PUBLIC} AND u.id >= {{last}}",
        f"{_PLAYERS} FORCE INDEX (PRIMARY) WHERE {_PUBLIC} AND u.id >= {{block}} ORDER BY u.id "
        f"LIMIT {_PAGE} OFFSET {{rest}}",
    ),
)
SCORES: Final = Route(
    "v2 scores, any page",
    "/v2/scores?page={page}",
    (
        _LAST,
        f"{_LISTED.format(index='PRIMARY')} WHERE {_PUBLIC} AND s.id >= {{block}} ORDER BY s.id "
        f"LIMIT {_PAGE} OFFSET {{rest}}",
    ),
)
SCORES_BEST: Final = Route(
    "v2 scores by pp, with all beside",
    "/v2/scores?mode=0&status=2&order=-pp&include=beatmap,player&page={page}",
    (
        _LAST_BEST,
        f"{_LISTED.format(index='api_scores_mode_pp')} WHERE s.status = 2 AND s.mode = 0 AND {_PUBLIC} "
        f"ORDER BY s.pp DESC, s.id DESC LIMIT {_PAGE} OFFSET {{offset}}",
        f"SELECT {MAP} FROM maps m WHERE m.md5 IN ({{md5s}})",
        "SELECT u.id, u.name, u.country, c.id, c.name, c.tag FROM users u LEFT JOIN clans c ON c.id = u.clan_id "
        "WHERE u.id IN ({players})",
    ),
)
SCORE_DETAIL: Final = Route(
    "v2 score",
    "/v2/scores/{id}",
    (
        f"SELECT {SCORE}, {MAP}, u.id, u.name, u.country, NULLIF(u.clan_id, 0), c.name, c.tag, u.priv FROM scores s "
        "JOIN maps m ON m.md5 = s.map_md5 JOIN users u ON u.id = s.userid LEFT JOIN clans c ON c.id = u.clan_id "
        "WHERE s.id = {id}",
    ),
)
PLAYER_SCORES: Final = Route(
    "v2 player's best",
    "/v2/players/{id}/scores?limit=50",
    (
        ONE_PLAYER,
        f"SELECT {SCORE}, {MAP} FROM scores s FORCE INDEX (api_scores_best) JOIN maps m ON m.md5 = s.map_md5 "
        "WHERE s.userid = {id} AND s.mode = 0 AND s.status = 2 AND m.status IN (2, 3) "
        f"ORDER BY s.pp DESC, s.id LIMIT {_PAGE}",
    ),
)
MAP_SCORES: Final = Route(
    "v2 map's scores",
    "/v2/maps/{id}/scores",
    (
        ONE_MAP,
        f"SELECT {SCORE}, u.name, u.country, c.id, c.name, c.tag FROM scores s JOIN users u ON u.id = s.userid "
        "LEFT JOIN clans c ON c.id = u.clan_id WHERE s.map_md5 = '{md5}' AND s.mode = 0 AND s.status = 2 "
        f"AND {_PUBLIC} ORDER BY s.score DESC, s.id LIMIT {_PAGE}",
    ),
)
_FITTING: Final = (
    "(m.artist LIKE '%{word}%' OR m.title LIKE '%{word}%' OR m.version LIKE '%{word}%' OR m.creator LIKE '%{word}%')"
)
MAPS_SEARCH: Final = Route(
    "v2 maps by words",
    "/v2/maps?q={word}",
    (
        f"SELECT COUNT(*) FROM (SELECT 1 AS found FROM maps m WHERE {_FITTING} LIMIT 10001) found",
        f"SELECT {MAP}, m.server, m.filename, m.frozen FROM maps m WHERE {_FITTING} ORDER BY m.id LIMIT {_PAGE}",
    ),
)
CLAN_BOARD: Final = Route(
    "v2 leaderboard of clans",
    "/v2/leaderboards/clans",
    (
        "SELECT c.id, c.name, c.tag, c.owner, COUNT(*), SUM(t.tscore), SUM(t.rscore), SUM(t.pp), SUM(t.plays), "
        "SUM(t.playtime), COUNT(*) OVER () FROM clans c JOIN users u ON u.clan_id = c.id JOIN stats t ON t.id = u.id "
        f"WHERE t.mode = 0 AND {_PUBLIC} AND (t.plays > 0 OR t.pp > 0 OR t.tscore > 0) "
        f"GROUP BY c.id, c.name, c.tag, c.owner HAVING SUM(t.pp) > 0 ORDER BY SUM(t.pp) DESC, c.id LIMIT {_PAGE}",
    ),
)
SERVER_STATS: Final = Route(
    "v2 server stats",
    "/v2/server/stats",
    (
        f"SELECT COUNT(*) FROM users u WHERE u.latest_activity >= UNIX_TIMESTAMP() - 300 AND u.id <> 1 AND {_PUBLIC}",
        "SELECT COUNT(*) FROM users u",
    ),
)


def cases(login: Login) -> list[Case]:
    """Every row of the report, with targets found in the database."""
    active = f"SELECT t.id FROM stats t JOIN users u ON u.id = t.id WHERE t.mode = 0 AND {_PUBLIC} AND t.plays"
    players = named_rows(login, f"{active} > 0 ORDER BY RAND(1) LIMIT {MANY}")
    heavy = named_rows(login, f"{active} >= {FULL_PAGE} ORDER BY t.plays DESC LIMIT {MANY}")
    maps = named_rows(
        login, f"SELECT id, md5 FROM maps WHERE mode = 0 AND status = 2 ORDER BY plays DESC LIMIT {POPULAR}"
    )
    visible = f"SELECT s.id FROM scores s JOIN users u ON u.id = s.userid WHERE {_PUBLIC}"
    scores = named_rows(login, f"{visible} AND s.id MOD 97 = 0 LIMIT {MANY}")
    words: list[Target] = [{"word": f"song {number}"} for number in range(1, 200)]
    return [
        *both(PLAYER, players),
        Case(PLAYERS, "first", (_pages(login, "users u", "u.id", 1)[0],)),
        Case(PLAYERS, "deep", tuple(_pages(login, "users u", "u.id", 40)[1:])),
        Case(SCORES, "first", (_pages(login, f"scores s {_JOINED}", "s.id", 1)[0],)),
        Case(SCORES, "deep", tuple(_pages(login, f"scores s {_JOINED}", "s.id", 200)[1:])),
        Case(SCORES_BEST, "varied", tuple(_best_pages(login, 20))),
        *both(SCORE_DETAIL, scores),
        *both(PLAYER_SCORES, heavy),
        *both(MAP_SCORES, maps),
        Case(MAPS_SEARCH, "varied", tuple(words)),
        Case(CLAN_BOARD, "same", ({},)),
        Case(SERVER_STATS, "same", ({},)),
    ]


def _pages(login: Login, source: str, column: str, count: int) -> list[Target]:
    """So many pages from the first to the last, evenly, with the block of ids in which each begins."""
    blocks = rows(
        login,
        f"SELECT {column} DIV {_BLOCK} AS block, COUNT(*) FROM {source} WHERE {_PUBLIC} GROUP BY block ORDER BY block",
    )
    total = sum(held for _, held in blocks)
    last = blocks[-1][0] * _BLOCK
    pages: list[Target] = []
    for number in range(count + 1):
        page = max(1, number * (total // _PAGE) // max(1, count))
        before, block = (page - 1) * _PAGE, 0
        while before >= blocks[block][1]:
            before -= blocks[block][1]
            block += 1
        pages.append({"page": page, "block": blocks[block][0] * _BLOCK, "rest": before, "last": last})
    return pages


def _best_pages(login: Login, count: int) -> list[Target]:
    ((last,),) = rows(login, "SELECT MAX(id) FROM scores")
    pages: list[Target] = []
    for page in range(1, count + 1):
        offset = (page - 1) * _PAGE
        found: list[dict[str, Any]] = named_rows(
            login,
            SCORES_BEST.statements[1].format(offset=offset).replace(f"SELECT {SCORE}", "SELECT s.map_md5, s.userid"),
        )
        md5s = ", ".join(f"'{md5}'" for md5 in sorted({row["map_md5"] for row in found}))
        ids = ", ".join(str(player) for player in sorted({row["userid"] for row in found}))
        pages.append(
            {
                "page": page,
                "offset": offset,
                "last": last // _BLOCK * _BLOCK,
                "md5s": md5s or "''",
                "players": ids or "0",
            }
        )
    return pages
