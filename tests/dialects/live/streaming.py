"""A server that really listens, and clients of its stream."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import uvicorn
from jsonschema import Draft202012Validator

from server.app import create_app
from server.commands import uvicorn_options
from server.config import Settings
from server.dialects.live.shapes.events import DATA
from server.web.schemas import Schemas

# Longer than anything here takes; a test that waits for so long has failed.
PATIENCE = 10.0


@dataclass(frozen=True)
class Told:
    """An event as a client had it."""

    id: str | None
    event: str
    data: Any


@contextlib.asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """Run a server on a free port, in this event loop; its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = uvicorn.Server(uvicorn.Config(create_app(settings), **uvicorn_options(settings) | {"log_level": "error"}))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class Events:
    """One client's stream of Server-Sent Events; each is held against its declared shape."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()
        self.breaths = 0

    async def next(self) -> Told:
        """The next event. Raises StopAsyncIteration where the stream has ended, TimeoutError where none comes."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while True:
                line = await anext(self._lines)
                if line.startswith(":"):
                    self.breaths += 1
                elif line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    return checked(Told(fields.get("id"), fields["event"], orjson.loads(fields["data"])))

    async def some(self, count: int) -> list[Told]:
        return [await self.next() for _ in range(count)]


@contextlib.asynccontextmanager
async def events(base: str, query: str = "", last: str | None = None) -> AsyncIterator[Events]:
    """Listen to `/live/events`."""
    headers = {"last-event-id": last} if last else {}
    async with (
        httpx.AsyncClient(base_url=base, timeout=PATIENCE, verify=False) as client,  # or it reads certificates
        client.stream("GET", f"/live/events{query}", headers=headers) as response,
    ):
        yield Events(response)


def checked(told: Told) -> Told:
    schemas = Schemas("#/named/")
    schema = schemas.of(DATA[told.event])
    fault = next(Draft202012Validator({**schema, "named": schemas.named}).iter_errors(told.data), None)
    assert fault is None, f"{told}: {fault}"
    return told
