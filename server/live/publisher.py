"""Writing the live layer: what a game server says of its players and lobbies, under a lease that it renews."""

from collections.abc import Iterable
from typing import Any

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.records import lobby_text, status_text

# One atomic step for any number of entries. KEYS: servers, set, then a key for each entry;
# ARGV: server, lease in ms, then id and text for each.
_STATE = """
local now = redis.call('TIME')
local ends = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[2]
redis.call('ZADD', KEYS[1], ends, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ends - ARGV[2])
for index = 3, #KEYS do
  local entry = 2 * index - 3
  redis.call('ZADD', KEYS[2], ends, ARGV[entry])
  redis.call('SET', KEYS[index], ARGV[entry + 1], 'PX', ARGV[2])
end
return #KEYS - 2
"""

# KEYS: set, then the keys to forget; ARGV: their ids.
_FORGET = """
for index, id in ipairs(ARGV) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('DEL', KEYS[index + 1])
end
return #ARGV
"""


class Publisher:
    """The voice of one game server. Everything said has to be said again before the lease ends. Raises Away."""

    def __init__(self, connection: Connection, server: str, lease_seconds: float = keys.LEASE_SECONDS) -> None:
        self._batch = Batch(connection)
        self._server = server
        self._lease = int(lease_seconds * 1000)

    async def players(self, statuses: Iterable[Status]) -> None:
        """These players are online and do this."""
        entries = [
            (keys.player(status.player_id), status.player_id, status_text(status, self._server)) for status in statuses
        ]
        await self._state(keys.PLAYERS, entries)

    async def lobbies(self, lobbies: Iterable[Lobby]) -> None:
        """These lobbies are open and look like this."""
        entries = [(keys.match(lobby.id), lobby.id, lobby_text(lobby, self._server)) for lobby in lobbies]
        await self._state(keys.MATCHES, entries)

    async def players_left(self, ids: Iterable[int]) -> None:
        """These players have logged out."""
        await self._forget(keys.PLAYERS, {player_id: keys.player(player_id) for player_id in ids})

    async def lobbies_closed(self, ids: Iterable[int]) -> None:
        """These lobbies are no more."""
        await self._forget(keys.MATCHES, {match_id: keys.match(match_id) for match_id in ids})

    async def _state(self, key: str, entries: list[tuple[str, int, bytes]]) -> None:
        names = [keys.SERVERS, key, *(name for name, _, _ in entries)]
        values: list[Any] = [self._server, self._lease]
        for _, entry_id, text in entries:
            values += [entry_id, text]
        await self._batch.command("EVAL", _STATE, len(names), *names, *values)

    async def _forget(self, key: str, entries: dict[int, str]) -> None:
        if entries:
            names = [key, *entries.values()]
            await self._batch.command("EVAL", _FORGET, len(names), *names, *entries)
