"""A whole server over the golden world, for tests that are plain functions: it runs while it is asked something."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx

from server.app import create_app
from server.composing import connection
from server.config import Settings
from server.dialects import DIALECTS
from server.live.connection import Connection
from server.storage.database import Database
from tests.golden import own, world
from tests.golden.client import Answered, Client, Params, watch

Result = TypeVar("Result")


class House:
    """An app whose lifespan has begun, a client of it, and ways to its stores behind its back."""

    def __init__(self, runner: asyncio.Runner, settings: Settings) -> None:
        self.settings = settings
        self.data = Path(settings.files.data)
        self._runner = runner
        self._app = create_app(settings, watch, lambda: own.CLOCK)
        self._lifespan = self._app.router.lifespan_context(self._app)
        self._client = Client(self._app, DIALECTS)
        self.db = Database(settings.database.url, 2)
        self.redis: Connection = connection(settings)

    def run(self, question: Awaitable[Result]) -> Result:
        """Wait for something on the server's own event loop."""

        async def wait() -> Result:
            return await question

        return self._runner.run(wait())

    def ask(self, path: str, params: Params | None = None, **options: Any) -> Answered:
        """See Client.ask."""
        return self.run(self._client.ask(path, params, **options))

    def ask_raw(self, path: str, **request: Any) -> httpx.Response:
        """See Client.ask_raw."""
        return self.run(self._client.ask_raw(path, **request))

    def ask_at_once(self, paths: Iterable[str], **options: Any) -> list[Answered]:
        """See Client.ask_at_once."""
        return self.run(self._client.ask_at_once(paths, **options))

    def sql(self, text: str, **values: Any) -> None:
        """Change the database behind the server's back."""
        self.run(self.db.run(text, **values))

    def refill(self) -> None:
        """Make everything but the files golden again."""
        self.run(world.fill_tables(self.db))
        self.run(world.fill_redis(self.redis))

    @contextmanager
    def variant(self, **sections: dict[str, Any]) -> Iterator["House"]:
        """A second server over the same stores with some settings changed: `players={"ranks": "sql"}`."""
        settings = self.settings
        for name, values in sections.items():
            settings = replace(settings, **{name: replace(getattr(settings, name), **values)})
        with opened(self._runner, settings) as house:
            yield house

    async def begin(self) -> None:
        await self.db.connect()
        await self._lifespan.__aenter__()

    async def end(self) -> None:
        await self._client.close()
        await self._lifespan.__aexit__(None, None, None)
        await self.redis.close()
        await self.db.disconnect()


@contextmanager
def opened(runner: asyncio.Runner, settings: Settings) -> Iterator[House]:
    """A server over stores that are filled already."""
    house = House(runner, settings)
    house.run(house.begin())
    try:
        # What the server learns of the ranking sets at start is learnt before anything is counted.
        house.ask("/get_player_info", {"id": 3, "scope": "stats"})
        yield house
    finally:
        house.run(house.end())


def settings_for(database_url: str, redis_url: str, data: Path) -> Settings:
    """The settings of a server that is attached to these."""
    settings = Settings()
    return replace(
        settings,
        database=replace(settings.database, url=database_url, wait_seconds=0),
        redis=replace(settings.redis, url=redis_url, timeout_ms=5000),
        files=replace(settings.files, data=str(data)),
        # Tests ask more often than people; how often one may ask is tested where it is set.
        osu_v1=replace(settings.osu_v1, per_minute=1_000_000, replays_per_minute=1_000_000),
    )


def fill(runner: asyncio.Runner, settings: Settings) -> None:
    """Make the stores of a server golden."""

    async def filling() -> None:
        db, redis = Database(settings.database.url, 1), connection(settings)
        await db.connect()
        try:
            await world.fill(db, redis, Path(settings.files.data))
        finally:
            await redis.close()
            await db.disconnect()

    runner.run(filling())
