"""Forms and the files in them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

# RFC 2046.
_BOUNDARY: Final = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{1,70}")

_MOST_PARTS: Final = 10

# The form around a file has a size too.
AROUND: Final = 64 * 1024


class Broken(Exception):
    """A form that cannot be read; the text says why."""


@asynccontextmanager
async def form_of(request: Request, body: bytes, **limits: int) -> AsyncIterator[FormData]:
    """The form in a body that was read; `limits` as Starlette names them. Raises Broken."""
    try:
        async with Request(_in_utf8(request.scope), _once(body)).form(**limits) as form:
            yield form
    except HTTPException as error:
        raise Broken(error.detail) from error


async def file_of(request: Request, body: bytes, name: str) -> bytes | None:
    """The content of a form's file of this name, of several the last; None where there is none. Raises Broken."""
    async with form_of(request, body, max_files=_MOST_PARTS, max_fields=_MOST_PARTS) as form:
        part = form.get(name)
        return await part.read() if isinstance(part, UploadFile) else None


def _in_utf8(scope: Scope) -> Scope:
    """The request with nothing in its content type but what parts the form. Raises Broken.

    With a charset of the client's choosing some of Python's codecs take minutes for a long text.
    """
    given = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    kind, options = parse_options_header(given)
    if (boundary := options.get(b"boundary")) is not None:
        if not _BOUNDARY.fullmatch(boundary):
            raise Broken("Its boundary is none.")
        kind += b'; boundary="' + boundary + b'"'
    others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return {**scope, "headers": [*others, (b"content-type", kind)]}


def _once(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
