"""bancho.py's developer API, version 1. README.md beside this says where it differs from bancho.py, and why."""

from server.dialects.bancho_v1 import access, errors
from server.dialects.bancho_v1.bodies import AVATAR_BODY, INFO_BODY
from server.dialects.bancho_v1.endpoints import beatmaps, history, owner, players, scores
from server.web.dialect import Dialect, Route

GET = ("GET",)
WRITE = ("POST", "PUT")

# The osu! API v1 has these two as well, but never asks with it.
ID = frozenset({"id"})

DIALECT = Dialect(
    name="bancho_v1",
    title="bancho.py API v1",
    description="Players, scores, beatmaps and lobbies, as bancho.py tells them.",
    mounts=("/v1", "/api/v1", "/api", ""),
    viewer=access.viewer,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(
        Route(GET, "/search_players", players.search_players),
        Route(GET, "/get_player_count", players.get_player_count),
        Route(GET, "/get_player_info", players.get_player_info),
        Route(GET, "/get_player_status", players.get_player_status),
        Route(GET, "/get_player_scores", scores.get_player_scores),
        Route(GET, "/get_player_first_places", scores.get_player_first_places),
        Route(GET, "/get_player_history", history.get_player_history),
        Route(GET, "/get_player_most_played", scores.get_player_most_played),
        Route(GET, "/get_map_info", beatmaps.get_map_info),
        Route(GET, "/get_map_scores", scores.get_map_scores),
        Route(GET, "/get_score_info", scores.get_score_info),
        Route(GET, "/get_replay", scores.get_replay, told_by=ID),
        Route(GET, "/get_match", beatmaps.get_match, told_by=ID),
        Route(GET, "/get_leaderboard", players.get_leaderboard),
        Route(GET, "/get_clan", players.get_clan),
        Route(GET, "/get_mappool", beatmaps.get_mappool),
        Route(GET, "/calculate_pp", owner.calculate_pp, scope="pp:calculate"),
        Route(GET, "/get_friends", owner.get_friends, scope="friends:read"),
        Route(WRITE, "/set_avatar", owner.set_avatar, scope="profile:write", body=AVATAR_BODY),
        Route(WRITE, "/set_player_info", owner.set_player_info, scope="profile:write", body=INFO_BODY),
    ),
)
