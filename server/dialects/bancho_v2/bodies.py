"""JSON bodies as bancho.py v2 takes them."""

from dataclasses import replace
from typing import Final, TypeVar

import msgspec
from starlette.requests import Request

from server.domain.problems import BadParameters, Fault
from server.web.bodies import json_schema, read, whole_of
from server.web.dialect import Body

Declared = TypeVar("Declared", bound=msgspec.Struct)

MOST_BYTES: Final = 64 * 1024

# Never told back, nor anything that they may stand in.
_SECRETS: Final = frozenset({"body", "password", "current_password", "new_password", "captcha_token"})


async def body_of(request: Request, kind: type[Declared]) -> Declared:
    """The body as the Struct, its texts without white space around them. Raises BadParameters.

    That it must say it is JSON keeps forms of other sites out: a browser asks before it sends such a body.
    """
    try:
        content = await whole_of(request, MOST_BYTES)
        if not content:
            raise BadParameters((Fault("body", "missing", "a JSON object", place="body"),))
        if not _is_json(request.headers.get("content-type", "")):
            expected = "a JSON object, as content-type: application/json"
            raise BadParameters((Fault("body", "object", expected, place="body"),))
        return _stripped(read(content, kind, lax=True))
    except BadParameters as problem:
        raise BadParameters(tuple(map(_without_secrets, problem.faults))) from None


def body_document(kind: type[msgspec.Struct], text: str) -> Body:
    """The body in a route's document."""
    return Body(text, {"application/json": json_schema(kind)})


def _is_json(content_type: str) -> bool:
    kind, _, subtype = content_type.partition(";")[0].strip().lower().partition("/")
    return kind == "application" and (subtype == "json" or subtype.endswith("+json"))


def _stripped(body: Declared) -> Declared:
    texts = {name: value for name in body.__struct_fields__ if isinstance(value := getattr(body, name), str)}
    return msgspec.structs.replace(body, **{name: text.strip() for name, text in texts.items()})


def _without_secrets(fault: Fault) -> Fault:
    return replace(fault, came=None, secret=True) if fault.name in _SECRETS else fault
