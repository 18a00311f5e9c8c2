"""The composition root: settings to dialects over their services, and one Starlette app."""

import asyncio
import gc
import logging
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from types import FrameType

from starlette.applications import Starlette
from starlette.middleware import Middleware

from server.composing import connection, world_of
from server.config import Settings
from server.dialects import DIALECTS
from server.domain.problems import Unavailable
from server.live.batch import Batch
from server.live.connection import Away
from server.live.writer import Writer
from server.services.hub import WAIT_SECONDS
from server.services.ranks import Ranks
from server.site import site_routes
from server.storage import catalog
from server.storage.database import Database
from server.web.dialect import DialectApp, Origins
from server.web.hosts import Hosts
from server.web.metrics import Meter
from server.web.respond import Manners
from server.web.switch import Paths, Switch

log = logging.getLogger(__name__)

REFRESH_SECONDS = 60

# One tells of each connect, the others of all that goes through them, secrets too.
_TALKATIVE = ("databases", "aiosqlite", "asyncmy", "aiomysql", "httpx", "httpcore", "python_multipart", "PIL")

# How often leases that nobody has renewed are looked for.
SWEEP_SECONDS = 1.0


def start_logging(settings: Settings) -> None:
    """Once in each process, worker processes too."""
    logging.basicConfig(
        level=settings.server.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


def create_app(
    settings: Settings, watch: Callable[[str], None] | None = None, clock: Callable[[], float] = time.time
) -> Starlette:
    """The whole server. Nothing is opened before the app starts; `watch` sees the text of every SQL statement.

    `clock`: what lists of the latest go by.
    """
    db = Database(settings.database.url, settings.database.pool_size, watch, create=False)
    redis = connection(settings)
    # Waiting for events is a question that takes long on purpose.
    listening = connection(settings, WAIT_SECONDS)
    paths = Paths()
    # A dialect's hosts, and below what it is there.
    hosts_of_its_own = {
        "osutrack": (settings.osutrack.hosts, ""),
        "bancho_v2": (settings.bancho_v2.hosts, "/api/v2"),
        "avatars": (settings.avatars.hosts or _avatar_hosts(settings.server.domain), ""),
    }

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tables = await _open(db, settings)
        world, ranks = world_of(settings, db, redis, listening, tables, clock)
        meter = Meter()
        manners = Manners(
            fixed=((b"bancho-version", settings.web.version_header.encode("latin-1", "replace")),),
            gzip_minimum=settings.web.gzip_minimum,
            patience=settings.web.timeout_seconds,
        )
        # What a cookie had a share in is kept by nobody but the browser that sent it.
        private = replace(manners, cacheable=b"private, no-cache")
        origins = Origins(settings.web.cors_origins, settings.web.trusted_origins)
        dialects = [DialectApp(each, world, private if each.cookie else manners, origins, meter) for each in DIALECTS]
        paths.clear()
        paths.add(dialects)
        for app_of_one in dialects:
            hosts, mount = hosts_of_its_own.get(app_of_one.dialect.name, ((), ""))
            paths.at(hosts, app_of_one, mount)
        pages = site_routes(settings, world, meter, DIALECTS)
        paths.leave(pages.paths)
        app.router.routes[:] = [pages]
        # What is there now stays for good. Left to the collector, walking all of it again and again held every
        # request up for some 50 ms.
        gc.collect()
        gc.freeze()
        async with AsyncExitStack() as closing:
            closing.push_async_callback(db.disconnect)
            closing.push_async_callback(redis.close)
            closing.push_async_callback(listening.close)
            closing.callback(world.performance.close)
            closing.push_async_callback(world.accounts.close)
            closing.callback(world.avatars.close)
            closing.callback(world.hub.close)
            closing.callback(_before_stopping(world.hub.close))
            beside = [_refresh(ranks), *([_sweep(Writer(Batch(redis)))] if redis.configured else [])]
            for task in [asyncio.create_task(each) for each in beside]:
                closing.callback(task.cancel)
            yield

    own = [host for hosts, _ in hosts_of_its_own.values() for host in hosts]
    allowed = settings.server.hosts and (*settings.server.hosts, *own)
    middleware = [Middleware(Hosts, allowed=allowed, refuse=paths.unknown)] if allowed else []
    middleware.append(Middleware(Switch, paths=paths))
    app = Starlette(lifespan=lifespan, middleware=middleware)
    app.router.default = paths.unknown
    return app


async def check(settings: Settings) -> None:
    """Is there a database that can be served? Raises Unavailable with a sentence that says what is wrong."""
    db = Database(settings.database.url, 1, create=False)
    try:
        await _open(db, settings)
    finally:
        await db.disconnect()


async def _open(db: Database, settings: Settings) -> catalog.Catalog:
    await _connect(db, settings.database.wait_seconds)
    tables = await catalog.read(db, settings.database.own_schema)
    if tables.missing:
        raise Unavailable(
            f"The database lacks {', '.join(tables.missing)}. `python -m server doctor` says what to do about it."
        )
    return tables


async def _connect(db: Database, patience: int) -> None:
    """Connect, and while the database is not up yet (both may have been started together) try again."""
    for left in range(patience, -1, -1):
        try:
            await db.connect()
            return
        except Unavailable as problem:
            if not left or db.engine == "sqlite":  # a file does not come up later
                raise
            if left in (patience, 1) or left % 10 == 0:
                log.warning("%s Trying for %d more seconds.", problem.message, left)
            await db.disconnect()
            await asyncio.sleep(1)


def _before_stopping(close: Callable[[], None]) -> Callable[[], None]:
    """Let a signal to stop end the streams first, as the server waits for every answer to end; gives the way back.

    A server that is not run as a program of its own is told by other means.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop = asyncio.get_running_loop()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    for each, handler in before.items():
        if callable(handler):
            signal.signal(each, stop)
    return restore


async def _sweep(writer: Writer) -> None:
    """End what game servers have not renewed: whoever serves the live layer sees to it that it is true."""
    while True:
        try:
            await writer.sweep()
        except Away:
            pass
        except Exception:  # one bad second must not be the last
            log.exception("Leases could not be looked through")
        await asyncio.sleep(SWEEP_SECONDS)


async def _refresh(ranks: Ranks) -> None:
    while True:
        try:
            await ranks.refresh()
        except Unavailable as problem:
            log.warning("%s", problem.message)
        except Exception:  # one bad minute must not be the last
            log.exception("The sizes of the ranking sets could not be learnt")
        await asyncio.sleep(REFRESH_SECONDS)


def _avatar_hosts(domain: str) -> tuple[str, ...]:
    """Where the game looks for avatars."""
    return () if domain == "localhost" else (f"a.{domain}",)
