"""How many SQL statements an answer takes: a page of a hundred as many as a page of one."""

import pytest

from server.domain.live import Status
from tests.golden.house import House
from tests.golden.maps import POOL, POOL_EMPTY, STANDARD, md5_of
from tests.golden.people import AIKO, AIKO_KEY, CLANLESS, TWO_WORDS
from tests.voice import Voice

LISTS = [
    ("/search_players?q=e", 1),
    (f"/get_player_scores?id={AIKO}&scope=best", 3),  # player, scores with their beatmaps, clan
    (f"/get_player_scores?id={AIKO}&scope=recent", 3),
    (f"/get_player_scores?id={TWO_WORDS}&scope=recent", 2),  # in no clan
    (f"/get_player_first_places?id={AIKO}", 3),
    (f"/get_player_most_played?id={AIKO}", 2),
    (f"/get_map_scores?id={STANDARD}&scope=best", 2),
    (f"/get_map_scores?id={STANDARD}&scope=recent&mods=~HD", 2),
    (f"/get_map_scores?id={STANDARD}&scope=best&mode=4", 2),
    ("/get_leaderboard", 1),
    ("/get_leaderboard?country=jp&sort=acc", 1),
]


@pytest.mark.parametrize(("path", "queries"), LISTS)
def test_a_page_of_a_hundred_takes_as_many_as_a_page_of_one(house: House, path: str, queries: int) -> None:
    path += "&" if "?" in path else "?"
    for limit in ("limit=1", "limit=100", "limit=1&offset=1", "limit=1&page=1000"):
        house.ask(path + limit, queries=queries)


def test_friends_too(house: House) -> None:
    """Two of the three find the key's owner."""
    for limit in (1, 1000):
        house.ask(f"/get_friends?limit={limit}", key=AIKO_KEY, queries=3)


SINGLE = [
    ("/get_player_count", 2),
    ("/get_player_info?id=3&scope=info", 1),
    ("/get_player_info?name=Aiko&scope=info", 1),
    ("/get_player_info?id=3&scope=stats", 2),
    ("/get_player_info?id=3&scope=all", 2),
    ("/get_player_status?id=19", 1),
    ("/get_player_status?id=3", 2),
    (f"/get_map_info?id={STANDARD}", 1),
    (f"/get_map_info?md5={md5_of(STANDARD)}", 1),
    ("/get_score_info?id=2", 1),
    ("/get_replay?id=2", 1),
    ("/get_replay?id=2&include_headers=0", 1),
    ("/get_match?id=63", 1),
    ("/get_match?id=7", 2),
    ("/get_clan?id=1", 2),
    (f"/get_mappool?id={POOL}", 3),
    (f"/get_mappool?id={POOL_EMPTY}", 5),  # its maker is in a clan
    (f"/get_player_scores?id={CLANLESS}&scope=best", 3),
]


@pytest.mark.parametrize(("path", "queries"), SINGLE)
def test_single_things(house: House, path: str, queries: int) -> None:
    house.ask(path, queries=queries)


def test_what_is_not_there_costs_one_look(house: House) -> None:
    for path in (
        "/get_player_info?id=404&scope=all",
        "/get_player_scores?name=nobody&scope=best",
        "/get_map_scores?id=404&scope=best",
        "/get_score_info?id=404",
        "/get_replay?id=404",
        "/get_clan?id=404",
        "/get_mappool?id=404",
    ):
        house.ask(path, queries=1)
    house.ask("/get_match?id=44", queries=0)


def test_several_players_take_as_many_as_one(mended: House) -> None:
    ids = ",".join(str(number) for number in range(3, 22))
    mended.ask("/get_player_info?scope=info&ids=3", queries=1)
    mended.ask(f"/get_player_info?scope=info&ids={ids}", queries=1)
    mended.ask("/get_player_info?scope=all&ids=3", queries=2)
    mended.ask(f"/get_player_info?scope=all&ids={ids}", queries=2)
    mended.ask("/get_map_info?ids=1001", queries=1)
    mended.ask("/get_map_info?ids=" + ",".join(str(number) for number in range(1001, 1015)), queries=1)
    # Each on a beatmap of which the client told the file alone.
    online = [Status(player_id, 1.0, map_md5=md5_of(998 + player_id)) for player_id in range(3, 17)]
    mended.run(Voice(mended.redis, "queries").players(online))
    mended.ask("/get_player_status?ids=3", queries=2)
    told = mended.ask(f"/get_player_status?ids={ids}", queries=2).json["players"]
    playing = [player["player_status"]["status"]["beatmap"] for player in told if player["player_status"]["online"]]
    assert [beatmap["id"] for beatmap in playing] == [998 + number for number in range(3, 17) if number not in (11, 12)]


def test_a_key_costs_two_looks_at_most(house: House) -> None:
    house.ask("/get_map_info?id=1001", key=AIKO_KEY, queries=3)
    house.ask("/get_map_info?id=1001", key="unknown", queries=3)


def test_what_is_refused_costs_nothing(house: House) -> None:
    for path in (
        "/get_clan?id=x",
        "/get_leaderboard?mode=7",
        "/get_player_info?scope=info",
        "/get_friends",
        "/nothing",
    ):
        house.ask(path, queries=0)
