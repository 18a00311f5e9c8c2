"""Reading the live layer: who is online, what they do, and the lobbies."""

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.records import lobby_from, status_from

# Members whose lease has not ended by Redis's own clock, highest bound first; KEYS[1] is the sorted set.
_LEASED = """
local now = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
"""


class Presence:
    """Questions about now. Every one of them raises Away where Redis does not answer."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def written(self) -> bool:
        """Does any game server write the live layer now?"""
        return bool(await self._leased(keys.SERVERS))

    async def online(self) -> tuple[int, ...]:
        """Ids of all who are online."""
        return tuple(int(member) for member in await self._leased(keys.PLAYERS) if member.isdecimal())

    async def statuses(self, ids: tuple[int, ...]) -> dict[int, Status]:
        """Those of these players who are online, with what they do: one round trip."""
        if not ids:
            return {}
        texts = await self._batch.command("MGET", *(keys.player(player_id) for player_id in ids))
        found = (status_from(text) for text in texts)
        return {status.player_id: status for status in found if status is not None}

    async def lobby(self, match_id: int) -> Lobby | None:
        """A lobby as it stands."""
        return lobby_from(await self._batch.command("GET", keys.match(match_id)))

    async def lobbies(self) -> list[Lobby]:
        """All lobbies, by id."""
        ids = sorted(int(member) for member in await self._leased(keys.MATCHES) if member.isdecimal())
        if not ids:
            return []
        texts = await self._batch.command("MGET", *(keys.match(each) for each in ids))
        return [lobby for lobby in map(lobby_from, texts) if lobby is not None]

    async def _leased(self, key: str) -> list[str]:
        found: list[str] = await self._batch.command("EVAL", _LEASED, 1, key)
        return found
