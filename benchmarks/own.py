"""What this project's own tables hold in the generated world, and what has to be new whenever it is measured."""

import asyncio
import time
from unittest import mock

from benchmarks import past
from benchmarks.database import Login, run_all
from server.config import load
from server.following import catch_up

# Of player 3.
KEY = "bec00000-0000-4000-8000-000000000003"

HEAVY = 400  # players who have played today
GAMES = 12  # of each match
MATCHES = 200


def fill(login: Login) -> None:
    """Once: a key, what files say, difficulties, matches; and what scores add up to, as the follower works it out."""
    run_all(login, _ONCE)
    with mock.patch.dict("os.environ", login.environment(), clear=True):
        settings = load(None)
    asyncio.run(catch_up(settings))
    past.fill(login)


def renew(login: Login) -> None:
    """Each time: the heaviest players have just played, and something has happened to them."""
    now = int(time.time())
    run_all(login, [statement.format(now=now) for statement in _TODAY])
    past.renew(login)


_TODAY = (
    f"""
    CREATE TEMPORARY TABLE bench_today (PRIMARY KEY (id)) AS
    SELECT id, userid, place
    FROM (
        SELECT s.id, s.userid, ROW_NUMBER() OVER (PARTITION BY s.userid ORDER BY s.play_time DESC, s.id) AS place
        FROM scores s
        JOIN (SELECT id FROM stats WHERE mode = 0 ORDER BY plays DESC LIMIT {HEAVY}) AS heavy ON heavy.id = s.userid
        WHERE s.mode = 0
    ) AS latest
    WHERE place <= 60
    """,
    "UPDATE scores s JOIN bench_today t ON t.id = s.id SET s.play_time = FROM_UNIXTIME({now} - MOD(s.id, 40000))",
    "DELETE e FROM api_rank_events e JOIN (SELECT DISTINCT userid FROM bench_today) AS t ON t.userid = e.user_id",
    """
    INSERT IGNORE INTO api_rank_events (user_id, kind, score_id, map_md5, mode, position, grade, epic, at_ms)
    SELECT s.userid, 'rank', s.id, s.map_md5, s.mode, 12, s.grade, 2, ({now} - MOD(s.id, 40000)) * 1000
    FROM scores s JOIN bench_today t ON t.id = s.id
    WHERE s.status = 2 AND t.place <= 20
    """,
)

_ONCE = (
    f"UPDATE users SET api_key = '{KEY}' WHERE id = 3",
    """
    INSERT IGNORE INTO api_beatmap_files
    SELECT LOWER(md5), 1, 1, artist, title, 'a game', 'tags of a usual length, about ten words in all as is common',
           -1, total_length, 300, 200, 2, 0, 1
    FROM maps
    """,
    """
    INSERT IGNORE INTO api_difficulties
    SELECT LOWER(md5), 'akatsuki-pp-py', mode, mods, diff * (1 + mods / 160), diff / 2, diff / 2, max_combo
    FROM maps JOIN (SELECT 0 AS mods UNION ALL SELECT 64) AS wanted
    """,
    f"""
    INSERT INTO api_matches (server, slot, opened_ms, ended_ms, name, host_id, is_public, state, due_ms)
    SELECT 'bench', id, 1700000000000 + id, 1700003600000 + id, CONCAT('match ', id), id, 1, '{{}}', NULL
    FROM users WHERE id >= 3 ORDER BY id LIMIT {MATCHES}
    """,
    f"""
    INSERT INTO api_match_games (match_id, started_ms, ended_ms, map_id, map_md5, map_name, mode, mods, free_mods,
                                 win_condition, team_type, aborted, told)
    SELECT a.id, a.opened_ms + m.id, a.opened_ms + m.id + 90000, m.id, m.md5, 'a map', 0, 0, 1, 0, 0, 0, 1
    FROM api_matches a JOIN (SELECT id, md5 FROM maps WHERE mode = 0 ORDER BY id LIMIT {GAMES}) AS m
    """,
    """
    INSERT INTO api_match_scores (game_id, user_id, slot, team, score, accuracy, max_combo, n300, n100, n50, nmiss,
                                  ngeki, nkatu, mode, mods, grade, perfect, passed, pp, score_id, played_ms)
    SELECT g.id, u.id, u.id - 3, 0, 100000 + g.id + u.id, 98.5, 300, 290, 9, 1, 0, 50, 9, 0, 8, 'A', 0, 1, 99.5, NULL,
           g.ended_ms
    FROM api_match_games g JOIN (SELECT id FROM users WHERE id >= 3 ORDER BY id LIMIT 8) AS u
    """,
)
