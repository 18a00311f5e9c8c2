"""Which app a path belongs to: one look-up, however many dialects and address forms there are."""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from server.web.dialect import DialectApp


class Found(NamedTuple):
    """The app, its route's path as declared (less mount), and what stood in the path's `{names}`."""

    app: DialectApp
    path: str
    values: dict[str, str]


class Paths:
    """Every path of every dialect under each of its mounts, and the dialect that words what is unknown below one."""

    def __init__(self) -> None:
        self._paths: dict[str, Found] = {}
        self._forms: dict[int, list[tuple[tuple[str, ...], Found]]] = {}  # by how many segments they have
        self._pages: frozenset[str] = frozenset()
        self._mounts: list[tuple[str, DialectApp]] = []
        self._root: DialectApp

    def add(self, apps: Iterable[DialectApp]) -> None:
        """Where two dialects have the same path, the earlier one answers."""
        for app in apps:
            if "" in app.dialect.mounts:
                self._root = app
            for mount in app.dialect.mounts:
                for route in app.dialect.routes:
                    found = Found(app, route.path, {})
                    if "{" in route.path:
                        segments = tuple((mount + route.path).split("/"))
                        self._forms.setdefault(len(segments), []).append((segments, found))
                    else:
                        self._paths.setdefault(mount + route.path, found)
                if mount:
                    self._mounts.append((mount + "/", app))
        self._mounts.sort(key=lambda each: -len(each[0]))

    def leave(self, paths: Iterable[str]) -> None:
        """These are the app's own pages, also where they lie below the mount of a dialect."""
        self._pages = frozenset(paths)

    def find(self, path: str) -> Found | None:
        found = self._paths.get(path) or self._paths.get(path.rstrip("/"))
        if found is not None or path in self._pages:
            return found
        return self._formed(path.rstrip("/")) or next(
            (Found(app, path, {}) for mount, app in self._mounts if f"{path}/".startswith(mount)), None
        )

    def _formed(self, path: str) -> Found | None:
        """The route whose path has names in it that this path fills."""
        segments = path.split("/")
        for form, found in self._forms.get(len(segments), ()):
            if all(each == given or each[:1] == "{" for each, given in zip(form, segments, strict=True)):
                values = {each[1:-1]: given for each, given in zip(form, segments, strict=True) if each[:1] == "{"}
                return found._replace(values=values)
        return None

    async def unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is nothing here, as the dialect does that lives at the root."""
        await self._root.answer("", {}, scope, receive, send)


class Switch:
    """Middleware that hands a dialect's requests to it; the rest go on to the app's own routes.

    A dialect words everything that can go wrong, so nothing below this is needed on its way.
    """

    def __init__(self, app: ASGIApp, paths: Paths) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None if scope["type"] == "lifespan" else self._paths.find(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
        else:
            await found.app.answer(found.path, found.values, scope, receive, send)
