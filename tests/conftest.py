"""What every test may ask for. The servers are real, private, and started once by each process that runs tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import engines
from tests.engines import MariaDB

# Where the golden world's servers and `--write-golden` come from.
pytest_plugins = ["tests.golden.fixtures"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from tests.sharing import Shares

    return Shares(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(engines.mariadb(tmp_path_factory.mktemp("mariadb")))
        except engines.NotInstalled as missing:
            # Where results are counted, a skipped engine would look like a tested one.
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(missing))
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of an empty Valkey; a test that writes to it empties it."""
    with engines.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the machine's own Redis, where it has one."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(engines.redis(tmp_path_factory.mktemp("redis")))
        except engines.NotInstalled as missing:
            pytest.skip(str(missing))
        yield url


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one of three empty Valkeys that are a cluster."""
    with engines.cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes[0].url


@pytest.fixture(params=["sqlite", "mysql", "mysql+aiomysql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database, on each engine and driver in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: MariaDB = request.getfixturevalue("mariadb")
    with server.database() as name:
        yield server.url(name, request.param)
