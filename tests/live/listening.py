"""Looking at the live layer: what it holds, and what happens in it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.feed import event_from
from server.live.presence import Presence

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is."""

    url: str
    cluster: bool = False

    def connection(self, timeout: float = 5.0) -> Connection:
        return Connection(self.url, cluster=self.cluster, timeout=timeout)


async def raw(connection: Connection, *words: Any) -> Any:
    """What Redis answers to a command."""
    return await connection.ask(lambda client: client.execute_command(*words))


async def every_key(connection: Connection) -> list[str]:
    """All there are, on every node."""

    async def ask(client: Any) -> list[str]:
        return [key async for key in client.scan_iter(count=1000)]

    return await connection.ask(ask)


class Ear:
    """Hears of each event once."""

    def __init__(self, connection: Connection, stream: str = keys.EVENTS) -> None:
        self._connection = connection
        self._stream = stream
        self._last = "-"

    async def entries(self) -> list[tuple[str, dict[str, str]]]:
        """What was added since it was asked last."""
        found = await self._connection.ask(lambda client: client.xrange(self._stream, self._last))
        if found:
            self._last = f"({found[-1][0]}"
        return list(found)

    async def news(self) -> list[str]:
        """The same in short: `login a 3`, `logout a 3 lost`. Everything in it must be readable."""
        return [_in_short(entry_id, fields) for entry_id, fields in await self.entries()]


async def whole(connection: Connection) -> tuple[dict[int, Status], list[Lobby]]:
    """All who are online, and all lobbies."""
    presence = Presence(Batch(connection))
    return await presence.statuses(await presence.online()), await presence.lobbies()


async def eventually(ask: Callable[[], Awaitable[Found]], expected: Found, seconds: float = 10) -> None:
    """Ask until that is the answer. While Redis is away there is none."""
    deadline = time.monotonic() + seconds
    found: Any = None
    while True:
        try:
            found = await ask()
            if found == expected:
                return
        except Away:
            found = "Away"
        assert time.monotonic() < deadline, f"{found!r} instead of {expected!r}"
        await asyncio.sleep(0.02)


def _in_short(entry_id: str, fields: dict[str, str]) -> str:
    told = f"{fields['kind']} {fields['server']} {fields['id']}"
    if fields["kind"] in ("lobby", "closed"):  # of the history
        return f"{told} {fields['data']}" if fields["kind"] == "closed" else told
    event = event_from(entry_id, fields)
    assert event is not None, f"an event that nobody can read: {fields}"
    assert (event.kind, event.server, str(event.subject)) == (fields["kind"], fields["server"], fields["id"])
    return f"{told} {event.said}" if isinstance(event.said, str) else told
