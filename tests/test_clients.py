"""Clients as they are: what websites and bots ask of bancho.py's API v1, over real HTTP, and what they read of it.

Each test asks as one of them does (addresses, spellings, habits) and goes through the answer as its code would.
"""

import asyncio
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx
import osrparse
import pytest

from tests.golden.house import fill, settings_for
from tests.golden.maps import LOVED, STANDARD, md5_of
from tests.golden.people import AIKO, AIKO_KEY, RESTRICTED, TWO_WORDS
from tests.golden.plays import HUGE_ID
from tests.golden.serving import serving


@pytest.fixture(scope="module")
def base(golden_runner: asyncio.Runner, golden_valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server as `serve` runs it, over the golden world."""
    folder = tmp_path_factory.mktemp("clients")
    settings = settings_for(f"sqlite:///{folder / 'clients.db'}", golden_valkey, folder / "data")
    fill(golden_runner, settings)
    with serving(settings) as address:
        yield address


@pytest.fixture(scope="module")
def http(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base) as client:
        yield client


def fetched(http: httpx.Client, path: str, **options: Any) -> Any:
    """The answer's JSON, of a client that looks at the status first."""
    answer = http.get(path, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["status"] == "success"
    return body


# What nonebot-plugin-osubot declares of each object; it raises where a key is missing or of another type.
BEATMAP = dict.fromkeys(("md5", "artist", "title", "version", "creator", "last_update"), str)
BEATMAP |= dict.fromkeys(("id", "set_id", "total_length", "max_combo", "status", "plays", "passes", "mode"), int)
BEATMAP |= dict.fromkeys(("bpm", "cs", "od", "ar", "hp", "diff"), float)
SCORE: dict[str, type] = {"grade": str, "play_time": str, "pp": float, "acc": float}
SCORE |= dict.fromkeys(("id", "score", "max_combo", "mods", "status", "mode", "time_elapsed", "perfect"), int)
SCORE |= dict.fromkeys(("n300", "n100", "n50", "nmiss", "ngeki", "nkatu"), int)
INFO = dict.fromkeys(("name", "safe_name", "country"), str)
INFO |= dict.fromkeys(("id", "priv", "silence_end", "donor_end", "creation_time", "latest_activity"), int)
INFO |= dict.fromkeys(("clan_id", "clan_priv", "preferred_mode", "play_style"), int)
STATS = dict.fromkeys(("tscore", "rscore", "pp", "plays", "playtime", "max_combo", "total_hits"), int)
STATS |= dict.fromkeys(("xh_count", "x_count", "sh_count", "s_count", "a_count", "rank", "country_rank"), int)
STATS["acc"] = float


def fits(value: dict[str, Any], declared: dict[str, type]) -> None:
    assert {key: type(value[key]) for key in declared} == declared


def test_osubot_shows_a_player(http: httpx.Client) -> None:
    player_id = fetched(http, "/v1/get_player_info?scope=all&name=Aiko")["player"]["info"]["id"]
    assert player_id == AIKO
    player = fetched(http, f"/v1/get_player_info?scope=all&id={player_id}")["player"]
    fits(player["info"], INFO)
    assert player["info"]["country"].upper() == "JP"
    for mode in ("0", "1", "2", "3", "4", "5", "6", "8"):
        fits(player["stats"][mode], STATS)
    assert http.get("/v1/get_player_info?scope=all&name=nobody_at_all").status_code == 404


@pytest.mark.parametrize("scope", ["best", "recent"])
@pytest.mark.parametrize("failed", ["0", "1"])
@pytest.mark.parametrize("mode", [0, 1, 4, 8])
def test_osubot_shows_scores(http: httpx.Client, scope: str, failed: str, mode: int) -> None:
    url = f"/v1/get_player_scores?scope={scope}&id={AIKO}&mode={mode}&limit=100&include_failed={failed}"
    scores = fetched(http, url)["scores"]
    assert scores
    for score in scores:
        fits(score, SCORE)
        fits(score["beatmap"], BEATMAP)
        datetime.strptime(score["play_time"], "%Y-%m-%dT%H:%M:%S")
        assert score["mode"] == mode
        if scope == "recent" and failed == "0":
            assert score["status"] > 0


def test_guweb_shows_a_profile(http: httpx.Client) -> None:
    counts = fetched(http, "/v1/get_player_count")["counts"]
    assert counts["online"] <= counts["total"]
    player = fetched(http, "/v1/get_player_info", params={"id": AIKO, "scope": "all"})["player"]
    stats = player["stats"]["0"]
    shown = f"#{stats['rank']:,} {stats['country_rank']} {stats['pp']:,}pp {stats['acc']:.2f}% {stats['tscore']:,}"
    assert shown == "#1 1 9,000pp 98.77% 123,456,789,012"
    hours, rest = divmod(stats["playtime"], 3600)
    assert (hours, rest) == (100, 0)

    # "Show more" asks again for five more, and there are more until there are none.
    for scope in ("best", "recent"):
        asked = {"id": AIKO, "mode": 0, "scope": scope}
        sizes = (5, 10, 15, 20)
        lists = [fetched(http, "/v1/get_player_scores", params=asked | {"limit": size})["scores"] for size in sizes]
        for shorter, longer in pairwise(lists):
            assert longer[: len(shorter)] == shorter
        for score in lists[-1]:
            assert score["beatmap"]["set_id"] > 0
            assert {"artist", "title", "version", "id", "status"} <= score["beatmap"].keys()
            assert {"grade", "pp", "acc", "mods", "play_time", "id"} <= score.keys()
    played = fetched(http, "/v1/get_player_most_played", params={"id": AIKO, "mode": 0, "limit": 5})["maps"]
    assert [each["plays"] for each in played] == sorted((each["plays"] for each in played), reverse=True)
    assert {"set_id", "artist", "title", "version", "creator", "id"} <= played[0].keys()


def test_guweb_looks_again_every_five_seconds(http: httpx.Client) -> None:
    first = http.get("/v1/get_player_status", params={"id": AIKO})
    status = first.json()["player_status"]
    assert status["online"] is True
    assert {"action", "info_text", "mode", "mods", "beatmap"} == status["status"].keys()
    assert datetime.fromtimestamp(status["login_time"]).year == 2024
    # A browser says by itself what it has.
    again = http.get("/v1/get_player_status", params={"id": AIKO}, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    offline = fetched(http, "/v1/get_player_status", params={"id": 8})["player_status"]
    assert offline == {"online": False, "last_seen": 1_700_000_008}


def test_guweb_shows_leaderboards(http: httpx.Client) -> None:
    for sort in ("pp", "acc", "plays", "tscore", "rscore"):
        board = fetched(http, "/v1/get_leaderboard", params={"mode": 0, "sort": sort, "limit": 50})["leaderboard"]
        assert [row[sort] for row in board] == sorted((row[sort] for row in board), reverse=True)
        assert {"player_id", "name", "country", "clan_id", "clan_name", "clan_tag", "xh_count"} <= board[0].keys()


def test_forks_of_guweb_show_a_beatmap(http: httpx.Client) -> None:
    found = fetched(http, "/get_map_info", params={"id": STANDARD})["map"]
    assert found == fetched(http, "/get_map_info", params={"md5": found["md5"].upper()})["map"]
    asked = {"id": STANDARD, "mode": 0, "scope": "best", "limit": 100}
    board = fetched(http, "/get_map_scores", params=asked)["scores"]
    assert [row["score"] for row in board] == sorted((row["score"] for row in board), reverse=True)
    for row in board:
        assert f"/u/{row['userid']}" != "/u/0"
        assert row["player_country"] == row["player_country"].lower()
        assert (row["clan_id"] is None) == (row["clan_tag"] is None)
    for row in fetched(http, "/get_map_scores", params={"id": LOVED, "scope": "recent"})["scores"]:
        assert row["map_md5"] == md5_of(LOVED)
    names = [each["name"] for each in fetched(http, "/search_players", params={"q": "o"})["result"]]
    assert "two words" in names


def test_shiina_asks_inside_its_network(base: str) -> None:
    """Java, with a Host that is not where it asks, and no header that it could do without."""
    asked = urllib.request.Request(f"{base}/v1/get_player_status?id={TWO_WORDS}", headers={"Host": "api.example.org"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Length"] == str(len(body := answer.read()))
    assert b'"online":true' in body
    query = "sort=pp&mode=0&limit=3&offset=1&country=JP"
    with urllib.request.urlopen(f"{base}/v1/get_leaderboard?{query}") as answer:
        assert answer.read().count(b'"country":"jp"') == 2


def test_kawaweb_asks_for_several(http: httpx.Client) -> None:
    players = fetched(http, "/v1/get_player_status", params={"ids": f"{TWO_WORDS},{AIKO},{RESTRICTED},999"})["players"]
    assert [each["id"] for each in players] == [TWO_WORDS, AIKO]
    answer = http.get("/v1/get_score_info", params={"id": 2, "b": 1})
    assert answer.json()["score"]["userid"] == AIKO
    assert answer.headers["x-ignored-params"] == "b"
    assert len(fetched(http, "/v1/search_players", params={"limit": 2})["result"]) == 2


def test_yumu_bot_looks_for_a_name_first(http: httpx.Client) -> None:
    for wanted in ("two words", "12345678", "日本語"):
        result = fetched(http, "/v1/search_players", params={"q": wanted})["result"]
        (player_id,) = [each["id"] for each in result if each["name"].lower() == wanted.lower()]
        info = fetched(http, "/v1/get_player_info", params={"id": player_id, "scope": "info"})["player"]["info"]
        assert info["name"] == wanted
        status = fetched(http, "/v1/get_player_status", params={"id": player_id})["player_status"]
        assert status["online"] in (True, False)


@pytest.mark.parametrize("mount", ["/v1", "/api/v1", "/api", ""])
def test_bots_of_every_age_find_it(http: httpx.Client, mount: str) -> None:
    """Versioned, behind a proxy of the same origin, as of 2021, and bare; Python writes its booleans with capitals."""
    asked = {"name": "Two Words", "scope": "recent", "limit": 1, "include_failed": False, "mode": "osu"}
    (score,) = fetched(http, f"{mount}/get_player_scores", params=asked)["scores"]
    assert score["status"] > 0


def test_sakuru_bot_asks_for_what_there_is_not(http: httpx.Client) -> None:
    answer = http.get("/v1/get_map_scores", params={"scope": "best", "md5": md5_of(STANDARD), "user": AIKO})
    assert answer.status_code == 200
    assert answer.headers["x-ignored-params"] == "user"


def test_lists_by_trying_every_number(http: httpx.Client) -> None:
    """For want of a list of lobbies and pools, a site asks for each of them."""
    matches = {number: http.get("/v1/get_match", params={"id": number}).status_code for number in range(65)}
    assert {number for number, status in matches.items() if status == 200} == {0, 7, 63}
    pools = {number: http.get("/v1/get_mappool", params={"id": number}).status_code for number in range(1, 25)}
    assert set(matches.values()) == set(pools.values()) == {200, 404}


@pytest.mark.parametrize("score_id", [2, HUGE_ID])
def test_players_open_replays(http: httpx.Client, score_id: int) -> None:
    """As a link, without a key, into a reader that nobody here has written."""
    answer = http.get("/v1/get_replay", params={"id": score_id})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    replay = osrparse.Replay.from_string(answer.content)
    score = fetched(http, "/v1/get_score_info", params={"id": score_id})["score"]
    assert replay.replay_id == score["id"] == score_id
    assert replay.beatmap_hash == score["map_md5"]
    counts = ("300", "100", "50", "miss", "geki", "katu")
    hits = [getattr(replay, f"count_{name}") for name in counts]
    assert hits == [score[key] for key in ("n300", "n100", "n50", "nmiss", "ngeki", "nkatu")]
    assert (replay.score, replay.max_combo, replay.perfect) == (score["score"], score["max_combo"], score["perfect"])
    assert (replay.mods.value, replay.mode.value) == (score["mods"], score["mode"] % 4)
    assert replay.timestamp.replace(tzinfo=None).isoformat() == score["play_time"]
    assert replay.replay_data
    frames = http.get("/v1/get_replay", params={"id": score_id, "include_headers": "false"})
    assert frames.content in answer.content


def test_a_page_of_another_origin_may_read(http: httpx.Client) -> None:
    origin = {"origin": "https://example.org"}
    asked = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}
    before = http.options("/v1/get_friends", headers=origin | asked)
    assert before.status_code == 204
    assert "Authorization" in before.headers["access-control-allow-headers"]
    answer = http.get("/v1/get_friends", headers=origin | {"authorization": f"Bearer {AIKO_KEY}"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.json()["friends"]
    # The page is to see refusals as well, or it cannot tell them from a network that is down.
    refused = http.get("/v1/get_friends", headers=origin)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


def test_a_calculator_asks_for_pp(http: httpx.Client) -> None:
    headers = {"authorization": f"Bearer {AIKO_KEY}"}
    answer = http.get("/v1/calculate_pp", params={"id": STANDARD, "acc": [95, 100], "mods": 72}, headers=headers)
    worth = answer.json()
    assert [each["accuracy"] for each in worth] == [95, 100]
    assert worth[0]["performance"]["pp"] < worth[1]["performance"]["pp"]
    assert worth[0]["difficulty"]["stars"] > 0


def test_browsers_take_it_compressed(base: str) -> None:
    plain, packed = (
        httpx.get(f"{base}/v1/get_leaderboard", headers={"accept-encoding": coding})
        for coding in ("identity", "gzip, deflate, br")
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.json() == plain.json()


def test_an_uptime_robot_asks_for_no_body(http: httpx.Client) -> None:
    got, headed = http.get("/v1/get_player_count"), http.head("/v1/get_player_count")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"]
    assert headed.headers["etag"] == got.headers["etag"]
