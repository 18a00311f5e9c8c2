"""The recorders put together: from settings to stores, and on until they are told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from server.app import check
from server.composing import connection, visibility_of
from server.config import Settings
from server.domain.problems import Unavailable
from server.live.batch import Batch
from server.live.history import HistoryStream, Turn
from server.live.writer import Writer
from server.services.recorder import Recorder
from server.services.snapshotter import Snapshotter
from server.storage import catalog
from server.storage.database import Database
from server.storage.history import History
from server.storage.snapshotting import Snapshotting
from server.working import closed, until_told

log = logging.getLogger(__name__)

# How much longer than a request's its questions to Redis may take.
WAITS_SECONDS: Final = 5.0


async def record(settings: Settings, stop: asyncio.Event) -> None:
    """Take snapshots of players and, where there is Redis, record the history of multiplayer, until told to stop.

    Raises Unavailable where it cannot begin.
    """
    await check(settings)
    async with AsyncExitStack() as closing:
        db, tables = await closing.enter_async_context(_database(settings))
        snapshotter = Snapshotter(_snapshotting(settings, db, tables), settings.snapshots.hour)
        if settings.redis.url:
            redis = connection(settings, WAITS_SECONDS)
            closing.push_async_callback(closed, redis.close())
            batch = Batch(redis)
            recorder = Recorder(History(db, tables), HistoryStream(batch), Turn(batch), Writer(batch))
            work = _all([_unless_it_cannot(snapshotter, stop), recorder.run(stop)], stop)
        else:
            log.info("There is no Redis, so nothing of multiplayer is recorded")
            work = snapshotter.run(stop)
        await until_told(work, stop)


async def take_snapshots(settings: Settings) -> None:
    """Look at everybody once, and keep today's ladders, where nobody plays at this moment. Raises Unavailable."""
    async with _database(settings) as (db, tables):
        stored = _snapshotting(settings, db, tables)
        await Snapshotter(stored, settings.snapshots.hour, settle_seconds=0, due_seconds=0, rest_seconds=0).catch_up()


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[tuple[Database, catalog.Catalog]]:
    db = Database(settings.database.url, 3, create=False)
    try:
        await db.connect()
        yield db, await catalog.read(db, settings.database.own_schema)
    finally:
        await closed(db.disconnect())


def _snapshotting(settings: Settings, db: Database, tables: catalog.Catalog) -> Snapshotting:
    return Snapshotting(db, tables, visibility_of(settings).board, settings.zone)


async def _unless_it_cannot(snapshotter: Snapshotter, stop: asyncio.Event) -> None:
    """Take snapshots; where that cannot begin, say why, and let the other work go on."""
    try:
        await snapshotter.run(stop)
    except Unavailable as problem:
        log.error("No snapshots are taken: %s", problem.message)


async def _all(work: list[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Do all of it at once; where one cannot begin, the others end what they are about."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        stop.set()
        await asyncio.gather(*tasks, return_exceptions=True)
