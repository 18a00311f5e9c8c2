"""Identical questions share one answer: whatever happens to whoever asked first."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.web.flights import Flights


class Source:
    """Something to ask: counts the calls, and answers when told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.open = asyncio.Event()
        self.error: BaseException | None = None

    async def __call__(self) -> int:
        self.calls += 1
        call = self.calls
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return call


def ask(flights: Flights[int], source: Callable[[], Awaitable[int]], question: str = "q") -> asyncio.Task[int]:
    return asyncio.create_task(flights.join(question, source))


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def asked(count: int) -> tuple[Flights[int], Source, list[asyncio.Task[int]]]:
    """A flight in the air with `count` waiting for it, the first of them the one who flies."""
    flights: Flights[int] = Flights()
    source = Source()
    tasks = [ask(flights, source) for _ in range(count)]
    await settle()
    assert source.calls == min(count, 1)
    return flights, source, tasks


async def test_many_at_once_cost_one_call() -> None:
    flights, source, tasks = await asked(200)
    source.open.set()
    assert await asyncio.gather(*tasks) == [1] * 200
    assert source.calls == 1
    assert not flights._in_air


async def test_other_questions_are_asked_for_themselves() -> None:
    flights: Flights[int] = Flights()
    source = Source()
    tasks = [ask(flights, source, question) for question in ("a", "b", "a", "c")]
    await settle()
    source.open.set()
    assert sorted(await asyncio.gather(*tasks)) == [1, 1, 2, 3]


async def test_nothing_is_kept_after_an_answer() -> None:
    flights: Flights[int] = Flights()
    source = Source()
    source.open.set()
    assert [await flights.join("q", source) for _ in range(3)] == [1, 2, 3]
    assert not flights._in_air


async def test_who_asks_after_the_answer_was_made_gets_a_new_one() -> None:
    """Also where those who waited have not yet been given it."""
    flights, source, tasks = await asked(3)
    source.open.set()
    late: list[asyncio.Task[int]] = []
    tasks[0].add_done_callback(lambda _: late.append(ask(flights, source)))
    assert await asyncio.gather(*tasks) == [1, 1, 1]
    assert await late[0] == 2


async def test_another_takes_over_from_one_who_was_cancelled() -> None:
    flights, source, tasks = await asked(50)
    tasks[0].cancel()
    await settle()
    assert source.calls == 2
    source.open.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert done[1:] == [2] * 49
    assert not flights._in_air


async def test_it_is_taken_over_as_often_as_need_be() -> None:
    flights, source, tasks = await asked(5)
    for flown, task in enumerate(tasks[:4], 1):
        assert source.calls == flown
        task.cancel()
        await settle()
    source.open.set()
    assert await tasks[4] == 5
    assert not flights._in_air


async def test_one_who_waits_can_be_cancelled_without_harm() -> None:
    flights, source, tasks = await asked(5)
    for task in tasks[2:4]:
        task.cancel()
    await settle()
    source.open.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in done] == [False, False, True, True, False]
    assert source.calls == 1
    assert not flights._in_air


async def test_one_who_waits_gives_up_in_their_own_time() -> None:
    _, source, tasks = await asked(2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.shield(tasks[1])
    source.open.set()
    assert await asyncio.gather(*tasks) == [1, 1]


async def test_all_are_cancelled_together() -> None:
    """As at the end of a server: nobody begins anew, although the flight they waited for was cancelled too."""
    flights, source, tasks = await asked(20)
    for task in tasks:
        task.cancel()
    done, waiting = await asyncio.wait(tasks, timeout=5)
    source.open.set()  # whoever did begin anew comes to an end
    assert not waiting
    assert all(task.cancelled() for task in done)
    assert source.calls == 1
    assert not flights._in_air


async def test_an_error_is_told_to_whom_it_happened_and_the_others_try() -> None:
    flights, source, tasks = await asked(3)
    source.error = ValueError("broken")
    source.open.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in done] == [ValueError] * 3
    assert source.calls == 3
    assert not flights._in_air


async def test_a_call_that_never_waits() -> None:
    flights: Flights[int] = Flights()

    async def at_once() -> int:
        return 7

    assert await asyncio.gather(*(flights.join("q", at_once) for _ in range(3))) == [7, 7, 7]
    assert not flights._in_air
