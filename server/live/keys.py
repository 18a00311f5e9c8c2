"""The live contract, version 1: every key, its type, what is in it and how long it lasts.

| key | type | content | lifetime |
|---|---|---|---|
| `bancho-api:{live}:v1:servers` | sorted set | game server's name, by the end of its lease | leases |
| `bancho-api:{live}:v1:players` | sorted set | player id, by the end of their lease | leases |
| `bancho-api:{live}:v1:player:<id>` | string | a player's status, JSON | the lease |
| `bancho-api:{live}:v1:matches` | sorted set | lobby id, by the end of its lease | leases |
| `bancho-api:{live}:v1:match:<id>` | string | a lobby, JSON | the lease |

Ends of leases are milliseconds of the Redis server's own clock (`TIME`), so machines whose clocks differ agree.
Everything carries the hash tag `{live}`: on a cluster it is one slot, so that scripts may touch several keys.
docs/live.md tells writers the same in more words.
"""

from typing import Final

# In every key: readers of one version never meet what another has written.
VERSION: Final = 1

_BASE: Final = f"bancho-api:{{live}}:v{VERSION}"

SERVERS: Final = f"{_BASE}:servers"
PLAYERS: Final = f"{_BASE}:players"
MATCHES: Final = f"{_BASE}:matches"

# How long what a game server said stays true if it says nothing more.
LEASE_SECONDS: Final = 30


def player(player_id: int) -> str:
    return f"{_BASE}:player:{player_id}"


def match(match_id: int) -> str:
    return f"{_BASE}:match:{match_id}"


def ranking(mode: int, country: str | None = None) -> str:
    """bancho.py's own ranking sets: member the player's id, score their pp."""
    return f"bancho:leaderboard:{mode}:{country}" if country else f"bancho:leaderboard:{mode}"
