"""Where the live layer is tested: on Valkey, on the machine's own Redis, and on a cluster."""

from collections.abc import AsyncIterator

import pytest

from server.live.connection import Connection
from tests.live.listening import Ear, Place


@pytest.fixture(params=["valkey", "redis", "cluster"])
def live_store(request: pytest.FixtureRequest) -> Place:
    """Each kind of store in turn."""
    return Place(request.getfixturevalue(request.param), request.param == "cluster")


@pytest.fixture
async def connection(live_store: Place) -> AsyncIterator[Connection]:
    """The way to that store, which is empty."""
    opened = live_store.connection()
    await opened.ask(lambda client: client.flushall())
    yield opened
    await opened.close()


@pytest.fixture
def ear(connection: Connection) -> Ear:
    return Ear(connection)
