"""How parameters are read, and in which order requests are refused: what could not be read first, all of it at once,
then the mode, then who or what is meant, then what is not there."""

from typing import Any

import pytest

from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.people import AIKO, MODERATOR_KEY

BEST = f"/get_map_scores?id={STANDARD}&scope=best"
SCORES = f"/get_player_scores?id={AIKO}&scope=best"


def said(house: House, path: str, **options: Any) -> tuple[int, Any]:
    answered = house.ask(path, **options)
    return answered.status, answered.json.get("status")


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/get_player_scores?scope=x&mode=7", 422, None),
        ("/get_player_scores?scope=best&mode=7", 400, "Invalid gamemode."),
        ("/get_player_scores?scope=best&mode=11&id=3&name=Aiko", 400, "Invalid gamemode."),
        ("/get_player_scores?scope=best&id=3&name=Aiko", 400, "Must provide either id OR name!"),
        ("/get_player_scores?scope=best", 400, "Must provide either id OR name!"),
        ("/get_player_scores?scope=best&id=404", 404, "Player not found."),
        ("/get_player_most_played?mode=9", 400, "Invalid gamemode."),
        ("/get_player_most_played", 400, "Must provide either id or name."),
        ("/get_player_most_played?id=404", 404, "Player not found."),
        ("/get_player_info?scope=all", 400, "Must provide either id OR name!"),
        ("/get_player_info?scope=all&id=3&name=Aiko", 400, "Must provide either id OR name!"),
        ("/get_player_info?scope=all&id=404", 404, "Player not found."),
        ("/get_player_status?id=3&name=Aiko", 400, "Must provide either id OR name!"),
        ("/get_player_status?name=who", 404, "Player not found."),
        ("/get_map_info", 400, "Must provide either id or md5!"),
        ("/get_map_info?id=404", 404, "Map not found."),
        ("/get_map_scores?scope=best&mode=10", 400, "Invalid gamemode."),
        ("/get_map_scores?scope=best", 400, "Must provide either id or md5!"),
        (f"/get_map_scores?scope=best&md5={'0' * 32}", 404, "Map not found."),
        ("/get_leaderboard?mode=7", 400, "Invalid gamemode."),
        ("/get_score_info?id=0", 404, "Score not found."),
        ("/get_replay?id=0", 404, "Replay not found."),
        ("/get_match?id=1", 404, "Match not found."),
        ("/get_clan?id=99", 404, "Clan not found."),
        ("/get_mappool?id=99", 404, "Pool not found."),
        ("/get_mappool?id=2", 404, "Pool creator not found."),
        ("/get_friends", 401, "Invalid API key."),
        ("/get_friends?limit=x", 422, None),
        ("/calculate_pp?id=x", 422, None),
        ("/calculate_pp?id=404", 401, "Invalid API key."),
    ],
)
def test_the_order_of_refusals(house: House, path: str, status: int, sentence: str | None) -> None:
    assert said(house, path) == (status, sentence)


def test_every_fault_is_told_at_once_in_the_order_of_declaration(house: House) -> None:
    answered = house.ask("/get_map_scores?md5=short&limit=-1&mode=x&id=1e3")
    assert answered.status == 422
    assert [fault["loc"] for fault in answered.json["detail"]] == [
        ["query", name] for name in ("scope", "id", "md5", "mode", "limit")
    ]
    assert [fault["type"] for fault in answered.json["detail"]] == [
        *("missing", "int_parsing", "string_too_short", "int_parsing", "greater_than_equal")
    ]
    assert [fault["input"] for fault in answered.json["detail"]] == [None, "1e3", "short", "x", "-1"]


@pytest.mark.parametrize(
    "path",
    ["/get_player_info?id=3", "/get_player_scores?id=3", f"/get_map_scores?id={STANDARD}", "/get_score_info"],
)
def test_what_is_required_is_missed(house: House, path: str) -> None:
    (fault,) = house.ask(path).json["detail"]
    assert (fault["type"], fault["msg"], fault["input"]) == ("missing", "Field required", None)


