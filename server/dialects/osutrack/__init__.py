"""The osu!track API: history of players' figures and top plays. README.md beside this is its contract."""

from server.dialects.osutrack import access, errors
from server.dialects.osutrack.endpoints import history, updates
from server.web.dialect import Dialect, Route

GET = ("GET",)

DIALECT = Dialect(
    name="osutrack",
    title="osu!track API",
    description="What players' figures were, their top plays and their peaks, as osu!track tells them.",
    mounts=("/osutrack",),
    viewer=access.viewer,
    gate=access.gate,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(
        Route(("POST",), access.UPDATE, updates.update, errors=errors.UPDATE_ERRORS),
        Route(GET, "/stats_history", history.stats_history),
        Route(GET, "/hiscores", history.hiscores, errors=errors.HISCORES_ERRORS),
        Route(GET, "/peak", history.peak),
        Route(GET, "/bestplays", history.bestplays),
    ),
)
