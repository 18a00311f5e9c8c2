"""Recorders and the stores around them, for tests: what can be cut off, killed and replaced."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from server.domain.matches import Chronicle
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.history import START, HistoryStream, Turn
from server.live.writer import Writer
from server.services.recorder import Recorder
from server.storage import catalog
from server.storage.database import Database
from server.storage.history import History
from server.storage.migrate import migrate
from tests.engines import opened
from tests.live.proxy import Proxy

PATIENCE = 30.0


class Line(Proxy):
    """A line that may be led to another port."""

    async def lead(self, target: int) -> None:
        """There from now on; whoever was connected is cut off."""
        self._target = target
        await self.heal()
        await self.snap()


@asynccontextmanager
async def line(target: int) -> AsyncIterator[Line]:
    """A line to this port of 127.0.0.1, which flows."""
    made = Line(target)
    await made.heal()
    try:
        yield made
    finally:
        await made.cut()


async def prepared(url: str) -> None:
    """Our own tables only: bancho.py's take their time."""
    async with opened(url) as db:
        await db.run("CREATE TABLE users (id INT)")
        await migrate(db)


class FreeTurn(Turn):
    """Everybody's turn at once."""

    async def take(self) -> bool:
        return True


@asynccontextmanager
async def recording(
    url: str, redis: str, *, turn: Callable[[Batch], Turn] = Turn, compare_ms: int = 3_600_000
) -> AsyncIterator[asyncio.Task[None]]:
    """A recorder at work from one store to the other."""
    connection = Connection(redis, timeout=5)
    batch = Batch(connection)
    stop = asyncio.Event()
    async with opened(url) as db:
        history = History(db, await catalog.read(db))
        recorder = Recorder(history, HistoryStream(batch), turn(batch), Writer(batch), compare_ms)
        task = asyncio.create_task(recorder.run(stop))
        try:
            yield task
        finally:
            stop.set()
            await asyncio.gather(task, return_exceptions=True)
            await connection.close()


async def until(question: Callable[[], Awaitable[Any]]) -> None:
    """Wait until the answer is yes."""
    async with asyncio.timeout(PATIENCE):
        while not await question():
            await asyncio.sleep(0.05)


async def until_all_is_recorded(db: Database, redis: str) -> None:
    connection = Connection(redis, timeout=5)
    stream, history = HistoryStream(Batch(connection)), History(db, await catalog.read(db))

    async def done() -> bool:
        return (await history.position()).last_id == (await stream.after(START)).last_id

    await until(done)
    await connection.close()


async def all_that_was_said(redis: str) -> Chronicle:
    """What follows from the whole stream, read from start to end once."""
    connection = Connection(redis, timeout=5)
    stream, chronicle, last = HistoryStream(Batch(connection)), Chronicle(), START
    while entries := (await stream.after(last)).entries:
        last = entries[-1].id
        for entry in entries:
            if entry.said is not None:
                chronicle.hear(entry.said)
    await connection.close()
    return chronicle
