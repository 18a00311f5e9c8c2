"""The golden world: a small, frozen server's tables, files and live layer, full of what answers stumble over."""

from pathlib import Path
from typing import Any, Final

from server.domain import osr
from server.live import keys
from server.live.connection import Connection
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.golden import maps, now, own, people, plays
from tests.voice import Voice

TABLES: Final = {
    "users": people.USERS,
    "stats": people.STATS,
    "clans": people.CLANS,
    "relationships": people.RELATIONSHIPS,
    "maps": maps.MAPS,
    "mapsets": maps.MAPSETS,
    "tourney_pools": maps.POOLS,
    "tourney_pool_maps": maps.POOL_MAPS,
    "scores": plays.SCORES,
    **own.TABLES,
}

FRAMES: Final = osr.pack_frames("0|256|-500|0,-1|256|-500|0,12|100.5|200.25|5,16|300|384|10,-12345|0|0|1337")

# Whose replays are there: also of a restricted player, of a beatmap that is gone, and of a score that is gone.
REPLAYS: Final = (
    *(2, 4, plays.WIDE, plays.NON_ASCII, plays.HUGE_ID, plays.OVERTAKING),
    plays.FAILED,  # which it should not have
    *(plays.OF_RESTRICTED, plays.ON_UNKNOWN_MAP, 424_242),
)

# Long enough for any run of the tests; a real game server's is half a minute.
LEASE_SECONDS: Final = 24 * 3600


async def fill(db: Database, redis: Connection, data: Path) -> None:
    """Make an empty database, an empty Redis and an empty directory the golden world."""
    await migrate(db)
    await fill_tables(db)
    await fill_redis(redis)
    fill_files(data)


async def fill_tables(db: Database) -> None:
    """The tables as they should be, whatever was in them."""
    async with db.transaction() as session:
        for table, rows in TABLES.items():
            await session.run(f"DELETE FROM {table}")
            await session.insert_many(table, rows)
        await session.run("DELETE FROM api_keys")


async def fill_redis(redis: Connection) -> None:
    """The ranking sets, the live layer and the website's sessions as they should be, whatever was there."""

    async def rank(client: Any) -> None:
        await client.flushdb()
        async with client.pipeline() as pipeline:
            for mode, country, player_id, pp in now.RANKED:
                pipeline.zadd(keys.ranking(mode), {player_id: pp})
                pipeline.zadd(keys.ranking(mode, country), {player_id: pp})
            for token, player_id in now.SESSIONS.items():
                pipeline.set(keys.web_session(token), player_id)
            await pipeline.execute()

    await redis.ask(rank)
    publisher = Voice(redis, "golden", LEASE_SECONDS)
    await publisher.players(now.STATUSES)
    await publisher.lobbies(now.LOBBIES)


def fill_files(data: Path) -> None:
    """Replay frames and `.osu` files."""
    for folder in ("osr", "osu", "avatars"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    for score_id in REPLAYS:
        (data / "osr" / f"{score_id}.osr").write_bytes(FRAMES)
    for map_id, text in maps.OSU_FILES.items():
        (data / "osu" / f"{map_id}.osu").write_text(text, newline="")
