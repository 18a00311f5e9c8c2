"""`python -m server record` as a process that takes snapshots: what it says, how it ends, and what if it is killed."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from server.storage.database import Database
from tests.engines import MariaDB, opened
from tests.snapshots import stage
from tests.snapshots.stage import Playing
from tests.snapshots.test_snapshotter import until

ROOT = Path(__file__).resolve().parents[2]

RECORD = ("-m", "server", "record")

# The same, in a hurry.
HURRIED = (
    "-c",
    """
import sys
from server.services import alone, horizon, snapshotter

alone.WAIT_SECONDS, alone._LOOK_SECONDS, alone.TROUBLE_SECONDS = 1.0, 0.1, 0.2
horizon.POLL_SECONDS, snapshotter.POLL_SECONDS, snapshotter.SIGN_SECONDS, snapshotter.PLAYERS = 0.1, 0.1, 0.2, 2
snapshotter.Snapshotter.__init__.__kwdefaults__.update(settle_seconds=0.3, due_seconds=0.2, rest_seconds=0.4)

from server.__main__ import main

sys.argv = ["server", "record"]
sys.exit(main())
""",
)

# Kills its own process, as kill -9 does, before the statement of this number.
FRAGILE = """
import asyncio, os, signal, sys
from datetime import datetime
from zoneinfo import ZoneInfo
from server.services import snapshotter
from server.storage import catalog
from server.storage.database import Database, Session
from server.storage.snapshotting import Snapshotting

url, fatal, now = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
snapshotter.PLAYERS = snapshotter.PAIRS = 2
count = 0

def counted(name):
    real = getattr(Session, name)
    async def method(self, *given, **values):
        global count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return await real(self, *given, **values)
    setattr(Session, name, method)

async def main():
    db = Database(url, 2)
    await db.connect()
    stored = Snapshotting(db, await catalog.read(db), 3, ZoneInfo("UTC"))
    for name in ("all", "run", "insert_many"):
        counted(name)
    quick = {"settle_seconds": 0, "due_seconds": 0, "rest_seconds": 0}
    await snapshotter.Snapshotter(stored, 4, lambda: now, **quick).catch_up()
    await db.disconnect()

asyncio.run(main())
"""


def environment(url: str) -> dict[str, str]:
    mine = {"BANCHO_API_DATABASE_URL": url, "BANCHO_API_REDIS_URL": "", "PYTHONPATH": str(ROOT)}
    return {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_"))} | mine


@contextmanager
def process(url: str, *command: str) -> Iterator[subprocess.Popen[str]]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = subprocess.Popen([sys.executable, *command], env=environment(url), cwd=ROOT, text=True, **pipes)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


async def ended(started: subprocess.Popen[str]) -> str:
    """What it has said in the end."""
    _, said = await asyncio.to_thread(started.communicate)
    return said


async def test_what_stands_in_its_way_is_said(sqlite_url: str, mysql_url: str, mariadb: MariaDB) -> None:
    async with opened(sqlite_url) as db:
        await db.run("DROP TABLE api_ladders")
    with (
        mariadb.reader(mysql_url.rsplit("/", 1)[1]) as reading,
        process(sqlite_url, *RECORD) as lacking,
        process(reading, *RECORD) as denied,
    ):
        for each, words in ((lacking, "migrate"), (denied, "may only read")):
            said = await ended(each)
            assert each.returncode == 1
            assert words in said
            assert "Traceback" not in said


async def test_it_begins_works_and_ends(sqlite_url: str) -> None:
    """With everything at its real pace, and without Redis."""
    async with opened(sqlite_url) as db:
        await stage.play(db, datetime.now(UTC), *(Playing(each, pp=each) for each in stage.PLAYERS))
        with process(sqlite_url, *RECORD) as worker:
            await until(lambda: has(db, "api_days"))
            await stage.all_is_covered(db)
            worker.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                said = await ended(worker)
    assert worker.returncode == 0
    for words in ("nothing of multiplayer is recorded", "snapshotter works", "round of", "snapshotter has stopped"):
        assert words in said
    assert "Traceback" not in said


async def has(db: Database, table: str) -> bool:
    return bool(await db.all(f"SELECT * FROM {table}"))


async def test_killed_at_some_statements(url: str) -> None:
    """Wherever it dies, the next one goes on, and in the end all is kept once."""
    chance = random.Random(url[:5])
    clock = stage.Clock()
    async with opened(url) as db:
        for turn, fatal in enumerate((9, 38, 75)):
            plays = [Playing(each, chance.choice((21, 22, 23)), pp=100 * turn + each) for each in stage.PLAYERS]
            await stage.play(db, clock.now, *plays)
            command = ("-c", FRAGILE, url, str(fatal + chance.randrange(9)), str(clock()))
            with process(url, *command) as fragile:
                said = await ended(fragile)
                assert fragile.returncode == -signal.SIGKILL, said
        assert await db.all("SELECT day FROM api_days") == []
        made = await stage.stage(db, clock)
        await made.catch_up()
        await stage.all_is_covered(db)
        assert len(await db.all("SELECT day FROM api_days")) == 1
        # What a round had kept before it was cut short counts as well.
        assert max(len(rows) for rows in (await stage.told(db)).values()) > 1


async def test_killed_while_others_wait(mysql_url: str, tmp_path: Path) -> None:
    """Of three one works; when it is killed, whatever it was at, one of the others goes on."""
    async with opened(mysql_url) as db:
        await stage.play(db, datetime.now(UTC), *(Playing(each, pp=each) for each in stage.PLAYERS))
        with ExitStack() as stack:
            left = {tmp_path / name: stack.enter_context(logged(mysql_url, tmp_path / name)) for name in "abc"}
            await until(lambda: has(db, "api_days"))
            for turn in (1, 2):
                for pp in range(4):
                    plays = [Playing(each, 21 + pp % 3, pp=100 * turn + 10 * pp + each) for each in stage.PLAYERS]
                    await stage.play(db, datetime.now(UTC), *plays)
                    await asyncio.sleep(0.1)
                await until(lambda: just_one_works(left))
                worker = next(log for log in left if works(log))
                left.pop(worker).kill()
            await until(lambda: covered(db))
            (last,) = left.values()
            last.send_signal(signal.SIGTERM)
            await asyncio.to_thread(last.wait)
            assert last.returncode == 0
            assert not any("Traceback" in each.read_text() for each in tmp_path.glob("?"))


@contextmanager
def logged(url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file, subprocess.Popen([sys.executable, *HURRIED], env=environment(url), stderr=file) as it:
        try:
            yield it
        finally:
            it.kill()


def works(log: Path) -> bool:
    """Is the last that one of them has said of it that it works, and not that it waits?"""
    said = log.read_text()
    return said.rfind("snapshotter works") > said.rfind("this one waits")


async def just_one_works(logs: Iterable[Path]) -> bool:
    return sum(works(log) for log in logs) == 1


async def covered(db: Database) -> bool:
    try:
        await stage.all_is_covered(db)
    except AssertionError:
        return False
    return True