@pytest.mark.parametrize("text", ["%2B3", "+3", "%203", "3%20", "3.0", "3.000", "0_3", "003", "%2B03.0"])
def test_whole_numbers_are_read_leniently(house: House, text: str) -> None:
    answered = house.ask(f"/get_player_info?scope=info&id={text}")
    assert answered.json["player"]["info"]["id"] == AIKO


@pytest.mark.parametrize(
    "text", ["", "3.5", "abc", "0x3", "3_", "_3", "1__0", "3e0", "%203%203", "٣", "NaN", "9" * 5000]
)
def test_what_is_no_whole_number_is_refused(house: House, text: str) -> None:
    (fault,) = house.ask("/get_player_info?scope=info", {"scope": "info", "id": text.replace("%20", " ")}).json[
        "detail"
    ]
    assert fault["type"] == "int_parsing"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/get_player_info?scope=info&id=2", "greater_than_equal"),
        ("/get_player_info?scope=info&id=2147483648", "less_than_equal"),
        ("/get_player_info?scope=info&id=2147483647", None),
        ("/get_map_info?id=2", "greater_than_equal"),
        ("/get_map_info?id=2147483647", None),
        (f"/get_map_scores?scope=best&id={-1}", "greater_than_equal"),
        ("/get_map_scores?scope=best&id=0", None),
        (f"/get_score_info?id={2**63 - 1}", None),
        (f"/get_score_info?id={2**63}", "less_than_equal"),
        (f"/get_replay?id={2**63}", "less_than_equal"),
        ("/get_match?id=-1", "greater_than_equal"),
        ("/get_match?id=64", None),
        ("/get_match?id=65", "less_than_equal"),
        ("/get_clan?id=0", "greater_than_equal"),
        ("/get_mappool?id=0", "greater_than_equal"),
        ("/get_leaderboard?mode=12", "less_than_equal"),
        ("/get_leaderboard?mode=-1", "greater_than_equal"),
        ("/get_leaderboard?offset=-1", "greater_than_equal"),
        ("/get_leaderboard?page=0", "greater_than_equal"),
        ("/get_leaderboard?limit=0", "greater_than_equal"),
        ("/get_leaderboard?country=d", "string_too_short"),
        ("/get_leaderboard?country=deu", "string_too_long"),
        ("/get_leaderboard?sort=PP", "literal_error"),
        ("/get_leaderboard?sort=pp%20DESC--", "literal_error"),
        ("/get_map_info?md5=" + "a" * 33, "string_too_long"),
        ("/get_player_info?id=3&scope=Stats", "literal_error"),
        ("/get_player_info?id=3&scope=", "literal_error"),
        ("/get_player_info?name=&scope=info", "string_pattern_mismatch"),
    ],
)
def test_bounds(house: House, path: str, kind: str | None) -> None:
    answered = house.ask(path)
    assert [fault["type"] for fault in answered.json.get("detail", [])] == ([kind] if kind else [])
    assert answered.status == 422 if kind else answered.status in (200, 404)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("1", "true", "TRUE", "yes", "Yes", "on", "t", "y", "T")),
        *((word, False) for word in ("0", "false", "no", "off", "f", "n", "OFF")),
    ],
)
def test_yes_and_no_in_all_the_ways_they_are_written(house: House, text: str, value: bool) -> None:
    scores = house.ask(f"{SCORES}&include_loved={text}").json["scores"]
    assert any(score["beatmap"]["status"] == 5 for score in scores) is value


