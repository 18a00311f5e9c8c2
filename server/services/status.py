"""How the server itself is: what it leans on, and whether it answers."""

import asyncio
from typing import NamedTuple

from server.domain.problems import Unavailable
from server.live.connection import Away, Connection
from server.storage.database import Database

# A database that takes connections and says nothing is away.
PATIENCE_SECONDS = 2


class Health(NamedTuple):
    database: bool
    redis: bool | None  # None: not configured


class Status:
    """Asks the database and Redis for a sign of life."""

    def __init__(self, db: Database, redis: Connection) -> None:
        self._db = db
        self._redis = redis

    async def health(self) -> Health:
        return Health(await self._database(), await self._redis_answers() if self._redis.configured else None)

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._db.one("SELECT 1")
        except (Unavailable, TimeoutError):
            return False
        return True

    async def _redis_answers(self) -> bool:
        try:
            await self._redis.ask(lambda client: client.ping())
        except Away:
            return False
        return True
