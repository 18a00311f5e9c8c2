"""What a player was: snapshots, peaks, top plays, and days and months in between."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from server.domain.players import Player
from server.domain.privileges import Visibility
from server.domain.progress import day_of, day_points, pps
from server.domain.rulesets import Mode
from server.domain.snapshots import DayPoint, Month, Peak, Snapshot, TopPlay
from server.services.players import Players
from server.storage.ladders import Ladders
from server.storage.scores import Scores
from server.storage.snapshots import Snapshots
from server.storage.top_plays import TopPlays

_DAY_MS = 86_400_000


class Progress:
    """What is known of the past of players whom the caller has found. `clock` gives Unix seconds, `*_ms` are Unix
    milliseconds."""

    def __init__(
        self,
        snapshots: Snapshots,
        top_plays: TopPlays,
        ladders: Ladders,
        scores: Scores,
        players: Players,
        visibility: Visibility,
        clock: Callable[[], float],
    ) -> None:
        self._snapshots = snapshots
        self._top_plays = top_plays
        self._ladders = ladders
        self._scores = scores
        self._players = players
        self._visibility = visibility
        self._clock = clock

    async def snapshots(self, player: Player, mode: Mode, from_ms: int, to_ms: int) -> list[Snapshot]:
        """A player's snapshots of this time, both ends counted, oldest first."""
        return await self._snapshots.between(player.id, mode, from_ms, to_ms)

    async def top_plays(self, player: Player, mode: Mode, from_ms: int, to_ms: int) -> list[TopPlay]:
        """What of a player's recorded top plays was played in this time, both ends counted, oldest first."""
        return await self._top_plays.of_player(player.id, mode, from_ms, to_ms)

    async def has_top_plays(self, player: Player, mode: Mode) -> bool:
        """Has any top play of a player been recorded?"""
        return await self._top_plays.are_there(player.id, mode)

    async def peak(self, player: Player, mode: Mode) -> Peak:
        """A player's best rank and accuracy of all snapshots."""
        return await self._snapshots.peak(player.id, mode)

    def best_plays(self, mode: Mode, from_ms: int, to_ms: int, limit: int) -> AsyncIterator[list[TopPlay]]:
        """The recorded top plays of all players, most pp first, in pages."""
        return self._top_plays.best(mode, from_ms, to_ms, self._visibility.board, limit)

    async def days(self, player: Player, mode: Mode, days: int = 90) -> list[DayPoint]:
        """How a player stood on each of the last days (UTC) that something is known of; the last one is now."""
        now_ms = int(self._clock() * 1000)
        today = day_of(now_ms)
        since = today - timedelta(days=days - 1)
        snapshots = await self._snapshots.since(player.id, mode, now_ms - days * _DAY_MS)
        kept = await self._ladders.days(since) if snapshots else {}
        rungs = await self._ladders.near(mode, player.country, pps(snapshots), since) if kept else {}
        points = day_points(snapshots, kept, rungs, player.country.lower(), since)
        now = await self._players.stats_in(player, mode)
        if now is None:
            return points
        minute = now_ms - now_ms % 60_000  # so that what is told is the same for a while
        here = DayPoint(today, minute, float(now.stats.pp), now.rank.world or None, now.rank.country or None)
        return [*(each for each in points if each.day < today), here]

    async def best_rank(self, player: Player, mode: Mode) -> tuple[int, int] | None:
        """A player's best rank of all snapshots, and of the last year's days: others may have made room while the
        player rested. With the last moment it was so (Unix milliseconds); None where there never was one."""
        peak = await self._snapshots.peak(player.id, mode)
        ranks = [(each.rank, each.at_ms) for each in await self.days(player, mode, 365) if each.rank is not None]
        if peak.rank is not None and peak.rank_ms is not None:
            ranks.append((peak.rank, peak.rank_ms))
        return min(ranks, key=lambda each: (each[0], -each[1]), default=None)

    async def months(self, player: Player, mode: Mode | None) -> list[Month]:
        """How often a player has played in each month that they have played in, oldest first. None: in all modes."""
        return await self._scores.months_of(player.id, mode)
