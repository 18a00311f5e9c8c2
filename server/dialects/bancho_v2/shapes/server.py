"""The server as bancho.py v2 tells of it."""

from typing import Annotated, TypedDict

from server.domain.players import Counts


class ServerStatsShape(TypedDict):
    online_players: int
    total_players: Annotated[int, "all that have registered, hidden players and the bot too"]


def server_stats_shape(counts: Counts) -> ServerStatsShape:
    return {"online_players": counts.online, "total_players": counts.total}
