"""Multiplayer matches as they are read back from what was recorded. Moments are Unix milliseconds."""

from typing import NamedTuple


class RecordedScore(NamedTuple):
    """What a player made of a game. `mods`: all that the play was made with."""

    game_id: int
    user_id: int
    slot: int
    team: int
    score: int
    max_combo: int
    n300: int
    n100: int
    n50: int
    nmiss: int
    ngeki: int
    nkatu: int
    mods: int
    perfect: bool
    passed: bool


class RecordedGame(NamedTuple):
    """One map played. `ended_ms` is None while it is played; `mods` are everybody's."""

    id: int
    started_ms: int
    ended_ms: int | None
    map_id: int
    mode: int
    mods: int
    free_mods: bool
    win_condition: int
    team_type: int
    scores: list[RecordedScore]


class RecordedMatch(NamedTuple):
    """A match from its opening to its end; `ended_ms` is None while it is open."""

    id: int
    name: str
    opened_ms: int
    ended_ms: int | None
    games: list[RecordedGame]
