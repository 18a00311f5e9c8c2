"""Scores as bancho.py v2 tells them."""

from datetime import datetime
from typing import Annotated, NotRequired, TypedDict

from server.dialects.bancho_v2.shapes.maps import ScoreMapShape, score_map_shape
from server.dialects.bancho_v2.shapes.players import stripped
from server.domain.scores import Beside, ListedScore, Score, ScoreOfPlayer, ScoreOnBeatmap, Scorer, WholeScore


class _WithPlayerId(TypedDict):
    """What every score has that is not in a player's or a beatmap's list."""

    id: int
    map_md5: str
    userid: int
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
    perfect: bool


class ScorePlayerShape(TypedDict):
    """Who set a score. No clan: all three are null."""

    id: int
    name: str
    country: str
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None


class ScoreShape(_WithPlayerId):
    """A score. Status: 0 failed, 1 submitted, 2 the player's best on the beatmap.

    With `beatmap` and `player` where `include` asks for them; null where that is gone.
    """

    beatmap: NotRequired[ScoreMapShape | None]
    player: NotRequired[ScorePlayerShape | None]


class ScoreDetailShape(_WithPlayerId):
    """A score with its beatmap and player. `clan_id` is the player's own: a clan that is gone has no name and tag."""

    beatmap: ScoreMapShape
    player: ScorePlayerShape


class _WithoutPlayer(TypedDict):
    """What a score has beside the player's id."""

    id: int
    map_md5: str
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
    perfect: bool


class PlayerScoreShape(_WithoutPlayer):
    """A score in a player's list."""

    beatmap: ScoreMapShape | None


class MapScoreShape(_WithoutPlayer):
    """A score on a beatmap's leaderboard."""

    player: ScorePlayerShape


def score_shape(score: Score) -> ScoreShape:
    return {
        "id": score.id,
        "map_md5": score.map_md5.strip(),
        "userid": score.userid,
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
        "grade": score.grade.strip(),
        "status": score.status,
        "mode": score.mode,
        "play_time": score.play_time,
        "time_elapsed": score.time_elapsed,
        "perfect": bool(score.perfect),
    }


def listed_score_shape(row: ListedScore, include: frozenset[Beside]) -> ScoreShape:
    """With null for what is to be told beside it and is gone."""
    shape = score_shape(row.score)
    if Beside.BEATMAP in include:
        shape["beatmap"] = score_map_shape(row.beatmap) if row.beatmap else None
    if Beside.PLAYER in include:
        shape["player"] = _player(row.player) if row.player else None
    return shape


def score_detail_shape(found: WholeScore) -> ScoreDetailShape:
    return {
        **score_shape(found.score),
        "beatmap": score_map_shape(found.beatmap),
        "player": _player(found.player),
    }


def player_score_shape(row: ScoreOnBeatmap) -> PlayerScoreShape:
    return {**_without_player(row.score), "beatmap": score_map_shape(row.beatmap)}


def map_score_shape(row: ScoreOfPlayer) -> MapScoreShape:
    player = Scorer(row.score.userid, *row[1:])
    return {**_without_player(row.score), "player": _player(player)}


def _without_player(score: Score) -> _WithoutPlayer:
    return {
        "id": score.id,
        "map_md5": score.map_md5.strip(),
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
        "grade": score.grade.strip(),
        "status": score.status,
        "mode": score.mode,
        "play_time": score.play_time,
        "time_elapsed": score.time_elapsed,
        "perfect": bool(score.perfect),
    }


def _player(player: Scorer) -> ScorePlayerShape:
    return {
        "id": player.id,
        "name": player.name.strip(),
        "country": player.country.strip(),
        "clan_id": player.clan_id,
        "clan_name": stripped(player.clan_name),
        "clan_tag": stripped(player.clan_tag),
    }
