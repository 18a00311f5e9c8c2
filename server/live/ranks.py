"""Ranks from bancho.py's ranking sets, with what is needed to judge whether the sets are filled."""

import asyncio
from typing import NamedTuple

from server.domain.players import Rank
from server.live import keys
from server.live.batch import Batch

# All of a player's positions and the sizes of the sets in one command: as many single ones cost the client
# three times as much.
_POSITIONS = """
local found = {}
for index, key in ipairs(KEYS) do
  local place = redis.call('ZREVRANK', key, ARGV[1])
  found[index] = place and place + 1 or 0
end
for index = 1, #KEYS, 2 do
  found[#found + 1] = redis.call('ZCARD', KEYS[index])
end
return found
"""


class Position(NamedTuple):
    """A player's rank in a mode, and how many players its ranking set holds."""

    rank: Rank
    ranked: int


class Ranks:
    """Reads `bancho:leaderboard:*`, and moves players in it.

    `one_slot`: not a cluster, where the sets, being bancho.py's, lie apart.
    """

    def __init__(self, batch: Batch, one_slot: bool) -> None:
        self._batch = batch
        self._one_slot = one_slot

    async def of(self, player_id: int, country: str, modes: tuple[int, ...]) -> dict[int, Position]:
        """A player's positions by mode, 0 where they are not in the set. Raises Away."""
        sets = [key for mode in modes for key in (keys.ranking(mode), keys.ranking(mode, country))]
        if not sets:
            return {}
        if self._one_slot:
            found = await self._batch.command("EVAL", _POSITIONS, len(sets), *sets, player_id)
        else:
            found = await self._one_by_one(sets, player_id)
        sizes = found[len(sets) :]
        return {
            mode: Position(Rank(found[2 * index], found[2 * index + 1]), sizes[index])
            for index, mode in enumerate(modes)
        }

    async def move(self, player_id: int, old: str, new: str, pp: dict[int, int], ranked: bool) -> None:
        """Take a player out of the sets of a country in these modes; if `ranked`, into those of another. Raises Away.

        As bancho.py does it: whoever is ranked is in the new sets in all of their modes, also with 0 pp.
        """
        leaving = [("ZREM", keys.ranking(mode, old), player_id) for mode in pp]
        coming = [("ZADD", keys.ranking(mode, new), worth, player_id) for mode, worth in pp.items() if ranked]
        await asyncio.gather(*(self._batch.command(*words) for words in (*leaving, *coming)))

    async def _one_by_one(self, sets: list[str], player_id: int) -> list[int]:
        places = [self._batch.command("ZREVRANK", key, player_id) for key in sets]
        sizes = [self._batch.command("ZCARD", key) for key in sets[::2]]
        answers = await asyncio.gather(*places, *sizes)
        return [0 if place is None else place + 1 for place in answers[: len(sets)]] + answers[len(sets) :]
