"""How many SQL statements an answer takes: a page of a hundred as many as a page of one."""

import pytest

from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.now import AIKO_SESSION, MODERATOR_SESSION

# How many there are, and the page.
LISTS = [
    ("/players", 2),
    ("/players?country=jp&order=name", 2),
    ("/maps", 2),
    ("/maps?q=song&order=-diff", 2),
    ("/scores", 2),
    ("/scores?user_id=3&order=-pp", 2),
    ("/scores?include=beatmap,player&status=2&mode=0", 4),
    ("/scores?map_id=1001", 3),
    ("/clans", 2),
    ("/clans/1/members", 3),
    ("/leaderboards/0", 1),
    ("/leaderboards/clans", 1),
]


@pytest.mark.parametrize(("path", "queries"), LISTS)
def test_a_page_of_a_hundred_takes_as_many_as_a_page_of_one(house: House, path: str, queries: int) -> None:
    path += "&" if "?" in path else "?"
    for size in (1, 100):
        house.ask(f"{path}page_size={size}", mount="/v2", queries=queries)


LIMITED = [
    ("/players/3/scores", 2),
    ("/players/3/scores?scope=recent", 2),
    ("/players/3/most_played", 2),
    (f"/maps/{STANDARD}/scores", 2),
    (f"/maps/{STANDARD}/scores?scope=recent&mode=4", 2),
    ("/players/search?q=ed", 1),
]


@pytest.mark.parametrize(("path", "queries"), LIMITED)
def test_so_does_a_list_with_a_limit(house: House, path: str, queries: int) -> None:
    path += "&" if "?" in path else "?"
    for limit in (1, 100):
        house.ask(f"{path}limit={limit}", mount="/v2", queries=queries)


SINGLE = [
    ("/players/3", 1),
    ("/players/Aiko", 1),
    ("/players/12345678", 2),  # no such id
    ("/players/3/status", 1),
    ("/players/3/stats", 2),
    ("/players/3/stats/0", 2),
    (f"/maps/{STANDARD}", 1),
    (f"/maps/{STANDARD}/rating", 2),
    ("/scores/2", 1),
    ("/clans/1", 1),
    ("/server/stats", 2),
]


@pytest.mark.parametrize(("path", "queries"), SINGLE)
def test_single_things(house: House, path: str, queries: int) -> None:
    house.ask(path, mount="/v2", queries=queries)


def test_a_session_costs_one_look(house: House) -> None:
    for path, queries in (("/players/3", 1), ("/scores", 2), ("/leaderboards/0", 1)):
        for session in (AIKO_SESSION, MODERATOR_SESSION):
            house.ask(path, mount="/v2", session=session, queries=queries + 1)
        house.ask(path, mount="/v2", session="unknown", queries=queries)


def test_what_is_not_there_costs_one_look(house: House) -> None:
    for path in (
        "/players/404/scores",
        "/players/nobody",
        "/players/404/status",
        "/maps/404/scores",
        "/maps/404/rating",
        "/scores/424242",
        "/clans/404/members",
        "/scores?ids=424242",
        "/scores?map_id=404&page_size=1",
    ):
        assert len(house.ask(path, mount="/v2").statements) <= 1 + ("map_id" in path)


def test_what_is_refused_costs_nothing(house: House) -> None:
    for path in ("/players/x/status", "/leaderboards/7", "/scores?page=0", "/maps?q=", "/nothing"):
        house.ask(path, mount="/v2", queries=0)
