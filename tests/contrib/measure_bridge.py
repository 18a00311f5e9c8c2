"""What the bridge costs bancho.py, and how late its changes are seen: `python -m tests.contrib.measure_bridge`.

The sessions are those of the emulated bancho.py, in this process, with the bridge in it as it is in a real one. CPU is
that of the bridge's thread plus that of its callback in the event loop, against wall clock: a share of one core.
"""

import argparse
import asyncio
import os
import platform
import random
import statistics
import sys
import threading
import time
from typing import Any

import redis

from tests import engines
from tests.contrib.emulated import FAKE, ROOT

MAP = "a" * 32


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--players", type=int, default=500)
    parser.add_argument("--lobbies", type=int, default=20, help="with 8 players each, half of them playing")
    parser.add_argument("--changes", type=int, default=50, help="of statuses, each second")
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    with engines.valkey() as url:
        os.environ["FAKE_REDIS_DSN"] = url
        sys.path[:0] = [str(FAKE), str(ROOT / "contrib")]
        asyncio.run(measure(given, redis.Redis.from_url(url, decode_responses=True)))


async def measure(given: argparse.Namespace, client: Any) -> None:
    import app.driver as bancho
    import app.state
    import bancho_bridge

    app.state.loop = asyncio.get_running_loop()
    players = range(3, 3 + given.players)
    for player_id in players:
        bancho.login(player_id)
    for number in range(given.lobbies):
        first, *others = players[number * 8 : number * 8 + 8]
        bancho.opened(first, map_id=9, map_md5=MAP, map_name="m" * 60)
        for player_id in others:
            bancho.match(number).join(bancho.player(player_id), None)
        if number % 2:
            bancho.started(number)

    looks: list[float] = []
    look = bancho_bridge.Eyes.look

    def measured(eyes: Any) -> Any:
        begun = time.thread_time()
        seen = look(eyes)
        looks.append(time.thread_time() - begun)
        return seen

    bancho_bridge.Eyes.look = measured
    bancho_bridge.start()
    while client.zcard("bancho-api:{live}:v1:players") < given.players:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    (thread,) = [each for each in threading.enumerate() if each.name == "bancho_bridge"]
    clock = time.pthread_getcpuclockid(thread.ident or 0)
    last = client.xrevrange("bancho-api:{live}:v1:events", count=1)[0][0]
    looks.clear()
    cpu, begun = time.clock_gettime(clock), time.monotonic()
    changes = 0
    while (passed := time.monotonic() - begun) < given.seconds:
        for _ in range(int(passed * given.changes) - changes):
            changes += 1
            who = random.choice(players)
            bancho.status(who, action=changes % 6, info_text=f"{time.time()} artist - title [version]", map_id=changes)
            if changes % 25 == 0:
                bancho.submitted(who, changes, 9, MAP, 1000)
        await asyncio.sleep(0.005)
    passed, cpu = time.monotonic() - begun, time.clock_gettime(clock) - cpu
    await asyncio.sleep(1)

    told = client.xrange("bancho-api:{live}:v1:events", f"({last}")
    late = [
        float(entry_id.partition("-")[0]) / 1000 - float(fields["data"].partition('"info_text":"')[2].split(" ")[0])
        for entry_id, fields in told
        if fields["kind"] == "status"
    ]
    print(f"Python {platform.python_version()}, redis {redis.__version__}; {given}")
    print(f"{changes / passed:.1f} changes/s for {passed:.0f} s, {len(late)} told, {len(looks) / passed:.1f} looks/s")
    print(f"thread: {100 * cpu / passed:.2f} % of a core; callback: {100 * sum(looks) / passed:.2f} %", end="; ")
    print(f"together {100 * (cpu + sum(looks)) / passed:.2f} %")
    print(f"callback: median {1000 * statistics.median(looks):.2f} ms, longest {1000 * max(looks):.2f} ms")
    print(f"seen after: median {1000 * statistics.median(late):.0f} ms, latest {1000 * max(late):.0f} ms")
    assert max(late) < 0.5
    assert cpu + sum(looks) < 0.01 * passed


if __name__ == "__main__":
    main()
