"""A server with a game server's key."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.composing import connection
from server.config import Settings
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.writer import Writer
from server.storage.database import Database
from tests.dialects.live.stage import Stage
from tests.golden import world
from tests.golden.house import House, settings_for


@pytest.fixture
def stage(house: House) -> Iterator[Stage]:
    """Nobody is online when it begins; afterwards the live layer is golden again, and the key is gone."""
    house.run(house.redis.ask(lambda client: client.flushdb()))
    yield Stage(house)
    house.sql("DELETE FROM api_keys")
    house.run(world.fill_redis(house.redis))


@pytest.fixture
async def settings(valkey: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """Of a server over the golden world that has yet to be started; nobody is online."""
    given = settings_for(f"sqlite:///{tmp_path / 'golden.db'}", valkey, tmp_path / "data")
    db, redis = Database(given.database.url, 1), connection(given)
    await db.connect()
    try:
        await world.fill(db, redis, tmp_path / "data")
        await redis.ask(lambda client: client.flushall())
        yield given
    finally:
        await redis.ask(lambda client: client.flushall())
        await redis.close()
        await db.disconnect()


@pytest.fixture
async def redis_(settings: Settings) -> AsyncIterator[Connection]:
    opened = connection(settings)
    yield opened
    await opened.close()


@pytest.fixture
def writer(redis_: Connection) -> Writer:
    return Writer(Batch(redis_))
