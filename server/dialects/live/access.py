"""Who asks: `Authorization: Bearer <key>`, or the bare key."""

from typing import Any

from starlette.requests import HTTPConnection

from server.domain.privileges import Viewer
from server.domain.problems import Forbidden, Unauthenticated
from server.web.dialect import Route


async def viewer(world: Any, request: HTTPConnection, route: Route) -> Viewer:
    """The key's owner. Where a route needs no key a bad one counts as none."""
    header = request.headers.get("authorization", "")
    scheme, _, rest = header.partition(" ")
    found: Viewer = await world.access.viewer((rest if scheme.lower() == "bearer" else header).strip())
    if route.scope is not None:
        if found.id == 0:
            raise Unauthenticated
        if route.scope not in found.scopes:
            raise Forbidden(f"This key does not allow {route.scope}.")
    return found
