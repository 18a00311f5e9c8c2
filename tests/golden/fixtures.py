"""Servers over the golden world, one for each engine and driver, each started once by each process that asks it."""

import asyncio
from collections.abc import Iterator

import pytest

from tests import engines
from tests.engines import MariaDB
from tests.golden.house import House, fill, opened, settings_for

ENGINES = ("sqlite", "mysql", "mysql+aiomysql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="Write the golden answers anew instead of comparing.")


@pytest.fixture(scope="session")
def golden_runner() -> Iterator[asyncio.Runner]:
    """The event loop of all golden servers."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def golden_valkey() -> Iterator[str]:
    """The address of a Valkey of their own: the other tests empty theirs."""
    with engines.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def golden_mariadb(mariadb: MariaDB) -> Iterator[str]:
    """The name of the database behind both drivers."""
    with mariadb.database() as name:
        yield name


@pytest.fixture(scope="session", params=ENGINES)
def house(
    request: pytest.FixtureRequest,
    golden_runner: asyncio.Runner,
    golden_valkey: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """A server over the golden world, on each engine in turn. Whoever changes something asks for `mended`."""
    folder = tmp_path_factory.mktemp("golden")
    url = f"sqlite:///{folder / 'golden.db'}"
    if request.param != "sqlite":
        name = request.getfixturevalue("golden_mariadb")
        url = request.getfixturevalue("mariadb").url(name, request.param)
    settings = settings_for(url, golden_valkey, folder / "data")
    fill(golden_runner, settings)
    with opened(golden_runner, settings) as server:
        yield server


@pytest.fixture
def mended(house: House) -> Iterator[House]:
    """The same server, for tests that change tables or Redis: all is golden again afterwards."""
    yield house
    house.refill()
