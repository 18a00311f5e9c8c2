"""Ranks: from bancho.py's sets in Redis where those are filled, else counted in SQL."""

import logging

from server.domain.players import UNRANKED, Player, Rank, Stats
from server.domain.privileges import Privileges, Visibility
from server.live.connection import Away
from server.live.ranks import Ranks as RankingSets
from server.storage.players import Players as StoredPlayers

log = logging.getLogger(__name__)

# bancho.py does not refill the sets when Redis was emptied; below this share of the players SQL knows they
# are not believed.
FILLED = 0.8


class Ranks:
    """Positions of players. `source`: `auto`, `redis` or `sql`."""

    def __init__(self, stored: StoredPlayers, sets: RankingSets, visibility: Visibility, source: str) -> None:
        self._stored = stored
        self._sets = sets
        self._mask = visibility.board
        self._source = source
        self._expected: dict[int, int] | None = None

    async def refresh(self) -> None:
        """Learn anew how many players the sets should hold. Called at start and each minute."""
        if self._source == "auto":
            self._expected = await self._stored.ranked_counts(int(Privileges.UNRESTRICTED))

    async def of(self, player: Player, stats: list[Stats]) -> dict[int, Rank]:
        """A player's ranks in the modes they have stats in. 0: not ranked."""
        modes = tuple(each.mode for each in stats)
        if self._source == "sql":
            return await self._counted(player, stats)
        try:
            positions = await self._sets.of(player.id, player.country, modes)
        except Away:
            return await self._counted(player, stats)
        if self._source == "redis":
            return {mode: position.rank for mode, position in positions.items()}
        if self._expected is None:
            await self.refresh()
        expected = self._expected or {}
        thin = {mode for mode, position in positions.items() if position.ranked < FILLED * expected.get(mode, 0)}
        counted = await self._counted(player, [each for each in stats if each.mode in thin]) if thin else {}
        return {
            mode: counted.get(mode, UNRANKED) if mode in thin else position.rank for mode, position in positions.items()
        }

    async def _counted(self, player: Player, stats: list[Stats]) -> dict[int, Rank]:
        if player.priv & self._mask != self._mask:
            return {}
        pp = {each.mode: each.pp for each in stats if each.pp > 0}
        return await self._stored.ranks(player.country, pp, self._mask)
