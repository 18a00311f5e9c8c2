"""Beatmaps and pools."""

from server.domain.beatmaps import Beatmap, BeatmapRef, Pool, PoolMaker
from server.domain.players import PlayerRef
from server.domain.privileges import Viewer
from server.domain.problems import NotFound
from server.services.clans import Clans
from server.services.online import Online
from server.services.players import Players
from server.storage.beatmaps import Beatmaps as StoredBeatmaps


class Beatmaps:
    """What is known of beatmaps."""

    def __init__(self, stored: StoredBeatmaps, players: Players, online: Online, clans: Clans) -> None:
        self._stored = stored
        self._players = players
        self._online = online
        self._clans = clans

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
