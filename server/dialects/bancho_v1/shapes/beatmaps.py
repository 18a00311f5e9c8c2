"""Beatmaps as bancho.py v1 tells them."""

from datetime import datetime
from typing import Annotated, Literal, TypedDict

from server.dialects.bancho_v1.shapes.players import ClanSize
from server.domain.beatmaps import Beatmap, PlayedBeatmap, Pool
from server.domain.mods import letters_of


class BeatmapShape(TypedDict):
    """A beatmap. Status: -1 not submitted, 0 pending, 1 outdated, 2 ranked, 3 approved, 4 qualified, 5 loved."""

    md5: str
    id: int
    set_id: int
    artist: str
    title: str
    version: str
    creator: str
    last_update: datetime
    total_length: Annotated[int, "seconds"]
    max_combo: Annotated[int, "0: not known"]
    status: int
    plays: int
    passes: int
    mode: int
    bpm: float
    cs: float
    od: float
    ar: float
    hp: float
    diff: Annotated[float, "stars"]


class MapAnswer(TypedDict):
    status: Literal["success"]
    map: BeatmapShape


class MapsAnswer(TypedDict):
    status: Literal["success"]
    maps: list[BeatmapShape]


class PlayedShape(TypedDict):
    md5: str
    id: int
    set_id: int
    status: int
    artist: str
    title: str
    version: str
    creator: str
    plays: Annotated[int, "this player's, failed ones too"]


class MostPlayedAnswer(TypedDict):
    status: Literal["success"]
    maps: list[PlayedShape]


class PoolMakerShape(TypedDict):
    id: int
    name: str
    country: str
    clan: ClanSize | None
    online: bool


class PoolAnswer(TypedDict):
    """No `status`, as bancho.py gives none here."""

    id: int
    name: str
    created_at: datetime
    created_by: PoolMakerShape
    maps: Annotated[dict[str, BeatmapShape], "by mods and slot: HD2"]


def beatmap_shape(beatmap: Beatmap) -> BeatmapShape:
    (md5, id, set_id, artist, title, version, creator, last_update, total_length, max_combo) = beatmap[:10]
    (status, plays, passes, mode, bpm, cs, od, ar, hp, diff) = beatmap[10:]
    return {
        "md5": md5,
        "id": id,
        "set_id": set_id,
        "artist": artist,
        "title": title,
        "version": version,
        "creator": creator,
        "last_update": last_update,
        "total_length": total_length,
        "max_combo": max_combo,
        "status": status,
        "plays": plays,
        "passes": passes,
        "mode": mode,
        "bpm": bpm,
        "cs": cs,
        "od": od,
        "ar": ar,
        "hp": hp,
        "diff": diff,
    }


def map_answer(beatmap: Beatmap) -> MapAnswer:
    return {"status": "success", "map": beatmap_shape(beatmap)}


def maps_answer(beatmaps: list[Beatmap]) -> MapsAnswer:
    return {"status": "success", "maps": [beatmap_shape(beatmap) for beatmap in beatmaps]}


def most_played_answer(maps: list[PlayedBeatmap]) -> MostPlayedAnswer:
    return {
        "status": "success",
        "maps": [
            {
                "md5": played.md5,
                "id": played.id,
                "set_id": played.set_id,
                "status": played.status,
                "artist": played.artist,
                "title": played.title,
                "version": played.version,
                "creator": played.creator,
                "plays": played.plays,
            }
            for played in maps
        ],
    }


def pool_answer(pool: Pool) -> PoolAnswer:
    maps: dict[str, BeatmapShape] = {}
    for pooled in pool.maps:
        key = f"{letters_of(pooled.mods)}{pooled.slot}"
        # Nothing stops two beatmaps from having one place; neither is lost.
        maps[key if key not in maps else f"{key}-{pooled.beatmap.id}"] = beatmap_shape(pooled.beatmap)
    maker = pool.maker
    clan: ClanSize | None = None
    if maker.clan is not None:
        known = maker.clan.clan
        clan = {"id": known.id, "name": known.name, "tag": known.tag, "members": len(maker.clan.members)}
    return {
        "id": pool.id,
        "name": pool.name,
        "created_at": pool.created_at,
        "created_by": {
            "id": maker.id,
            "name": maker.name,
            "country": maker.country,
            "clan": clan,
            "online": maker.online,
        },
        "maps": maps,
    }
