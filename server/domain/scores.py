"""Plays that were submitted."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from server.domain.beatmaps import Beatmap
from server.domain.grades import HitCounts, grade
from server.domain.listing import BY_ID
from server.domain.rulesets import Ruleset

# What a list of scores can be ordered by.
SCORE_ORDERS: Final = (*BY_ID, "-pp", "-score", "-play_time")

# What `scores.grade` holds; `N` is none.
GRADES: Final = ("XH", "X", "SH", "S", "A", "B", "C", "D", "F", "N")


class ScoreStatus(IntEnum):
    """`scores.status`. Best: of one player on one map in one mode, the play with the most pp."""

    FAILED = 0
    SUBMITTED = 1
    BEST = 2


class Scope(StrEnum):
    """Which scores a list is of."""

    BEST = "best"
    RECENT = "recent"


class Beside(StrEnum):
    """What can be told beside each score of a list."""

    BEATMAP = "beatmap"
    PLAYER = "player"


class Score(NamedTuple):
    """A row of `scores`, less what only anti-cheat needs.

    `acc` in percent, `time_elapsed` in milliseconds, `play_time` the game server's wall clock without a zone.
    """

    id: int
    map_md5: str
    score: int
    pp: float
    acc: float
    max_combo: int
    mods: int
    n300: int
    n100: int
    n50: int
    nmiss: int
    ngeki: int
    nkatu: int
    grade: str
    status: int
    mode: int
    play_time: datetime
    time_elapsed: int
    userid: int
    perfect: int


class ScoreOnBeatmap(NamedTuple):
    """A player's score with the beatmap it was set on."""

    score: Score
    beatmap: Beatmap


class ScoreOfPlayer(NamedTuple):
    """A score on a beatmap's leaderboard with who set it; the clan is None where there is none."""

    score: Score
    player_name: str
    player_country: str
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None


class Scorer(NamedTuple):
    """Who set a score, with the clan to show beside the name."""

    id: int
    name: str
    country: str
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None


class WholeScore(NamedTuple):
    """A score with its beatmap and its player. `clan_id` is the player's own, also where that clan is gone."""

    score: Score
    beatmap: Beatmap
    player: Scorer


class ListedScore(NamedTuple):
    """A score with its beatmap and its player, each None where it is gone or was not asked for."""

    score: Score
    beatmap: Beatmap | None = None
    player: Scorer | None = None


class ScoreFilter(NamedTuple):
    """Which scores a list is of; what is None lets all through.

    `mods` are exactly these; `since` and `until` (not counted) are moments of the game server's wall clock.
    """

    ids: tuple[int, ...] | None = None
    map_md5: str | None = None
    map_id: int | None = None
    set_id: int | None = None
    mods: int | None = None
    mods_all: int | None = None
    mods_any: int | None = None
    status: int | None = None
    mode: int | None = None
    user_id: int | None = None
    grade: str | None = None
    perfect: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


class ReplayFacts(NamedTuple):
    """A score with the words a replay file is named after."""

    score: Score
    player_name: str
    artist: str
    title: str
    version: str
    player_priv: int


def set_at(play_time: datetime, zone: ZoneInfo) -> datetime:
    """When a play was set, in UTC, from the game server's wall clock."""
    try:
        return play_time.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:  # at either end of time
        return play_time.replace(tzinfo=UTC)


def shown_grade(score: Score) -> str:
    """The stored grade; where there is none (`N`), as the client would have given it."""
    if score.status == ScoreStatus.FAILED:
        return "F"
    if score.grade not in ("N", ""):
        return score.grade
    hits = HitCounts(score.n300, score.n100, score.n50, score.ngeki, score.nkatu, score.nmiss)
    return grade(Ruleset(score.mode % 4), hits, score.mods)
