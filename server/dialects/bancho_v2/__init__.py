"""bancho.py's API, version 2, as its website calls it. README.md beside this says where it differs, and why."""

from server.dialects.bancho_v2 import access, errors
from server.dialects.bancho_v2.endpoints import (
    accounts,
    avatar,
    clans,
    leaderboards,
    maps,
    players,
    profile,
    scores,
    server,
    sessions,
    social,
)
from server.web.dialect import Dialect, Route

GET, POST, PUT, PATCH, DELETE = (("GET",), ("POST",), ("PUT",), ("PATCH",), ("DELETE",))

# What only the owner of a session may ask for.
SESSION = "session"

# What everybody may read; a session shows some of them more.
READS: tuple[Route, ...] = (
    Route(GET, "/players", players.get_players),
    Route(GET, "/players/search", players.search_players),
    Route(GET, "/players/{player_id}", players.get_player),
    Route(GET, "/players/{player_id}/status", players.get_player_status),
    Route(GET, "/players/{player_id}/stats", players.get_all_player_stats),
    Route(GET, "/players/{player_id}/stats/{mode}", players.get_player_stats),
    Route(GET, "/players/{player_id}/scores", players.get_player_scores),
    Route(GET, "/players/{player_id}/most_played", players.get_player_most_played),
    Route(GET, "/leaderboards/clans", leaderboards.get_clan_leaderboard),
    Route(GET, "/leaderboards/{mode}", leaderboards.get_leaderboard),
    Route(GET, "/maps", maps.get_maps),
    Route(GET, "/maps/{map_id}", maps.get_map),
    Route(GET, "/maps/{map_id}/rating", maps.get_map_rating),
    Route(GET, "/maps/{map_id}/scores", maps.get_map_scores),
    Route(GET, "/scores", scores.get_scores),
    Route(GET, "/scores/{score_id}", scores.get_score),
    Route(GET, "/scores/{score_id}/replay", scores.get_score_replay, media=(scores.REPLAY,)),
    Route(GET, "/clans", clans.get_clans),
    Route(GET, "/clans/{clan_id}", clans.get_clan),
    Route(GET, "/clans/{clan_id}/members", clans.get_clan_members),
    Route(GET, "/server/stats", server.get_server_stats),
)

# Accounts and sessions, and what is somebody's own.
OWN: tuple[Route, ...] = (
    Route(POST, "/accounts", accounts.register, status=201, body=accounts.BODY),
    Route(POST, "/sessions", sessions.log_in, status=201, body=sessions.BODY),
    Route(DELETE, "/sessions", sessions.end_others, scope=SESSION),
    Route(GET, "/sessions/current", sessions.current, scope=SESSION),
    Route(DELETE, "/sessions/current", sessions.log_out, scope=SESSION),
    Route(PATCH, "/players/{player_id}", profile.edit, scope=SESSION, body=profile.EDIT_BODY),
    Route(PUT, "/players/{player_id}/password", profile.change_password, scope=SESSION, body=profile.PASSWORD_BODY),
    Route(PUT, "/players/{player_id}/avatar", avatar.set_avatar, scope=SESSION, body=avatar.BODY),
    Route(GET, "/players/{player_id}/friends", social.friends, scope=SESSION),
    Route(PUT, "/players/{player_id}/friends/{target_id}", social.befriend, scope=SESSION),
    Route(DELETE, "/players/{player_id}/friends/{target_id}", social.unfriend, scope=SESSION),
    Route(GET, "/players/{player_id}/blocks", social.blocks, scope=SESSION),
    Route(PUT, "/players/{player_id}/blocks/{target_id}", social.block, scope=SESSION),
    Route(DELETE, "/players/{player_id}/blocks/{target_id}", social.unblock, scope=SESSION),
    Route(GET, "/players/{player_id}/favourites", social.favourites),
    Route(PUT, "/players/{player_id}/favourites/{set_id}", social.add_favourite, scope=SESSION),
    Route(DELETE, "/players/{player_id}/favourites/{set_id}", social.remove_favourite, scope=SESSION),
)

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
    routes=(*READS, *OWN),
)
