"""Scores as the osu! API v1 tells them."""

from datetime import datetime
from typing import Annotated, TypedDict

from server.domain.beatmaps import GIVES_PP
from server.domain.scores import Score, ScoreStatus, shown_grade
from server.web.text import date, flag, number


class BeatmapScoreShape(TypedDict):
    """A score on a beatmap."""

    score_id: str
    score: str
    username: str
    count300: str
    count100: str
    count50: str
    countmiss: str
    maxcombo: str
    countkatu: str
    countgeki: str
    perfect: str
    enabled_mods: str
    user_id: str
    date: Annotated[str, "UTC"]
    rank: str
    pp: Annotated[str | None, "null on beatmaps that give none"]
    replay_available: str


class PlayShape(TypedDict):
    """What any play of a player's list tells."""

    maxcombo: str
    count50: str
    count100: str
    count300: str
    countmiss: str
    countkatu: str
    countgeki: str
    perfect: str
    enabled_mods: str
    user_id: str
    date: Annotated[str, "UTC"]
    rank: Annotated[str, "F of a failed play"]


class BestScoreShape(PlayShape):
    """One of a player's best scores."""

    beatmap_id: str
    score_id: str
    score: str
    username: str
    pp: str | None
    replay_available: str


class RecentScoreShape(PlayShape):
    """A play of the last 24 hours."""

    beatmap_id: str
    score_id: Annotated[str | None, "null of a failed play"]
    score: str


def beatmap_score(score: Score, name: str, set_at: datetime, map_status: int, has_replay: bool) -> BeatmapScoreShape:
    return {
        "score_id": str(score.id),
        "score": str(score.score),
        "username": name,
        "count300": str(score.n300),
        "count100": str(score.n100),
        "count50": str(score.n50),
        "countmiss": str(score.nmiss),
        "maxcombo": str(score.max_combo),
        "countkatu": str(score.nkatu),
        "countgeki": str(score.ngeki),
        "perfect": flag(score.perfect),
        "enabled_mods": str(score.mods),
        "user_id": str(score.userid),
        "date": date(set_at),
        "rank": shown_grade(score),
        "pp": number(score.pp) if map_status in GIVES_PP else None,
        "replay_available": flag(has_replay),
    }


def best_score(
    score: Score, name: str, set_at: datetime, map_id: int, map_status: int, has_replay: bool
) -> BestScoreShape:
    return {
        "beatmap_id": str(map_id),
        "score_id": str(score.id),
        "score": str(score.score),
        "username": name,
        **_play(score, set_at),
        "pp": number(score.pp) if map_status in GIVES_PP else None,
        "replay_available": flag(has_replay),
    }


def recent_score(score: Score, set_at: datetime, map_id: int) -> RecentScoreShape:
    return {
        "beatmap_id": str(map_id),
        "score_id": None if score.status == ScoreStatus.FAILED else str(score.id),
        "score": str(score.score),
        **_play(score, set_at),
    }


def _play(score: Score, set_at: datetime) -> PlayShape:
    return {
        "maxcombo": str(score.max_combo),
        "count50": str(score.n50),
        "count100": str(score.n100),
        "count300": str(score.n300),
        "countmiss": str(score.nmiss),
        "countkatu": str(score.nkatu),
        "countgeki": str(score.ngeki),
        "perfect": flag(score.perfect),
        "enabled_mods": str(score.mods),
        "user_id": str(score.userid),
        "date": date(set_at),
        "rank": shown_grade(score),
    }
