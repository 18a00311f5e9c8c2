"""Identical questions in the air share one answer.

Nothing is kept after the answer has been given: whoever asks alone is told how things are. Thirty clients that ask
the same at once cost one question to the database, and are told how things were when the first of them asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Flights(Generic[Result]):
    """Answers being made, by question."""

    def __init__(self) -> None:
        self._in_air: dict[Hashable, asyncio.Future[Result]] = {}

    async def join(self, question: Hashable, make: Callable[[], Awaitable[Result]]) -> Result:
        """The answer under way to this question, or a new one."""
        while (flight := self._in_air.get(question)) is not None:
            try:
                return await asyncio.shield(flight)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling() or not flight.cancelled():
                    raise  # it is we who were cancelled, not only the one who flew
        flight = self._in_air[question] = asyncio.get_running_loop().create_future()
        try:
            result = await make()
        except BaseException:
            flight.cancel()  # those who waited try for themselves
            raise
        else:
            flight.set_result(result)
            return result
        finally:
            del self._in_air[question]
