"""Answers that go on: events for as long as a client listens, as Server-Sent Events or WebSocket messages."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from server.web.respond import Answer, Headers

# A WebSocket's client learns from it that it was too slow or has to come again.
TRY_AGAIN_LATER = 1013


# Somebody who is told to stop and does not is told again after so long.
AGAIN_SECONDS = 0.5


class Message:
    """One event as clients are told it. Made once, and with it each of its forms, however many clients there are."""

    def __init__(self, id: str | None, event: str, data: Any) -> None:
        self._id, self._event, self._data = id, event, data

    @cached_property
    def sse(self) -> bytes:
        """As a block of `text/event-stream`."""
        head = f"id: {self._id}\n" if self._id is not None else ""
        return f"{head}event: {self._event}\ndata: ".encode() + orjson.dumps(self._data) + b"\n\n"

    @cached_property
    def text(self) -> str:
        """As a WebSocket message: a JSON object of `id`, `event` and `data`."""
        return orjson.dumps({"id": self._id, "event": self._event, "data": self._data}).decode()


class Line:
    """The way to one client. `tell` returns when the client's network has taken it, more or less."""

    async def tell(self, messages: Sequence[Message]) -> None:
        raise NotImplementedError

    async def breathe(self) -> None:
        """Say nothing, so that everybody on the way knows that the line is in use."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Stream:
    """What a handler gives in place of a value. `run` tells a client events until there are no more for it.

    It is cancelled when the client has gone.
    """

    run: Callable[[Line], Awaitable[None]]


async def send_stream(stream: Stream, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
    """Run a stream over whichever protocol the client came with."""
    if scope["type"] == "websocket":
        await _over_websocket(stream, receive, send, headers)
    else:
        await _over_http(stream, scope, receive, send, headers)


async def deny(answer: Answer, scope: Scope, send: Send, headers: Headers) -> None:
    """Answer a WebSocket's first request with something else, as far as the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    said = [*headers, *answer.headers, (b"content-type", answer.media_type)]
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": said})
    await send({"type": "websocket.http.response.body", "body": answer.body})


class _EventLine(Line):
    def __init__(self, send: Send) -> None:
        self._send = send

    async def tell(self, messages: Sequence[Message]) -> None:
        await self._body(b"".join([message.sse for message in messages]))

    async def breathe(self) -> None:
        await self._body(b":\n\n")

    async def _body(self, block: bytes) -> None:
        await self._send({"type": "http.response.body", "body": block, "more_body": True})


class _SocketLine(Line):
    def __init__(self, send: Send) -> None:
        self._send = send

    async def tell(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._send({"type": "websocket.send", "text": message.text})

    async def breathe(self) -> None:
        """The server pings by itself."""


async def _over_http(stream: Stream, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
    said = [
        *headers,
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),  # nginx would hold events back
    ]
    await send({"type": "http.response.start", "status": 200, "headers": said})
    if scope["method"] != "HEAD":
        await _until_gone(stream, _EventLine(send), receive, "http.disconnect")
    await send({"type": "http.response.body", "body": b""})


async def _over_websocket(stream: Stream, receive: Receive, send: Send, headers: Headers) -> None:
    await receive()  # that it wants to connect
    await send({"type": "websocket.accept", "headers": headers})
    if not await _until_gone(stream, _SocketLine(send), receive, "websocket.disconnect"):
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})


async def _until_gone(stream: Stream, line: Line, receive: Receive, goodbye: str) -> bool:
    """Run it until it ends or the client goes; whether the client has gone."""
    running = asyncio.current_task()
    assert running is not None
    told = 0

    async def watch() -> None:
        nonlocal told
        while (await receive())["type"] != goodbye:
            pass  # what a client says is of no interest
        # Once is not enough: what a stream waits for may be a library that swallows it.
        while True:
            running.cancel()
            told += 1
            await asyncio.sleep(AGAIN_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        await stream.run(line)
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        watching.cancel()
    for _ in range(told):
        running.uncancel()
    return told > 0
