"""Multiplayer lobbies as they stand."""

from server.domain.live import LobbyNow
from server.domain.privileges import Viewer
from server.domain.problems import NotFound
from server.live.connection import Away
from server.live.presence import Presence
from server.services.players import Players
from server.storage.beatmaps import Beatmaps as StoredBeatmaps


class Matches:
    """What may be known of lobbies."""

    def __init__(self, presence: Presence, players: Players, beatmaps: StoredBeatmaps) -> None:
        self._presence = presence
        self._players = players
        self._beatmaps = beatmaps

    async def get(self, match_id: int, viewer: Viewer) -> LobbyNow:
        """A lobby. Raises NotFound, also while the live layer is away."""
        try:
            lobby = await self._presence.lobby(match_id)
        except Away:
            lobby = None
        if lobby is None:
            raise NotFound("match")
        ids = {lobby.host_id, *lobby.referee_ids, *(slot.player_id for slot in lobby.slots)}
        people = {player.id: player for player in await self._players.many(tuple(sorted(ids)), viewer)}
        maps = await self._beatmaps.many((lobby.map_id,)) if lobby.map_id > 0 else {}
        return LobbyNow(lobby, people, maps.get(lobby.map_id))

    async def count(self) -> int | None:
        """How many lobbies are open; None while no game server says so."""
        try:
            return len(await self._presence.lobbies()) if await self._presence.written() else None
        except Away:
            return None
