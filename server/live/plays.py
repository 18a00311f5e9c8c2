"""Games and scores as the JSON of the streams. Whatever cannot be read counts as not there."""

from dataclasses import asdict
from typing import Any

import orjson

from server.domain.live import Game, Play
from server.live.reading import Json, finite, md5, of, readable, text, whole


def game_text(game: Game) -> bytes:
    """A finished game as it is written."""
    return orjson.dumps(asdict(game))


def game_from(said: Json) -> Game | None:
    """The game in an entry of a stream, None if there is none that can be read."""

    def make(given: dict[str, Any]) -> Game:
        return Game(
            match_id=whole(given["match_id"]),
            match_name=text(given["match_name"]),
            opened_at=finite(given["opened_at"]),
            started_at=finite(given["started_at"]),
            ended_at=finite(given["ended_at"]),
            mode=whole(of(given, "mode", 0)),
            mods=whole(of(given, "mods", 0)),
            free_mods=bool(given.get("free_mods")),
            win_condition=whole(of(given, "win_condition", 0)),
            team_type=whole(of(given, "team_type", 0)),
            map_id=whole(of(given, "map_id", 0)),
            map_md5=md5(given.get("map_md5")),
            map_name=text(of(given, "map_name", "")),
            has_public_history=bool(of(given, "has_public_history", True)),
            aborted=bool(given.get("aborted")),
            plays=tuple(_play(each) for each in of(given, "plays", ())),
        )

    return readable(said, make, "A finished game")


def play_text(play: Play) -> bytes:
    """A score as it is written."""
    return orjson.dumps(asdict(play))


def play_from(said: Json) -> Play | None:
    """The score in an entry of a stream, None if there is none that can be read."""
    return readable(said, _play, "A score")


def _play(given: dict[str, Any]) -> Play:
    pp, slot = given.get("pp"), given.get("slot")
    return Play(
        player_id=whole(given["player_id"]),
        score=whole(given["score"]),
        mode=whole(of(given, "mode", 0)),
        mods=whole(of(given, "mods", 0)),
        accuracy=finite(of(given, "accuracy", 0.0)),
        max_combo=whole(of(given, "max_combo", 0)),
        n300=whole(of(given, "n300", 0)),
        n100=whole(of(given, "n100", 0)),
        n50=whole(of(given, "n50", 0)),
        nmiss=whole(of(given, "nmiss", 0)),
        ngeki=whole(of(given, "ngeki", 0)),
        nkatu=whole(of(given, "nkatu", 0)),
        grade=text(of(given, "grade", "")),
        perfect=bool(given.get("perfect")),
        passed=bool(of(given, "passed", True)),
        pp=None if pp is None else finite(pp),
        score_id=whole(of(given, "score_id", 0)),
        map_id=whole(of(given, "map_id", 0)),
        map_md5=md5(given.get("map_md5")),
        played_at=finite(of(given, "played_at", 0.0)),
        slot=None if slot is None else whole(slot),
        team=whole(of(given, "team", 0)),
    )
