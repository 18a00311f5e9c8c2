"""The recorder put together: from settings to stores, and on until it is told to stop."""

import asyncio
from typing import Final

from server.app import check, connection
from server.config import Settings
from server.live.batch import Batch
from server.live.history import HistoryStream, Turn
from server.live.writer import Writer
from server.services.recorder import Recorder
from server.storage import catalog
from server.storage.database import Database
from server.storage.history import History
from server.working import closed, until_told

# How much longer than a request's its questions to Redis may take.
WAITS_SECONDS: Final = 5.0


async def record(settings: Settings, stop: asyncio.Event) -> None:
    """Record the history of multiplayer until told to stop. Raises Unavailable where it cannot begin."""
    await check(settings)
    db = Database(settings.database.url, 2, create=False)
    redis = connection(settings, WAITS_SECONDS)
    batch = Batch(redis)
    try:
        await db.connect()
        history = History(db, await catalog.read(db, settings.database.own_schema))
        recorder = Recorder(history, HistoryStream(batch), Turn(batch), Writer(batch))
        await until_told(recorder.run(stop), stop)
    finally:
        await closed(redis.close())
        await closed(db.disconnect())
