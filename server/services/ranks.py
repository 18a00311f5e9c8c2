"""Ranks: from bancho.py's sets in Redis where those are filled, else counted in SQL."""

import asyncio

from server.domain.players import UNRANKED, Player, Rank, Stats
from server.domain.privileges import Privileges, Visibility
from server.live.connection import Away
from server.live.ranks import Position
from server.live.ranks import Ranks as RankingSets
from server.storage.players import Players as StoredPlayers
from server.storage.players import Standing

# bancho.py does not refill the sets when Redis was emptied; below this share of the players SQL knows they
# are not believed.
FILLED = 0.8

Ranked = dict[tuple[int, int], Rank]  # by player and mode


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

    async def of(self, players: list[Player], stats: dict[int, list[Stats]]) -> Ranked:
        """Ranks in the modes that the players have stats in; whoever is not in the answer is not ranked."""
        if self._source == "sql":
            return await self._counted(players, stats, None)
        try:
            found = await asyncio.gather(
                *(self._sets.of(each.id, each.country, _played(stats[each.id])) for each in players)
            )
        except Away:
            return await self._counted(players, stats, None)
        thin = await self._thin(found)
        ranked = {
            (player.id, mode): position.rank
            for player, positions in zip(players, found, strict=True)
            for mode, position in positions.items()
            if mode not in thin
        }
        return ranked | await self._counted(players, stats, thin)

    async def _thin(self, found: list[dict[int, Position]]) -> set[int]:
        """The modes whose sets hold too few players to be believed."""
        if self._source == "redis":
            return set()
        if self._expected is None:
            await self.refresh()
        expected = self._expected or {}
        return {
            mode
            for positions in found
            for mode, position in positions.items()
            if position.ranked < FILLED * expected.get(mode, 0)
        }

    async def _counted(self, players: list[Player], stats: dict[int, list[Stats]], modes: set[int] | None) -> Ranked:
        """Ranks from SQL in these modes, None: in all."""
        standings = [
            Standing(player.id, player.country, row.mode, row.pp)
            for player in players
            if player.priv & self._mask == self._mask
            for row in stats[player.id]
            if row.pp > 0 and (modes is None or row.mode in modes)
        ]
        return await self._stored.ranks(standings, self._mask)


def _played(stats: list[Stats]) -> tuple[int, ...]:
    """The modes in which a play can have put the player into a set: most players have most modes untouched."""
    return tuple(row.mode for row in stats if row.plays or row.pp)


def rank_of(ranked: Ranked, stats: Stats) -> Rank:
    return ranked.get((stats.id, stats.mode), UNRANKED)
