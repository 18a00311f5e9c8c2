"""Scores, of a player and on a beatmap."""

from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.beatmaps import Beatmap, PlayedBeatmap
from server.domain.clans import ClanTag
from server.domain.listing import Listing, Window
from server.domain.mods import ModFilter
from server.domain.players import Player
from server.domain.privileges import Viewer, Visibility
from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.scores import (
    Beside,
    ListedScore,
    Scope,
    Score,
    ScoreFilter,
    ScoreOfPlayer,
    ScoreOnBeatmap,
    Scorer,
    WholeScore,
    set_at,
)
from server.storage.clans import Clans as StoredClans
from server.storage.scores import Scores as StoredScores


class Scores:
    """What may be known of scores. `zone` is that of the game server's wall clock."""

    def __init__(self, stored: StoredScores, clans: StoredClans, visibility: Visibility, zone: ZoneInfo) -> None:
        self._stored = stored
        self._clans = clans
        self._visibility = visibility
        self._zone = zone

    async def of_player(
        self,
        player: Player,
        scope: Scope,
        mode: Mode,
        mods: ModFilter | None,
        *,
        loved: bool,
        failed: bool,
        limit: int,
        offset: int,
    ) -> list[ScoreOnBeatmap]:
        """A player's best scores (`loved` ones too if asked) or latest plays (`failed` ones too if asked)."""
        if scope is Scope.BEST:
            return await self._stored.best_of(player.id, mode, mods, loved, limit, offset)
        return await self._stored.recent_of(player.id, mode, mods, failed, limit, offset)

    async def most_played_of(self, player: Player, mode: Mode, limit: int, offset: int) -> list[PlayedBeatmap]:
        """The beatmaps a player has most plays on."""
        return await self._stored.most_played_of(player.id, mode, limit, offset)

    async def clan_of(self, player: Player) -> ClanTag | None:
        """The clan to show beside a player's name."""
        if not player.clan_id:
            return None
        clan = await self._clans.find(player.clan_id)
        return ClanTag(clan.id, clan.name, clan.tag) if clan else None

    async def on_beatmap(
        self, beatmap: Beatmap, scope: Scope, mode: Mode, mods: ModFilter | None, limit: int, offset: int
    ) -> list[ScoreOfPlayer]:
        """Each player's best score on a beatmap, best or newest first, the same for every viewer."""
        ask = self._stored.best_on if scope is Scope.BEST else self._stored.recent_on
        return await ask(beatmap.md5, mode, mods, self._visibility.board, limit, offset)

    async def played_since(self, player: Player, mode: Mode, since: float, limit: int) -> list[ScoreOnBeatmap]:
        """A player's plays on known beatmaps since a Unix time, failed ones too, newest first."""
        return await self._stored.recent_of(player.id, mode, None, True, limit, 0, self.wall_clock(since))

    async def exactly_on(self, beatmap: Beatmap, mode: Mode, mods: int, limit: int) -> list[ScoreOfPlayer]:
        """Each player's best pass on a beatmap with exactly these mods, best first."""
        return await self._stored.exactly_on(beatmap.md5, mode, mods, self._visibility.board, limit)

    async def by_mods(self, player: Player, beatmap: Beatmap, mode: Mode, mods: int | None, limit: int) -> list[Score]:
        """A player's best pass on a beatmap with each combination of mods, or only with exactly these, best first."""
        return await self._stored.by_mods(player.id, beatmap.md5, mode, mods, limit)

    async def best_pass(self, player: Player, beatmap: Beatmap, mode: Mode, mods: int | None) -> Score:
        """What stands for a player on a beatmap, or their best pass with exactly these mods. Raises NotFound."""
        if mods is None:
            found = await self._stored.best_pass(player.id, beatmap.md5, mode)
        else:
            found = next(iter(await self._stored.by_mods(player.id, beatmap.md5, mode, mods, 1)), None)
        if found is None:
            raise NotFound("score")
        return found

    def moment(self, score: Score) -> datetime:
        """When a score was set, in UTC."""
        return set_at(score.play_time, self._zone)

    async def page(
        self, wanted: ScoreFilter, viewer: Viewer, window: Window, order: str, include: frozenset[Beside] = frozenset()
    ) -> Listing[ListedScore]:
        """A page of the scores that fit, of players who may be seen, with what is wanted beside each."""
        total, found = await self._stored.lists.page(wanted, self._visibility.listed(viewer), window, order)
        maps: dict[str, Beatmap] = {}
        players: dict[int, Scorer] = {}
        if Beside.BEATMAP in include:
            maps = await self._stored.lists.beatmaps(tuple({score.map_md5.lower() for score in found}))
        if Beside.PLAYER in include:
            players = await self._stored.lists.scorers(tuple({score.userid for score in found}))
        items = [ListedScore(each, maps.get(each.map_md5.lower()), players.get(each.userid)) for each in found]
        return Listing(total, items)

    async def whole(self, score_id: int, viewer: Viewer) -> WholeScore:
        """A score with its beatmap and player. Raises NotFound, also where either is gone or the player hidden."""
        found = await self._stored.lists.whole(score_id)
        if found is None or not self._visibility.shows(viewer, found[0].player.id, found[1]):
            raise NotFound("score")
        return found[0]

    def wall_clock(self, moment: float) -> datetime:
        """A Unix time on the game server's clock."""
        return datetime.fromtimestamp(moment, self._zone).replace(tzinfo=None)

    async def find(self, score_id: int, viewer: Viewer) -> Score:
        """A score. Raises NotFound, also where its player is hidden."""
        found = await self._stored.find(score_id)
        if found is None or not self._visibility.shows(viewer, found[0].userid, found[1]):
            raise NotFound("score")
        return found[0]
