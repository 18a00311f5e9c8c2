"""The osu! API, version 1. README.md beside this says where it differs from the public one, and why."""

from server.dialects.osu_v1 import access, errors
from server.dialects.osu_v1.endpoints import beatmaps, matches, scores, users
from server.web.dialect import Dialect, Route

GET = ("GET",)

DIALECT = Dialect(
    name="osu_v1",
    title="osu! API v1",
    description="Beatmaps, players, scores, matches and replays, as the first API of osu! tells them.",
    mounts=("/api", "/api/v1"),
    viewer=access.viewer,
    gate=access.gate,
    key_parameter=access.KEY,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(
        Route(GET, "/get_beatmaps", beatmaps.get_beatmaps),
        Route(GET, "/get_user", users.get_user),
        Route(GET, "/get_scores", scores.get_scores),
        Route(GET, "/get_user_best", scores.get_user_best),
        Route(GET, "/get_user_recent", scores.get_user_recent),
        Route(GET, "/get_match", matches.get_match, told_by=frozenset({access.KEY, "mp"})),
        Route(GET, access.REPLAY, matches.get_replay, told_by=frozenset({access.KEY, "b", "u", "s"})),
    ),
)
