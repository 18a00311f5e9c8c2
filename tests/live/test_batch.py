"""Commands taken together: whoever asks gets an answer or Away, whatever happens."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from server.live.batch import Batch
from server.live.connection import Away


class Fake:
    """A connection whose pipelines get what `answers` makes of the number of commands."""

    cluster = False

    def __init__(self, *answers: Callable[[int], Any]) -> None:
        self._answers = list(answers)
        self._asked = 0

    async def ask(self, question: Callable[[Any], Any]) -> Any:
        self._asked = 0
        return await question(self)

    def pipeline(self, transaction: bool) -> "Fake":
        return self

    def execute_command(self, *words: Any) -> None:
        self._asked += 1

    async def execute(self, raise_on_error: bool) -> Any:
        asked, answer = self._asked, self._answers.pop(0)
        await asyncio.sleep(0.01)
        return answer(asked)


def fails(error: BaseException) -> Callable[[int], Any]:
    def answer(asked: int) -> Any:
        raise error

    return answer


def well(asked: int) -> list[str]:
    return ["well"] * asked


async def outcomes(connection: Any, *names: str) -> list[Any]:
    """What each gets, all but the first having asked while the first one's answer was on its way."""
    batch = Batch(connection)
    tasks = [asyncio.create_task(batch.command(names[0]))]
    await asyncio.sleep(0.001)
    tasks += [asyncio.create_task(batch.command(name)) for name in names[1:]]
    async with asyncio.timeout(2):
        return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("error", [Away(), RuntimeError("a bug"), UnicodeDecodeError("utf-8", b"", 0, 1, "x")])
async def test_a_failure_is_of_those_who_were_sent_alone(error: Exception) -> None:
    first, *later = await outcomes(Fake(fails(error), well), "a", "b", "c")
    assert isinstance(first, Away)
    assert later == ["well", "well"]


@pytest.mark.parametrize("more", [-1, 1])
async def test_answers_that_are_not_as_many_are_nobodys(more: int) -> None:
    wrong = Fake(well, lambda asked: ["?"] * (asked + more), well)
    first, *later = await outcomes(wrong, "a", "b", "c")
    assert first == "well"
    assert [type(each) for each in later] == [Away, Away]


async def test_an_error_among_answers_is_of_one(caplog: pytest.LogCaptureFixture) -> None:
    fine, bad = (await outcomes(Fake(well, lambda asked: ["fine", ValueError("no")]), "a", "b", "c"))[1:]
    assert fine == "fine"
    assert isinstance(bad, Away)
    assert not caplog.records


async def test_nobody_waits_for_what_has_been_cancelled() -> None:
    assert [type(each) for each in await outcomes(Fake(fails(asyncio.CancelledError())), "a", "b")] == [Away, Away]


async def test_one_who_goes_away_takes_nobody_along() -> None:
    batch: Any = Batch(Fake(well, well))  # type: ignore[arg-type]
    going, staying = (asyncio.create_task(batch.command(name)) for name in ("a", "b"))
    await asyncio.sleep(0.001)
    going.cancel()
    assert await staying == "well"
    assert await batch.command("c") == "well"
