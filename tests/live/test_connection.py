"""The way to Redis: how long it may take while nothing answers, and through Sentinels."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import HOST, free_port, running
from server.live.connection import Away, Connection, _given

TIMEOUT = 0.2


@pytest.fixture
async def deaf() -> AsyncIterator[int]:
    """The port of something that takes connections and says nothing."""
    server = await asyncio.start_server(lambda reader, writer: None, HOST, 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def ways(port: int) -> list[Connection]:
    url = f"redis://{HOST}:{port}/0"
    sentinels = tuple(f"{HOST}:{port}" for _ in range(3))
    return [
        Connection(url, timeout=TIMEOUT),
        Connection(url, cluster=True, timeout=TIMEOUT),
        Connection(url, sentinels=sentinels, timeout=TIMEOUT),
    ]


async def seconds(connection: Connection) -> float:
    started = time.monotonic()
    with pytest.raises(Away):
        await connection.ask(lambda client: client.get("x"))
    return time.monotonic() - started


async def test_what_hangs_costs_the_timeout_once_and_then_nothing(deaf: int) -> None:
    for connection in ways(deaf):
        assert TIMEOUT * 0.9 < await seconds(connection) < TIMEOUT * 1.8
        assert await seconds(connection) < 0.05
        await connection.close()


async def test_what_is_not_there_costs_no_more_than_the_timeout() -> None:
    for connection in ways(free_port()):
        assert await seconds(connection) < TIMEOUT * 1.8
        await connection.close()


@pytest.fixture(params=["", "secret"])
def sentinel(request: pytest.FixtureRequest, redis: str, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A password, and the port of a Sentinel that wants it and watches a Redis that wants none."""
    port, watched = free_port(), redis.rpartition(":")[2].partition("/")[0]
    settings = tmp_path / "sentinel.conf"
    settings.write_text(
        f"port {port}\nbind {HOST}\ndir {tmp_path}\nsentinel monitor ours {HOST} {watched} 1\n"
        + (f"requirepass {request.param}\n" if request.param else "")
    )
    with running(["redis-server", str(settings), "--sentinel"], port, tmp_path / "log"):
        yield request.param, port


async def test_a_sentinel_tells_the_way(sentinel: tuple[str, int]) -> None:
    """It is asked with the password of Redis, which one that wants none takes as well."""
    wanted, port = sentinel
    found = Connection(
        f"redis://:{wanted or 'any'}@elsewhere/0",
        sentinels=(f"{HOST}:{port}",),
        sentinel_master="ours",
        timeout=2,
    )
    assert await found.ask(lambda client: client.ping())
    await found.close()
    if wanted:
        locked_out = Connection("redis://elsewhere/0", sentinels=(f"{HOST}:{port}",), sentinel_master="ours", timeout=2)
        with pytest.raises(Away):
            await locked_out.ask(lambda client: client.ping())
        await locked_out.close()


def test_what_an_address_says_beside_the_place() -> None:
    assert _given("redis://me:secret@there:1/2") == {"username": "me", "password": "secret", "db": 2}
    assert _given("rediss://there/0?ssl_cert_reqs=none") == {"db": 0, "ssl": True, "ssl_cert_reqs": "none"}


async def test_sentinels_and_redis_are_spoken_to_encrypted() -> None:
    """What comes first over the wire is the hello of TLS, and where it is not, nothing is told."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(hear, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    secret = Connection("rediss://:x@there/0", sentinels=(f"{HOST}:{port}",), timeout=1)
    with pytest.raises(Away):
        await secret.ask(lambda client: client.ping())
    await secret.close()
    server.close()
    assert set(heard) == {b"\x16"}


async def test_other_errors_are_not_hidden() -> None:
    async def broken(client: Any) -> None:
        raise KeyError("ours")

    connection = Connection("redis://there/0")
    with pytest.raises(KeyError):
        await connection.ask(broken)
    await connection.close()
