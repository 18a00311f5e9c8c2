"""`python -m server record` as a process: what it says, how it ends, and what is there when it is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.publisher import Publisher
from server.live.writer import Writer, closed, finished, opened
from server.storage.migrate import migrate
from tests import engines
from tests.record.rows import remembered, stored, unnumbered
from tests.record.stage import all_that_was_said, until_all_is_recorded
from tests.record.test_recorder import OVER, PLAYING, ROOM, TWO

ROOT = Path(__file__).resolve().parents[2]


def environment(url: str, redis: str) -> dict[str, str]:
    mine = {"BANCHO_API_DATABASE_URL": url, "BANCHO_API_REDIS_URL": redis, "PYTHONPATH": str(ROOT)}
    return {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_"))} | mine


def record(url: str, redis: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "server", "record"]
    env = environment(url, redis)
    return subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def recorder(url: str, redis: str) -> Iterator[subprocess.Popen[str]]:
    process = record(url, redis)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_what_stands_in_its_way_is_said(tmp_path: Path, redis_: str) -> None:
    url = f"sqlite:///{tmp_path / 'bancho.db'}"
    async with engines.opened(url) as db:
        await migrate(db)
        await db.run("DROP TABLE api_match_scores")
        process = record(url, redis_)
        _, said = await asyncio.to_thread(process.communicate)
        assert process.returncode == 1
        assert "api_match_scores" in said
        assert "python -m server migrate" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("engine_url", ["mysql"], indirect=True)
async def test_killed_in_the_middle_of_a_game(engine_url: str, redis_: str) -> None:
    connection = Connection(redis_, timeout=5)
    async with engines.opened(engine_url) as db:
        await migrate(db)
        async with Publisher(connection, "main") as publisher:
            with recorder(engine_url, redis_) as first:
                for look in (ROOM, TWO, PLAYING):
                    publisher.lobby(look)
                    await publisher.said()
                await until_all_is_recorded(db, redis_)
                first.kill()
                await asyncio.to_thread(first.communicate)
            publisher.lobby(replace(PLAYING, name="Renamed"))
            await publisher.said()
            publisher.game_finished(OVER)
            await publisher.said()
            # Whose turn it was is known for some seconds more: the second one waits for that.
            with recorder(engine_url, redis_) as second:
                await until_all_is_recorded(db, redis_)
                assert await stored(db) == remembered(await all_that_was_said(redis_))
                assert [each[12] for each in (await stored(db))["games"]] == [1]
                second.send_signal(signal.SIGTERM)
                _, said = await asyncio.to_thread(second.communicate)
                assert second.returncode == 0, said
                assert "has stopped" in said
                assert "Traceback" not in said
    assert not await connection.ask(lambda client: client.exists(keys.RECORDER))
    await connection.close()


# Kills its own process, as kill -9 does, before the statement of this number.
FRAGILE = """
import asyncio, os, signal, sys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.history import HistoryStream, Turn
from server.live.writer import Writer
from server.services.recorder import Recorder
from server.storage import catalog
from server.storage.database import Database, Session
from server.storage.history import History

url, redis, fatal = sys.argv[1], sys.argv[2], int(sys.argv[3])
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

class Mine(Turn):
    async def take(self):
        return True

async def main():
    db, batch, stop = Database(url, 2), Batch(Connection(redis, timeout=5)), asyncio.Event()
    await db.connect()
    history = History(db, await catalog.read(db))
    for name in ("all", "run", "insert_many"):
        counted(name)
    task = asyncio.create_task(Recorder(history, HistoryStream(batch), Mine(batch), Writer(batch)).run(stop))
    last = sys.argv[4]
    while (await history.position()).last_id != last:
        await asyncio.sleep(0.01)
    stop.set()
    await task
    await db.disconnect()

asyncio.run(main())
"""


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
async def test_killed_at_any_statement(engine_url: str, redis_: str) -> None:
    """Wherever in a page's transaction it dies, the next one records all of it once."""
    connection = Connection(redis_, timeout=5)
    writer = Writer(Batch(connection))
    async with engines.opened(engine_url) as db:
        await db.run("CREATE TABLE users (id INT)")
        await migrate(db)
        for fatal in range(1, 40):
            # Each time a page with something of everything.
            slot, later = fatal % 8, fatal * 1000
            room = replace(TWO, id=slot, opened_at=TWO.opened_at + later)
            playing = replace(PLAYING, id=slot, opened_at=room.opened_at, started_at=PLAYING.started_at + later)
            over = replace(OVER, match_id=slot, opened_at=room.opened_at, started_at=playing.started_at)
            await writer.say("main", [opened(room, "main"), opened(playing, "main"), finished(over), closed(slot)])
            last = await connection.ask(lambda client: client.xrevrange(keys.HISTORY, count=1))
            command = [sys.executable, "-c", FRAGILE, engine_url, redis_, str(fatal), last[0][0]]
            done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, check=False)
            assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
            if done.returncode == 0:
                break
        assert fatal > 15
        story = await stored(db)
        assert len(story["games"]) == fatal
        assert unnumbered(story) == unnumbered(remembered(await all_that_was_said(redis_)))
    await connection.close()


async def test_multiplayer_is_recorded_where_snapshots_cannot_begin(tmp_path: Path, redis_: str) -> None:
    url = f"sqlite:///{tmp_path / 'bancho.db'}"
    connection = Connection(redis_, timeout=5)
    async with engines.opened(url) as db:
        await migrate(db)
        await db.run("DROP TABLE api_ladders")
        async with Publisher(connection, "main") as publisher:
            with recorder(url, redis_) as process:
                publisher.lobby(ROOM)
                await publisher.said()
                await until_all_is_recorded(db, redis_)
                process.send_signal(signal.SIGTERM)
                _, said = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0
        assert "No snapshots are taken: There is no table api_ladders" in said
        assert await db.one("SELECT COUNT(*) FROM api_matches") == (1,)
    await connection.close()
