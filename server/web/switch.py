"""Which app a path belongs to: one look-up, however many dialects and address forms there are."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from server.web.dialect import DialectApp


class Switch(BaseRoute):
    """Every path of every dialect under each of its mounts, and the dialect that words what is unknown below one."""

    def __init__(self, apps: Iterable[DialectApp]) -> None:
        self._paths: dict[str, tuple[DialectApp, str]] = {}
        self._mounts: list[tuple[str, DialectApp]] = []
        for app in apps:
            for mount in app.dialect.mounts:
                for route in app.dialect.routes:
                    self._paths.setdefault(mount + route.path, (app, route.path))
                if mount:
                    self._mounts.append((mount + "/", app))
        self._mounts.sort(key=lambda each: -len(each[0]))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"]
        found = self._paths.get(path) or self._paths.get(path.rstrip("/"))
        if found is None:
            found = next(((app, path) for mount, app in self._mounts if f"{path}/".startswith(mount)), None)
        return (Match.FULL, {"dialect": found}) if found is not None else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, path = scope["dialect"]
        await app.answer(path, scope, receive, send)
