"""The live contract, version 1: every key, its type, what is in it and how long it lasts.

Each key begins with `bancho-api:{live}:v1:`.

| key | type | content | lifetime |
|---|---|---|---|
| `servers` | sorted set | game server's name, by the end of its lease | leases |
| `players` | sorted set | player id, by the end of their lease | leases |
| `players:<server>` | set | ids of the players that are at this game server | theirs |
| `player:<id>` | string | a player's status, JSON | the lease |
| `matches` | sorted set | `<server>:<id>` of a lobby, by the end of its lease | leases |
| `matches:<server>` | set | ids of this game server's lobbies | theirs |
| `match:<server>:<id>` | string | a lobby, JSON | the lease |
| `kept:<server>` | string | id of the Redis that lacks nothing of what this game server said | the lease |
| `events` | stream | all that happens: `kind`, `server`, `id`, `data` | about the last 50,000 |
| `history` | stream | what becomes history: lobbies and games | about the last 100,000 |
| `once:...` | string | a game or a score that has been said | an hour |
| `recorder` | string | which recorder works, by its token | its lease |

A game server's name is 1-32 of `A-Z a-z 0-9 . _ -`. Ids are written as whole numbers of at most 18 digits, without
leading zeros; a member of another form is ignored.
Ends of leases are milliseconds of the Redis server's own clock (`TIME`), so machines whose clocks differ agree.
Everything carries the hash tag `{live}`: on a cluster it is one slot, so that a script may touch several keys.
`live.lua` beside this is the only text that changes any of it, but for `recorder`, which recorders take in turn.
docs/live.md tells writers the same in more words.
"""

import re
from typing import Final

# In every key: readers of one version never meet what another has written.
VERSION: Final = 1

_BASE: Final = f"bancho-api:{{live}}:v{VERSION}"

SERVERS: Final = f"{_BASE}:servers"
PLAYERS: Final = f"{_BASE}:players"
MATCHES: Final = f"{_BASE}:matches"
EVENTS: Final = f"{_BASE}:events"
HISTORY: Final = f"{_BASE}:history"
RECORDER: Final = f"{_BASE}:recorder"

# So many events are kept, or somewhat more: as `live.lua` cuts them.
KEPT_EVENTS: Final = 50_000

# How long what a game server said stays true if it says nothing more.
LEASE_SECONDS: Final = 30

_SERVER: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")
_ID: Final = re.compile(r"0|[1-9][0-9]{0,17}")


def player(player_id: int) -> str:
    return f"{_BASE}:player:{player_id}"


def match(server: str, match_id: int) -> str:
    return f"{_BASE}:match:{server}:{match_id}"


def match_member(server: str, match_id: int) -> str:
    """A lobby in the set of all lobbies: two game servers may each have one of the same id."""
    return f"{server}:{match_id}"


def is_server(name: str) -> bool:
    """May a game server be called this?"""
    return _SERVER.fullmatch(name) is not None


def is_id(text: str) -> bool:
    """May the id of a player or a lobby be written so?"""
    return _ID.fullmatch(text) is not None


def player_of(member: str) -> int | None:
    """The player that a member of `PLAYERS` means, None if it is none that a game server may write."""
    return int(member) if is_id(member) else None


def match_of(member: str) -> tuple[int, str] | None:
    """Id and game server of the lobby that a member of `MATCHES` means, None likewise."""
    server, _, match_id = member.partition(":")
    return (int(match_id), server) if is_server(server) and is_id(match_id) else None


def ranking(mode: int, country: str | None = None) -> str:
    """bancho.py's own ranking sets: member the player's id, score their pp."""
    return f"bancho:leaderboard:{mode}:{country}" if country else f"bancho:leaderboard:{mode}"


def web_session(token: str) -> str:
    """A session of the website, bancho.py's own key: the player's id."""
    return f"bancho:web_sessions:{token}"
