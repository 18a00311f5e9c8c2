"""What game servers send, declared. Names that are not here are refused, or a misspelt one would be lost in silence."""

from collections.abc import Hashable, Iterable
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from server.dialects.live.params import MOST_ID, MOST_MATCH
from server.domain.live import Lobby, Play, Slot, Status
from server.domain.problems import BadParameters, BadRequest, Fault
from server.web.bodies import json_schema
from server.web.dialect import Body

MOST_PLAYERS: Final = 20_000
MOST_SCORES: Final = 100

# Bytes that a body may have.
SMALL: Final = 64 * 1024
LARGE: Final = 16 * 1024 * 1024

_MD5_TEXT: Final = "32 hexadecimal digits, or no text at all"
_GRADE_TEXT: Final = "XH, X, SH, S, A, B, C, D, F, N, or no text at all"

PlayerId = Annotated[int, Meta(ge=1, le=MOST_ID)]
MatchId = Annotated[int, Meta(ge=0, le=MOST_MATCH)]
Place = Annotated[int, Meta(ge=0, le=15)]
Count = Annotated[int, Meta(ge=0, le=MOST_ID)]
Large = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Action = Annotated[int, Meta(ge=0, le=13)]
Mode = Literal[0, 1, 2, 3, 4, 5, 6, 8]
Team = Annotated[int, Meta(ge=0, le=2, description="0 none, 1 blue, 2 red")]
Rule = Annotated[int, Meta(ge=0, le=3)]
SlotStatus = Literal[4, 8, 16, 32, 64, 128]
Grade = Annotated[
    Literal["", "XH", "X", "SH", "S", "A", "B", "C", "D", "F", "N"], Meta(extra={"expected": _GRADE_TEXT})
]
MapId = Annotated[int, Meta(ge=-1, le=MOST_ID, description="-1 or 0: none")]
Line = Annotated[str, Meta(max_length=1024)]
# Python's `$` would let a line break follow.
Md5 = Annotated[str, Meta(max_length=32, pattern=r"^(?!\n)([0-9a-fA-F]{32})?$", extra={"expected": _MD5_TEXT})]
# Milliseconds do not fit.
Moment = Annotated[float, Meta(ge=0, le=10**11, description="Unix seconds, with a fraction; 0: not known")]


