"""Plays that were submitted."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from server.domain.beatmaps import Beatmap
from server.domain.grades import HitCounts, grade
from server.domain.rulesets import Ruleset


class ScoreStatus(IntEnum):
    """`scores.status`. Best: of one player on one map in one mode, the play with the most pp."""

    FAILED = 0
    SUBMITTED = 1
    BEST = 2


class Scope(StrEnum):
    """Which scores a list is of."""

    BEST = "best"
    RECENT = "recent"


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
