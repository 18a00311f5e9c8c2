"""Which `Host` names are answered."""

from starlette.types import ASGIApp, Receive, Scope, Send

# Whoever watches over a process asks it by its address.
PROBES = frozenset({"/healthz", "/readyz"})


class Hosts:
    """Middleware that hands requests for other hosts to `refuse`. `*.example.org` is what is below example.org."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...], refuse: ASGIApp) -> None:
        self._app = app
        self._refuse = refuse
        self._exact = frozenset(name.lower() for name in allowed if not name.startswith("*."))
        self._below = tuple(name[1:].lower() for name in allowed if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES or self._answers(_host(scope)):
            await self._app(scope, receive, send)
        else:
            await self._refuse(scope, receive, send)

    def _answers(self, host: str) -> bool:
        return host in self._exact or host.endswith(self._below)


def _host(scope: Scope) -> str:
    """The host asked for, without its port."""
    value: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return value.decode("latin-1").rpartition("@")[2].partition(":")[0].lower()
