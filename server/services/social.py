"""What players keep of others: friends, blocks, favourite beatmap sets."""

from collections.abc import Callable

from server.domain.players import Player, PlayerRef
from server.domain.privileges import Viewer, Visibility
from server.domain.problems import BadRequest
from server.services.players import Players
from server.storage.favourites import Favourites
from server.storage.relationships import Kind, Relationships


class Social:
    """All of it raises Unavailable, what writes ReadOnly where there is no place for it. `clock`: Unix seconds."""

    def __init__(
        self,
        relationships: Relationships,
        favourites: Favourites,
        players: Players,
        visibility: Visibility,
        clock: Callable[[], float],
    ) -> None:
        self._relationships = relationships
        self._favourites = favourites
        self._players = players
        self._visibility = visibility
        self._clock = clock

    async def friends(self, viewer: Viewer) -> list[Player]:
        """Those befriended by the viewer that they may see, oldest account first."""
        return await self._relationships.of(viewer.id, "friend", self._visibility.search_mask(viewer))

    async def blocked(self, viewer: Viewer) -> list[Player]:
        """Those blocked by the viewer that they may see, oldest account first."""
        return await self._relationships.of(viewer.id, "block", self._visibility.search_mask(viewer))

    async def befriend(self, viewer: Viewer, target_id: int) -> None:
        """A block ends with it. Raises BadRequest (themselves), NotFound."""
        await self._put(viewer, target_id, "friend")

    async def block(self, viewer: Viewer, target_id: int) -> None:
        """A friendship ends with it. Raises BadRequest (themselves), NotFound."""
        await self._put(viewer, target_id, "block")

    async def unfriend(self, viewer: Viewer, target_id: int) -> None:
        """A block stays."""
        await self._relationships.remove(viewer.id, target_id, "friend")

    async def unblock(self, viewer: Viewer, target_id: int) -> None:
        """A friend stays."""
        await self._relationships.remove(viewer.id, target_id, "block")

    async def favourites(self, player_id: int, viewer: Viewer) -> list[int]:
        """Ids of a player's favourite sets, in their order. Raises NotFound."""
        player = await self._players.find(PlayerRef(id=player_id), viewer)
        return await self._favourites.of(player.id)

    async def add_favourite(self, viewer: Viewer, set_id: int) -> None:
        """Whether there is such a set does not matter."""
        await self._favourites.add(viewer.id, set_id, int(self._clock()))

    async def remove_favourite(self, viewer: Viewer, set_id: int) -> None:
        await self._favourites.remove(viewer.id, set_id)

    async def _put(self, viewer: Viewer, target_id: int, kind: Kind) -> None:
        if target_id == viewer.id:
            raise BadRequest(f"You cannot {kind} yourself.")
        target = await self._players.find(PlayerRef(id=target_id), viewer)
        await self._relationships.put(viewer.id, target.id, kind)
