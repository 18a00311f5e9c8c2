"""Work that several processes may be started for and one does at a time, for as long as nobody tells it to stop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from server.domain.problems import Unavailable
from server.storage.fences import Overtaken

log = logging.getLogger(__name__)

# Somebody works if they have written within this time. Whoever works has to see to that.
WAIT_SECONDS: Final = 15.0

_LOOK_SECONDS: Final = 1.0
TROUBLE_SECONDS: Final = 3.0


class Alone:
    """The frame around such work: `work` is what is done. `place` says how far it is, in whatever way."""

    def __init__(self, name: str, want: Callable[[], Awaitable[None]], place: Callable[[], Awaitable[object]]) -> None:
        """`want` raises Unavailable where it cannot begin."""
        self._name = name
        self._want = want
        self._place = place
        self._trouble = ""

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop. Raises Overtaken when somebody else does, and Unavailable."""
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what fails is tried again. Raises Unavailable only where it cannot begin."""
        await self._want()
        log.info("The %s has started", self._name)
        overtaken = False
        try:
            while not stop.is_set():
                try:
                    if overtaken:
                        await self._wait(stop)
                        overtaken = False
                    else:
                        await self.work(stop)
                    continue
                except Overtaken:
                    overtaken = True
                    continue
                except Unavailable as problem:
                    self._note(problem.message)
                except Exception as error:  # one bad moment must not be the last
                    if self._trouble != repr(error):
                        log.exception("The %s has failed", self._name)
                    self._trouble = repr(error)
                await pause(stop, TROUBLE_SECONDS)
        finally:
            log.info("The %s has stopped", self._name)

    def end_trouble(self) -> None:
        """What was tried has worked."""
        if self._trouble:
            log.info("The %s goes on.", self._name)
        self._trouble = ""

    async def _wait(self, stop: asyncio.Event) -> None:
        """Wait until nobody else has written anything for some time."""
        log.info("Another %s works; this one waits", self._name)
        before, since = await self._place(), time.monotonic()
        while not stop.is_set() and time.monotonic() < since + WAIT_SECONDS:
            await pause(stop, _LOOK_SECONDS)
            now = await self._place()
            if now != before:
                before, since = now, time.monotonic()

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("%s The %s goes on trying.", trouble, self._name)
        self._trouble = trouble


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
