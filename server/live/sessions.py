"""Sessions of the website, in the form that bancho.py itself reads and writes, so that both take each other's.

`bancho:web_sessions:<token>` is a string, the player's id in decimal digits and nothing else; it goes away 30 days
after it was made, whether it was used or not. Redis holds nothing else of a session.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

from server.domain.accounts import SESSION_SECONDS
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection

_BEGINNING: Final = keys.web_session("")
_ALL: Final = f"{_BEGINNING}*"

_AT_ONCE: Final = 1000


class WebSessions:
    """Reads and writes sessions. Everything here raises Away."""

    def __init__(self, batch: Batch, connection: Connection) -> None:
        self._batch = batch
        self._connection = connection

    async def begin(self, token: str, player_id: int) -> None:
        await self._batch.command("SET", keys.web_session(token), player_id, "EX", SESSION_SECONDS)

    async def owner(self, token: str) -> int | None:
        """The player whose session this is. What is no player's id, whoever wrote it, is no session."""
        return await self._at(keys.web_session(token))

    async def end(self, token: str) -> None:
        await self._batch.command("DEL", keys.web_session(token))

    async def of(self, player_id: int) -> list[str]:
        """The tokens of all of a player's sessions. Every key of Redis is looked at: bancho.py keeps no index."""
        owned: list[str] = []
        async for found in self._pages():
            owners = await asyncio.gather(*map(self._at, found))
            owned += [_token(key) for key, owner in zip(found, owners, strict=True) if owner == player_id]
        return list(dict.fromkeys(owned))

    async def _at(self, key: str) -> int | None:
        # MGET passes over what is no string, where GET fails.
        (value,) = await self._batch.command("MGET", key)
        return _player_id(value)

    async def _pages(self) -> AsyncIterator[list[str]]:
        """The keys of all sessions, some of them twice, as many at a time as are found in one step."""
        for node in await self._connection.ask(self._nodes):
            cursor = 0
            while True:
                step = partial(_scan, node=node, cursor=cursor)
                cursor, found = await self._connection.ask(step)
                if found:
                    yield found
                if cursor == 0:
                    break

    async def _nodes(self, client: Any) -> list[Any]:
        """Whom to ask: of a cluster each part, else the one there is."""
        if not self._connection.cluster:
            return [None]
        await client.initialize()
        return list(client.get_primaries())


async def _scan(client: Any, node: Any, cursor: int) -> tuple[int, list[str]]:
    at = {} if node is None else {"target_nodes": node}
    cursors, found = await client.execute_command("SCAN", cursor, "MATCH", _ALL, "COUNT", _AT_ONCE, **at)
    # A cluster tells by node where each of them is.
    return (next(iter(cursors.values())) if isinstance(cursors, dict) else cursors), list(found)


def _token(key: str) -> str:
    return key.removeprefix(_BEGINNING)


def _player_id(value: str | None) -> int | None:
    """What a session's value means: an id of a player is a whole number that fits its column."""
    if value is None or not value.isascii() or not value.isdecimal() or len(value) > 10:
        return None
    return int(value)
