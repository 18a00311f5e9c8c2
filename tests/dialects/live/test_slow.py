"""Clients of the stream that take nothing: they are dropped, and nobody else notices."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from server.config import Settings
from server.domain.live import Status
from server.live.writer import Writer, online
from server.web.protocol import HttpProtocol
from tests.dialects.live.streaming import PATIENCE, events, listening
from tests.golden.people import AIKO

SERVER = "main"

# More than the buffers of both ends and the server's own hold.
ROUNDS, AT_ONCE = 40, 200
LONG = "x" * 2000


@pytest.fixture
async def base(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(HttpProtocol, "stuck_seconds", 0.5)
    async with listening(settings) as address:
        yield address


def deaf(base: str, request: bytes) -> socket.socket:
    """A client that asks, and then never reads."""
    host, _, port = base.removeprefix("http://").partition(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((host, int(port)))
    client.sendall(request)
    return client


def is_reset(client: socket.socket) -> bool:
    """Has the connection been given up, rather than being kept for whenever its client reads again?"""
    with client:
        client.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while client.recv(65536):
                pass
            return False
        return client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


async def open_streams(base: str, route: str) -> int:
    async with httpx.AsyncClient(base_url=base) as client:
        text = (await client.get("/metrics")).text
    line = f'streams_open{{dialect="live",route="{route}"}} '
    return int(float(next(each for each in text.splitlines() if each.startswith(line)).removeprefix(line)))


async def wait_for(base: str, route: str, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await open_streams(base, route) != count:
            await asyncio.sleep(0.05)


UPGRADE = (
    b"connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.mark.parametrize(
    ("route", "asked"),
    [("/events", b"host: x\r\n\r\n"), ("/ws", b"host: x\r\n" + UPGRADE + b"\r\n")],
)
async def test_a_client_that_takes_nothing_is_dropped(base: str, writer: Writer, route: str, asked: bytes) -> None:
    async with events(base, "?kinds=status") as healthy:
        await healthy.next()
        already = await open_streams(base, route)
        client = deaf(base, b"GET /live" + route.encode() + b" HTTP/1.1\r\n" + asked)
        await wait_for(base, route, already + 1)
        for turn in range(ROUNDS):
            await writer.say(
                SERVER,
                [online(Status(AIKO, 1.0, info_text=LONG, map_id=turn * AT_ONCE + n), SERVER) for n in range(AT_ONCE)],
            )
            skipped = 1 if turn == 0 else 0  # the first is a login
            told = await healthy.some(AT_ONCE - skipped)
            assert told[-1].data["map_id"] == turn * AT_ONCE + AT_ONCE - 1
        await wait_for(base, route, already)
        assert is_reset(client)


async def test_many_come_again_at_once_and_miss_nothing(base: str, writer: Writer) -> None:
    statuses = [online(Status(AIKO, 1.0, map_id=number), SERVER) for number in range(30)]
    await writer.say(SERVER, statuses[:20])
    async with events(base, last="0-0") as stream:
        await stream.next()
        last = (await stream.some(10))[-1].id

    async def again() -> list[int]:
        async with events(base, last=last) as resumed:
            await resumed.next()
            return [each.data["map_id"] for each in await resumed.some(20)]

    coming = [asyncio.create_task(again()) for _ in range(150)]
    await asyncio.sleep(0.2)
    await writer.say(SERVER, statuses[20:])
    assert all(each == list(range(10, 30)) for each in await asyncio.gather(*coming))