class Said(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What somebody says of something; UNSET is what they do not say."""

    def given(self) -> dict[str, Any]:
        """What is said, by field."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in values if value is not UNSET}

    def something(self) -> None:
        """Raises BadParameters where nothing is said."""
        if not self.given():
            expected = f"at least one of {', '.join(self.__struct_fields__)}"
            raise BadParameters((Fault("body", "short", expected, {}, 1, "body"),))


class PlayerPatch(Said, frozen=True, kw_only=True):
    action: Action | UnsetType = UNSET
    info_text: Line | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    mods: Count | UnsetType = UNSET
    map_id: MapId | UnsetType = UNSET
    map_md5: Md5 | UnsetType = UNSET


class PlayerPut(PlayerPatch, frozen=True, kw_only=True):
    login_time: Moment | None = None

    def status(self, player_id: int) -> Status:
        given = self.given() | {"login_time": self.login_time or 0.0}
        given.pop("id", None)
        return Status(player_id=player_id, **given)


class PlayerOf(PlayerPut, frozen=True, kw_only=True):
    """One of a whole game server."""

    id: PlayerId


class SlotIn(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    number: Place
    player_id: PlayerId
    status: SlotStatus = 4
    team: Team = 0
    mods: Count = 0
    loaded: bool = False
    skipped: bool = False


class MatchPatch(Said, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    host_id: Annotated[int, Meta(ge=0, le=MOST_ID, description="0: nobody")] | UnsetType = UNSET
    referee_ids: Annotated[tuple[PlayerId, ...], Meta(max_length=100)] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    mods: Count | UnsetType = UNSET
    free_mods: bool | UnsetType = UNSET
    seed: Annotated[int, Meta(ge=-(2**31), le=MOST_ID)] | UnsetType = UNSET
    in_progress: bool | UnsetType = UNSET
    is_scrimming: bool | UnsetType = UNSET
    win_condition: Rule | UnsetType = UNSET
    team_type: Rule | UnsetType = UNSET
    map_id: MapId | UnsetType = UNSET
    map_md5: Md5 | UnsetType = UNSET
    map_name: Line | UnsetType = UNSET
    slots: Annotated[tuple[SlotIn, ...], Meta(max_length=16)] | UnsetType = UNSET
    started_at: Moment | UnsetType = UNSET
    has_public_history: bool | UnsetType = UNSET

    def changes(self, place: str = "") -> dict[str, Any]:
        """What is said, as fields of a Lobby. `place`: where in a body it stands. Raises BadRequest."""
        given = self.given()
        if "slots" in given:
            slots: tuple[SlotIn, ...] = given["slots"]
            places = [f"{place}slots[{at}]" for at in range(len(slots))]
            distinct(
                ((f"{at}.number", slot.number) for at, slot in zip(places, slots, strict=True)), "a number", "slot"
            )
            distinct(
                ((f"{at}.player_id", slot.player_id) for at, slot in zip(places, slots, strict=True)), "an id", "slot"
            )
            given["slots"] = tuple(Slot(**asdict(slot)) for slot in slots)
        return given


class MatchPut(MatchPatch, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=255)]
    host_id: Annotated[int, Meta(ge=0, le=MOST_ID, description="0: nobody")]
    opened_at: Moment | None = None

    def lobby(self, match_id: int, place: str = "") -> Lobby:
        """Raises BadRequest."""
        changes = self.changes(place) | {"opened_at": self.opened_at or 0.0}
        changes.pop("id", None)
        return Lobby(id=match_id, **changes)


class MatchOf(MatchPut, frozen=True, kw_only=True):
    """One of a whole game server."""

    id: MatchId


class SnapshotIn(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    players: Annotated[tuple[PlayerOf, ...], Meta(max_length=MOST_PLAYERS)]
    matches: Annotated[tuple[MatchOf, ...], Meta(max_length=MOST_MATCH + 1)]

    def statuses(self) -> list[Status]:
        """Raises BadRequest."""
        distinct(((f"players[{at}].id", player.id) for at, player in enumerate(self.players)), "an id", "player")
        return [player.status(player.id) for player in self.players]

    def lobbies(self) -> list[Lobby]:
        """Raises BadRequest."""
        distinct(((f"matches[{at}].id", match.id) for at, match in enumerate(self.matches)), "an id", "lobby")
        return [match.lobby(match.id, f"matches[{at}].") for at, match in enumerate(self.matches)]


class ScoreIn(Said, frozen=True, kw_only=True):
    player_id: PlayerId
    score: Large
    score_id: Annotated[int, Meta(ge=0, le=2**63 - 1, description="0: not known")] | None = None
    mode: Mode | UnsetType = UNSET
    mods: Count | UnsetType = UNSET
    accuracy: Annotated[float, Meta(ge=0, le=100, description="percent")] | UnsetType = UNSET
    max_combo: Count | UnsetType = UNSET
    n300: Count | UnsetType = UNSET
    n100: Count | UnsetType = UNSET
    n50: Count | UnsetType = UNSET
    nmiss: Count | UnsetType = UNSET
    ngeki: Count | UnsetType = UNSET
    nkatu: Count | UnsetType = UNSET
    grade: Grade | UnsetType = UNSET
    perfect: bool | UnsetType = UNSET
    passed: bool | UnsetType = UNSET
    pp: Annotated[float, Meta(ge=0, le=10**9)] | None = None
    map_id: MapId | UnsetType = UNSET
    map_md5: Md5 | UnsetType = UNSET
    played_at: Moment | None = None
    slot: Place | None = None
    team: Team | UnsetType = UNSET

    def fields(self) -> dict[str, Any]:
        """What is said, as fields of a Play; null says nothing."""
        return {name: value for name, value in self.given().items() if value is not None and (name, value) != _NO_TIME}


_NO_TIME: Final = ("played_at", 0)


class GameIn(Said, frozen=True, kw_only=True):
    opened_at: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    aborted: bool | UnsetType = UNSET
    name: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    mods: Count | UnsetType = UNSET
    free_mods: bool | UnsetType = UNSET
    win_condition: Rule | UnsetType = UNSET
    team_type: Rule | UnsetType = UNSET
    map_id: MapId | UnsetType = UNSET
    map_md5: Md5 | UnsetType = UNSET
    map_name: Line | UnsetType = UNSET
    has_public_history: bool | UnsetType = UNSET
    scores: Annotated[tuple[ScoreIn, ...], Meta(max_length=16)] = ()

    def fields(self) -> dict[str, Any]:
        """What is said, as fields of a Game; a time of 0 or null says nothing."""
        given = self.given()
        del given["scores"]
        for name in ("opened_at", "started_at", "ended_at"):
            if not given.get(name):
                given.pop(name, None)
        if "name" in given:
            given["match_name"] = given.pop("name")
        return given

    def plays(self) -> list[dict[str, Any]]:
        """Its scores, as fields of Play. Raises BadRequest."""
        distinct(((f"scores[{at}].player_id", each.player_id) for at, each in enumerate(self.scores)), "an id", "score")
        plays = [each.fields() for each in self.scores]
        told = [(at, play["slot"]) for at, play in enumerate(plays) if "slot" in play]
        distinct(((f"scores[{at}].slot", slot) for at, slot in told), "a number", "score")
        return plays


class ScoresIn(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    scores: Annotated[tuple[ScoreIn, ...], Meta(min_length=1, max_length=MOST_SCORES)]

    def plays(self) -> list[Play]:
        return [Play(**score.fields()) for score in self.scores]


def distinct(told: Iterable[tuple[str, Hashable]], what: str, of: str) -> None:
    """Raises BadRequest where a value comes again; with each value its place in the body."""
    seen: set[Hashable] = set()
    for place, value in told:
        if value in seen:
            raise BadRequest(f"{place}: expected {what} that no other {of} has, got {value}.")
        seen.add(value)


def _body(text: str, kind: type[Struct], **more: Any) -> Body:
    return Body(text, {"application/json": json_schema(kind, **more)})


PUT_PLAYER: Final = _body(
    "What the player does; what is left out is 0 or no text. `login_time` left out is the one known, else now.",
    PlayerPut,
)
PATCH_PLAYER: Final = _body("What has changed.", PlayerPatch, minProperties=1)
PUT_MATCH: Final = _body(
    "The lobby as it stands, with its occupied slots; what is left out is 0, false or empty. `opened_at` left out "
    "is the one known, else now; so is `started_at` while it is in progress.",
    MatchPut,
)
PATCH_MATCH: Final = _body("What has changed; `slots` are all that are occupied.", MatchPatch, minProperties=1)
SNAPSHOT: Final = _body("Everybody who is online and every lobby that is open at this game server.", SnapshotIn)
GAME: Final = _body("The game with its scores; what is left out is as the lobby has it.", GameIn)
SCORES: Final = _body("Scores.", ScoresIn)
