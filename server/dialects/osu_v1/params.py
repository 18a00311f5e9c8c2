"""The osu! API v1's words for what can be asked. What it always forgave is forgiven: the default is taken instead."""

from dataclasses import dataclass
from datetime import UTC, datetime
from re import fullmatch
from typing import Any, Final

from server.domain.mods import DOUBLE_TIME, EVERY_BIT, LETTERS, NIGHTCORE, bits_of
from server.domain.players import Player, PlayerRef
from server.domain.privileges import NOBODY
from server.domain.problems import NotFound
from server.domain.rulesets import MODES, Mode
from server.web.params import Refused, Text, Whole, Words, param

MOST_ID: Final = 2**63 - 1

MOST_PLAYER_ID: Final = 2**31 - 1

_DATES: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

_EVERY_MODE: Final = {"type": "integer", "enum": [int(mode) for mode in MODES]}


@dataclass(frozen=True)
class Clamped:
    """A whole number; one out of bounds counts as the nearest that is not."""

    least: int
    most: int

    def read(self, text: str) -> int:
        value = Whole(-(10**30), 10**30, clamp=True).read(text)
        return min(max(value, self.least), self.most)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


def _read_mode(text: str) -> Mode:
    value = Whole(0, 11).read(text)
    if value not in MODES:
        raise Refused("choice", f"one of {', '.join(str(int(mode)) for mode in MODES)}")
    return Mode(value)


def _read_type(text: str) -> str:
    if text not in ("string", "id"):
        raise Refused("choice", "string or id")
    return text


_BITS: Final = Whole(0, EVERY_BIT)

_LETTERS: Final = f"({'|'.join(LETTERS)})+"


def _read_mods(text: str) -> int:
    """A bit field, as a number or, as one library sends it, in letters: then with what some mods imply."""
    letters = text.strip().upper()
    if not fullmatch(_LETTERS, letters):
        try:
            return _BITS.read(text)
        except Refused as refused:
            raise Refused(refused.kind, f"{refused.expected}, or letters such as HDDT", refused.limit) from refused
    bits = bits_of(letters)
    bits |= DOUBLE_TIME if bits & NIGHTCORE else 0
    return bits | (LETTERS["SD"] if bits & LETTERS["PF"] else 0)


def _read_since(text: str) -> int:
    for form in _DATES:
        try:
            return int(datetime.strptime(text.strip(), form).replace(tzinfo=UTC).timestamp() * 1000)
        except (ValueError, OverflowError):
            continue
    raise Refused("date", "a date as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, UTC")


def user(text: str = "The player's id or name.") -> Any:
    return param(Text(0, 4096), text, empty=True)


def user_type(name: str = "type") -> Any:
    """`t` is what one library calls it."""
    words = "What `u` is: `string` a name, `id` an id. By default digits are an id, and a name if nobody has it."
    kind = Words(_read_type, {"type": "string", "enum": ["string", "id"]})
    return param(kind, words, empty=True, lenient=True, name=name)


def mode(default: Mode | None = Mode.OSU) -> Any:
    text = "0 osu!, 1 taiko, 2 catch, 3 mania; 4 to 6 with Relax, 8 osu! with Autopilot."
    return param(Words(_read_mode, _EVERY_MODE), text, default, empty=True, lenient=True)


def limit(default: int, most: int) -> Any:
    return param(Clamped(1, most), "How many at most.", default, empty=True, lenient=True)


def mods(text: str) -> Any:
    schema = {"anyOf": [_BITS.schema(), {"type": "string", "pattern": f"^{_LETTERS}$"}]}
    return param(Words(_read_mods, schema), text, empty=True)


def number(text: str) -> Any:
    return param(Whole(0, MOST_ID), text, empty=True)


def since(text: str) -> Any:
    schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$"}
    return param(Words(_read_since, schema), text, empty=True, example="2024-01-31")


async def player(world: Any, asked: str | None, of_type: str | None) -> Player:
    """The player that `u` means. Raises NotFound."""
    for ref in _meant(asked or "", of_type):
        try:
            found: Player = await world.players.find(ref, NOBODY)
            return found
        except NotFound:
            continue
    raise NotFound("player")


def _meant(asked: str, of_type: str | None) -> list[PlayerRef]:
    digits = asked.isascii() and asked.isdecimal() and len(asked) <= 10 and int(asked) <= MOST_PLAYER_ID
    by_id = [PlayerRef(id=int(asked))] if digits and of_type != "string" else []
    by_name = [PlayerRef(name=asked)] if asked and of_type != "id" else []
    return by_id + by_name
