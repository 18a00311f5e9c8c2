"""A door to a server on 127.0.0.1 that can be shut in the middle of things, as if the server had died."""

import asyncio
from contextlib import suppress

HOST = "127.0.0.1"


class Gate:
    """Listens on `port`, the same one each time it is opened, and passes on to `behind`."""

    def __init__(self, behind: int) -> None:
        self._behind = behind
        self.port = 0
        self._server: asyncio.Server | None = None
        self._through: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._enter, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Nobody comes in any more, and who is in is thrown out."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._through):
                writer.transport.abort()
            self._server = None

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST, self._behind)
        self._through |= {writer, inner_writer}
        try:
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            self._through -= {writer, inner_writer}
            writer.close()
            inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.write_eof()
