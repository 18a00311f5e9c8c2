"""Beatmaps and the pools made of them."""

from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple

from server.domain.beatmap_files import BeatmapFile, Difficulty
from server.domain.clans import ClanWithMembers
from server.domain.listing import BY_ID


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

# These have a leaderboard.
HAS_LEADERBOARD = (*GIVES_PP, BeatmapStatus.LOVED)


# What a list of beatmaps can be ordered by.
MAP_ORDERS: Final = (*BY_ID, "-last_update", "diff", "-diff", "-plays")


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


class BeatmapRow(NamedTuple):
    """A beatmap with what only a game server asks of it. `frozen`: its status is not to be changed."""

    beatmap: Beatmap
    server: str
    filename: str
    frozen: int


class BeatmapFilter(NamedTuple):
    """Which beatmaps a list is of; what is None lets all through.

    Each of the `words` stands somewhere in artist, title, version or creator.
    """

    ids: tuple[int, ...] | None = None
    set_id: int | None = None
    server: str | None = None
    status: int | None = None
    artist: str | None = None
    creator: str | None = None
    filename: str | None = None
    mode: int | None = None
    frozen: bool | None = None
    words: tuple[str, ...] = ()
    min_diff: float | None = None
    max_diff: float | None = None


class BeatmapRating(NamedTuple):
    """What players gave a beatmap: the mean, None where nobody has, and how many have."""

    average: float | None
    votes: int


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


class Creator(NamedTuple):
    """Who made a beatmap, by the names they may go by; `here`: only what was made on this server is theirs."""

    names: tuple[str, ...]
    here: bool


class BeatmapSearch(NamedTuple):
    """Which beatmaps are wanted; what is None lets all through. `modes` are rulesets, 0-3.

    `approved_since_ms`: ranked, approved or loved then or later, as far as that is known, in Unix milliseconds.
    """

    id: int | None = None
    set_id: int | None = None
    md5: str | None = None
    creator: Creator | None = None
    modes: tuple[int, ...] | None = None
    approved_since_ms: int | None = None

    @property
    def narrow(self) -> bool:
        """Does this ask for certain beatmaps, not just for the newest?"""
        return any(each is not None for each in (self.id, self.set_id, self.md5, self.creator))


class FoundBeatmap(NamedTuple):
    """A beatmap and when it was approved, in Unix milliseconds; None where that is not known."""

    beatmap: Beatmap
    approved_ms: int | None


class SetFacts(NamedTuple):
    """What players think of a set: how many favour it, and the mean of their ratings (0: none)."""

    favourites: int = 0
    rating: float = 0.0


class BeatmapEntry(NamedTuple):
    """A beatmap with all that is known of it.

    `file` is None where the file is not indexed. `difficulty` is that in `ruleset` with the mods asked for, None where
    it is not known. `creator_id` is None for what was not made on this server.
    """

    beatmap: Beatmap
    ruleset: int
    approved_ms: int | None
    file: BeatmapFile | None
    difficulty: Difficulty | None
    creator_id: int | None
    of_set: SetFacts


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