@pytest.mark.parametrize("text", ["", "2", "maybe", "tru", "yes no"])
def test_what_is_neither_yes_nor_no_is_refused(house: House, text: str) -> None:
    answered = house.ask("/get_player_scores", {"id": AIKO, "scope": "best", "include_loved": text})
    assert [fault["type"] for fault in answered.json["detail"]] == ["bool_parsing"]


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *(("osu", 0), ("std", 0), ("taiko", 1), ("Catch", 2), ("fruits", 2), ("ctb", 2), ("MANIA", 3)),
        *(("osurx", 4), ("taikorx", 5), ("fruitsrx", 6), ("osuap", 8), ("04", 4), (" 8", 8)),
    ],
)
def test_modes_by_number_or_name(house: House, word: str, number: int) -> None:
    answered = house.ask("/get_leaderboard", {"mode": word})
    assert answered.json == house.ask(f"/get_leaderboard?mode={number}").json
    assert answered.json["leaderboard"]


@pytest.mark.parametrize("word", ["", "osux", "vn", "rx!std", "4.5"])
def test_what_is_no_mode_is_refused(house: House, word: str) -> None:
    assert house.ask("/get_leaderboard", {"mode": word}).status == 422


@pytest.mark.parametrize("path", ["/get_leaderboard?x=", BEST, SCORES, f"/get_player_most_played?id={AIKO}"])
def test_a_limit_over_the_most_means_the_most(house: House, path: str) -> None:
    assert house.ask(f"{path}&limit=100000000000").json == house.ask(f"{path}&limit=100").json


@pytest.mark.parametrize("path", ["/search_players?x=", BEST, SCORES, "/get_leaderboard?x="])
def test_offset_and_page_are_not_both_given(house: House, path: str) -> None:
    assert said(house, f"{path}&offset=0&page=1") == (400, "Must provide either offset OR page!")


def test_past_the_end_there_is_nothing(house: House) -> None:
    for beyond in ("offset=2147483647", "page=2147483647&limit=100"):
        assert house.ask(f"/get_leaderboard?{beyond}").json["leaderboard"] == []
        assert house.ask(f"{BEST}&{beyond}").json["scores"] == []
        assert house.ask(f"{SCORES}&{beyond}").json["scores"] == []


def test_of_a_repeated_parameter_the_last_counts(house: House) -> None:
    answered = house.ask("/get_player_info?scope=nonsense&id=4&scope=info&id=3")
    assert answered.json["player"]["info"]["id"] == AIKO


def test_unknown_parameters_are_ignored_and_named(house: House) -> None:
    answered = house.ask("/get_clan?id=1&relax=1&%C3%BC%0A,=2&relax=3")
    assert answered.status == 200
    assert answered.headers["x-ignored-params"] == "relax, ???"
    assert "x-ignored-params" not in house.ask("/get_clan?id=1").headers
    assert "x-ignored-params" not in house.ask(f"{SCORES}&mods=").headers


def test_several_by_id_come_in_the_order_asked_each_once(house: House) -> None:
    answered = house.ask("/get_player_info?scope=info&ids=19&ids=3,404,11,19")
    assert [player["info"]["id"] for player in answered.json["players"]] == [19, 3]
    answered = house.ask("/get_map_info?ids=1012,1001,5,1012")
    assert [beatmap["id"] for beatmap in answered.json["maps"]] == [1012, 1001]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/get_player_info?scope=info&ids=3&id=3", "Must provide either ids OR id or name, got ids and id."),
        ("/get_player_status?ids=3&name=Aiko", "Must provide either ids OR id or name, got ids and name."),
        (f"/get_map_info?ids=5&md5={'0' * 32}", "Must provide either ids OR id or md5, got ids and md5."),
    ],
)
def test_several_and_one_are_not_asked_for_together(house: House, path: str, sentence: str) -> None:
    assert said(house, path) == (400, sentence)


@pytest.mark.parametrize("ids", ["", "3,", "3,,4", "1", "3;4", ",".join(str(number) for number in range(3, 104))])
def test_lists_of_ids_that_cannot_be_read(house: House, ids: str) -> None:
    answered = house.ask("/get_player_info", {"scope": "info", "ids": ids}, key=MODERATOR_KEY)
    assert answered.status == 422
    assert answered.statements == ()
