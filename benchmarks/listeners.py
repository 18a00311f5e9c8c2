"""Many clients of the stream in a process of their own.

`python -m benchmarks.listeners <port> <clients>`: connects them all and says `ready`. For each line on its input it
says, as JSON, how many events have come since the last, and the milliseconds each took from the moment in its text:
median, 99th of a hundred, most; and of the last event how many clients have had it.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter

from benchmarks.processes import HOST

MOMENT = re.compile(rb'"info_text":"(\d+)"')


class Listener(asyncio.Protocol):
    """One client; what all have heard is gathered in lists that they share."""

    def __init__(self, spent: list[float], heard: Counter[int]) -> None:
        self._spent, self._heard = spent, heard
        self._rest = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"GET /live/events?kinds=login,status HTTP/1.1\r\nhost: bench\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if not self.ready.done() and b"event: ready" in data:
            self.ready.set_result(None)
        blocks, _, self._rest = (self._rest + data).rpartition(b"\n\n")
        for moment in MOMENT.findall(blocks):
            self._spent.append((now - int(moment)) / 1e6)
            self._heard[int(moment)] += 1

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the stream was refused"))


async def listen(port: int, count: int) -> None:
    """Connect, and answer lines until there are no more."""
    loop = asyncio.get_running_loop()
    spent: list[float] = []
    heard: Counter[int] = Counter()
    for begin in range(0, count, 100):  # a backlog takes only so many at once
        made = [
            loop.create_connection(lambda: Listener(spent, heard), HOST, port) for _ in range(min(100, count - begin))
        ]
        await asyncio.gather(*(protocol.ready for _, protocol in await asyncio.gather(*made)))
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        ordered = sorted(spent)
        figures = {
            "events": len(ordered),
            "median_ms": ordered[len(ordered) // 2] if ordered else None,
            "p99_ms": ordered[len(ordered) * 99 // 100] if ordered else None,
            "most_ms": ordered[-1] if ordered else None,
            "last_heard_by": heard[max(heard)] if heard else 0,
        }
        spent.clear()
        heard.clear()
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    asyncio.run(listen(int(sys.argv[1]), int(sys.argv[2])))
