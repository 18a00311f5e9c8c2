"""What is happening now: read by everybody, written by game servers. README.md beside this is the contract."""

from server.dialects.live import access, bodies, errors
from server.dialects.live.endpoints import matches, players, servers, stream
from server.web.dialect import Dialect, Route

GET, PUT, PATCH, DELETE, POST = (("GET",), ("PUT",), ("PATCH",), ("DELETE",), ("POST",))
WRITE = "live:write"

DIALECT = Dialect(
    name="live",
    title="Live",
    description="Who is online, the lobbies, and what happens. Everybody may read; game servers write, with a key.",
    mounts=("/live",),
    viewer=access.viewer,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(
        Route(GET, "/players", players.players),
        Route(GET, "/matches", matches.matches),
        Route(GET, "/matches/{id}", matches.match),
        Route(GET, "/events", stream.events_sse, stream="sse"),
        Route(GET, "/ws", stream.events_ws, stream="websocket"),
        Route(PUT, "/players/{id}", players.put_player, scope=WRITE, body=bodies.PUT_PLAYER),
        Route(PATCH, "/players/{id}", players.patch_player, scope=WRITE, body=bodies.PATCH_PLAYER),
        Route(DELETE, "/players/{id}", players.delete_player, scope=WRITE),
        Route(PUT, "/matches/{id}", matches.put_match, scope=WRITE, body=bodies.PUT_MATCH),
        Route(PATCH, "/matches/{id}", matches.patch_match, scope=WRITE, body=bodies.PATCH_MATCH),
        Route(DELETE, "/matches/{id}", matches.delete_match, scope=WRITE),
        Route(POST, "/matches/{id}/games", matches.post_game, scope=WRITE, body=bodies.GAME),
        Route(POST, "/scores", servers.post_scores, scope=WRITE, body=bodies.SCORES),
        Route(PUT, "/snapshot", servers.put_snapshot, scope=WRITE, body=bodies.SNAPSHOT),
        Route(POST, "/heartbeat", servers.post_heartbeat, scope=WRITE),
    ),
)
