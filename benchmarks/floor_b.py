"""Floor B: the same SQL on a bare asyncmy pool with the rows thrown away, from as many workers as the load has."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import asyncmy
import uvloop

from benchmarks.database import Login
from benchmarks.load import CONNECTIONS

POOL_SIZE = 10


def measure(login: Login, requests: Sequence[Sequence[str]], seconds: float) -> float:
    """Requests per second, where one request is all of its statements one after the other.

    requests: one list of SQL texts per target; they are taken in turn, over and over.
    """
    return uvloop.run(_measure(login, requests, seconds))


async def _measure(login: Login, requests: Sequence[Sequence[str]], seconds: float) -> float:
    pool = await asyncmy.create_pool(
        minsize=POOL_SIZE,
        maxsize=POOL_SIZE,
        host=login.host,
        port=login.port,
        user=login.user,
        password=login.password,
        db=login.database,
        autocommit=True,
    )
    try:
        turns = itertools.cycle(requests)
        started = time.perf_counter()
        deadline = started + seconds
        done = await asyncio.gather(*(_work(pool, turns, deadline) for _ in range(CONNECTIONS)))
        return sum(done) / (time.perf_counter() - started)
    finally:
        pool.close()
        await pool.wait_closed()


async def _work(pool: Any, turns: Iterator[Sequence[str]], deadline: float) -> int:
    done = 0
    while time.perf_counter() < deadline:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            for statement in next(turns):
                await cursor.execute(statement)
                await cursor.fetchall()
        done += 1
    return done
