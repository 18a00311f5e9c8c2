"""One request of a dialect's app, without a server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.web.dialect import DialectApp


@dataclass
class Client:
    """One request of an app, and what came of it."""

    app: DialectApp
    messages: list[Any] = field(default_factory=list)
    hear: Callable[[str], None] = lambda event: None
    version: str = "1.1"

    async def ask(self, path: str = "/things", method: str = "GET", **headers: str) -> "Client":
        scope = {
            **{"type": "http", "method": method, "path": path, "query_string": b"", "client": ("127.0.0.1", 1)},
            "http_version": self.version,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        await self.app.answer(path, {}, scope, receive, self._send)
        return self

    async def _send(self, message: Any) -> None:
        self.messages.append(message)
        if message.get("body"):
            self.hear("sent")

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    @property
    def ended(self) -> bool:
        return not self.messages[-1].get("more_body", False)
