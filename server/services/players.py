"""Players: who they are, what they add up to, what they do now."""

import time

from server.domain.beatmaps import Beatmap
from server.domain.live import PlayerNow, Status
from server.domain.players import (
    Counts,
    FoundPlayer,
    FriendNow,
    Leader,
    Player,
    PlayerRef,
    RankedStats,
)
from server.domain.privileges import DONATOR, Viewer, Visibility
from server.domain.problems import Forbidden, NotFound
from server.live.connection import Away
from server.live.presence import Presence
from server.services.ranks import Ranks, rank_of
from server.storage.beatmaps import Beatmaps as StoredBeatmaps
from server.storage.players import Players as StoredPlayers

# Where no game server writes the live layer, whoever did something so recently counts as online.
ACTIVE_SECONDS = 300

BADGE_FIELDS = frozenset({"custom_badge_name", "custom_badge_icon"})


class Players:
    """What may be known of players. `online`: `auto`, `live` or `activity`, for the count of those online."""

    def __init__(
        self,
        stored: StoredPlayers,
        beatmaps: StoredBeatmaps,
        presence: Presence,
        ranks: Ranks,
        visibility: Visibility,
        online: str,
    ) -> None:
        self._stored = stored
        self._beatmaps = beatmaps
        self._presence = presence
        self._ranks = ranks
        self._visibility = visibility
        self._online = online

    async def find(self, ref: PlayerRef, viewer: Viewer) -> Player:
        """The player asked for. Raises NotFound, the same for hidden and absent."""
        player = await self._stored.find(ref)
        if player is None or not self._visibility.shows(viewer, player.id, player.priv):
            raise NotFound("player")
        return player

    async def many(self, ids: tuple[int, ...], viewer: Viewer) -> list[Player]:
        """Those of these players that may be seen, in the order asked for."""
        found = await self._stored.many(ids)
        return [
            player
            for player_id in ids
            if (player := found.get(player_id)) and self._visibility.shows(viewer, player.id, player.priv)
        ]

    async def stats(self, players: list[Player]) -> dict[int, list[RankedStats]]:
        """Stats by mode, with ranks, of each player."""
        stats = await self._stored.stats(tuple(player.id for player in players))
        ranked = await self._ranks.of(players, stats)
        return {
            player_id: [RankedStats(each, rank_of(ranked, each)) for each in rows] for player_id, rows in stats.items()
        }

    async def now(self, player: Player) -> PlayerNow:
        """What a player is doing."""
        return (await self.now_of_many([player]))[0]

    async def now_of_many(self, players: list[Player]) -> list[PlayerNow]:
        """What players are doing; while the live layer is away they read as offline."""
        try:
            statuses = await self._presence.statuses(tuple(player.id for player in players))
        except Away:
            statuses = {}
        maps = await self._beatmaps.many(tuple({status.map_id for status in statuses.values()} - {0}))
        # A client may have told the file alone.
        unknown = {status.map_md5.lower() for status in statuses.values() if status.map_id not in maps} - {""}
        files = await self._beatmaps.with_md5(tuple(unknown))
        return [
            PlayerNow(player, status := statuses.get(player.id), _played(status, maps, files)) for player in players
        ]

    async def counts(self) -> Counts:
        """How many are online and how many have registered, the bot left out of both."""
        return Counts(await self._count_online(), await self._stored.count())

    async def _count_online(self) -> int:
        mask = self._visibility.board
        if self._online != "activity":
            try:
                if self._online == "live" or await self._presence.written():
                    return await self._stored.count_of(await self._presence.online(), mask)
            except Away:
                if self._online == "live":
                    return 0
        return await self._stored.count_active_since(int(time.time()) - ACTIVE_SECONDS, mask)

    async def search(self, text: str | None, viewer: Viewer, limit: int, offset: int) -> list[FoundPlayer]:
        """Players with the text in their name."""
        return await self._stored.search(text, self._visibility.search_mask(viewer), limit, offset)

    async def leaders(self, mode: int, sort: str, country: str | None, limit: int, offset: int) -> list[Leader]:
        """The leaderboard of a mode, the same for every viewer."""
        return await self._stored.leaders(mode, sort, self._visibility.board, country, limit, offset)

    async def friends(self, viewer: Viewer, limit: int, offset: int) -> list[FriendNow]:
        """Whom the viewer has befriended."""
        friends = await self._stored.friends(viewer.id, self._visibility.search_mask(viewer), limit, offset)
        try:
            online = set(await self._presence.statuses(tuple(friend.id for friend in friends)))
        except Away:
            online = set()
        return [FriendNow(friend, friend.id in online) for friend in friends]

    async def change(self, viewer: Viewer, changes: dict[str, int | str | None]) -> Player:
        """Write what a player may change of themselves; the player after it.

        Raises Forbidden, and BadRequest where the database has no place for it, with nothing changed.
        """
        badges = BADGE_FIELDS & changes.keys()
        if badges and not viewer.priv & DONATOR:
            raise Forbidden(f"{' and '.join(sorted(badges))} can be set by donators only.")
        await self._stored.change(viewer.id, changes)
        return await self.find(PlayerRef(id=viewer.id), viewer)


def _played(status: Status | None, maps: dict[int, Beatmap], files: dict[str, Beatmap]) -> Beatmap | None:
    return (maps.get(status.map_id) or files.get(status.map_md5.lower())) if status is not None else None
