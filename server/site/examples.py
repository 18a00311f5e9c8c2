"""Requests worth a click, about players that are really there."""

from typing import NamedTuple

from server.domain.players import Leader
from server.web.dialect import Dialect


class Example(NamedTuple):
    url: str
    text: str


# path, query, sentence; {id} and {name} are of the best player, {ids} of the best few
FORMS = (
    ("/get_player_count", "", "How many players are online, and how many have registered"),
    ("/get_leaderboard", "?mode=0&sort=pp&limit=5", "The five best players by pp"),
    ("/get_player_info", "?id={id}&scope=all", "{name}: account, stats and ranks"),
    ("/get_player_scores", "?id={id}&scope=best&limit=5", "The five best scores of {name}"),
    ("/get_player_status", "?ids={ids}", "What the best players are doing now"),
    ("/players", "", "Who is online, and what they do"),
    ("/matches", "", "The multiplayer lobbies"),
)


def examples(dialects: tuple[Dialect, ...], leaders: tuple[Leader, ...]) -> list[Example]:
    """Those that a dialect has a route for; none where there are no players."""
    if not leaders:
        return []
    values = {
        "id": leaders[0].player_id,
        "name": leaders[0].name,
        "ids": ",".join(str(leader.player_id) for leader in leaders),
    }
    served = {route.path: dialect.mounts[0] for dialect in reversed(dialects) for route in dialect.routes}
    return [
        Example(served[path] + path + query.format_map(values), text.format_map(values))
        for path, query, text in FORMS
        if path in served
    ]
