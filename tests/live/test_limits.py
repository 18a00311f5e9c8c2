"""Counting requests: over processes and stores never more than is allowed, and nobody is kept out longer than said."""

import asyncio
import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.processes import HOST, free_port
from server.domain.limits import WINDOW, Allowance, Counted, Limit, allowance, fits, later
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.limits import Counters, Taken, key
from server.services.limits import Limits
from tests.live.listening import Place, every_key, raw

SECRET = "0a1b2c3d-1111-4aaa-8bbb-000000000003"

ROOT = Path(__file__).resolve().parents[2]


async def into_a_new_minute(connection: Connection, seconds: float) -> None:
    """Wait, if this minute of the store's clock ends sooner than that: what follows is to be within one."""
    now, micros = await raw(connection, "TIME")
    left = 60 - (int(now) + int(micros) / 1e6) % 60
    if left < seconds:
        await asyncio.sleep(left + 0.01)


async def put(connection: Connection, limit: Limit, who: str, before: int, now: int, ago: int = 0) -> None:
    """As if so much had been counted by the minute that began `ago` minutes before this one."""
    seconds, _ = await raw(connection, "TIME")
    await raw(connection, "SET", key(limit, who), f"{int(seconds) // 60 - ago} {before} {now}")


async def test_what_is_said_of_a_request(connection: Connection) -> None:
    limits, limit = Limits(Batch(connection)), Limit("v1", 3, 1)
    await into_a_new_minute(connection, 5)
    said = [await limits.take(limit, SECRET) for _ in range(6)]
    assert [each.allowed for each in said if each] == [True] * 4 + [False] * 2
    assert [each.remaining for each in said if each] == [2, 1, 0, 0, 0, 0]
    for each in said:
        assert each is not None
        assert each.limit == 3
        assert 1 <= each.reset_seconds <= 60
        assert each.retry_after == 0 if each.allowed else each.retry_after >= each.reset_seconds


async def test_limits_and_clients_do_not_touch(connection: Connection) -> None:
    limits = Limits(Batch(connection))
    await into_a_new_minute(connection, 5)
    for limit in (Limit("a", 1), Limit("b", 1)):
        for who in ("x", "y"):
            assert [(await limits.take(limit, who)).allowed for _ in range(2)] == [True, False]  # type: ignore[union-attr]
    assert len(await every_key(connection)) == 4


async def test_secrets_stay_here_and_keys_go_away(connection: Connection) -> None:
    await into_a_new_minute(connection, 5)
    await Limits(Batch(connection)).take(Limit("v1", 3), SECRET)
    (stored,) = await every_key(connection)
    assert stored.startswith("bancho-api:limit:{")
    assert SECRET not in stored + await raw(connection, "GET", stored)
    assert 60 < await raw(connection, "TTL", stored) <= 120


async def test_the_burst_is_for_whoever_kept_to_the_limit(connection: Connection) -> None:
    counters, limit = Counters(Batch(connection)), Limit("v1", 10, 5)
    await into_a_new_minute(connection, 5)
    for before, burst in ((0, 5), (10, 5), (11, 0)):
        who = str(before)
        await put(connection, limit, who, 0, before, 1)
        taken = [await counters.take(limit, who) for _ in range(20)]
        for each in taken:
            assert each.counted.before == before
            share = before * (WINDOW - each.counted.elapsed) / WINDOW
            had = each.counted.now - each.allowed
            assert each.allowed == (share + had < 10 + burst)
        assert not all(each.allowed for each in taken)


async def test_what_lies_two_minutes_back_is_forgotten(connection: Connection) -> None:
    counters, limit = Counters(Batch(connection)), Limit("v1", 10, 5)
    await into_a_new_minute(connection, 5)
    for ago in (2, 3, -1, -1000):  # or ahead, if the clock was set back
        await put(connection, limit, "x", 1000, 1000, ago)
        taken = await counters.take(limit, "x")
        assert (taken.allowed, taken.counted[:2]) == (True, (0, 1))


@pytest.mark.parametrize("odd", ["", "x", "1 2", "1 2 3 4", "-1 -1 -1"])
async def test_what_others_wrote_there_counts_as_nothing(connection: Connection, odd: str) -> None:
    await raw(connection, "SET", key(Limit("v1", 2), "x"), odd)
    said = await Limits(Batch(connection)).take(Limit("v1", 2), "x")
    assert said is not None
    assert said.remaining == 1


