"""Lists against an oracle: what the rules say, worked out from the golden rows in plain Python."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.golden.house import House
from tests.golden.maps import LOVED, MAPS, NO_FILE, QUOTED, STANDARD, TAIKO, md5_of
from tests.golden.people import AIKO, AIKO_KEY, IDLE, STATS, TIED, TWO_WORDS, USERS
from tests.golden.plays import SCORES

Row = dict[str, Any]

MAP_BY_MD5 = {row["md5"]: row for row in MAPS}
USER_BY_ID = {row["id"]: row for row in USERS}
PUBLIC = {row["id"] for row in USERS if row["priv"] & 3 == 3}


def ids(rows: list[Row]) -> list[int]:
    return [row["id"] for row in rows]


def walked(house: House, path: str, read: Callable[[Any], list[Any]], size: int, key: str | None = None) -> list[Any]:
    """All pages of a list, asked for one by one; each is asked for by page and by offset."""
    found: list[Any] = []
    for page in range(1, 100):
        by_page = read(house.ask(f"{path}&limit={size}&page={page}", key=key).json)
        assert by_page == read(house.ask(f"{path}&limit={size}&offset={(page - 1) * size}", key=key).json)
        found += by_page
        if len(by_page) < size:
            return found
    raise AssertionError("the list has no end")


def best_of(player_id: int, mode: int, loved: bool = False) -> list[int]:
    statuses = (2, 3, 5) if loved else (2, 3)
    mine = [
        row
        for row in SCORES
        if (row["userid"], row["mode"], row["status"]) == (player_id, mode, 2)
        and row["map_md5"] in MAP_BY_MD5
        and MAP_BY_MD5[row["map_md5"]]["status"] in statuses
    ]
    return ids(sorted(mine, key=lambda row: (-row["pp"], row["id"])))


def recent_of(player_id: int, mode: int, failed: bool = True) -> list[int]:
    mine = [
        row
        for row in SCORES
        if (row["userid"], row["mode"]) == (player_id, mode)
        and row["map_md5"] in MAP_BY_MD5
        and (failed or row["status"] != 0)
    ]
    return ids(sorted(mine, key=lambda row: (row["play_time"], row["id"]), reverse=True))


@pytest.mark.parametrize("player_id", [AIKO, TWO_WORDS, TIED, IDLE])
@pytest.mark.parametrize("mode", [0, 1, 2, 4, 8])
def test_a_players_scores(house: House, player_id: int, mode: int) -> None:
    path = f"/get_player_scores?id={player_id}&mode={mode}&limit=100"
    for asked, expected in (
        ("scope=best", best_of(player_id, mode)),
        ("scope=best&include_loved=1", best_of(player_id, mode, loved=True)),
        ("scope=best&include_failed=0", best_of(player_id, mode)),
        ("scope=recent", recent_of(player_id, mode)),
        ("scope=recent&include_failed=false", recent_of(player_id, mode, failed=False)),
        ("scope=recent&include_loved=true", recent_of(player_id, mode)),
    ):
        scores = house.ask(f"{path}&{asked}").json["scores"]
        assert ids(scores) == expected
        assert all(score["beatmap"]["md5"] in MAP_BY_MD5 for score in scores)


def test_a_player_has_25_scores_unless_told_otherwise(house: House) -> None:
    assert len(recent_of(AIKO, 0)) > 20
    whole = house.ask(f"/get_player_scores?id={AIKO}&scope=recent").json["scores"]
    assert ids(whole) == recent_of(AIKO, 0)[:25]


@pytest.mark.parametrize("scope", ["best", "recent"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_players_scores_page_by_page(house: House, scope: str, size: int) -> None:
    """Ties in pp (200.0 three times) and in play_time (four in a minute) are neither lost nor told twice."""
    expected = best_of(AIKO, 0) if scope == "best" else recent_of(AIKO, 0)
    path = f"/get_player_scores?id={AIKO}&scope={scope}"
    assert walked(house, path, lambda answer: ids(answer["scores"]), size) == expected


@pytest.mark.parametrize("size", [1, 3, 100])
def test_most_played_page_by_page(house: House, size: int) -> None:
    """Failed plays count; of as many plays the smaller beatmap id comes first."""
    plays = Counter(row["map_md5"] for row in SCORES if (row["userid"], row["mode"]) == (AIKO, 0))
    known = [(MAP_BY_MD5[md5]["id"], count) for md5, count in plays.items() if md5 in MAP_BY_MD5]
    expected = sorted(known, key=lambda each: (-each[1], each[0]))
    path = f"/get_player_most_played?id={AIKO}"
    found = walked(house, path, lambda answer: [(each["id"], each["plays"]) for each in answer["maps"]], size)
    assert found == expected
    assert len({count for _, count in expected}) < len(expected)


def board_of(map_id: int, mode: int, recent: bool = False) -> list[int]:
    rows = [
        row
        for row in SCORES
        if (row["map_md5"], row["mode"], row["status"]) == (md5_of(map_id), mode, 2) and row["userid"] in PUBLIC
    ]
    if recent:
        return ids(sorted(rows, key=lambda row: (row["play_time"], row["id"]), reverse=True))
    value = "pp" if mode >= 4 else "score"
    return ids(sorted(rows, key=lambda row: (-row[value], row["id"])))


@pytest.mark.parametrize("map_id", [STANDARD, NO_FILE, LOVED, QUOTED, TAIKO])
@pytest.mark.parametrize("mode", [0, 1, 4, 5, 8])
def test_scores_of_a_beatmap(house: House, map_id: int, mode: int) -> None:
    path = f"/get_map_scores?mode={mode}"
    for asked in (f"id={map_id}", f"md5={md5_of(map_id)}", f"id={map_id}&md5={'f' * 32}"):
        best = house.ask(f"{path}&scope=best&{asked}").json["scores"]
        recent = house.ask(f"{path}&scope=recent&{asked}").json["scores"]
        assert ids(best) == board_of(map_id, mode)
        assert ids(recent) == board_of(map_id, mode, recent=True)
        for score in best:
            user = USER_BY_ID[score["userid"]]
            assert (score["player_name"], score["player_country"]) == (user["name"], user["country"])


@pytest.mark.parametrize("scope", ["best", "recent"])
@pytest.mark.parametrize("size", [1, 4, 100])
def test_scores_of_a_beatmap_page_by_page(house: House, scope: str, size: int) -> None:
    path = f"/get_map_scores?id={STANDARD}&scope={scope}"
    expected = board_of(STANDARD, 0, recent=scope == "recent")
    assert walked(house, path, lambda answer: ids(answer["scores"]), size) == expected
    assert len(expected) > 10


SORTS = ("tscore", "rscore", "pp", "acc", "plays", "playtime")


def leaders(sort: str, mode: int, country: str | None = None) -> list[int]:
    rows = [
        row
        for row in STATS
        if row["mode"] == mode
        and row["id"] in PUBLIC
        and row[sort] > 0
        and country in (None, USER_BY_ID[row["id"]]["country"])
    ]
    return ids(sorted(rows, key=lambda row: (-row[sort], row["id"])))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("mode", [0, 3, 4, 6])
def test_the_leaderboard(house: House, sort: str, mode: int) -> None:
    for country in (None, "jp", "xx", "zz"):
        asked = {"sort": sort, "mode": mode} | ({"country": country} if country else {})
        found = house.ask("/get_leaderboard", asked).json["leaderboard"]
        assert [row["player_id"] for row in found] == leaders(sort, mode, country)


def test_countries_are_compared_without_case(house: House) -> None:
    for text in ("jp", "JP", "Jp"):
        found = house.ask("/get_leaderboard", {"country": text}).json["leaderboard"]
        assert [row["player_id"] for row in found] == leaders("pp", 0, "jp")
    assert house.ask("/get_leaderboard", {"country": "😀😀"}).json["leaderboard"] == []


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_the_leaderboard_page_by_page(house: House, size: int) -> None:
    """Three players with the same pp each have one place, whatever the page's size."""
    path = "/get_leaderboard?sort=pp"
    found = walked(house, path, lambda answer: [row["player_id"] for row in answer["leaderboard"]], size)
    assert found == leaders("pp", 0)


@pytest.mark.parametrize("size", [1, 6, 1000])
def test_a_search_page_by_page(house: House, size: int) -> None:
    assert walked(house, "/search_players?q=e", lambda answer: ids(answer["result"]), size) == [
        user["id"] for user in USERS if user["id"] in PUBLIC and ("e" in user["name"].lower() or "é" in user["name"])
    ]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_friends_page_by_page(house: House, size: int) -> None:
    """By name; neither who is blocked, nor who is hidden, nor who is gone."""
    names = walked(
        house, "/get_friends?x=", lambda answer: [each["name"] for each in answer["friends"]], size, AIKO_KEY
    )
    assert names == ["two words", "under_score", "Ünïcödé", "[br-ackets]", "日本語"]
