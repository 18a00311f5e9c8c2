"""The body of set_player_info, as JSON or as a form."""

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request

from server.dialects.bancho_v1.params import MODE
from server.domain.problems import BadRequest
from server.domain.rulesets import UNPLAYABLE_MODES
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


async def _given(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadRequest(f"The body must be at most {MOST_BYTES} bytes.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json"):
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body must be a JSON object: {error}.") from error
        if not isinstance(content, dict):
            raise BadRequest("The body must be a JSON object.")
        return content
    replayed = Request(request.scope, _once(body))
    try:
        async with replayed.form(max_files=0) as form:
            return dict(form.items())
    except HTTPException as error:
        raise BadRequest(f"The body must be a form or a JSON object: {error.detail}") from error


def _once(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


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
    if isinstance(read, str) and any(ord(letter) > 0xFFFF for letter in read):
        raise BadRequest(f"{name}: expected text without emoji and other letters beyond U+FFFF, got {_shown(value)}.")
    return read


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
