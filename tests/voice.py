"""A game server's voice for tests: each word is in Redis when it returns, under a lease that nobody renews."""

from collections.abc import Iterable

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.writer import Writer, closed, offline, online, opened


class Voice:
    def __init__(self, connection: Connection, server: str, lease_seconds: float = keys.LEASE_SECONDS) -> None:
        self._writer = Writer(Batch(connection), lease_seconds)
        self._server = server

    async def players(self, statuses: Iterable[Status]) -> int:
        return await self._writer.say(self._server, [online(each, self._server) for each in statuses])

    async def lobbies(self, lobbies: Iterable[Lobby]) -> int:
        return await self._writer.say(self._server, [opened(each, self._server) for each in lobbies])

    async def players_left(self, ids: Iterable[int]) -> int:
        return await self._writer.say(self._server, [offline(each) for each in ids])

    async def lobbies_closed(self, ids: Iterable[int]) -> int:
        return await self._writer.say(self._server, [closed(each) for each in ids])
