"""uvicorn's HTTP protocol, on connections that end when a client stops reading."""

import asyncio
import contextlib
import socket
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A client that takes nothing of what waits for it for so long is dropped by the operating system; closing such a
# connection would wait for it instead, and keep all that has been sent to it.
STUCK_SECONDS: Final = 20.0


class HttpProtocol(HttpToolsProtocol):
    """For HTTP, and for WebSockets, which take the connection over."""

    stuck_seconds = STUCK_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Only Linux knows it, and only of TCP.
        with contextlib.suppress(AttributeError, OSError):
            opened = transport.get_extra_info("socket")
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.stuck_seconds * 1000))
