"""`python -m server follow` as a process: what it says, how it ends, and what is there when it is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.engines import MariaDB, opened
from tests.follow.stage import due, kept, ledger, play, prepared
from tests.follow.test_follower import FIRST, caught_up, until_all_counts
from tests.follow.test_ledger import EVERYTHING

ROOT = Path(__file__).resolve().parents[2]


def started(url: str, *command: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_"))}
    env |= {"BANCHO_API_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT, text=True, **pipes)


def follow(url: str) -> subprocess.Popen[str]:
    return started(url, "-m", "server", "follow")


async def test_what_stands_in_its_way_is_said(tmp_path: Path, mariadb: MariaDB) -> None:
    lacking, wrong = f"sqlite:///{tmp_path / 'lacking.db'}", f"sqlite:///{tmp_path / 'none.db'}"
    await prepared(lacking)
    async with opened(lacking) as db:
        await db.run("DROP TABLE api_firsts")
    with mariadb.database() as name, mariadb.reader(name) as reading:
        await prepared(mariadb.url(name))
        processes = [follow(url) for url in (lacking, wrong, reading)]
        said = [await asyncio.to_thread(each.communicate) for each in processes]
    assert [each.returncode for each in processes] == [1, 1, 1]
    for words, expected in zip(said, ("api_firsts", "none.db", "may only read"), strict=True):
        assert expected in words[1]
        assert len(words[1].splitlines()) == 1


async def test_it_begins_works_and_ends(tmp_path: Path) -> None:
    """With everything at its real pace: it knows after ten seconds which scores are settled."""
    url = f"sqlite:///{tmp_path / 'bancho.db'}"
    await prepared(url)
    with ExitStack() as closing:
        async with opened(url) as db:
            await play(db, *FIRST)
            process = follow(url)
            closing.callback(process.communicate)
            closing.callback(process.kill)
            await until_all_counts(db)
            await play(db, *EVERYTHING)
            await until_all_counts(db)
            process.send_signal(signal.SIGTERM)
            _, said = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0
    assert "All scores count" in said
    assert "has stopped" in said
    assert "Traceback" not in said


# Kills its own process, as kill -9 does, before the statement of this number.
FRAGILE = """
import asyncio, os, signal, sys
from zoneinfo import ZoneInfo
from server.services.follower import Follower
from server.storage import catalog, ledger
from server.storage.database import Database, Session

url, fatal = sys.argv[1], int(sys.argv[2])
ledger._PLAYERS = ledger._MAPS = 2
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
    book = ledger.Ledger(db, await catalog.read(db), 3, ZoneInfo("UTC"))
    for name in ("all", "run", "insert_many"):
        counted(name)
    await Follower(book, 0).catch_up()
    await db.disconnect()

asyncio.run(main())
"""


async def test_killed_at_some_statements(url: str) -> None:
    """Wherever it dies, the next one goes on, and in the end everything counts once."""
    async with opened(url) as db:
        await play(db, *EVERYTHING[:6])
        for fatal in (5, 14, 23, 34):
            process = started(url, "-c", FRAGILE, url, str(fatal))
            _, said = await asyncio.to_thread(process.communicate)
            assert process.returncode == -signal.SIGKILL, said
        await play(db, *EVERYTHING[6:])
        process = started(url, "-c", FRAGILE, url, "15")
        await asyncio.to_thread(process.communicate)
        assert process.returncode == -signal.SIGKILL
        place = await (await ledger(db)).place()
        assert place is not None
        assert place.last_id == 6
        await caught_up(db)
        assert await kept(db) == await due(db)


async def test_told_to_stop_before_it_has_begun(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bancho.db'}"
    await prepared(url)
    process = follow(url)
    try:
        assert process.stderr is not None
        assert "has started" in await asyncio.to_thread(process.stderr.readline)
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(process.communicate)
    finally:
        process.kill()
    assert (process.returncode, "has stopped" in said, "Traceback" in said) == (0, True, False)
