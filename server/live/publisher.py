"""Writing the live layer: what a game server says of its players and lobbies, under a lease that it renews."""

from collections.abc import Iterable
from typing import Any

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.records import lobby_text, status_text

# One atomic step for any number of entries. KEYS: servers, set, then a key for each entry;
# ARGV: server, lease in ms, then member and text for each.
_STATE = """
local now = redis.call('TIME')
local ends = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[2]
redis.call('ZADD', KEYS[1], ends, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ends - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ends - ARGV[2])
for index = 3, #KEYS do
  local entry = 2 * index - 3
  redis.call('ZADD', KEYS[2], ends, ARGV[entry])
  redis.call('SET', KEYS[index], ARGV[entry + 1], 'PX', ARGV[2])
end
return #KEYS - 2
"""

# KEYS: set, then the keys to forget; ARGV: server, then their members. What another server said last stays.
_FORGET = """
for index = 2, #KEYS do
  local text = redis.call('GET', KEYS[index])
  local readable, said = pcall(cjson.decode, text or '')
  local by = readable and type(said) == 'table' and said.server
  if type(by) ~= 'string' or by == ARGV[1] then
    redis.call('ZREM', KEYS[1], ARGV[index])
    redis.call('DEL', KEYS[index])
  end
end
return #KEYS - 1
"""


class Publisher:
    """The voice of one game server. Everything said has to be said again before the lease ends. Raises Away.

    Raises ValueError for a name that no game server may have.
    """

    def __init__(self, connection: Connection, server: str, lease_seconds: float = keys.LEASE_SECONDS) -> None:
        if not keys.is_server(server):
            raise ValueError(f"server: expected 1-32 of A-Z a-z 0-9 . _ -, got {server!r}")
        self._batch = Batch(connection)
        self._server = server
        self._lease = int(lease_seconds * 1000)

    async def players(self, statuses: Iterable[Status]) -> None:
        """These players are online and do this. A player is at one game server: the one that said so last."""
        entries = [
            (keys.player(status.player_id), str(status.player_id), status_text(status, self._server))
            for status in statuses
        ]
        await self._state(keys.PLAYERS, entries)

    async def lobbies(self, lobbies: Iterable[Lobby]) -> None:
        """These lobbies are open and look like this."""
        entries = [(*self._names(lobby.id), lobby_text(lobby, self._server)) for lobby in lobbies]
        await self._state(keys.MATCHES, entries)

    async def players_left(self, ids: Iterable[int]) -> None:
        """These players have logged out. Those that another game server has claimed since stay online."""
        await self._forget(keys.PLAYERS, [(keys.player(player_id), str(player_id)) for player_id in ids])

    async def lobbies_closed(self, ids: Iterable[int]) -> None:
        """These lobbies of this game server are no more."""
        await self._forget(keys.MATCHES, [self._names(match_id) for match_id in ids])

    def _names(self, match_id: int) -> tuple[str, str]:
        return keys.match(self._server, match_id), keys.match_member(self._server, match_id)

    async def _state(self, key: str, entries: list[tuple[str, str, bytes]]) -> None:
        names = [keys.SERVERS, key, *(name for name, _, _ in entries)]
        values: list[Any] = [self._server, self._lease]
        for _, member, text in entries:
            values += [member, text]
        await self._batch.command("EVAL", _STATE, len(names), *names, *values)

    async def _forget(self, key: str, entries: list[tuple[str, str]]) -> None:
        if entries:
            names = [key, *(name for name, _ in entries)]
            members = [member for _, member in entries]
            await self._batch.command("EVAL", _FORGET, len(names), *names, self._server, *members)
