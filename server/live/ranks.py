"""Ranks from bancho.py's ranking sets, with what is needed to judge whether the sets are filled."""

from typing import Any, NamedTuple

from server.domain.players import Rank
from server.live import keys
from server.live.connection import Connection

# All of a player's positions and the sizes of the sets in one round trip: a pipeline of as many
# commands costs the client three times as much.
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
    """Reads `bancho:leaderboard:*`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, player_id: int, country: str, modes: tuple[int, ...]) -> dict[int, Position]:
        """A player's positions by mode, 0 where they are not in the set. Raises Away."""
        sets = [key for mode in modes for key in (keys.ranking(mode), keys.ranking(mode, country))]
        if not sets:
            return {}
        if self._connection.cluster:  # the sets are bancho.py's and lie in different slots
            found = await self._connection.ask(lambda client: _one_by_one(client, sets, player_id))
        else:
            found = await self._connection.ask(lambda client: client.eval(_POSITIONS, len(sets), *sets, player_id))
        sizes = found[len(sets) :]
        return {
            mode: Position(Rank(found[2 * index], found[2 * index + 1]), sizes[index])
            for index, mode in enumerate(modes)
        }


async def _one_by_one(client: Any, sets: list[str], player_id: int) -> list[int]:
    pipeline = client.pipeline()
    for key in sets:
        pipeline.zrevrank(key, player_id)
    for key in sets[::2]:
        pipeline.zcard(key)
    answers = await pipeline.execute()
    places = [0 if place is None else place + 1 for place in answers[: len(sets)]]
    return [*places, *answers[len(sets) :]]
