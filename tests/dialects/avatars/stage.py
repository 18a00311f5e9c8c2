"""The avatars' dialect alone, over a folder of its own."""

import asyncio
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from PIL import Image
from starlette.types import Receive, Scope, Send

from server.dialects.avatars import DIALECT
from server.services.avatars import Avatars
from server.storage.files import Files
from server.web.dialect import DialectApp, Origins
from server.web.metrics import Meter
from server.web.respond import Manners
from server.web.switch import Paths, Switch

# Answered to whatever is not the dialect's.
NOT_OURS = 418


def picture(form: str = "PNG", side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).save(out, form)
    return out.getvalue()


class Stage:
    """Asks over HTTP, without sockets."""

    def __init__(self, data: Path, hosts: tuple[str, ...] = ()) -> None:
        self.folder = data / "avatars"
        self.folder.mkdir(exist_ok=True)
        world = SimpleNamespace(avatars=Avatars(Files(data)))
        app = DialectApp(DIALECT, world, Manners(gzip_minimum=100), Origins(any=("*",)), Meter())
        paths = Paths()
        paths.add([app])
        paths.at(hosts, app)
        self._app = Switch(_not_ours, paths)

    def put(self, **files: bytes) -> None:
        """Files by their names, `_` for the dot."""
        for name, content in files.items():
            (self.folder / name.lstrip("_").replace("_", ".")).write_bytes(content)

    def ask(self, path: str, method: str = "GET", host: str = "api.test", **headers: str) -> httpx.Response:
        sent: dict[str, Any] = {name.replace("_", "-"): value for name, value in headers.items()}

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
                return await client.request(method, path, headers=sent)

        return asyncio.run(asking())


async def _not_ours(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": NOT_OURS, "headers": []})
    await send({"type": "http.response.body", "body": b""})
