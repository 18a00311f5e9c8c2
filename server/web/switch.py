"""Which app a path belongs to: one look-up, however many dialects and address forms there are."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from server.web.dialect import DialectApp

Found = tuple[DialectApp, str]  # and the path, less mount


class Paths:
    """Every path of every dialect under each of its mounts, and the dialect that words what is unknown below one."""

    def __init__(self) -> None:
        self._paths: dict[str, Found] = {}
        self._mounts: list[tuple[str, DialectApp]] = []
        self._root: DialectApp

    def add(self, apps: Iterable[DialectApp]) -> None:
        """Where two dialects have the same path, the earlier one answers."""
        for app in apps:
            if "" in app.dialect.mounts:
                self._root = app
            for mount in app.dialect.mounts:
                for route in app.dialect.routes:
                    self._paths.setdefault(mount + route.path, (app, route.path))
                if mount:
                    self._mounts.append((mount + "/", app))
        self._mounts.sort(key=lambda each: -len(each[0]))

    def find(self, path: str) -> Found | None:
        found = self._paths.get(path) or self._paths.get(path.rstrip("/"))
        if found is None:
            found = next(((app, path) for mount, app in self._mounts if f"{path}/".startswith(mount)), None)
        return found

    async def unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is nothing here, as the dialect does that lives at the root."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._root.answer("", scope, receive, send)


class Switch:
    """Middleware that hands a dialect's requests to it; the rest go on to the app's own routes.

    A dialect words everything that can go wrong, so nothing below this is needed on its way.
    """

    def __init__(self, app: ASGIApp, paths: Paths) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._paths.find(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
        else:
            app, path = found
            await app.answer(path, scope, receive, send)
