"""Which `Host` names are meant."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

# Whoever watches over a process asks it by its address.
PROBES = frozenset({"/healthz", "/readyz"})


class HostNames:
    """Names of hosts, in whatever case and with or without the root's dot; `*.example.org` is what is below it."""

    def __init__(self, names: Iterable[str]) -> None:
        lower = [name.lower().removesuffix(".") for name in names]
        self._exact = frozenset(name for name in lower if not name.startswith("*."))
        self._below = tuple(name[1:] for name in lower if name.startswith("*."))

    def meant_by(self, scope: Scope) -> bool:
        """Is a request for one of them?"""
        host = _host(scope)
        return host in self._exact or host.endswith(self._below)


class Hosts:
    """Middleware that hands requests for other hosts to `refuse`."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...], refuse: ASGIApp) -> None:
        self._app = app
        self._refuse = refuse
        self._allowed = HostNames(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES or self._allowed.meant_by(scope):
            await self._app(scope, receive, send)
        else:
            await self._refuse(scope, receive, send)


def _host(scope: Scope) -> str:
    """The host asked for, without its port."""
    value: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return value.decode("latin-1").rpartition("@")[2].partition(":")[0].removesuffix(".").lower()
