"""What the snapshotter's tests may ask for."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services import alone, snapshotter
from tests.engines import MariaDB
from tests.snapshots.stage import prepared, reset


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshotters in this process look more often than they do elsewhere."""
    monkeypatch.setattr(snapshotter, "POLL_SECONDS", 0.02)
    for name, seconds in (("WAIT", 0.5), ("TROUBLE", 0.1)):
        monkeypatch.setattr(alone, f"{name}_SECONDS", seconds)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database to make copies of."""
    path = tmp_path_factory.mktemp("snapshots") / "snapshots.db"
    asyncio.run(prepared(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def _mysql_url(mariadb: MariaDB) -> Iterator[str]:
    with mariadb.database() as name:
        asyncio.run(prepared(mariadb.url(name)))
        yield mariadb.url(name)


@pytest.fixture
def sqlite_url(sqlite_file: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_file, tmp_path / "snapshots.db")
    return f"sqlite:///{tmp_path / 'snapshots.db'}"


@pytest.fixture
def mysql_url(_mysql_url: str) -> str:
    """On MariaDB the tables are used by all tests, one after the other."""
    asyncio.run(reset(_mysql_url))
    return _mysql_url


@pytest.fixture(params=["sqlite", "mysql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database with players and beatmaps, of which nobody has played, on each engine in turn."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found
