"""Clans."""

from server.domain.clans import Clan, ClanWithMembers, RankedClan
from server.domain.listing import Listing, Window
from server.domain.privileges import Viewer, Visibility
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.storage.clans import Clans as StoredClans


class Clans:
    """What may be known of clans."""

    def __init__(self, stored: StoredClans, visibility: Visibility) -> None:
        self._stored = stored
        self._visibility = visibility

    async def get(self, clan_id: int, viewer: Viewer) -> ClanWithMembers:
        """A clan with the members that may be seen. Raises NotFound."""
        found = await self.find(clan_id, viewer)
        if found is None:
            raise NotFound("clan")
        return found

    async def clan(self, clan_id: int) -> Clan:
        """A clan alone. Raises NotFound."""
        clan = await self._stored.find(clan_id)
        if clan is None:
            raise NotFound("clan")
        return clan

    async def page(self, ids: tuple[int, ...] | None, window: Window, order: str) -> Listing[Clan]:
        """A page of all clans, or of those with these ids."""
        return await self._stored.page(ids, window, order)

    async def board(self, mode: Mode, sort: str, window: Window) -> Listing[RankedClan]:
        """A page of the clans' leaderboard of a mode, the same for every viewer."""
        return await self._stored.board(int(mode), sort, self._visibility.board, window)

    async def find(self, clan_id: int, viewer: Viewer) -> ClanWithMembers | None:
        """The same, None where there is no such clan."""
        clan = await self._stored.find(clan_id)
        if clan is None:
            return None
        people = [
            each for each in await self._stored.people(clan) if self._visibility.shows(viewer, each.id, each.priv)
        ]
        owner = next((each for each in people if each.id == clan.owner), None)
        return ClanWithMembers(clan, [each for each in people if each.clan_id == clan.id], owner)
