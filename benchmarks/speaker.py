"""A game server of its own process: players who change their status once a second, each change stamped with its moment.

`python -m benchmarks.speaker <redis url> <players> <seconds>`; the moment is CLOCK_MONOTONIC in nanoseconds, which all
processes of a machine share, as the status's text.
"""

import asyncio
import sys
import time
from itertools import islice

from benchmarks.world import visible_players
from server.domain.live import Action, Status
from server.live.connection import Connection
from server.live.publisher import Publisher


async def speak(url: str, count: int, seconds: float) -> None:
    """Everybody logs in; then they change in turn, evenly over each second."""
    connection = Connection(url, timeout=5)
    ids = list(islice(visible_players(), count))
    now = time.time()
    try:
        async with Publisher(connection, "bench") as publisher:
            publisher.snapshot([_status(each, now) for each in ids], ())
            await publisher.said()
            print("ready", flush=True)
            started = time.monotonic()
            said = 0
            while (spent := time.monotonic() - started) < seconds:
                due = int(spent * count)
                for number in range(said, due):
                    publisher.player(_status(ids[number % count], now))
                said = due
                await asyncio.sleep(0.005)
            await publisher.said()
            print(f"said {said}", flush=True)
            await asyncio.to_thread(sys.stdin.readline)  # whoever measures says when it is over
    finally:
        await connection.close()


def _status(player_id: int, login_time: float) -> Status:
    moment = str(time.monotonic_ns())
    return Status(player_id, login_time, Action.PLAYING, moment, map_id=1000 + player_id % 100)


if __name__ == "__main__":
    asyncio.run(speak(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
