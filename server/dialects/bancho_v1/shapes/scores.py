"""Scores as bancho.py v1 tells them."""

from datetime import datetime
from typing import Annotated, Literal, TypedDict

from server.dialects.bancho_v1.shapes.beatmaps import BeatmapShape, beatmap_shape
from server.dialects.bancho_v1.shapes.players import ClanShape, clan_shape
from server.domain.clans import ClanTag
from server.domain.players import Player
from server.domain.scores import Score, ScoreOfPlayer, ScoreOnBeatmap


class PlayerScoreShape(TypedDict):
    """A score in a player's list. Status: 0 failed, 1 submitted, 2 the player's best on the beatmap."""

    id: int
    score: int
    pp: float
    acc: Annotated[float, "percent"]
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
    play_time: Annotated[datetime, "the game server's wall clock"]
    time_elapsed: Annotated[int, "milliseconds"]
    perfect: Literal[0, 1]
    beatmap: BeatmapShape | None


class ScorePlayerShape(TypedDict):
    id: int
    name: str
    clan: ClanShape | None


class PlayerScoresAnswer(TypedDict):
    status: Literal["success"]
    scores: list[PlayerScoreShape]
    player: ScorePlayerShape


class MapScoreShape(TypedDict):
    """A score on a beatmap's leaderboard."""

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
    perfect: Literal[0, 1]
    player_name: str
    player_country: str
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None


class MapScoresAnswer(TypedDict):
    status: Literal["success"]
    scores: list[MapScoreShape]


class ScoreShape(TypedDict):
    """A score on its own."""

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
    perfect: Literal[0, 1]


class ScoreAnswer(TypedDict):
    status: Literal["success"]
    score: ScoreShape


def player_scores_answer(player: Player, clan: ClanTag | None, scores: list[ScoreOnBeatmap]) -> PlayerScoresAnswer:
    return {
        "status": "success",
        "scores": [_player_score(each) for each in scores],
        "player": {"id": player.id, "name": player.name, "clan": clan_shape(clan) if clan else None},
    }


def _player_score(row: ScoreOnBeatmap) -> PlayerScoreShape:
    score = row.score
    return {
        "id": score.id,
        "score": score.score,
        "pp": score.pp,
        "acc": score.acc,
        "max_combo": score.max_combo,
        "mods": score.mods,
        "n300": score.n300,
        "n100": score.n100,
        "n50": score.n50,
        "nmiss": score.nmiss,
        "ngeki": score.ngeki,
        "nkatu": score.nkatu,
        "grade": score.grade,
        "status": score.status,
        "mode": score.mode,
        "play_time": score.play_time,
        "time_elapsed": score.time_elapsed,
        "perfect": 1 if score.perfect else 0,
        "beatmap": beatmap_shape(row.beatmap),
    }


def map_scores_answer(scores: list[ScoreOfPlayer]) -> MapScoresAnswer:
    return {"status": "success", "scores": [_map_score(each) for each in scores]}


def _map_score(row: ScoreOfPlayer) -> MapScoreShape:
    return {
        **_score(row.score),
        "player_name": row.player_name,
        "player_country": row.player_country,
        "clan_id": row.clan_id,
        "clan_name": row.clan_name,
        "clan_tag": row.clan_tag,
    }


def score_answer(score: Score) -> ScoreAnswer:
    return {"status": "success", "score": _score(score)}


def _score(score: Score) -> ScoreShape:
    return {
        "id": score.id,
        "map_md5": score.map_md5,
        "score": score.score,
        "pp": score.pp,
        "acc": score.acc,
        "max_combo": score.max_combo,
        "mods": score.mods,
        "n300": score.n300,
        "n100": score.n100,
        "n50": score.n50,
        "nmiss": score.nmiss,
        "ngeki": score.ngeki,
        "nkatu": score.nkatu,
        "grade": score.grade,
        "status": score.status,
        "mode": score.mode,
        "play_time": score.play_time,
        "time_elapsed": score.time_elapsed,
        "userid": score.userid,
        "perfect": 1 if score.perfect else 0,
    }
