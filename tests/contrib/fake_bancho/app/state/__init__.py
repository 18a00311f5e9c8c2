from __future__ import annotations

from asyncio import AbstractEventLoop

from . import sessions as sessions

# Said here, but there only once the server has started.
loop: AbstractEventLoop
