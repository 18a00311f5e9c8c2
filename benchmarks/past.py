"""Two years of history for the generated world, as if `python -m server record` had run beside it.

A snapshot for each player, mode and day on which they played, with the sums up to there; pp and ranks that grew to what
they are; each player's best 100 as top plays; and a ladder for each of the days, made from the snapshots' pp. All of it
ends on the day it is made, so it is made anew after a week. About 600,000 snapshots, 500,000 top plays and 350,000
rungs at 1,000,000 scores.
"""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from benchmarks.database import Login, rows, run_all
from benchmarks.world import YEARS_3
from server.domain.ladders import WORLD, Rung, rungs

DAYS: Final = 730
STALE_DAYS: Final = 7

_DAY: Final = 86_400
_DAY_MS: Final = 1000 * _DAY

# By mode and country.
_Place = tuple[int, str]


def renew(login: Login) -> None:
    """Make it where it is not there or too old, and let everybody have something to be updated about."""
    ((newest,),) = rows(login, "SELECT COALESCE(MAX(day), 0) FROM api_days")
    if newest < time.time() // _DAY - STALE_DAYS:
        fill(login)
    run_all(login, ["UPDATE stats SET plays = plays + 1, tscore = tscore + 1000 WHERE plays > 0"])


def fill(login: Login) -> None:
    """Make all of it, in place of what is there."""
    now = int(time.time())
    ((last_id,),) = rows(login, "SELECT MAX(id) FROM scores")
    values = {
        # Scores are in the order of their ids and evenly spread.
        "at": f"({now} - ({last_id} - s.id) * {YEARS_3 / last_id})",
        "since_ms": (now - DAYS * _DAY) * 1000,
    }
    run_all(login, [statement.format_map(values) for statement in _STATEMENTS])
    today = now // _DAY
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        for day, place, rung in _ladders(login, today):
            mode, country = place
            file.write(f"{mode}\t{country}\t{rung.step}\t{day}\t{rung.above}\t{rung.packed}\n")
        file.flush()
        columns = "mode, country, step, day, above, packed"
        run_all(
            login,
            [
                f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE api_ladders ({columns})",
                "INSERT INTO api_days (day, at_ms) SELECT DISTINCT day, (day + 1) * 86400000 - 1 FROM api_ladders",
                "ANALYZE TABLE api_snapshots, api_top_plays, api_days, api_ladders",
            ],
        )


def _ladders(login: Login, today: int) -> Iterator[tuple[int, _Place, Rung]]:
    """Every rung of every day: what the snapshots up to the end of that day say."""
    standing: dict[_Place, Counter[int]] = defaultdict(Counter)
    last: dict[tuple[int, int], int] = {}
    ladders: dict[_Place, list[Rung]] = {}
    found = rows(
        login,
        f"""
        SELECT t.at_ms DIV {_DAY_MS}, t.user_id, t.mode, u.country, CAST(t.pp_raw AS SIGNED)
          FROM api_snapshots t JOIN users u ON u.id = t.user_id
         WHERE t.pp_raw > 0
         ORDER BY t.at_ms
        """,
    )
    by_day = {day: list(changes) for day, changes in groupby(found, lambda row: int(row[0]))}
    for day in range(today - DAYS, today + 1):
        stirred = set()
        for _, player, mode, country, pp in by_day.get(day, ()):
            for place in ((mode, WORLD), (mode, country)):
                if (player, mode) in last:
                    standing[place][last[player, mode]] -= 1
                standing[place][pp] += 1
                stirred.add(place)
            last[player, mode] = pp
        for place in stirred:
            ladders[place] = rungs(+standing[place])
        for place, each in ladders.items():
            for rung in each:
                yield day, place, rung


