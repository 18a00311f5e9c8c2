"""Work that goes on until it is told to stop, and how it is ended."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, Final

log = logging.getLogger(__name__)

# How long it gets to stop by itself, after what it is about, and then to let go of everything.
STOPS_SECONDS: Final = 10.0
ENDS_SECONDS: Final = 3.0


async def until_told(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Do this until it ends or `stop` is set. Raises what it raises; a store that hangs does not keep it."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await asyncio.wait({working}, timeout=STOPS_SECONDS)
    if not working.done():
        log.warning("What was under way is given up")
        working.cancel()
        await asyncio.wait({working}, timeout=ENDS_SECONDS)
    elif not working.cancelled():
        working.result()


async def closed(closing: Awaitable[None]) -> None:
    """Wait until something is closed, but not for ever."""
    try:
        async with asyncio.timeout(ENDS_SECONDS):
            await closing
    except TimeoutError:
        log.warning("A store does not answer, and is left as it is")
