"""bancho.py's API, version 2, as its website calls it. README.md beside this says where it differs, and why."""

from server.dialects.bancho_v2 import access, errors
from server.web.dialect import Dialect, Route

GET, POST, PUT, PATCH, DELETE = (("GET",), ("POST",), ("PUT",), ("PATCH",), ("DELETE",))

# What only the owner of a session may ask for.
SESSION = "session"

READS: tuple[Route, ...] = ()

WRITES: tuple[Route, ...] = ()

DIALECT = Dialect(
    name="bancho_v2",
    title="bancho.py API v2",
    description="All that a website needs: players, scores, beatmaps and clans, accounts and sessions.",
    mounts=("/v2",),
    viewer=access.viewer,
    gate=access.gate,
    cookie=access.COOKIE,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(*READS, *WRITES),
)
