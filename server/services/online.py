"""Who is online and what they do: the one place that every dialect asks."""

import time

from server.domain.beatmaps import Beatmap
from server.domain.live import PlayerNow, Status
from server.domain.players import Counts, Player
from server.domain.privileges import BOT_ID, Viewer, Visibility
from server.domain.problems import LiveAway
from server.live.connection import Away
from server.live.presence import Presence
from server.storage.beatmaps import Beatmaps as StoredBeatmaps
from server.storage.players import Players as StoredPlayers

# Where no game server writes the live layer, whoever did something so recently counts as online.
ACTIVE_SECONDS = 300

# Logged in, as bancho.py has it, at the end of time.
_BOT = Status(BOT_ID, 2**31 - 1)


class Online:
    """What may be known of who is online. `counted`: `auto`, `live` or `activity`, for the count of them.

    While the live layer is away everybody reads as offline; only a list of those online says that it cannot be known.
    """

    def __init__(
        self,
        presence: Presence,
        players: StoredPlayers,
        beatmaps: StoredBeatmaps,
        visibility: Visibility,
        counted: str,
    ) -> None:
        self._presence = presence
        self._players = players
        self._beatmaps = beatmaps
        self._visibility = visibility
        self._counted = counted

    async def now(self, player: Player) -> PlayerNow:
        """What a player is doing."""
        return (await self.now_of_many([player]))[0]

    async def now_of_many(self, players: list[Player]) -> list[PlayerNow]:
        """What players are doing, with the beatmaps they are at."""
        statuses = await self._statuses(tuple(player.id for player in players))
        maps = await self._beatmaps.many(tuple({status.map_id for status in statuses.values()} - {0}))
        # A client may have told the file alone.
        unknown = {status.map_md5.lower() for status in statuses.values() if status.map_id not in maps} - {""}
        files = await self._beatmaps.with_md5(tuple(unknown))
        return [
            PlayerNow(player, status := statuses.get(player.id), _played(status, maps, files)) for player in players
        ]

    async def status(self, player: Player) -> Status | None:
        """What a player's client says, None where they are offline. The bot is always there."""
        found = (await self._statuses((player.id,))).get(player.id)
        return _BOT if found is None and player.id == BOT_ID else found

    async def of(self, ids: tuple[int, ...]) -> set[int]:
        """Those of these players who are online."""
        return set(await self._statuses(ids))

    async def listing(
        self,
        mode: int | None,
        country: str | None,
        action: int | None,
        server: str | None,
        limit: int,
        offset: int,
        viewer: Viewer,
    ) -> tuple[int, list[PlayerNow]]:
        """How many players are online that fit, and a page of them by id, without their beatmaps. Raises LiveAway."""
        try:
            statuses = await self._presence.statuses(await self._presence.online())
        except Away as away:
            raise LiveAway from away
        fitting = {
            status.player_id: status
            for status in statuses.values()
            if mode in (None, status.mode) and action in (None, status.action) and server in (None, status.server)
        }
        known = await self._players.many(tuple(fitting))
        found = [
            player
            for _, player in sorted(known.items())
            if country in (None, player.country.lower()) and self._visibility.shows(viewer, player.id, player.priv)
        ]
        page = found[offset : offset + limit]
        return len(found), [PlayerNow(player, fitting[player.id], None) for player in page]

    async def counts(self, bots: bool = False) -> Counts:
        """How many are online and how many have registered, the bot left out of both; `bots`: of the first alone."""
        return Counts(await self._count(), await self._players.count(bots))

    async def _statuses(self, ids: tuple[int, ...]) -> dict[int, Status]:
        try:
            return await self._presence.statuses(ids)
        except Away:
            return {}

    async def _count(self) -> int:
        mask = self._visibility.board
        if self._counted != "activity":
            try:
                if self._counted == "live" or await self._presence.written():
                    return await self._players.count_of(await self._presence.online(), mask)
            except Away:
                if self._counted == "live":
                    return 0
        return await self._players.count_active_since(int(time.time()) - ACTIVE_SECONDS, mask)


def _played(status: Status | None, maps: dict[int, Beatmap], files: dict[str, Beatmap]) -> Beatmap | None:
    return (maps.get(status.map_id) or files.get(status.map_md5.lower())) if status is not None else None
