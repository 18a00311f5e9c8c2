"""Every writer tells the same evening alike."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis

from server.live.connection import Connection
from tests.contrib import emulated
from tests.contrib.emulated import BRIDGE
from tests.dialects.live.stage import Stage
from tests.golden import world
from tests.golden.house import House
from tests.live.conformance import Evening
from tests.live.drivers import Asking, Bridged, Looped, Threaded


@pytest.fixture
def client(valkey: str) -> Iterator[Redis]:
    with Redis.from_url(valkey, decode_responses=True) as opened:
        opened.flushall()
        yield opened


def test_the_publisher(client: Redis, valkey: str) -> None:
    with asyncio.Runner() as runner:
        Evening(client, lambda server: Looped(lambda: Connection(valkey, timeout=5), server, runner)).pass_()


def test_the_publisher_for_threads(client: Redis, valkey: str) -> None:
    Evening(client, lambda server: Threaded(lambda: Connection(valkey, timeout=5), server)).pass_()


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_http(house: House) -> None:
    with Redis.from_url(house.settings.redis.url, decode_responses=True) as client:
        client.flushall()
        stage = Stage(house)
        try:
            Evening(client, lambda server: Asking(stage, server)).pass_()
        finally:
            house.sql("DELETE FROM api_keys")
            house.run(world.fill_redis(house.redis))


def test_the_bridge(client: Redis, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hurried(folder: Path) -> Path:
        """One that looks more often, so that less time is spent on waiting for it."""
        main = install(folder)
        bridge = folder / BRIDGE.name
        text, found = re.subn(r"(?m)^EVERY = [0-9.]+", "EVERY = 0.05", bridge.read_text())
        assert found == 1
        bridge.write_text(text)
        return main

    install = emulated.install
    monkeypatch.setattr(emulated, "install", hurried)
    with ExitStack() as closing:
        Evening(client, lambda server: Bridged(closing, tmp_path, valkey, server)).pass_()
