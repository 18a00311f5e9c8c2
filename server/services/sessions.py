"""Sessions of the website: whose a token is, and how they begin and end."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from server.domain.players import PlayerRef
from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import LiveAway
from server.live.connection import Away
from server.live.sessions import WebSessions
from server.services.access import PLAYER_SCOPES
from server.storage.players import Players as StoredPlayers

_TOKEN_BYTES: Final = 32

# No token that anybody makes comes near.
_LONGEST_TOKEN: Final = 128


class Sessions:
    """Sessions in Redis, shared with bancho.py. Everything here raises LiveAway where Redis does not answer."""

    def __init__(self, stored: WebSessions, players: StoredPlayers) -> None:
        self._stored = stored
        self._players = players

    async def begin(self, player_id: int) -> str:
        """A new session of a player; its token, which nobody can guess."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        async with _reaching():
            await self._stored.begin(token, player_id)
        return token

    async def viewer(self, token: str) -> Viewer:
        """Who has this session, as they are now; nobody where there is no such session, or its player is gone."""
        if not _is_possible(token):
            return NOBODY
        async with _reaching():
            player_id = await self._stored.owner(token)
        player = await self._players.find(PlayerRef(id=player_id)) if player_id is not None else None
        return Viewer(player.id, player.priv, PLAYER_SCOPES) if player is not None else NOBODY

    async def end(self, token: str) -> None:
        """End a session, if there is one."""
        if _is_possible(token):
            async with _reaching():
                await self._stored.end(token)

    async def end_others(self, player_id: int, token: str) -> int:
        """End all sessions of a player but this one; how many there were."""
        async with _reaching():
            others = [each for each in await self._stored.of(player_id) if each != token]
            for each in others:
                await self._stored.end(each)
        return len(others)


def _is_possible(token: str) -> bool:
    return 0 < len(token) <= _LONGEST_TOKEN and token.isascii()


@asynccontextmanager
async def _reaching() -> AsyncIterator[None]:
    try:
        yield
    except Away as away:
        raise LiveAway("Sessions cannot be looked up: Redis does not answer.") from away
