"""Taking a snapshot of a player now, as the osu!track API does when it is asked to."""

import asyncio
from collections.abc import Callable

from server.domain.players import Player
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.snapshots import Update
from server.storage.tracking import Tracking as StoredTracking


class Tracking:
    """Takes snapshots of players whom the caller has found. `clock` gives Unix seconds.

    `at_once`: so many may be taken at the same moment. Each holds a connection, also while it waits for another.
    """

    def __init__(self, stored: StoredTracking, clock: Callable[[], float], at_once: int) -> None:
        self._stored = stored
        self._clock = clock
        self._room = asyncio.Semaphore(at_once)

    async def update(self, player: Player, mode: Mode) -> Update:
        """Keep what a player's figures are, if they are not what they were, and their new top plays; what is new.

        Raises NotFound of who has never played that mode, ReadOnly where nothing can be kept, and Unavailable.
        """
        async with self._room:
            update = await self._stored.update(player.id, mode, int(self._clock() * 1000))
        if update is None:
            raise NotFound("stats")
        return update
