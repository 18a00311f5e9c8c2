"""A process of its own for work that holds the interpreter's lock, may never end and may break down."""

import asyncio
import math
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Final, TypeVar, TypeVarTuple

# How long a process may take to begin. It imports what we have imported; on a busy machine that takes seconds.
BEGIN_SECONDS: Final = 60

# No honest file needs a tenth of it; some make a calculator ask for all that the machine has.
MOST_MEMORY_BYTES: Final = 2 * 1024**3

# Left to itself, work ends so long after nobody can be waiting for it any more.
_ALONE_SECONDS: Final = 5

# A broken process has ended or is about to; it is not waited for any longer.
_END_SECONDS: Final = 2

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class TookTooLong(Exception):
    """The work took longer than anybody wanted to wait, and was ended."""


class BrokeDown(Exception):
    """The process ended in the middle of the work."""


class Killed(BrokeDown):
    """Somebody else ended the process, the kernel perhaps, for want of memory: that says nothing of the work."""


class NotBegun(BrokeDown):
    """No process could be made: the work was never looked at."""


class Calculating:
    """One process, made when it is first needed and made anew after it was stopped."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        # One at a time, first come, first served: nobody's patience is spent on the work of those before them.
        self._turn = asyncio.Lock()

    async def ask(self, patience: float, work: Callable[[*Given], Result], *given: *Given) -> Result:
        """What `work`, a function of a module, gives, in at most `patience` seconds once it is its turn.

        Raises TookTooLong, BrokeDown (Killed or NotBegun where it is no fault of the work's), and what the work raises.
        """
        async with self._turn:
            pool = await self._begun(work)
            try:
                asked = asyncio.get_running_loop().run_in_executor(pool, _done, patience, work, given)
                return await asyncio.wait_for(asked, patience)
            except TimeoutError as error:
                self._drop(pool)
                raise TookTooLong from error
            except BrokenProcessPool as error:
                try:
                    killed = await _was_killed(pool)
                finally:
                    self._drop(pool)
                raise (Killed if killed else BrokeDown) from error
            except asyncio.CancelledError:
                # Nobody wants the answer any more, and the next in line would have to wait for it.
                self._drop(pool)
                raise

    async def _begun(self, work: Callable[..., object]) -> ProcessPoolExecutor:
        """A process that is ready for this work: what it takes to begin is nobody's patience."""
        if self._pool is not None:
            return self._pool
        # Spawned, not forked: a fork would take the event loop and its sockets along.
        pool = self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(pool, _ready, work), BEGIN_SECONDS)
        except (TimeoutError, BrokenProcessPool, OSError) as error:
            self._drop(pool)
            raise NotBegun from error
        except asyncio.CancelledError:
            self._drop(pool)
            raise
        return pool

    def close(self) -> None:
        """Stop the process, in the middle of its work if need be."""
        if self._pool is not None:
            self._drop(self._pool)

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        """Stop this pool's process; the next in line gets a fresh one."""
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False)
        if self._pool is pool:
            self._pool = None


async def _was_killed(pool: ProcessPoolExecutor) -> bool:
    """Whether a broken pool's process was ended by a signal that no work gives itself."""
    processes = list((pool._processes or {}).values())
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_SECONDS):
            # The pool's own thread may be about to take the code from the kernel.
            while any(process.exitcode is None for process in processes):
                await asyncio.sleep(0.01)
    return any(process.exitcode == -signal.SIGKILL for process in processes)


def _begin() -> None:
    """In the new process. It ends when it is told to, with whoever made it, or by itself; Ctrl-C is not for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _ready(work: Callable[..., object]) -> None:
    """Nothing more: what the work needs was imported to get it here."""


def _done(patience: float, work: Callable[[*Given], Result], given: tuple[*Given]) -> Result:
    # Of work that holds the interpreter's lock no thread can make an end; the kernel does.
    signal.alarm(math.ceil(patience) + _ALONE_SECONDS)
    try:
        return work(*given)
    except MemoryError:
        os._exit(1)  # as the calculators do; nobody knows what is left of this process
    finally:
        signal.alarm(0)