_STATEMENTS: Final = (
    "SET SESSION tmp_memory_table_size = 2 << 30, max_heap_table_size = 2 << 30, sort_buffer_size = 256 << 20",
    *(f"TRUNCATE {table}" for table in ("api_snapshots", "api_top_plays", "api_days", "api_ladders")),
    """
    CREATE TEMPORARY TABLE bench_final (PRIMARY KEY (id, mode)) AS
    SELECT t.id, t.mode, t.pp, t.acc, t.plays, RANK() OVER (PARTITION BY t.mode ORDER BY t.pp DESC) AS place
      FROM stats t JOIN users u ON u.id = t.id
     WHERE t.plays > 0 AND u.priv & 3 = 3
    """,
    """
    CREATE TEMPORARY TABLE bench_days AS
    SELECT s.userid, s.mode, CAST(MAX({at}) * 1000 AS SIGNED) AS at_ms, SUM(s.n300) AS n300, SUM(s.n100) AS n100,
           SUM(s.n50) AS n50, COUNT(*) AS plays, SUM(IF(s.status = 2, s.score, 0)) AS rscore, SUM(s.score) AS tscore,
           SUM(s.status = 2 AND s.grade = 'X') AS ss, SUM(s.status = 2 AND s.grade = 'S') AS ns,
           SUM(s.status = 2 AND s.grade = 'A') AS na
      FROM scores s
     GROUP BY s.userid, s.mode, FLOOR({at} / 86400)
    """,
    """
    INSERT INTO api_snapshots (user_id, mode, at_ms, count300, count100, count50, playcount, ranked_score, total_score,
                               pp_rank, country_rank, level, pp_raw, accuracy, count_rank_ss, count_rank_s,
                               count_rank_a)
    SELECT d.userid, d.mode, d.at_ms, d.n300, d.n100, d.n50, d.plays, d.rscore, d.tscore,
           IF(f.pp > 0, CEIL(f.place / SQRT(LEAST(1, d.plays / f.plays))), 0),
           IF(f.pp > 0, CEIL(f.place / 8 / SQRT(LEAST(1, d.plays / f.plays))), 0),
           1 + POW(d.tscore / 2000000, 0.25), FLOOR(f.pp * SQRT(LEAST(1, d.plays / f.plays))),
           ROUND(f.acc - MOD(d.plays, 10) / 10, 3), d.ss, d.ns, d.na
      FROM (SELECT b.userid, b.mode, b.at_ms, SUM(b.n300) OVER so_far AS n300, SUM(b.n100) OVER so_far AS n100,
                   SUM(b.n50) OVER so_far AS n50, SUM(b.plays) OVER so_far AS plays,
                   SUM(b.rscore) OVER so_far AS rscore, SUM(b.tscore) OVER so_far AS tscore,
                   SUM(b.ss) OVER so_far AS ss, SUM(b.ns) OVER so_far AS ns, SUM(b.na) OVER so_far AS na
              FROM bench_days b
            WINDOW so_far AS (PARTITION BY b.userid, b.mode ORDER BY b.at_ms)) d
      JOIN bench_final f ON f.id = d.userid AND f.mode = d.mode
     WHERE d.at_ms >= {since_ms}
    """,
    """
    INSERT INTO api_top_plays (user_id, mode, score_id, beatmap_id, score, pp, mods, grade, score_ms, update_ms)
    SELECT s.userid, s.mode, s.id, s.beatmap_id, s.score, s.pp, s.mods, s.grade, CAST({at} * 1000 AS SIGNED),
           CAST({at} * 1000 AS SIGNED) + 10000
      FROM (SELECT b.userid, b.mode, b.id, m.id AS beatmap_id, b.score, b.pp, b.mods, b.grade,
                   ROW_NUMBER() OVER (PARTITION BY b.userid, b.mode ORDER BY b.pp DESC, b.id) AS place
              FROM scores b JOIN maps m ON m.md5 = b.map_md5
             WHERE b.status = 2 AND m.status IN (2, 3)) s
      JOIN bench_final f ON f.id = s.userid AND f.mode = s.mode
     WHERE s.place <= 100
     ORDER BY s.userid, s.mode, s.id
    """,
)
