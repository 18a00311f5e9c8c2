"""Forms and the files in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

# The form around a file has a size too.
AROUND: Final = 64 * 1024


class Broken(Exception):
    """A form that cannot be read; the text says why."""


@asynccontextmanager
async def form_of(request: Request, body: bytes, **limits: int) -> AsyncIterator[FormData]:
    """The form in a body that was read; `limits` as Starlette names them. Raises Broken."""
    try:
        async with Request(request.scope, _once(body)).form(**limits) as form:
            yield form
    except HTTPException as error:
        raise Broken(error.detail) from error
    except ValueError as error:  # a charset that is none, or that the text is not in
        raise Broken("Its charset cannot be read.") from error


async def file_of(request: Request, body: bytes, name: str) -> bytes | None:
    """The content of a form's file of this name; None where no such part is there, or no file in it. Raises Broken."""
    async with form_of(request, body, max_files=1, max_fields=10) as form:
        part = form.get(name)
        return await part.read() if isinstance(part, UploadFile) else None


def _once(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
