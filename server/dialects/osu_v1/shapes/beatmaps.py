"""Beatmaps as the osu! API v1 tells them."""

from typing import Annotated, Final, TypedDict

from server.domain.beatmap_files import UNRATED, difficulty_mods
from server.domain.beatmaps import BeatmapEntry, BeatmapStatus
from server.domain.rulesets import Ruleset
from server.web.text import date, date_of, flag, number, some

# `maps.status` in the API's own numbering; WIP (-1) and graveyard (-2) are pending in bancho.py.
APPROVED: Final[dict[int, int]] = {
    BeatmapStatus.PENDING: 0,
    BeatmapStatus.UPDATE_AVAILABLE: 0,
    BeatmapStatus.RANKED: 1,
    BeatmapStatus.APPROVED: 2,
    BeatmapStatus.QUALIFIED: 3,
    BeatmapStatus.LOVED: 4,
}

# What the API calls a genre or a language that nobody has given.
UNSPECIFIED: Final = "1"

# Of whom nobody here has made, as libraries cannot read null.
NOBODY: Final = "0"

_UNKNOWN_YEAR: Final = 1970


class BeatmapShape(TypedDict):
    """A beatmap: one difficulty of a set. Null is not known."""

    beatmapset_id: str
    beatmap_id: str
    approved: Annotated[str, "0 pending, 1 ranked, 2 approved, 3 qualified, 4 loved"]
    total_length: Annotated[str, "seconds"]
    hit_length: Annotated[str | None, "seconds, breaks left out"]
    version: str
    file_md5: str
    diff_size: str
    diff_overall: str
    diff_approach: str
    diff_drain: str
    mode: str
    count_normal: str | None
    count_slider: str | None
    count_spinner: str | None
    submit_date: Annotated[None, "stored nowhere"]
    approved_date: Annotated[str | None, "UTC; as far as it was seen on this server"]
    last_update: Annotated[str | None, "UTC"]
    artist: str
    artist_unicode: str | None
    title: str
    title_unicode: str | None
    creator: str
    creator_id: Annotated[str, "of beatmaps made on this server; else 0"]
    bpm: str
    source: Annotated[str, "empty also where it is not known"]
    tags: Annotated[str, "likewise"]
    genre_id: str
    language_id: str
    favourite_count: Annotated[str, "on this server"]
    rating: Annotated[str, "1 to 10, the mean on this server; 0: none"]
    storyboard: str
    video: str
    download_unavailable: str
    audio_unavailable: str
    playcount: Annotated[str, "on this server"]
    passcount: Annotated[str, "on this server"]
    packs: None
    max_combo: str | None
    diff_aim: str | None
    diff_speed: str | None
    difficultyrating: Annotated[str | None, "stars"]


def beatmap_shape(entry: BeatmapEntry, mods: int) -> BeatmapShape:
    """A beatmap; with mods, or in another ruleset than its own, the difficulty is the calculated one."""
    beatmap, file = entry.beatmap, entry.file
    difficulty = entry.difficulty or UNRATED
    own, in_osu = entry.ruleset == beatmap.mode, entry.ruleset == Ruleset.OSU
    # No mods change how many objects there are, but a converted beatmap has others.
    max_combo = (own and beatmap.max_combo) or difficulty.max_combo
    if difficulty_mods(mods) is None:
        max_combo = None
    return {
        "beatmapset_id": str(beatmap.set_id),
        "beatmap_id": str(beatmap.id),
        "approved": str(APPROVED.get(beatmap.status, 0)),
        "total_length": str(beatmap.total_length),
        "hit_length": str(file.hit_length) if file else None,
        "version": beatmap.version,
        "file_md5": beatmap.md5,
        "diff_size": number(beatmap.cs),
        "diff_overall": number(beatmap.od),
        "diff_approach": number(beatmap.ar),
        "diff_drain": number(beatmap.hp),
        "mode": str(int(entry.ruleset)),
        "count_normal": str(file.circles) if file else None,
        "count_slider": str(file.sliders) if file else None,
        "count_spinner": str(file.spinners) if file else None,
        "submit_date": None,
        "approved_date": None if entry.approved_ms is None else date_of(entry.approved_ms / 1000),
        "last_update": None if beatmap.last_update.year <= _UNKNOWN_YEAR else date(beatmap.last_update),
        "artist": beatmap.artist,
        "artist_unicode": file.artist_unicode if file else None,
        "title": beatmap.title,
        "title_unicode": file.title_unicode if file else None,
        "creator": beatmap.creator,
        "creator_id": NOBODY if entry.creator_id is None else str(entry.creator_id),
        "bpm": number(beatmap.bpm),
        # Libraries take the next two for text whatever comes.
        "source": file.source if file else "",
        "tags": file.tags if file else "",
        "genre_id": UNSPECIFIED,
        "language_id": UNSPECIFIED,
        "favourite_count": str(entry.of_set.favourites),
        "rating": number(entry.of_set.rating),
        "storyboard": flag(file and file.storyboard),
        "video": flag(file and file.video),
        "download_unavailable": "0",
        "audio_unavailable": "0",
        "playcount": str(beatmap.plays),
        "passcount": str(beatmap.passes),
        "packs": None,
        "max_combo": some(max_combo),
        "diff_aim": some(difficulty.aim) if in_osu else None,
        "diff_speed": some(difficulty.speed) if in_osu else None,
        "difficultyrating": number(beatmap.diff) if own and not mods else some(difficulty.stars),
    }
