"""What the follower's tests may ask for."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services import alone, follower, horizon
from server.storage import ledger
from tests.engines import MariaDB
from tests.follow.stage import prepared, reset


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers in this process look more often than they do elsewhere, and do less at once."""
    for name, seconds in (("POLL", 0.02), ("LOOK", 0.1), ("AUDIT", 0.1)):
        monkeypatch.setattr(follower, f"{name}_SECONDS", seconds)
    monkeypatch.setattr(horizon, "POLL_SECONDS", 0.02)
    for name, seconds in (("WAIT", 0.5), ("TROUBLE", 0.1)):
        monkeypatch.setattr(alone, f"{name}_SECONDS", seconds)
    for name in ("_PLAYERS", "_MAPS"):
        monkeypatch.setattr(ledger, name, 2)


@pytest.fixture(scope="session")
def _sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("follow") / "follow.db"
    asyncio.run(prepared(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def _mysql_url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        asyncio.run(prepared(mariadb.url(name)))
        yield mariadb.url(name)


@pytest.fixture(params=["sqlite", "mysql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with players and beatmaps and without scores, on each engine in turn.

    The tables stay as they are: on MariaDB the database is used by all tests.
    """
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_file"), tmp_path / "follow.db")
        return f"sqlite:///{tmp_path / 'follow.db'}"
    shared: str = request.getfixturevalue("_mysql_url")
    asyncio.run(reset(shared))
    return shared
