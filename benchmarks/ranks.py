"""The ranking sets that a game server keeps in Redis, filled from the generated stats."""

from collections import defaultdict

import redis

from benchmarks.database import Login, rows
from benchmarks.processes import HOST

_RANKED = """
SELECT s.mode, u.country, u.id, s.pp FROM stats s JOIN users u ON u.id = s.id WHERE u.priv & 1 AND u.id > 1 AND s.pp > 0
"""


def fill(login: Login, port: int) -> None:
    """Write `bancho:leaderboard:<mode>[:<country>]` (member: user id, score: pp) to the Redis on `port`."""
    sets: dict[str, dict[str | bytes, float]] = defaultdict(dict)
    for mode, country, player, pp in rows(login, _RANKED):
        sets[f"bancho:leaderboard:{mode}"][str(player)] = pp
        sets[f"bancho:leaderboard:{mode}:{country}"][str(player)] = pp
    with redis.Redis(host=HOST, port=port) as store:
        for key, members in sets.items():
            store.zadd(key, members)
