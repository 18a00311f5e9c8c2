"""The bodies of set_player_info, as JSON or as a form, and of set_avatar."""

from typing import Any

import orjson
from starlette.requests import Request

from server.dialects.bancho_v1.params import MODE
from server.domain.problems import BadParameters, BadRequest
from server.domain.rulesets import UNPLAYABLE_MODES
from server.web import forms
from server.web.bodies import whole_of
from server.web.dialect import Body
from server.web.params import Kind, Refused, Text, Whole

FIELDS: dict[str, Kind] = {
    "preferred_mode": MODE,
    "play_style": Whole(0, 15),
    "userpage_content": Text(0, 2048),
    "custom_badge_name": Text(0, 16),
    "custom_badge_icon": Text(0, 64),
}

# These can be taken back, with null or an empty text.
CLEARED = frozenset({"userpage_content", "custom_badge_name", "custom_badge_icon"})

MOST_BYTES = 64 * 1024

MOST_AVATAR_BYTES = 4 * 1024 * 1024

AVATAR_TOO_LARGE = "avatar file too large (max 4MB)."

_SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {name: kind.schema() for name, kind in FIELDS.items()},
}

INFO_BODY = Body(
    "What to change. Badges are for donators only.",
    {"application/json": _SCHEMA, "application/x-www-form-urlencoded": _SCHEMA},
)

AVATAR_BODY = Body(
    "The image.",
    {
        "multipart/form-data": {
            "type": "object",
            "required": ["avatar"],
            "properties": {"avatar": {"type": "string", "format": "binary"}},
        }
    },
)


async def changes_in(request: Request) -> dict[str, Any]:
    """The fields given, each read and checked. Raises BadRequest for the first that cannot be."""
    given = await _given(request)
    if not given:
        raise BadRequest(f"Must provide at least one of {', '.join(FIELDS)}.")
    return {name: _checked(name, value) for name, value in given.items()}


async def avatar_in(request: Request) -> bytes:
    """The image sent, whatever it is. Raises BadRequest where there is none."""
    body = await _read(request, MOST_AVATAR_BYTES + forms.AROUND, AVATAR_TOO_LARGE)
    complaint = "must provide avatar file."
    try:
        content = await forms.file_of(request, body, "avatar")
    except forms.Broken as error:
        raise BadRequest(f"{complaint} ({error})") from error
    if content is None:
        raise BadRequest(complaint)
    return content


async def _given(request: Request) -> dict[str, Any]:
    body = await _read(request, MOST_BYTES, f"The body must be at most {MOST_BYTES} bytes.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json"):
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body must be a JSON object: {error}.") from error
        if not isinstance(content, dict):
            raise BadRequest("The body must be a JSON object.")
        return content
    try:
        async with forms.form_of(request, body, max_files=0) as form:
            return dict(form.items())
    except forms.Broken as error:
        raise BadRequest(f"The body must be a form or a JSON object. ({error})") from error


async def _read(request: Request, most: int, complaint: str) -> bytes:
    try:
        return await whole_of(request, most)
    except BadParameters as error:
        raise BadRequest(complaint) from error


def _checked(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise BadRequest(f"{_shown(name)}: not something that can be changed; expected one of {', '.join(FIELDS)}.")
    if name in CLEARED and value in (None, ""):
        return None
    wanted = str if name in CLEARED else str | int
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise BadRequest(f"{name}: expected {'text' if name in CLEARED else 'a whole number'}, got {_shown(value)}.")
    try:
        read = FIELDS[name].read(str(value))
    except Refused as refused:
        raise BadRequest(f"{name}: expected {refused.expected}, got {_shown(value)}.") from refused
    if name == "preferred_mode" and read in UNPLAYABLE_MODES:
        raise BadRequest("Invalid gamemode.")
    # Halves of pairs (U+D800 to U+DFFF) are no letters; some charsets bring them along.
    if isinstance(read, str) and any(letter > "\uffff" or "\ud800" <= letter <= "\udfff" for letter in read):
        raise BadRequest(f"{name}: expected text without emoji and other letters beyond U+FFFF, got {_shown(value)}.")
    return read


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
