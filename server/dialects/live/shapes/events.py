"""Events as clients are told them."""

from typing import Annotated, Literal, TypedDict

from server.dialects.live.shapes.now import (
    MatchShape,
    PersonShape,
    PlayerShape,
    match_shape,
    person_shape,
    player_shape,
)
from server.domain.happenings import Happening
from server.domain.live import Event, Game, Kind, Lobby, LobbyNow, Play, Status
from server.domain.players import Player
from server.web.streams import Message

READY = "ready"
GAP = "gap"


class ReadyShape(TypedDict):
    """The first event: others follow this id."""

    last_id: str


class GapShape(TypedDict):
    """Something may have been missed: ask for players and matches anew."""

    reason: str


class LogoutShape(TypedDict):
    """Somebody is no longer online. `lost`: their game server fell silent."""

    id: int
    name: str
    country: str
    server: str
    reason: Literal["left", "lost"]


class ClosedShape(TypedDict):
    """A lobby is no more. `lost`: its game server fell silent."""

    key: str
    server: str
    id: int
    reason: Literal["left", "lost"]


class ScoreShape(TypedDict):
    """A score that has been submitted; `slot` and `team` are those of a multiplayer game."""

    player: PersonShape
    server: str
    score_id: int | None
    score: int
    pp: float | None
    accuracy: Annotated[float, "percent"]
    max_combo: int
    n300: int
    n100: int
    n50: int
    nmiss: int
    ngeki: int
    nkatu: int
    grade: str
    perfect: bool
    passed: bool
    mode: int
    mods: int
    map_id: int
    map_md5: str
    played_at: Annotated[float | None, "Unix time"]
    slot: int | None
    team: int


class GameShape(TypedDict):
    """A game that is over, with the scores of those who may be seen, by slot."""

    key: str
    server: str
    id: int
    name: str
    started_at: Annotated[float, "Unix time"]
    ended_at: Annotated[float, "Unix time"]
    aborted: bool
    mode: int
    mods: int
    free_mods: bool
    win_condition: int
    team_type: int
    map_id: int
    map_md5: str
    map_name: str
    scores: list[ScoreShape]


EventShape = PlayerShape | LogoutShape | MatchShape | ClosedShape | GameShape | ScoreShape

# What each event's `data` is, for the documents and the tests.
DATA: dict[str, type] = {
    READY: ReadyShape,
    GAP: GapShape,
    Kind.LOGIN: PlayerShape,
    Kind.STATUS: PlayerShape,
    Kind.LOGOUT: LogoutShape,
    Kind.LOBBY_OPENED: MatchShape,
    Kind.LOBBY_CHANGED: MatchShape,
    Kind.GAME_STARTED: MatchShape,
    Kind.LOBBY_CLOSED: ClosedShape,
    Kind.GAME_FINISHED: GameShape,
    Kind.SCORE: ScoreShape,
}


def ready_message(last_id: str) -> Message:
    shape: ReadyShape = {"last_id": last_id}
    return Message(last_id, READY, shape)


def gap_message(reason: str) -> Message:
    shape: GapShape = {"reason": reason}
    return Message(None, GAP, shape)


def message(happening: Happening) -> Message:
    """A happening as everybody is told it."""
    event = happening.event
    if event is None:
        return gap_message(happening.reason)
    return Message(event.id, event.kind.value, event_shape(event, happening.people))


def event_shape(event: Event, people: dict[int, Player]) -> EventShape:
    """What there is about an event. `people`: those of it who may be seen."""
    said = event.said
    if isinstance(said, Status):
        return player_shape(people[said.player_id], said)
    if isinstance(said, Lobby):
        return match_shape(LobbyNow(said, people, None))
    if isinstance(said, Game):
        return _game(event, said, people)
    if isinstance(said, Play):
        return score_shape(said, people[said.player_id], event.server)
    reason: Literal["left", "lost"] = "lost" if said == "lost" else "left"
    if event.kind is Kind.LOBBY_CLOSED:
        return {"key": _key(event), "server": event.server, "id": event.subject, "reason": reason}
    player = people[event.subject]
    return {
        "id": player.id,
        "name": player.name,
        "country": player.country,
        "server": event.server,
        "reason": reason,
    }


def score_shape(play: Play, player: Player, server: str) -> ScoreShape:
    return {
        "player": person_shape(player),
        "server": server,
        "score_id": play.score_id or None,
        "score": play.score,
        "pp": play.pp,
        "accuracy": play.accuracy,
        "max_combo": play.max_combo,
        "n300": play.n300,
        "n100": play.n100,
        "n50": play.n50,
        "nmiss": play.nmiss,
        "ngeki": play.ngeki,
        "nkatu": play.nkatu,
        "grade": play.grade,
        "perfect": play.perfect,
        "passed": play.passed,
        "mode": play.mode,
        "mods": play.mods,
        "map_id": play.map_id,
        "map_md5": play.map_md5,
        "played_at": play.played_at or None,
        "slot": play.slot,
        "team": play.team,
    }


def _game(event: Event, game: Game, people: dict[int, Player]) -> GameShape:
    plays = sorted(game.plays, key=lambda play: -1 if play.slot is None else play.slot)
    return {
        "key": _key(event),
        "server": event.server,
        "id": game.match_id,
        "name": game.match_name,
        "started_at": game.started_at,
        "ended_at": game.ended_at,
        "aborted": game.aborted,
        "mode": game.mode,
        "mods": game.mods,
        "free_mods": game.free_mods,
        "win_condition": game.win_condition,
        "team_type": game.team_type,
        "map_id": game.map_id,
        "map_md5": game.map_md5,
        "map_name": game.map_name,
        "scores": [
            score_shape(play, people[play.player_id], event.server) for play in plays if play.player_id in people
        ],
    }


def _key(event: Event) -> str:
    return f"{event.server}:{event.subject}"
