"""Requests worth a click, about players that are really there."""

from typing import NamedTuple

from server.domain.players import Leader
from server.web.dialect import Dialect


class Example(NamedTuple):
    url: str
    text: str


# path, query, sentence; {id} and {name} are of the best player, {ids} of the best few
FORMS = (
    ("/v1/get_player_count", "", "How many players are online, and how many have registered"),
    ("/v1/get_leaderboard", "?mode=0&sort=pp&limit=5", "The five best players by pp"),
    ("/v1/get_player_info", "?id={id}&scope=all", "{name}: account, stats and ranks"),
    ("/v1/get_player_scores", "?id={id}&scope=best&limit=5", "The five best scores of {name}"),
    ("/v1/get_player_status", "?ids={ids}", "What the best players are doing now"),
    ("/v2/scores", "?order=-pp&include=beatmap,player&page_size=5", "The five scores with most pp, and who set them"),
    ("/live/players", "", "Who is online, and what they do"),
    ("/live/matches", "", "The multiplayer lobbies"),
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
    served = {mount + route.path for dialect in dialects for mount in dialect.mounts for route in dialect.routes}
    return [
        Example(path + query.format_map(values), text.format_map(values))
        for path, query, text in FORMS
        if path in served
    ]
