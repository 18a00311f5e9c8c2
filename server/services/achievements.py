"""What a player's plays add up to, their first places, and what happened to them on boards."""

from server.domain.achievements import RankEvent, Totals
from server.domain.rulesets import Mode
from server.domain.scores import ScoreOnBeatmap
from server.storage.achievements import Achievements as StoredAchievements


class Achievements:
    """What may be known of a player's achievements, for viewers who may see the player."""

    def __init__(self, stored: StoredAchievements) -> None:
        self._stored = stored

    async def totals(self, player_id: int, mode: Mode) -> Totals:
        """The hits of all of a player's plays in a mode, failed ones too. Exact, whether anybody follows or not."""
        return await self._stored.totals(player_id, mode)

    async def firsts(self, player_id: int, mode: Mode, limit: int, offset: int) -> list[ScoreOnBeatmap]:
        """The scores with which a player is first on a beatmap in a mode, newest first."""
        return await self._stored.firsts(player_id, mode, limit, offset)

    async def events(self, player_id: int, since_ms: int, limit: int = 100) -> list[RankEvent]:
        """What happened to a player in any mode since then (Unix milliseconds), newest first."""
        return await self._stored.events(player_id, since_ms, limit)
