"""`python -m benchmarks.growth`: what a year of snapshots takes, and what a daily round costs.

Drives the recorder's own snapshotter with a clock of ours over a generated server, on a private MariaDB.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks import database
from benchmarks.database import Login, rows, run_all
from benchmarks.populace import COUNTRIES, Populace
from benchmarks.processes import heed_signals
from server.domain.privileges import Visibility
from server.services.snapshotter import Snapshotter
from server.storage import catalog
from server.storage.database import Database
from server.storage.snapshotting import Snapshotting

TABLES: Final = ("api_snapshots", "api_snapshot_checks", "api_top_plays", "api_ladders", "api_days")
BEGIN: Final = datetime(2025, 1, 1, 4, tzinfo=UTC)
CHANGED: Final = 0.01

_PER: Final = 10_000


@dataclass(slots=True)
class Server:
    """A database, the snapshotter on it, and the time there; `statements` counts what the snapshotter sent."""

    db: Database
    now: datetime = BEGIN
    statements: int = 0
    recorder: Snapshotter = field(init=False)

    async def start(self) -> None:
        stored = Snapshotting(self.db, await catalog.read(self.db), Visibility().board, ZoneInfo("UTC"))
        self.recorder = Snapshotter(
            stored, BEGIN.hour, lambda: self.now.timestamp(), settle_seconds=0, due_seconds=0, rest_seconds=0
        )

    def count(self, _: str) -> None:
        self.statements += 1

    async def look(self, what: str = "") -> None:
        """Let the snapshotter do what is due; say what it cost if it is named."""
        before, begun = self.statements, time.monotonic()
        await self.recorder.catch_up()
        if what:
            spent = time.monotonic() - begun
            print(f"{what}: {spent:.1f} s of work, {self.statements - before:,} statements", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--players", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365, help="0: only the rounds of players who have stats, no scores")
    options = parser.parse_args()
    heed_signals()
    with _mariadb() as login:
        asyncio.run(_year(login, options.players, options.days) if options.days else _rounds(login, options.players))


async def _year(login: Login, players: int, days: int) -> None:
    populace = Populace(players)
    async with _server(login) as server:
        await server.start()
        async with server.db.transaction() as session:
            await populace.register(session)
        for part in populace.before():
            async with server.db.transaction() as session:
                await populace.play(session, part, datetime(2024, 6, 1))
        await server.look(f"the first round of {players:,} players")
        first = _sizes(login)
        active = looks = 0
        begun = time.monotonic()
        for day in range(1, days + 1):
            server.now = BEGIN + timedelta(days=day, minutes=10)
            await server.look()
            turns = populace.day()
            active += len(turns[0]) if turns else 0
            for turn in turns:
                server.now += timedelta(minutes=20)
                async with server.db.transaction() as session:
                    await populace.play(session, turn, server.now.replace(tzinfo=None))
                looks += len(turn)
                await server.look()
            if day % 30 == 0:
                print(f"day {day} after {time.monotonic() - begun:.0f} s", flush=True)
        ((plays,),) = rows(login, "SELECT COUNT(*) FROM scores")
        print(
            f"{active:,} times somebody played on a day, {looks:,} looks at them, {plays:,} scores in all", flush=True
        )
        last = _sizes(login)
        await _round_of_changes(server, login, players)
    _tell(players, days, first, last)


async def _rounds(login: Login, players: int) -> None:
    """Of players who are known, with a past but no scores."""
    run_all(login, [statement.format(players=players, countries=COUNTRIES) for statement in _KNOWN])
    async with _server(login) as server:
        await server.start()
        await server.look(f"a round of {players:,} players of whom nobody has changed")
        await _round_of_changes(server, login, players)
    ((days,),) = rows(login, "SELECT COUNT(*) FROM api_days")
    count, size = _sizes(login)["api_ladders"]
    print(f"ladders of a day: {count / days:,.0f} rows, {size / days / 1e3:,.0f} kB")


async def _round_of_changes(server: Server, login: Login, players: int) -> None:
    every = round(1 / CHANGED)
    run_all(login, [f"UPDATE stats SET plays = plays + 1, pp = pp + 1 WHERE plays > 0 AND MOD(id, {every}) = 0"])
    server.now += timedelta(days=1)
    await server.look(f"a round of {players:,} players of whom {CHANGED:.0%} have changed")


@contextmanager
def _mariadb() -> Iterator[Login]:
    with tempfile.TemporaryDirectory(prefix="growth-") as folder, database.mariadb(Path(folder) / "mariadb") as login:
        database.migrate(login)
        run_all(login, ["DELETE FROM users", "DELETE FROM stats"])
        yield login


@asynccontextmanager
async def _server(login: Login) -> AsyncIterator[Server]:
    server = Server(Database(f"mysql://{login.user}:{login.password}@{login.host}:{login.port}/{login.database}", 3))
    server.db.watch = server.count
    await server.db.connect()
    try:
        yield server
    finally:
        await server.db.disconnect()


def _sizes(login: Login) -> dict[str, tuple[int, int]]:
    """Rows, and bytes of data and indexes, of each table."""
    rows(login, f"OPTIMIZE TABLE {', '.join(TABLES)}")
    rows(login, f"ANALYZE TABLE {', '.join(TABLES)}")
    found = {}
    for table in TABLES:
        ((count,),) = rows(login, f"SELECT COUNT(*) FROM {table}")
        ((size,),) = rows(
            login,
            "SELECT data_length + index_length FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name = '{table}'",
        )
        found[table] = (int(count), int(size))
    return found


def _tell(players: int, days: int, first: dict[str, tuple[int, int]], last: dict[str, tuple[int, int]]) -> None:
    scale = _PER / players * 365 / days
    print(f"{players:,} players, {days} days; the last two columns are in proportion for {_PER:,} players and a year.")
    print("Ladders grow by far less than in proportion: only a run of that size says what they take.")
    print("| table | rows after the first round | rows more | MB more | rows a year | MB a year |")
    print("|---|---|---|---|---|---|")
    for table in TABLES:
        before, after = first[table], last[table]
        count, size = after[0] - before[0], (after[1] - before[1]) / 1e6
        cells = (f"`{table}`", f"{before[0]:,}", f"{count:,}", f"{size:,.1f}")
        print(f"| {' | '.join(cells)} | {count * scale:,.0f} | {size * scale:,.0f} |")
    a_row = last["api_snapshots"][1] / last["api_snapshots"][0]
    for what, several in (("player and day", 1.0), ("player, mode and day", last["api_snapshot_checks"][0] / players)):
        every = _PER * 365 * several
        print(f"| a row for each {what} instead | | | | {every:,.0f} | {every * a_row / 1e6:,.0f} |")


# Level 1 and no hits, so that SQL can say what the snapshotter would.
_KNOWN: Final = (
    "INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, country) SELECT seq + 2, CONCAT('p', seq), "
    "CONCAT('p', seq), CONCAT(seq, '@bench.example'), 3, REPEAT('-', 60), "
    "CHAR(97 + MOD(seq, {countries}) DIV 26, 97 + MOD(MOD(seq, {countries}), 26)) FROM seq_1_to_{players}",
    "INSERT INTO stats (id, mode, pp, plays, acc) SELECT seq + 2, mode, IF(mode, 0, ROUND(-LN(RAND(seq)) * 1800)), "
    "IF(mode, 0, 500), 97.5 FROM seq_1_to_{players} "
    "JOIN (SELECT 0 AS mode UNION VALUES (1), (2), (3), (4), (5), (6), (8)) modes",
    "INSERT INTO api_snapshots SELECT id, mode, 1735000000000, 0, 0, 0, plays, 0, 0, 1, 1, 1, pp, acc, 0, 0, 0 "
    "FROM stats WHERE plays > 0",
    "ANALYZE TABLE users, stats, api_snapshots",
)


if __name__ == "__main__":
    main()
