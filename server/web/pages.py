"""Long lists, told page by page, so that only a few pages of them are in memory at a time."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import orjson
from starlette.types import Scope, Send

from server.web.respond import JSON, Answer, Headers, Manners, json_answer, takes_gzip

Page = TypeVar("Page", bound=list[Any])

_END: Final[list[Any]] = []


@dataclass(frozen=True, slots=True)
class Pages(Generic[Page]):
    """What a handler gives in place of a list: `Pages[list[Shape]]` is declared, and told, as that list."""

    pages: AsyncIterator[Page]


@dataclass(frozen=True, slots=True)
class Paged:
    """A list of more than one page: the first two, and where the others come from. For one client alone."""

    begun: tuple[list[Any], list[Any]]
    more: AsyncIterator[list[Any]]


async def begin(pages: Pages[Any], scope: Scope) -> Answer | Paged:
    """Where there is one page at most, an answer like any other; so too for HTTP/1.0, which takes nothing in parts."""
    source: AsyncIterator[list[Any]] = pages.pages
    if scope.get("http_version") == "1.0":
        return json_answer([each async for page in source for each in page])
    first = await anext(source, _END)
    if first is _END or (second := await anext(source, _END)) is _END:
        return json_answer(first)
    return Paged((first, second), source)


async def send_pages(paged: Paged, scope: Scope, send: Send, manners: Manners, extra: Headers) -> None:
    """Send a list as it comes. An error on the way goes up before the list has ended."""
    packer = None
    headers: Headers = [*manners.fixed, *extra, (b"cache-control", manners.cacheable), (b"content-type", JSON)]
    if manners.gzip_minimum:
        headers.append((b"vary", b"Accept-Encoding"))
        if any(name == b"accept-encoding" and takes_gzip(value) for name, value in scope["headers"]):
            headers.append((b"content-encoding", b"gzip"))
            packer = zlib.compressobj(level=5, wbits=31)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    before = b"["
    async for page in _all(paged, manners.patience):
        if not page:
            continue
        chunk = before + orjson.dumps(page)[1:-1]
        before = b","
        if body := packer.compress(chunk) if packer else chunk:
            await send({"type": "http.response.body", "body": body, "more_body": True})
    end = b"]" if before == b"," else b"[]"
    await send({"type": "http.response.body", "body": packer.compress(end) + packer.flush() if packer else end})


async def _all(paged: Paged, patience: float) -> AsyncIterator[list[Any]]:
    """Every page; each may take so many seconds."""
    for page in paged.begun:
        yield page
    while True:
        async with asyncio.timeout(patience):
            page = await anext(paged.more, _END)
        if page is _END:
            return
        yield page
