"""Beatmaps and the pools made of them."""

from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from server.domain.clans import ClanWithMembers


class BeatmapStatus(IntEnum):
    """`maps.status` in bancho.py's own numbering."""

    NOT_SUBMITTED = -1
    PENDING = 0
    UPDATE_AVAILABLE = 1
    RANKED = 2
    APPROVED = 3
    QUALIFIED = 4
    LOVED = 5


# On these a play counts for pp and ranked score.
GIVES_PP = (BeatmapStatus.RANKED, BeatmapStatus.APPROVED)


class Beatmap(NamedTuple):
    """A row of `maps`. `total_length` in seconds, `diff` in stars, `last_update` UTC (1970 is unknown)."""

    md5: str
    id: int
    set_id: int
    artist: str
    title: str
    version: str
    creator: str
    last_update: datetime
    total_length: int
    max_combo: int
    status: int
    plays: int
    passes: int
    mode: int
    bpm: float
    cs: float
    od: float
    ar: float
    hp: float
    diff: float

    @property
    def full_name(self) -> str:
        """`artist - title [version]`, as the game writes it."""
        return f"{self.artist} - {self.title} [{self.version}]"


class PlayedBeatmap(NamedTuple):
    """A beatmap and how often a player has played it, failed plays included."""

    md5: str
    id: int
    set_id: int
    status: int
    artist: str
    title: str
    version: str
    creator: str
    plays: int


class BeatmapRef(NamedTuple):
    """A beatmap asked for by id or by md5."""

    id: int | None = None
    md5: str | None = None


class PooledBeatmap(NamedTuple):
    """A beatmap in a pool, under its mods and slot: (8, 2) is `HD2`."""

    mods: int
    slot: int
    beatmap: Beatmap


class PoolMaker(NamedTuple):
    """Who made a pool."""

    id: int
    name: str
    country: str
    clan: ClanWithMembers | None
    online: bool


class Pool(NamedTuple):
    """A tournament's pool of beatmaps."""

    id: int
    name: str
    created_at: datetime
    maker: PoolMaker
    maps: list[PooledBeatmap]
