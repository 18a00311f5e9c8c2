"""How many SQL statements an answer takes: a hundred rows as many as one."""

import pytest

from tests.dialects.osu_v1.stage import ask
from tests.golden.house import House
from tests.golden.maps import NO_FILE, QUOTED, STANDARD
from tests.golden.own import MATCH, MATCH_OPEN

LISTS = [
    ("/get_beatmaps?", 7),  # dated, undated, files, difficulties, creators, favourites, ratings
    ("/get_beatmaps?m=0&", 7),
    ("/get_beatmaps?s=101&", 6),
    ("/get_beatmaps?since=2024-01-01&", 6),
    ("/get_beatmaps?u=nobody&", 6),
    ("/get_beatmaps?u=4&type=id&", 7),
    ("/get_beatmaps?b=404&", 1),
    (f"/get_beatmaps?b={STANDARD}&m=1&a=1&", 6),
    (f"/get_scores?b={STANDARD}&", 2),
    (f"/get_scores?b={STANDARD}&mods=64&", 2),
    (f"/get_scores?b={NO_FILE}&u=3&", 3),
    ("/get_user_best?u=3&", 2),
    ("/get_user_recent?u=3&", 2),
    ("/get_user_recent?u=Aiko&", 2),
    ("/get_user?u=3&", 4),  # player, stats, totals, events
    ("/get_user?u=3&m=2&", 2),
    ("/get_user?u=12345678&", 3),  # an id first, then a name
    (f"/get_match?mp={MATCH}&", 4),  # match, games, scores, players
    (f"/get_match?mp={MATCH_OPEN}&", 3),
    ("/get_replay?s=2&", 1),
    (f"/get_replay?b={QUOTED}&u=7&", 4),
]


@pytest.mark.parametrize(("path", "queries"), LISTS)
def test_as_many_for_all_as_for_one(house: House, path: str, queries: int) -> None:
    # The golden world has three dated beatmaps; fewer than there are would not need a look at the others.
    for limit in ("limit=4", "limit=500"):
        # A key is believed for some seconds only, whoever has asked with it.
        asked = [each for each in ask(house, path + limit).statements if "api_key" not in each]
        assert len(asked) == queries, asked
