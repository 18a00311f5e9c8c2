"""Multiplayer lobbies as they stand, and matches as they were recorded."""

from server.domain.live import Lobby, LobbyNow
from server.domain.privileges import Viewer
from server.domain.problems import LiveAway, NotFound
from server.domain.recorded import RecordedMatch
from server.live.connection import Away
from server.live.presence import Presence
from server.services.players import Players
from server.storage.beatmaps import Beatmaps as StoredBeatmaps
from server.storage.matches import Matches as StoredMatches


class Matches:
    """What may be known of lobbies."""

    def __init__(self, presence: Presence, players: Players, beatmaps: StoredBeatmaps, recorded: StoredMatches) -> None:
        self._presence = presence
        self._players = players
        self._beatmaps = beatmaps
        self._recorded = recorded

    async def get(self, match_id: int, viewer: Viewer, server: str | None = None) -> LobbyNow:
        """A lobby, of one game server or the first that has one.

        Raises NotFound, and LiveAway.
        """
        try:
            lobby = await self._presence.lobby(match_id, server)
        except Away as away:
            raise LiveAway from away
        if lobby is None:
            raise NotFound("match")
        return (await self._now([lobby], viewer))[0]

    async def all(self, viewer: Viewer) -> list[LobbyNow]:
        """Every lobby, by id and game server. Raises LiveAway."""
        try:
            return await self._now(await self._presence.lobbies(), viewer)
        except Away as away:
            raise LiveAway from away

    async def recorded(self, match_id: int, viewer: Viewer) -> RecordedMatch:
        """A match by its number in the history, with the scores of those who may be seen. Raises NotFound."""
        match = await self._recorded.find(match_id)
        if match is None:
            raise NotFound("match")
        ids = {score.user_id for game in match.games for score in game.scores}
        seen = {player.id for player in await self._players.many(tuple(sorted(ids)), viewer)}
        games = [
            game._replace(scores=[score for score in game.scores if score.user_id in seen]) for game in match.games
        ]
        return match._replace(games=games)

    async def _now(self, lobbies: list[Lobby], viewer: Viewer) -> list[LobbyNow]:
        """With the people who may be seen, and the beatmaps: the same number of questions for one and for many."""
        ids = {player_id for lobby in lobbies for player_id in lobby.player_ids}
        people = {player.id: player for player in await self._players.many(tuple(sorted(ids)), viewer)}
        maps = await self._beatmaps.many(tuple({lobby.map_id for lobby in lobbies if lobby.map_id > 0}))
        return [
            LobbyNow(lobby, {each: people[each] for each in lobby.player_ids if each in people}, maps.get(lobby.map_id))
            for lobby in lobbies
        ]

    async def count(self) -> int | None:
        """How many lobbies are open; None while no game server says so."""
        try:
            return len(await self._presence.lobbies()) if await self._presence.written() else None
        except Away:
            return None
