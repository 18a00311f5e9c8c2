"""Taking a snapshot of a player now, as the osu!track API does when it is asked to."""

from collections.abc import Callable

from server.domain.players import Player
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.snapshots import Update
from server.storage.tracking import Tracking as StoredTracking


class Tracking:
    """Takes snapshots of players whom the caller has found. `clock` gives Unix seconds."""

    def __init__(self, stored: StoredTracking, clock: Callable[[], float]) -> None:
        self._stored = stored
        self._clock = clock

    async def update(self, player: Player, mode: Mode) -> Update:
        """Keep what a player's figures are, if they are not what they were, and their new top plays; what is new.

        Raises NotFound where the player has no figures in that mode, and Unavailable where nothing can be kept.
        """
        update = await self._stored.update(player.id, mode, int(self._clock() * 1000))
        if update is None:
            raise NotFound("stats")
        return update
