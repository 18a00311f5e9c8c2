"""Answers as bytes: one place for JSON, headers, validators, compression and bodiless methods."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from starlette.types import Scope, Send

Headers = list[tuple[bytes, bytes]]

JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"

# Pictures that do not get any smaller.
PACKED = frozenset({b"image/png", b"image/jpeg", b"image/gif", b"image/webp"})

Value = TypeVar("Value")


@dataclass(slots=True)
class Answer:
    """A whole answer. What can be derived from the body is derived once, however many clients share the answer."""

    body: bytes
    status: int = 200
    media_type: bytes = JSON
    headers: Headers = field(default_factory=list)
    _etag: bytes | None = None
    _gzipped: bytes | None = None

    @property
    def etag(self) -> bytes:
        if self._etag is None:
            self._etag = b'W/"' + hashlib.blake2b(self.body, digest_size=9).hexdigest().encode() + b'"'
        return self._etag

    @property
    def gzipped(self) -> bytes:
        if self._gzipped is None:
            packer = zlib.compressobj(level=5, wbits=31)
            self._gzipped = packer.compress(self.body) + packer.flush()
        return self._gzipped


@dataclass(frozen=True, slots=True)
class File:
    """Bytes for download, returned by an endpoint in place of a value."""

    body: bytes
    media_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply(Generic[Value]):
    """A value with headers of its own, returned by an endpoint in place of the value alone."""

    value: Value
    headers: Headers


def json_answer(value: Any, status: int = 200, headers: Headers | None = None) -> Answer:
    """A value as compact JSON; whole numbers keep every digit."""
    return Answer(orjson.dumps(value), status, headers=headers or [])


def text_answer(text: str, status: int, headers: Headers | None = None) -> Answer:
    """A sentence."""
    return Answer(text.encode(), status, TEXT, headers or [])


def file_answer(file: File) -> Answer:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in file.headers.items()]
    return Answer(file.body, media_type=file.media_type.encode(), headers=headers)


@dataclass(frozen=True, slots=True)
class Manners:
    """How every answer of a dialect is sent. `fixed` go out with each; `gzip_minimum` 0 never compresses.

    `patience`: seconds that an answer may take.
    """

    fixed: tuple[tuple[bytes, bytes], ...] = ()
    gzip_minimum: int = 1024
    patience: float = 30.0
    cacheable: bytes = b"no-cache"  # keep it, but ask each time whether it still holds


async def send_answer(answer: Answer, scope: Scope, send: Send, manners: Manners, extra: Headers) -> None:
    """Send it as this request can take it: 304 for a client that has it, compressed, or without a body for HEAD."""
    wants_gzip = False
    known = None
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            wants_gzip = takes_gzip(value)
        elif name == b"if-none-match":
            known = value
    reading = scope["method"] in ("GET", "HEAD")
    headers: Headers = [*manners.fixed, *extra, *answer.headers]
    body, status = answer.body, answer.status
    packable = 0 < manners.gzip_minimum <= len(body) and answer.media_type not in PACKED
    if packable:
        headers.append((b"vary", b"Accept-Encoding"))
    if reading and status == 200:
        headers.append((b"etag", answer.etag))
        if not any(name == b"cache-control" for name, _ in answer.headers):
            headers.append((b"cache-control", manners.cacheable))
        if known is not None and _matches(known, answer.etag):
            status, body = 304, b""
    if status not in (204, 304):
        headers.append((b"content-type", answer.media_type))
        if packable and wants_gzip:
            body = answer.gzipped
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def takes_gzip(accepted: bytes) -> bool:
    """Does an `Accept-Encoding` allow gzip?"""
    takes = False
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        if (coding := name.strip()) in (b"gzip", b"*"):
            takes = weight.strip().replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
            if coding == b"gzip":  # said by name, which counts before `*`
                break
    return takes


def _matches(known: bytes, etag: bytes) -> bool:
    """If-None-Match compares weakly: `W/` counts nothing."""
    bare = etag.removeprefix(b"W/")
    return known.strip() == b"*" or any(part.strip().removeprefix(b"W/") == bare for part in known.split(b","))
