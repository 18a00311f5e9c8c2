"""A game server of its own process: says who is online and what is open, and goes on saying it until it is ended.

python -m tests.live.speaker <address> <name> <lease in seconds> <player ids> <lobby ids>; ids are parted by commas.
"""

import asyncio
import sys

from server.domain.live import Lobby, Status
from server.live.connection import Connection
from server.live.publisher import Publisher


async def speak(url: str, name: str, lease: str, players: str, lobbies: str) -> None:
    connection = Connection(url, timeout=1)
    async with Publisher(connection, name, float(lease)) as publisher:
        for player in players.split(","):
            publisher.player(Status(int(player), 1.5))
        for lobby in lobbies.split(","):
            publisher.lobby(Lobby(int(lobby), "x", 3, opened_at=1.5))
        await publisher.said()
        print("said", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(speak(*sys.argv[1:]))
