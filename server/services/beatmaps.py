"""Beatmaps and pools."""

import asyncio

from server.domain.beatmap_files import Difficulty
from server.domain.beatmaps import (
    Beatmap,
    BeatmapEntry,
    BeatmapFilter,
    BeatmapRating,
    BeatmapRef,
    BeatmapRow,
    BeatmapSearch,
    FoundBeatmap,
    Pool,
    PoolMaker,
    SetFacts,
)
from server.domain.listing import Listing, Window
from server.domain.players import PlayerRef
from server.domain.privileges import Viewer, Visibility
from server.domain.problems import NotFound
from server.domain.rulesets import Ruleset
from server.services.beatmap_files import BeatmapFiles
from server.services.clans import Clans
from server.services.online import Online
from server.services.players import Players
from server.storage.beatmaps import Beatmaps as StoredBeatmaps


class Beatmaps:
    """What is known of beatmaps."""

    def __init__(
        self,
        stored: StoredBeatmaps,
        files: BeatmapFiles,
        players: Players,
        online: Online,
        clans: Clans,
        visibility: Visibility,
    ) -> None:
        self._stored = stored
        self._files = files
        self._players = players
        self._online = online
        self._clans = clans
        self._visibility = visibility

    async def find(self, ref: BeatmapRef) -> Beatmap:
        """The beatmap asked for. Raises NotFound."""
        beatmap = await self._stored.find(ref)
        if beatmap is None:
            raise NotFound("map")
        return beatmap

    async def many(self, ids: tuple[int, ...]) -> list[Beatmap]:
        """Those of these beatmaps that exist, in the order asked for."""
        found = await self._stored.many(ids)
        return [found[beatmap_id] for beatmap_id in ids if beatmap_id in found]

    async def row(self, beatmap_id: int) -> BeatmapRow:
        """A beatmap with what only a game server asks of it. Raises NotFound."""
        row = await self._stored.row(beatmap_id)
        if row is None:
            raise NotFound("map")
        return row

    async def page(self, wanted: BeatmapFilter, window: Window, order: str) -> Listing[BeatmapRow]:
        """A page of the beatmaps that fit."""
        return await self._stored.page(wanted, window, order)

    async def rating(self, beatmap: Beatmap) -> BeatmapRating:
        """What players gave a beatmap, hidden ones too."""
        return await self._stored.rating(beatmap.md5)

    async def search(
        self, search: BeatmapSearch, limit: int, ruleset: int | None = None, mods: int = 0
    ) -> list[BeatmapEntry]:
        """Beatmaps that fit, with all that is known of them.

        Those of osu! as they are in `ruleset`, if one is given, and difficulties with `mods`. Raises Unavailable where
        it takes too long to calculate these; asking again goes on from there.
        """
        found = await self._stored.search(search, limit)
        beatmaps = [each.beatmap for each in found]
        files, difficulties, creators, sets = await asyncio.gather(
            self._files.many([beatmap.md5 for beatmap in beatmaps]),
            self._difficulties(beatmaps, ruleset, mods),
            self._stored.creators(tuple(beatmap.id for beatmap in beatmaps), self._visibility.board),
            self._stored.of_sets(tuple(sorted({beatmap.set_id for beatmap in beatmaps}))),
        )

        def entry(each: FoundBeatmap) -> BeatmapEntry:
            beatmap, md5 = each.beatmap, each.beatmap.md5.lower()
            return BeatmapEntry(
                beatmap=beatmap,
                ruleset=_played_in(beatmap, ruleset),
                approved_ms=each.approved_ms,
                file=files.get(md5),
                difficulty=difficulties.get(md5),
                creator_id=creators.get(beatmap.id),
                of_set=sets.get(beatmap.set_id, SetFacts()),
            )

        return [entry(each) for each in found]

    async def _difficulties(self, beatmaps: list[Beatmap], ruleset: int | None, mods: int) -> dict[str, Difficulty]:
        as_they_are = [each for each in beatmaps if not mods and _played_in(each, ruleset) == each.mode]
        other = [each for each in beatmaps if mods or _played_in(each, ruleset) != each.mode]
        known = await self._files.known(as_they_are) if as_they_are else {}
        return known | (await self._files.calculated(other, ruleset, mods) if other else {})

    async def pool(self, pool_id: int, viewer: Viewer) -> Pool:
        """A pool with its beatmaps. Raises NotFound: of the pool, or of its maker where they are hidden or gone."""
        found = await self._stored.pool(pool_id)
        if found is None:
            raise NotFound("pool")
        name, created_at, maker_id = found
        try:
            maker = await self._players.find(PlayerRef(id=maker_id), viewer)
        except NotFound as problem:
            raise NotFound("pool creator") from problem
        clan = await self._clans.find(maker.clan_id, viewer) if maker.clan_id else None
        online = maker.id in await self._online.of((maker.id,))
        shown = PoolMaker(maker.id, maker.name, maker.country, clan, online)
        return Pool(pool_id, name, created_at, shown, await self._stored.pooled(pool_id))


def _played_in(beatmap: Beatmap, ruleset: int | None) -> int:
    """The ruleset in which a beatmap is told of, if this one is asked for."""
    return beatmap.mode if ruleset is None or beatmap.mode != Ruleset.OSU else ruleset
