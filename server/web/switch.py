"""Which app a path belongs to: one look-up, however many dialects and address forms there are."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from server.web.dialect import DialectApp
from server.web.hosts import HostNames


class Found(NamedTuple):
    """The app, its route's path as declared (less mount), and what stood in the path's `{names}`."""

    app: DialectApp
    path: str
    values: dict[str, str]
    told_by: frozenset[str] = frozenset()


class Routes:
    """Whole paths, and forms of paths with `{names}` in them."""

    def __init__(self) -> None:
        self._paths: dict[str, Found] = {}
        self._rivals: dict[str, list[Found]] = {}  # of several dialects at one address
        self._forms: dict[int, list[tuple[tuple[str, ...], Found]]] = {}  # by how many segments they have

    def add(self, app: DialectApp, mount: str) -> None:
        """All of an app's routes below a mount. Routes that differ by their methods alone are one path."""
        for route in {route.path: route for route in app.dialect.routes}.values():
            found = Found(app, route.path, {}, route.told_by)
            if "{" in route.path:
                segments = tuple((mount + route.path).split("/"))
                self._forms.setdefault(len(segments), []).append((segments, found))
            elif (first := self._paths.setdefault(mount + route.path, found)) is not found:
                self._rivals.setdefault(mount + route.path, [first]).append(found)

    def whole(self, path: str, query: bytes) -> Found | None:
        """The route with this path, with or without a slash at its end."""
        bare = path if path in self._paths else path.rstrip("/")
        found = self._paths.get(bare)
        return self._meant(self._rivals[bare], query) if bare in self._rivals else found

    def formed(self, path: str) -> Found | None:
        """The route whose path has names in it that this path fills."""
        segments = path.rstrip("/").split("/")
        for form, found in self._forms.get(len(segments), ()):
            if all(each == given or (given and each[:1] == "{") for each, given in zip(form, segments, strict=True)):
                values = {each[1:-1]: given for each, given in zip(form, segments, strict=True) if each[:1] == "{"}
                return found._replace(values=values)
        return None

    def _meant(self, rivals: list[Found], query: bytes) -> Found:
        names = {name for name, _ in parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)}
        return next((each for each in rivals if not each.told_by.isdisjoint(names)), rivals[0])


class Guest(NamedTuple):
    """An app that has hosts of its own, with its routes as they are below `mount` there."""

    hosts: HostNames
    mount: str
    app: DialectApp
    routes: Routes

    def find(self, path: str, query: bytes) -> Found | None:
        """The route at a path of these hosts; below a mount that is not the root, whatever is asked for."""
        found = self.routes.whole(path, query) or self.routes.formed(path)
        if found is None and self.mount and f"{path}/".startswith(f"{self.mount}/"):
            return Found(self.app, path, {})
        return found


class Paths:
    """Every path of every dialect under each of its mounts, and the dialect that words what is unknown below one."""

    def __init__(self) -> None:
        self._routes = Routes()
        self._guests: list[Guest] = []
        self._pages: frozenset[str] = frozenset()
        self._mounts: list[tuple[str, DialectApp]] = []
        self._root: DialectApp

    def clear(self) -> None:
        """Forget all of them: whose apps they were has ended, and begins anew."""
        self._routes, self._guests, self._mounts = Routes(), [], []

    def add(self, apps: Iterable[DialectApp]) -> None:
        """Where two dialects have the same path, the parameters tell which is meant; if they do not, the earlier."""
        for app in apps:
            if "" in app.dialect.mounts:
                self._root = app
            for mount in app.dialect.mounts:
                self._routes.add(app, mount)
                if mount:
                    self._mounts.append((mount + "/", app))
        self._mounts.sort(key=lambda each: -len(each[0]))

    def at(self, hosts: Iterable[str], app: DialectApp, mount: str = "") -> None:
        """On these hosts an app's routes are below `mount` too, before all others; what is unknown there it words."""
        if names := tuple(hosts):
            routes = Routes()
            routes.add(app, mount)
            self._guests.append(Guest(HostNames(names), mount, app, routes))

    def leave(self, paths: Iterable[str]) -> None:
        """These are the app's own pages, also where they lie below the mount of a dialect."""
        self._pages = frozenset(paths)

    def meant(self, scope: Scope) -> Found | None:
        """The route that a request is for."""
        path: str = scope["path"]
        query: bytes = scope["query_string"]
        if self._guests and (found := self._at_a_guest(path, query, scope)):
            return found
        return self.find(path, query)

    def find(self, path: str, query: bytes = b"") -> Found | None:
        """The route at a path, on whatever host."""
        found = self._routes.whole(path, query)
        if found is not None or path in self._pages:
            return found
        return self._routes.formed(path) or next(
            (Found(app, path, {}) for mount, app in self._mounts if f"{path}/".startswith(mount)), None
        )

    def _at_a_guest(self, path: str, query: bytes, scope: Scope) -> Found | None:
        meant = (each for each in self._guests if each.hosts.meant_by(scope))
        return next((found for each in meant if (found := each.find(path, query))), None)

    async def unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is nothing here, as the dialect does that lives at the root."""
        guest = next((each for each in self._guests if not each.mount and each.hosts.meant_by(scope)), None)
        await (guest.app if guest else self._root).answer("", {}, scope, receive, send)


class Switch:
    """Middleware that hands a dialect's requests to it; the rest go on to the app's own routes.

    A dialect words everything that can go wrong, so nothing below this is needed on its way.
    """

    def __init__(self, app: ASGIApp, paths: Paths) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None if scope["type"] == "lifespan" else self._paths.meant(scope)
        if found is None:
            await self._app(scope, receive, send)
        else:
            await found.app.answer(found.path, found.values, scope, receive, send)
