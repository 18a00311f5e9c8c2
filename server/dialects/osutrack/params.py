"""osu!track's words for what can be asked."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.domain.players import Player, PlayerRef
from server.domain.privileges import NOBODY, Privileges
from server.domain.problems import NotFound
from server.domain.rulesets import MODES, Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS
from server.web.params import REQUIRED, Refused, Words, param

MOST_PLAYER_ID: Final = 2**31 - 1

MOST_PLAYS: Final = 10_000

# What the `user` of top plays is.
_BY_ID: Final = "id"
BY_NAME: Final = "username"

_USER: Final = "a valid user id"
USER_OR_NAME: Final = f"{_USER}, or the name of a user where userMode=username"
_MODE: Final = "0 (osu!), 1 (taiko), 2 (catch) or 3 (mania); 4 to 6 with Relax, 8 with Autopilot"
_DATE: Final = "a date as YYYY-MM-DD, UTC"
_LIMIT: Final = f"a whole number from 1 to {MOST_PLAYS}"

# Whatever is longer is nobody's name.
_LONGEST_NAME: Final = 255

_MODES: Final = {str(int(mode)): mode for mode in MODES}

_ID: Final = {"type": "integer", "minimum": 1}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_id(text: str) -> int:
    """A player's id; one that is too great is nobody's."""
    digits = text.lstrip("0")
    if not digits or not re.fullmatch("[0-9]+", text):
        raise Refused("whole", _USER)
    return int(digits[:20])


def _read_user(text: str) -> str:
    """Either; which of them it is, another parameter says."""
    if not text:
        raise Refused("short", USER_OR_NAME, 1)
    return text


def _read_limit(text: str) -> int:
    digits = re.fullmatch("0*([0-9]{1,5})", text)
    if digits is None or not 1 <= (count := int(digits[1])) <= MOST_PLAYS:
        raise Refused("whole", _LIMIT)
    return count


def _read_mode(text: str) -> Mode:
    if text not in _MODES:
        raise Refused("choice", _MODE, tuple(_MODES))
    return _MODES[text]


def _read_user_mode(text: str) -> str:
    if text not in (_BY_ID, BY_NAME):
        raise Refused("choice", f"{_BY_ID} or {BY_NAME}")
    return text


def _read_date(text: str) -> int:
    """A date or a moment, in Unix milliseconds. In a query a plus sign stands for a space."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        moment = datetime.fromisoformat(text[:11] + text[11:].replace(" ", "+"))
    except ValueError as error:
        raise Refused("date", _DATE) from error
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def user() -> Any:
    return param(Words(read_id, _ID, _USER), "The player's id.", REQUIRED, example=3)


def user_or_name() -> Any:
    kind = Words(_read_user, {"anyOf": [_ID, {"type": "string", "minLength": 1}]}, USER_OR_NAME)
    return param(kind, "The player's id, or their name with `userMode=username`.", REQUIRED, example=3)


def user_mode() -> Any:
    kind = Words(_read_user_mode, {"type": "string", "enum": [_BY_ID, BY_NAME]})
    return param(kind, "What `user` is.", _BY_ID, name="userMode", empty=True, lenient=True)


def _mode(default: Any, **options: Any) -> Any:
    text = "0 osu!, 1 taiko, 2 catch, 3 mania; 4 to 6 with Relax, 8 osu! with Autopilot."
    schema = {"type": "integer", "enum": [int(mode) for mode in MODES]}
    return param(Words(_read_mode, schema, _MODE), text, default, example=0, **options)


def mode() -> Any:
    return _mode(REQUIRED)


def mode_or_osu() -> Any:
    return _mode(Mode.OSU, empty=True, lenient=True)


def _date(name: str, text: str) -> Any:
    kind = Words(_read_date, {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d"})
    return param(kind, text, name=name, empty=True, lenient=True, example="2024-01-31")


def start() -> Any:
    return _date("from", "Only what was then or later: at the beginning of a day (UTC), or at a moment of it.")


def end() -> Any:
    return _date("to", "Only what was then or before: at the beginning of a day (UTC), or at a moment of it.")


def window(start: int | None, end: int | None) -> tuple[int, int]:
    """From when to when, in Unix milliseconds, both counted."""
    return EARLIEST_MS if start is None else start, LATEST_MS if end is None else end


def limit() -> Any:
    kind = Words(_read_limit, {"type": "integer", "minimum": 1, "maximum": MOST_PLAYS})
    return param(kind, "How many at most.", 100)


async def find(world: Any, ref: PlayerRef) -> Player | None:
    """The player meant, if anybody may know of them."""
    if (ref.id or 0) > MOST_PLAYER_ID or len(ref.name or "") > _LONGEST_NAME:
        return None
    try:
        player: Player = await world.players.find(ref, NOBODY)
    except NotFound:
        return None
    # Also where `[players] visibility` shows them to others.
    return player if player.priv & Privileges.UNRESTRICTED else None
