"""Reading the live layer: who is online, what they do, and the lobbies."""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.records import lobby_from, status_from

# Members whose lease has not ended by Redis's own clock, highest bound first; KEYS[1] is the sorted set.
_LEASED = """
local now = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
"""


Said = TypeVar("Said")


class Read(NamedTuple, Generic[Said]):
    """What there is of a player or a lobby: the text, None for none, and what it says, None if nobody can read it."""

    text: str | None
    said: Said | None


class Presence:
    """Questions about now. Every one of them raises Away where Redis does not answer."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def written(self) -> bool:
        """Does any game server write the live layer now?"""
        return bool(await self.servers())

    async def servers(self) -> list[str]:
        """The game servers that write it."""
        return await self._leased(keys.SERVERS)

    async def online(self) -> tuple[int, ...]:
        """Ids of all who are online."""
        found = (keys.player_of(member) for member in await self._leased(keys.PLAYERS))
        return tuple(player_id for player_id in found if player_id is not None)

    async def statuses(self, ids: tuple[int, ...]) -> dict[int, Status]:
        """Those of these players who are online, with what they do: one round trip."""
        texts = await self._texts(keys.player(player_id) for player_id in ids)
        found = (status_from(text, player_id) for text, player_id in zip(texts, ids, strict=True))
        return {status.player_id: status for status in found if status is not None}

    async def player_texts(self, ids: Iterable[int]) -> dict[int, Read[Status]]:
        """What is written of each of these players, at whichever game server they are: for those who change it."""
        wanted = tuple(ids)
        texts = await self._texts(keys.player(each) for each in wanted)
        return {each: Read(text, status_from(text, each)) for each, text in zip(wanted, texts, strict=True)}

    async def lobby_texts(self, server: str, ids: Iterable[int]) -> dict[int, Read[Lobby]]:
        """What is written of each of these lobbies of a game server: for those who change it."""
        wanted = tuple(ids)
        texts = await self._texts(keys.match(server, each) for each in wanted)
        return {each: Read(text, lobby_from(text, each)) for each, text in zip(wanted, texts, strict=True)}

    async def lobby(self, match_id: int, server: str | None = None) -> Lobby | None:
        """A lobby as it stands. Where several game servers have one of this id, that of the first by name."""
        if server is not None:
            found = await self._read([(match_id, server)])
        else:
            found = await self._read([each for each in await self._open() if each[0] == match_id])
        return found[0] if found else None

    async def lobbies(self) -> list[Lobby]:
        """All lobbies, by id, those of one id by their game servers' names."""
        return await self._read(await self._open())

    async def _open(self) -> list[tuple[int, str]]:
        """Ids and game servers of all lobbies, in order."""
        found = (keys.match_of(member) for member in await self._leased(keys.MATCHES))
        return sorted(each for each in found if each is not None)

    async def _read(self, wanted: list[tuple[int, str]]) -> list[Lobby]:
        texts = await self._texts(keys.match(server, match_id) for match_id, server in wanted)
        found = (lobby_from(text, match_id) for text, (match_id, _) in zip(texts, wanted, strict=True))
        return [lobby for lobby in found if lobby is not None]

    async def _texts(self, wanted: Iterable[str]) -> list[str | None]:
        """What is in each of these keys."""
        names = tuple(wanted)
        found: list[str | None] = await self._batch.command("MGET", *names) if names else []
        return found

    async def _leased(self, key: str) -> list[str]:
        found: list[str] = await self._batch.command("EVAL", _LEASED, 1, key)
        return found
