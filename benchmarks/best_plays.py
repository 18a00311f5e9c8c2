"""`python -m benchmarks.best_plays`: the list of all players' best plays as its table grows tenfold.

On a private MariaDB with as many top plays as 1,000,000 and 10,000,000 scores give: medians of the server's own
questions, and how many rows they read. Later plays bring more pp, so that old windows lie deep in the list.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import database
from benchmarks.database import Login, run_all
from benchmarks.processes import heed_signals
from server.domain.privileges import Visibility
from server.domain.rulesets import Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS
from server.storage import catalog
from server.storage.database import Database
from server.storage.top_plays import TopPlays

# By number of scores: of players, and of plays among each one's best 100.
SIZES: Final = {1_000_000: (20_000, 17), 10_000_000: (200_000, 17)}

_DAY_MS: Final = 86_400_000
_END_MS: Final = 1_767_225_600_000  # 2026
_YEARS_3: Final = 3 * 365 * _DAY_MS
_ROUNDS: Final = 7

_WINDOWS: Final = {
    "always": (EARLIEST_MS, LATEST_MS),
    "the last day": (_END_MS - _DAY_MS, _END_MS),
    "the last week": (_END_MS - 7 * _DAY_MS, _END_MS),
    "the last year": (_END_MS - 365 * _DAY_MS, _END_MS),
    "the first day": (_END_MS - _YEARS_3, _END_MS - _YEARS_3 + _DAY_MS),
    "the first week": (_END_MS - _YEARS_3, _END_MS - _YEARS_3 + 7 * _DAY_MS),
    "the first year": (_END_MS - _YEARS_3, _END_MS - 2 * 365 * _DAY_MS),
}
_LIMITS: Final = (1, 100, 10_000)

# Milliseconds, and rows read.
Cost = tuple[float, int]


def main() -> None:
    heed_signals()
    with tempfile.TemporaryDirectory(prefix="best-") as folder, database.mariadb(Path(folder) / "mariadb") as login:
        database.migrate(login)
        costs = [asyncio.run(_measure(login, *size)) for size in SIZES.values()]
    print("| window | limit | " + " | ".join(f"ms at {scores:,} | rows read" for scores in SIZES) + " | times |")
    print("|---|---|---|---|---|---|---|")
    for kind, (small, large) in zip(costs[0], zip(*(each.values() for each in costs), strict=True), strict=True):
        figures = f"{small[0]:.1f} | {small[1]:,} | {large[0]:.1f} | {large[1]:,} | {large[0] / small[0]:.1f}"
        print(f"| {kind[0]} | {kind[1]:,} | {figures} |")


async def _measure(login: Login, players: int, plays: int) -> dict[tuple[str, int], Cost]:
    begun = time.monotonic()
    run_all(login, [statement.format(players=players, plays=plays, rows=players * plays) for statement in _FILL])
    print(f"{players * plays:,} top plays made in {time.monotonic() - begun:.0f} s", flush=True)
    # One connection, so that what it has read can be asked.
    url = f"mysql://{login.user}:{login.password}@{login.host}:{login.port}/{login.database}"
    db = Database(url, 1)
    await db.connect()
    try:
        stored = TopPlays(db, await catalog.read(db))
        return {
            (name, limit): await _cost(db, stored, window, limit)
            for name, window in _WINDOWS.items()
            for limit in _LIMITS
        }
    finally:
        await db.disconnect()


async def _cost(db: Database, stored: TopPlays, window: tuple[int, int], limit: int) -> Cost:
    times, read = [], 0
    for _ in range(_ROUNDS):
        first = await _rows_read(db)
        before = await _rows_read(db)
        begun = time.perf_counter()
        async for _page in stored.best(Mode.OSU, *window, Visibility().board, limit):
            pass
        times.append(1000 * (time.perf_counter() - begun))
        read = await _rows_read(db) - before - (before - first)
    return median(times), read


async def _rows_read(db: Database) -> int:
    """By this connection, of tables and of what it has sorted; also by asking this."""
    return sum(int(count) for _, count in await db.all("SHOW SESSION STATUS LIKE 'Handler_read_%'"))


# Four fifths of the players in the first mode, each play by chance anywhere within three years; 3 % are hidden.
_FILL: Final = (
    "DELETE FROM users",
    "TRUNCATE api_top_plays",
    "INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt) SELECT seq, CONCAT('p', seq), CONCAT('p', seq), "
    "CONCAT(seq, '@bench.example'), IF(MOD(seq, 33), 3, 2), REPEAT('-', 60) FROM seq_1_to_{players}",
    f"""
    INSERT INTO api_top_plays (user_id, mode, score_id, beatmap_id, score, pp, mods, grade, score_ms, update_ms)
    SELECT user_id, IF(MOD(user_id, 5), 0, MOD(user_id, 4)), seq, 1 + MOD(seq * 7919, 100000), 1000000,
           ROUND(-LN(1 - chance) * 90 * (0.6 + 0.4 * age), 3), 64, 'S',
           {_END_MS - _YEARS_3} + FLOOR(age * {_YEARS_3}), {_END_MS - _YEARS_3} + FLOOR(age * {_YEARS_3}) + 10000
      FROM (SELECT seq, 1 + (seq - 1) DIV {{plays}} AS user_id, RAND(1) AS chance, RAND(2) AS age
              FROM seq_1_to_{{rows}}
             ORDER BY seq
             LIMIT {{rows}}) made
     ORDER BY 1, 2, 3
    """,
    "ANALYZE TABLE users, api_top_plays",
)


if __name__ == "__main__":
    main()
