"""Matches and replays as the osu! API v1 tells them."""

from typing import Annotated, Final, Literal, TypedDict

from server.domain.mods import LETTERS
from server.domain.recorded import RecordedGame, RecordedMatch, RecordedScore
from server.web.text import date_of, flag

# With free mods these alone are everybody's.
_SPEED: Final = LETTERS["DT"] | LETTERS["HT"] | LETTERS["NC"]


class MatchShape(TypedDict):
    match_id: str
    name: str
    start_time: Annotated[str, "UTC"]
    end_time: Annotated[str | None, "null while it is open"]


# In this form since one of the names is a word of Python's.
MatchScoreShape = TypedDict(
    "MatchScoreShape",
    {
        "slot": Annotated[str, "from 0; where the game server did not say, one that nobody else has"],
        "team": Annotated[str, "0 none, 1 blue, 2 red"],
        "user_id": str,
        "score": str,
        "maxcombo": str,
        "rank": Annotated[str, "not used"],
        "count50": str,
        "count100": str,
        "count300": str,
        "countmiss": str,
        "countgeki": str,
        "countkatu": str,
        "perfect": str,
        "pass": str,
        "enabled_mods": Annotated[str, "with free mods the player's own, else 0"],
    },
)


class GameShape(TypedDict):
    game_id: str
    start_time: str
    end_time: Annotated[str | None, "null while it is played"]
    beatmap_id: str
    play_mode: str
    match_type: str
    scoring_type: Annotated[str, "0 score, 1 accuracy, 2 combo, 3 score V2"]
    team_type: Annotated[str, "0 head to head, 1 tag co-op, 2 team vs, 3 tag team vs"]
    mods: Annotated[str, "everybody's"]
    scores: list[MatchScoreShape]


class MatchAnswer(TypedDict):
    """A match with its games; `match` is 0 where there is none that may be known of."""

    match: MatchShape | Literal[0]
    games: list[GameShape]


class ReplayAnswer(TypedDict):
    """The stored stream of frames: LZMA of `w|x|y|z,` and so on, not a whole replay file."""

    content: str
    encoding: Literal["base64"]


def match_answer(match: RecordedMatch) -> MatchAnswer:
    return {
        "match": {
            "match_id": str(match.id),
            "name": match.name,
            "start_time": date_of(match.opened_ms / 1000),
            "end_time": _end(match.ended_ms),
        },
        "games": [_game(game) for game in match.games],
    }


def _game(game: RecordedGame) -> GameShape:
    return {
        "game_id": str(game.id),
        "start_time": date_of(game.started_ms / 1000),
        "end_time": _end(game.ended_ms),
        "beatmap_id": str(game.map_id),
        "play_mode": str(game.mode % 4),
        "match_type": "0",
        "scoring_type": str(game.win_condition),
        "team_type": str(game.team_type),
        "mods": str(game.mods & _SPEED if game.free_mods else game.mods),
        "scores": [_score(game, score) for score in game.scores],
    }


def _score(game: RecordedGame, score: RecordedScore) -> MatchScoreShape:
    return {
        "slot": str(score.slot),
        "team": str(score.team),
        "user_id": str(score.user_id),
        "score": str(score.score),
        "maxcombo": str(score.max_combo),
        "rank": "0",
        "count50": str(score.n50),
        "count100": str(score.n100),
        "count300": str(score.n300),
        "countmiss": str(score.nmiss),
        "countgeki": str(score.ngeki),
        "countkatu": str(score.nkatu),
        "perfect": flag(score.perfect),
        "pass": flag(score.passed),
        # Null, as the original says it of games without free mods, is more than some libraries can read.
        "enabled_mods": str(score.mods & ~(game.mods & _SPEED) if game.free_mods else 0),
    }


def _end(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else date_of(milliseconds / 1000)