async def test_the_window_slides(connection: Connection) -> None:
    """Windows of 200 ms, asked all the time: each answer is by the rule, each count follows from the one before."""
    length, limit = 200, Limit("v1", 8, 4)
    counters = Counters(Batch(connection), length)
    taken: list[tuple[float, Taken, float]] = []
    started = time.monotonic()
    while (asked := time.monotonic()) < started + 1.2:
        taken.append((asked, await counters.take(limit, "x"), time.monotonic()))
        await asyncio.sleep(0.004)
    windows = 1
    for (asked, earlier, _), (_, each, answered) in pairwise(taken):
        before, now, elapsed = each.counted
        had = now - each.allowed
        most = 12 if before <= 8 else 8
        assert each.allowed == (before * (length - elapsed) + had * length < most * length)
        if answered - asked > length / 2000:  # this machine was busy: a whole window may have passed
            windows += 1
        elif elapsed < earlier.counted.elapsed:
            windows += 1
            assert (before, had) == (earlier.counted.now, 0)
        else:
            assert (before, had) == (earlier.counted.before, earlier.counted.now)
    assert windows >= 5
    # Whoever asks without a pause has the burst in every other window.
    assert sum(each.allowed for _, each, _ in taken) <= 8 * windows + 4 * (windows // 2 + 1)


CLIENT = """
import asyncio, json, sys
from server.domain.limits import Limit
from server.live.batch import Batch
from server.live.connection import Connection
from server.services.limits import Limits

async def main():
    url, cluster, name = sys.argv[1:]
    connection = Connection(url, cluster=cluster == "True", timeout=5)
    limits = Limits(Batch(connection))
    said = await asyncio.gather(*(limits.take(Limit(name, 100, 20), "x") for _ in range(100)))
    await connection.close()
    print(json.dumps([each.allowed for each in said]))

asyncio.run(main())
"""


async def test_processes_at_once_get_no_more_than_one_would(live_store: Place, connection: Connection) -> None:
    await into_a_new_minute(connection, 15)
    command = [sys.executable, "-c", CLIENT, live_store.url, str(live_store.cluster), "v1"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(3)]
    said = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [len(each) for each in said] == [100] * 3
    assert sum(map(sum, said)) == 120


async def test_without_redis_nothing_is_limited(connection: Connection) -> None:
    limit = Limit("v1", 1)
    for nowhere in (Connection(""), Connection(f"redis://{HOST}:{free_port()}/0", timeout=0.2)):
        limits = Limits(Batch(nowhere))
        assert [await limits.take(limit, "x") for _ in range(3)] == [None] * 3
        await nowhere.close()
    # Something else under the key is no reason to refuse either.
    await raw(connection, "LPUSH", key(limit, "x"), "y")
    with pytest.raises(Away):
        await Counters(Batch(connection)).take(limit, "x")
    assert await Limits(Batch(connection)).take(limit, "x") is None


async def test_no_limit_asks_nobody(connection: Connection) -> None:
    assert await Limits(Batch(connection)).take(Limit("v1", 0, 5), "x") is None
    assert await every_key(connection) == []


counts = st.integers(0, 60)


@given(st.integers(1, 50), st.integers(0, 30), counts, counts, st.integers(0, WINDOW - 1))
def test_nobody_waits_for_nothing(per_minute: int, burst: int, before: int, now: int, elapsed: int) -> None:
    limit, counted = Limit("v1", per_minute, burst), Counted(before, now, elapsed)
    said = allowance(limit, counted, False)
    assert fits(limit, later(counted, said.retry_after * 1000))
    assert not any(fits(limit, later(counted, each * 1000)) for each in range(1, said.retry_after))
    assert 0 < said.reset_seconds * 1000 - (WINDOW - elapsed) + 1000 <= 1000 + 999
    # So many more there are, one after the other, while no burst is drawn on.
    without = Limit("v1", per_minute)
    for _ in range(said.remaining):
        assert fits(without, counted)
        counted = counted._replace(now=counted.now + 1)
    assert not fits(without, counted)


def test_what_is_left_of_it() -> None:
    assert allowance(Limit("v1", 10, 5), Counted(10, 3, 30_000), True) == Allowance(True, 10, 2, 30, 0)
    assert allowance(Limit("v1", 10, 5), Counted(12, 5, 30_000), False) == Allowance(False, 10, 0, 30, 6)
