"""Guessing passwords: wrong ones are counted over all processes, right ones are given back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from server.domain.limits import Limit
from server.domain.problems import LiveAway, TooFast
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.limits import Counters, key
from server.services.attempts import Attempts

LIMIT = Limit("login_failures", 3)
WHO = ("player 3", "10.0.0.1")
HERE = "player 3 from 10.0.0.1"


@pytest.fixture
async def store(valkey: str) -> AsyncIterator["Redis[str]"]:
    async with Redis.from_url(valkey, decode_responses=True) as client:
        await client.flushdb()
        now, _ = await client.time()
        if now % 60 > 50:  # what follows is to be within a minute
            await asyncio.sleep(60 - now % 60)
        yield client
        await client.flushdb()


@pytest.fixture
async def attempts(valkey: str) -> AsyncIterator[Attempts]:
    connection = Connection(valkey, timeout=5)
    yield Attempts(Counters(Batch(connection)), LIMIT)
    await connection.close()


async def test_what_was_right_does_not_count(store: "Redis[str]", attempts: Attempts) -> None:
    for _ in range(10):
        await attempts.count(*WHO)
        await attempts.give_back(*WHO)
    for _ in range(3):
        await attempts.count(*WHO)
    with pytest.raises(TooFast) as refused:
        await attempts.count(*WHO)
    assert 1 <= refused.value.wait <= 120
    assert refused.value.limit == 3
    await attempts.count("player 4", "10.0.0.1")
    await attempts.give_back(*WHO)
    await attempts.count(*WHO)


async def test_a_stranger_elsewhere_keeps_nobody_out(store: "Redis[str]", attempts: Attempts) -> None:
    """Unless there are strangers everywhere."""
    for place in range(9):
        for _ in range(3):
            await attempts.count("player 3", f"10.0.1.{place}")
        with pytest.raises(TooFast):
            await attempts.count("player 3", f"10.0.1.{place}")
    for _ in range(3):
        await attempts.count(*WHO)
    with pytest.raises(TooFast) as refused:
        await attempts.count("player 3", "10.0.2.1")
    assert refused.value.limit == 30
    await attempts.count("player 4", "10.0.2.1")


async def test_what_is_given_back_leaves_the_rest_as_it_was(store: "Redis[str]", attempts: Attempts) -> None:
    place = key(LIMIT, HERE)
    await attempts.count(*WHO)
    await attempts.count(*WHO)
    minute = (await store.get(place)).split()[0]
    await store.pexpire(place, 5000)
    await attempts.give_back(*WHO)
    assert await store.get(place) == f"{minute} 0 1"
    assert 0 < await store.pttl(place) <= 5000
    # Of a minute that is over, too: it still counts.
    await store.set(place, f"{int(minute) - 1} 2 3", px=5000)
    await attempts.give_back(*WHO)
    assert await store.get(place) == f"{int(minute) - 1} 2 2"


async def test_nothing_is_given_back_that_was_never_counted(store: "Redis[str]", attempts: Attempts) -> None:
    await attempts.give_back(*WHO)
    assert await store.exists(key(LIMIT, HERE)) == 0
    await store.set(key(LIMIT, HERE), "1 5 0", px=5000)
    await attempts.give_back(*WHO)
    assert await store.get(key(LIMIT, HERE)) == "1 5 0"


async def test_where_nothing_is_limited_redis_is_not_needed() -> None:
    attempts = Attempts(Counters(Batch(Connection(""))), Limit("login_failures", 0))
    for _ in range(3):
        await attempts.count(*WHO)
        await attempts.give_back(*WHO)


async def test_where_nothing_can_be_counted_nobody_may_guess() -> None:
    attempts = Attempts(Counters(Batch(Connection(""))), LIMIT)
    with pytest.raises(LiveAway):
        await attempts.count(*WHO)
    with pytest.raises(LiveAway):
        await attempts.give_back(*WHO)
