"""The bodies of set_player_info, as JSON or as a form, and of set_avatar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.datastructures import FormData, UploadFile
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

# The form around an avatar has a size too.
MOST_AVATAR_BYTES = 4 * 1024 * 1024 + MOST_BYTES

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
    body = await _read(request, MOST_AVATAR_BYTES, "avatar file too large (max 4MB).")
    async with _form(request, body, "must provide avatar file.", max_files=1, max_fields=10) as form:
        avatar = form.get("avatar")
        content = await avatar.read() if isinstance(avatar, UploadFile) else None
    if content is None:
        raise BadRequest("must provide avatar file.")
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
    async with _form(request, body, "The body must be a form or a JSON object.", max_files=0) as form:
        return dict(form.items())


async def _read(request: Request, most: int, complaint: str) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BadRequest(complaint)
    return bytes(body)


@asynccontextmanager
async def _form(request: Request, body: bytes, complaint: str, **limits: int) -> AsyncIterator[FormData]:
    try:
        async with Request(request.scope, _once(body)).form(**limits) as form:
            yield form
    except HTTPException as error:
        raise BadRequest(f"{complaint} ({error.detail})") from error
    except ValueError as error:  # a charset that is none, or that the text is not in
        raise BadRequest(f"{complaint} (Its charset cannot be read.)") from error


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
    # Halves of pairs (U+D800 to U+DFFF) are no letters; some charsets bring them along.
    if isinstance(read, str) and any(letter > "\uffff" or "\ud800" <= letter <= "\udfff" for letter in read):
        raise BadRequest(f"{name}: expected text without emoji and other letters beyond U+FFFF, got {_shown(value)}.")
    return read


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
