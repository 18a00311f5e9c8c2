"""Beatmaps as bancho.py v2 tells them. Every text is without white space around it."""

from datetime import datetime
from typing import Annotated, TypedDict

from server.domain.beatmaps import Beatmap, BeatmapRating, BeatmapRow, PlayedBeatmap


class MapShape(TypedDict):
    """A beatmap. Status: -1 not submitted, 0 pending, 1 outdated, 2 ranked, 3 approved, 4 qualified, 5 loved."""

    id: int
    server: Annotated[str, "osu!, or private: made on this server"]
    set_id: int
    status: int
    md5: str
    artist: str
    title: str
    version: str
    creator: str
    filename: str
    last_update: datetime
    total_length: Annotated[int, "seconds"]
    max_combo: Annotated[int, "0: not known"]
    frozen: Annotated[bool, "its status is not to be changed"]
    plays: int
    passes: int
    mode: int
    bpm: float
    cs: float
    ar: float
    od: float
    hp: float
    diff: Annotated[float, "stars"]


class ScoreMapShape(TypedDict):
    """A beatmap beside a score."""

    id: int
    set_id: int
    md5: str
    status: int
    artist: str
    title: str
    version: str
    creator: str
    last_update: datetime
    total_length: Annotated[int, "seconds"]
    max_combo: Annotated[int, "0: not known"]
    plays: int
    passes: int
    mode: int
    bpm: float
    cs: float
    ar: float
    od: float
    hp: float
    diff: Annotated[float, "stars"]


class PlayedShape(TypedDict):
    id: int
    set_id: int
    md5: str
    status: int
    artist: str
    title: str
    version: str
    creator: str
    plays: Annotated[int, "this player's, failed ones too"]


class RatingShape(TypedDict):
    """What players gave a beatmap, 1 to 10."""

    average: Annotated[float | None, "null: nobody has rated it"]
    count: int


def map_shape(row: BeatmapRow) -> MapShape:
    beatmap = row.beatmap
    return {
        "id": beatmap.id,
        "server": row.server.strip(),
        "set_id": beatmap.set_id,
        "status": beatmap.status,
        "md5": beatmap.md5.strip(),
        "artist": beatmap.artist.strip(),
        "title": beatmap.title.strip(),
        "version": beatmap.version.strip(),
        "creator": beatmap.creator.strip(),
        "filename": row.filename.strip(),
        "last_update": beatmap.last_update,
        "total_length": beatmap.total_length,
        "max_combo": beatmap.max_combo,
        "frozen": bool(row.frozen),
        "plays": beatmap.plays,
        "passes": beatmap.passes,
        "mode": beatmap.mode,
        "bpm": beatmap.bpm,
        "cs": beatmap.cs,
        "ar": beatmap.ar,
        "od": beatmap.od,
        "hp": beatmap.hp,
        "diff": beatmap.diff,
    }


def score_map_shape(beatmap: Beatmap) -> ScoreMapShape:
    return {
        "id": beatmap.id,
        "set_id": beatmap.set_id,
        "md5": beatmap.md5.strip(),
        "status": beatmap.status,
        "artist": beatmap.artist.strip(),
        "title": beatmap.title.strip(),
        "version": beatmap.version.strip(),
        "creator": beatmap.creator.strip(),
        "last_update": beatmap.last_update,
        "total_length": beatmap.total_length,
        "max_combo": beatmap.max_combo,
        "plays": beatmap.plays,
        "passes": beatmap.passes,
        "mode": beatmap.mode,
        "bpm": beatmap.bpm,
        "cs": beatmap.cs,
        "ar": beatmap.ar,
        "od": beatmap.od,
        "hp": beatmap.hp,
        "diff": beatmap.diff,
    }


def played_shape(played: PlayedBeatmap) -> PlayedShape:
    return {
        "id": played.id,
        "set_id": played.set_id,
        "md5": played.md5.strip(),
        "status": played.status,
        "artist": played.artist.strip(),
        "title": played.title.strip(),
        "version": played.version.strip(),
        "creator": played.creator.strip(),
        "plays": played.plays,
    }


def rating_shape(rating: BeatmapRating) -> RatingShape:
    return {"average": rating.average, "count": rating.votes}
