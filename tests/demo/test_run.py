"""Putting the demo world somewhere and serving it: nothing of an operator's is lost; it starts and ends cleanly."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.processes import HOST, free_port
from server.config import Settings
from server.demo import run
from server.demo.live import ONLINE
from server.demo.world import DemoWorld, build
from server.domain.problems import BadRequest
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.engines import opened

ROOT = Path(__file__).resolve().parents[2]

NOW = datetime(2026, 8, 1, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> DemoWorld:
    return build(NOW, run.pp_of, run.rated)


@pytest.fixture(autouse=True)
def _built_once(monkeypatch: pytest.MonkeyPatch, world: DemoWorld) -> None:
    monkeypatch.setattr(run, "build", lambda *_: world)


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        yield database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    base = Settings()
    return replace(base, files=replace(base.files, data=str(tmp_path / "data")))


async def tables_of(db: Database) -> list[Any]:
    if db.engine == "sqlite":
        return await db.all("SELECT name FROM sqlite_master")
    return await db.all("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")


async def count(db: Database, table: str) -> int:
    row = await db.one(f"SELECT COUNT(*) FROM {table}")
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("migrated", [False, True])
async def test_an_empty_database_is_filled_and_then_left_alone(
    db: Database, settings: Settings, migrated: bool
) -> None:
    if migrated:
        await migrate(db)
    await run.seed(db, settings, NOW)
    scores = await count(db, "scores")
    assert scores > 500
    with pytest.raises(BadRequest, match="users"):
        await run.seed(db, settings, NOW)
    assert await count(db, "scores") == scores


OPERATORS = (
    "INSERT INTO clans (name, tag, owner, created_at) VALUES ('mine', 'M', 1, '2024-01-01 00:00:00')",
    "INSERT INTO mapsets (server, id, last_osuapi_check) VALUES ('private', 5, '2024-01-01 00:00:00')",
    "INSERT INTO favourites (userid, setid, created_at) VALUES (1, 5, 0)",
    "UPDATE channels SET topic = 'mine' WHERE name = '#osu'",
    "INSERT INTO channels (name, topic, read_priv, write_priv, auto_join) VALUES ('#mine', '', 1, 1, 1)",
    "UPDATE users SET name = 'MyBot' WHERE id = 1",
    "UPDATE stats SET plays = 5 WHERE id = 1 AND mode = 0",
    "INSERT INTO stats (id, mode) VALUES (2, 0)",
)


@pytest.mark.parametrize("statement", OPERATORS)
async def test_rows_that_somebody_made_are_kept(db: Database, settings: Settings, statement: str) -> None:
    await migrate(db)
    await db.run(statement)
    with pytest.raises(BadRequest, match="rows of yours"):
        await run.seed(db, settings, NOW)
    assert await count(db, "scores") == 0
    assert not Path(settings.files.data).exists()


async def test_a_foreign_table_is_neither_migrated_nor_emptied(db: Database, settings: Settings) -> None:
    await db.run("CREATE TABLE users (id INTEGER, password VARCHAR(20))")
    await db.run("INSERT INTO users VALUES (1, 'x')")
    with pytest.raises(BadRequest, match="The table users"):
        await run.seed(db, settings, NOW)
    assert await tables_of(db) == [("users",)]
    assert await count(db, "users") == 1


@pytest.mark.parametrize("kind", ["osr", "osu", "avatars"])
async def test_files_that_somebody_made_are_kept(db: Database, settings: Settings, world: DemoWorld, kind: str) -> None:
    path = Path(settings.files.data) / next(name for name in world.files if name.startswith(kind))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    with pytest.raises(BadRequest, match="there already"):
        await run.seed(db, settings, NOW)
    assert path.read_bytes() == b"mine"
    assert await tables_of(db) == []


async def test_files_of_its_own_are_no_hindrance(db: Database, settings: Settings) -> None:
    await run.seed(db, settings, NOW)
    async with opened(f"sqlite:///{settings.files.data}/again.db") as again:
        await run.seed(again, settings, NOW)
        assert await count(again, "scores") > 500


async def test_the_game_server_speaks_and_says_goodbye(valkey: str) -> None:
    redis = Connection(valkey, timeout=5)
    await redis.ask(lambda client: client.flushdb())
    presence = Presence(Batch(redis))
    speaking = asyncio.create_task(run._speak(redis))
    try:
        async with asyncio.timeout(20):
            while not await presence.online():
                assert not speaking.done()
                await asyncio.sleep(0.05)
        assert set(await presence.online()) == ONLINE
        assert await presence.lobby(1, "demo") is not None
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        assert await presence.online() == ()
        assert await presence.lobbies() == []
    finally:
        speaking.cancel()
        await redis.close()


def demo(folder: Path, port: int) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "server", "demo", "--port", str(port)],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_taken_port_ends_it_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        started = demo(tmp_path, port)
        out, err = started.communicate(timeout=60)
    assert (started.returncode, out) == (1, "")
    assert err == f"Cannot listen on {HOST}:{port}: Address already in use.\n"


def test_it_says_where_it_is_once_it_is_there(tmp_path: Path) -> None:
    """Twice: over nothing, and over what the first time has left."""
    port = free_port()
    for _ in range(2):
        started = demo(tmp_path, port)
        assert started.stdout is not None
        try:
            first = until(started.stdout.readline, f"http://{HOST}:{port}")
            assert httpx.get(f"http://{HOST}:{port}/v1/get_player_info?id=3&scope=all").status_code == 200
            assert first.startswith("bancho-api serves the demo world")
            soon(lambda: httpx.get(f"http://{HOST}:{port}/v1/get_match?id=1").status_code == 200)
            soon(lambda: recorded(tmp_path) > 0)
        finally:
            started.send_signal(signal.SIGINT)
            _, err = started.communicate(timeout=30)
        assert "Traceback" not in err


def soon(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def recorded(folder: Path) -> int:
    """How many lobbies the recorder has written down."""
    (path,) = folder.rglob("bancho.db")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT COUNT(*) FROM api_matches WHERE ended_ms IS NULL").fetchone()[0])


def until(line: Callable[[], str], wanted: str) -> str:
    while text := line():
        if wanted in text:
            return text
    raise AssertionError("it ended")
