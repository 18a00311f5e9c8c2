"""A line to a server that a test cuts, lets hang, and heals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from benchmarks.processes import HOST, free_port


class Proxy:
    """Passes on what comes to `port`, both ways."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._lines: set[asyncio.Task[None]] = set()

    async def heal(self) -> None:
        """As if nothing had been: what hung arrives now."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._line, HOST, self.port)

    def hang(self) -> None:
        """Nothing arrives any more, and nothing breaks."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Every line breaks, and there are no new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.snap()

    async def snap(self) -> None:
        """Every line breaks; new ones are taken."""
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.add(line)
        ends = [writer]
        try:
            await self._flowing.wait()
            there, back = await asyncio.open_connection(HOST, self._target)
            ends.append(back)
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        except OSError:
            pass
        except asyncio.CancelledError:  # cut
            for end in ends:
                end.transport.abort()
        finally:
            for end in ends:
                end.close()
            self._lines.discard(line)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        await self._flowing.wait()
        with suppress(OSError):
            writer.write_eof()


@asynccontextmanager
async def proxy(target: int) -> AsyncIterator[Proxy]:
    """A line to this port of 127.0.0.1, which flows."""
    line = Proxy(target)
    await line.heal()
    try:
        yield line
    finally:
        await line.cut()
