"""What the recorder's tests may ask for."""

import asyncio
from pathlib import Path

import pytest

from server.live.connection import Connection
from server.services import recorder
from tests.record.stage import prepared


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorders in this process look more often than they do elsewhere."""
    for name, seconds in (("READ", 0.02), ("LOOK", 0.1), ("RENEW", 0.2), ("TROUBLE", 0.3)):
        monkeypatch.setattr(recorder, f"{name}_SECONDS", seconds)


@pytest.fixture
async def redis_(valkey: str) -> str:
    """The address of a Valkey with nothing in it."""
    connection = Connection(valkey, timeout=5)
    await connection.ask(lambda client: client.flushdb())
    await connection.close()
    return valkey


@pytest.fixture
def history_url(engine_url: str) -> str:
    """The address of a database that has our own tables, on each engine and driver in turn."""
    asyncio.run(prepared(engine_url))
    return engine_url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The same, on SQLite alone: where the engine makes no difference."""
    url = f"sqlite:///{tmp_path / 'history.db'}"
    asyncio.run(prepared(url))
    return url
