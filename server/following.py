"""The follower put together: from settings to the database, and on until it is told to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.app import check
from server.composing import visibility_of
from server.config import Settings
from server.services.follower import Follower
from server.storage import catalog
from server.storage.database import Database
from server.storage.ledger import Ledger
from server.working import closed, until_told


async def follow(settings: Settings, stop: asyncio.Event) -> None:
    """Follow the scores until told to stop. Raises Unavailable where it cannot begin."""
    await check(settings)
    async with _ledger(settings) as ledger:
        await until_told(Follower(ledger).run(stop), stop)


async def catch_up(settings: Settings) -> None:
    """Follow all that is there, where nobody else writes scores at this moment. Raises Unavailable."""
    async with _ledger(settings) as ledger:
        await Follower(ledger, settle_seconds=0).catch_up()


@asynccontextmanager
async def _ledger(settings: Settings) -> AsyncIterator[Ledger]:
    db = Database(settings.database.url, 2, create=False)
    try:
        await db.connect()
        tables = await catalog.read(db, settings.database.own_schema)
        yield Ledger(db, tables, visibility_of(settings).board, settings.zone)
    finally:
        await closed(db.disconnect())
