"""Players: who they are, and what they add up to."""

from server.domain.listing import Listing, Window
from server.domain.players import (
    FoundPlayer,
    FriendNow,
    Leader,
    Player,
    PlayerFilter,
    PlayerRef,
    RankedStats,
    meant_by,
)
from server.domain.privileges import DONATOR, Viewer, Visibility
from server.domain.problems import Forbidden, NotFound
from server.services.online import Online
from server.services.ranks import Ranks, rank_of
from server.storage.players import Players as StoredPlayers

BADGE_FIELDS = frozenset({"custom_badge_name", "custom_badge_icon"})


class Players:
    """What may be known of players."""

    def __init__(self, stored: StoredPlayers, online: Online, ranks: Ranks, visibility: Visibility) -> None:
        self._stored = stored
        self._online = online
        self._ranks = ranks
        self._visibility = visibility

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

    async def stats_in(self, player: Player, mode: int) -> RankedStats | None:
        """A player's stats in one mode, with ranks; None where there are none."""
        stats = await self._stored.stats((player.id,))
        found = next((row for row in stats[player.id] if row.mode == mode), None)
        if found is None:
            return None
        ranked = await self._ranks.of([player], {player.id: [found]})
        return RankedStats(found, rank_of(ranked, found))

    async def search(self, text: str | None, viewer: Viewer, limit: int, offset: int) -> list[FoundPlayer]:
        """Players with the text in their name."""
        return await self._stored.search(text, self._visibility.listed(viewer), limit, offset)

    async def called(self, text: str, key: str | None, viewer: Viewer) -> Player:
        """The player with this id, or with this name; with a `key` only by that. Raises NotFound."""
        for ref in meant_by(text, key):
            player = await self._stored.find(ref)
            if player is not None and self._visibility.shows(viewer, player.id, player.priv):
                return player
        raise NotFound("player")

    async def page(self, wanted: PlayerFilter, viewer: Viewer, window: Window, order: str) -> Listing[Player]:
        """A page of the players that fit and may be seen."""
        return await self._stored.page(wanted, self._visibility.listed(viewer), window, order)

    async def members(self, clan_id: int, viewer: Viewer, window: Window) -> Listing[Player]:
        """A page of a clan's members who may be seen, the highest first."""
        return await self._stored.members(clan_id, self._visibility.listed(viewer), window)

    async def leaders(self, mode: int, sort: str, country: str | None, limit: int, offset: int) -> list[Leader]:
        """The leaderboard of a mode, the same for every viewer."""
        return await self._stored.leaders(mode, sort, self._visibility.board, country, limit, offset)

    async def friends(self, viewer: Viewer, limit: int, offset: int) -> list[FriendNow]:
        """Whom the viewer has befriended."""
        friends = await self._stored.friends(viewer.id, self._visibility.search_mask(viewer), limit, offset)
        online = await self._online.of(tuple(friend.id for friend in friends))
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
