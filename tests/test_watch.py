"""What watches over the server, and what goes on behind it."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from server import app
from server.services import status
from server.services.status import Health, Status

ROOT = Path(__file__).resolve().parents[1]


async def test_a_database_that_takes_connections_and_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(sql: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(status, "PATIENCE_SECONDS", 0.05)
    db: Any = SimpleNamespace(one=silent)
    redis: Any = SimpleNamespace(configured=False)
    async with asyncio.timeout(5):
        assert await Status(db, redis).health() == Health(database=False, redis=None)


async def test_one_bad_minute_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Semaphore(0)

    async def refresh() -> None:
        asked.release()
        raise ArithmeticError

    monkeypatch.setattr(app, "REFRESH_SECONDS", 0)
    ranks: Any = SimpleNamespace(refresh=refresh)
    refreshing = asyncio.create_task(app._refresh(ranks))
    async with asyncio.timeout(5):
        for _ in range(3):
            await asked.acquire()
    assert not refreshing.done()
    refreshing.cancel()


@pytest.mark.parametrize("days", ["0", "36501", "-1", "soon"])
def test_a_key_lasts_for_days_that_can_be(tmp_path: Path, days: str) -> None:
    command = [sys.executable, "-m", "server", "key", "create", "--owner", "3", "--name", "x", f"--days={days}"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"expected a whole number from 1 to 36500, got '{days}'" in done.stderr
