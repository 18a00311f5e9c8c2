"""Who is hidden from whom: restricted and unverified players and the bot, from everybody but staff and themselves."""

import shutil

import pytest

from tests.golden.house import House
from tests.golden.maps import POOL_OF_HIDDEN, STANDARD
from tests.golden.people import (
    AIKO_KEY,
    MODERATOR_KEY,
    RESTRICTED,
    RESTRICTED_KEY,
    SUPPORTER_KEY,
    UNVERIFIED,
)
from tests.golden.plays import OF_RESTRICTED

NOBODY = None
HIDDEN_BY_ID = (RESTRICTED, UNVERIFIED)
HIDDEN = (1, *HIDDEN_BY_ID)

# What is a hidden player's own, and the sentence in place of it.
THEIRS = [
    ("/get_player_info?id=11&scope=all", "Player not found."),
    ("/get_player_info?name=restricted&scope=info", "Player not found."),
    ("/get_player_status?id=11", "Player not found."),
    ("/get_player_scores?id=11&scope=best", "Player not found."),
    ("/get_player_scores?id=11&scope=recent", "Player not found."),
    ("/get_player_most_played?id=11", "Player not found."),
    (f"/get_score_info?id={OF_RESTRICTED}", "Score not found."),
    (f"/get_replay?id={OF_RESTRICTED}", "Replay not found."),
    (f"/get_replay?id={OF_RESTRICTED}&include_headers=false", "Replay not found."),
    (f"/get_mappool?id={POOL_OF_HIDDEN}", "Pool creator not found."),
]


@pytest.mark.parametrize(("path", "sentence"), THEIRS)
def test_what_is_a_hidden_players_is_not_there_for_others(house: House, path: str, sentence: str) -> None:
    for key in (NOBODY, AIKO_KEY, SUPPORTER_KEY, "no-such-key"):
        answered = house.ask(path, key=key)
        assert (answered.status, answered.json) == (404, {"status": sentence})


@pytest.mark.parametrize(("path", "sentence"), THEIRS)
def test_it_is_there_for_themselves_and_for_staff(house: House, path: str, sentence: str) -> None:
    for key in (RESTRICTED_KEY, MODERATOR_KEY):
        assert house.ask(path, key=key).status == 200


def test_the_answer_does_not_tell_hidden_from_absent(house: House) -> None:
    hidden = house.ask(f"/get_player_info?id={UNVERIFIED}&scope=all")
    absent = house.ask("/get_player_info?id=404&scope=all")
    told = {"bancho-version", "content-type", "content-length"}
    assert hidden.body == absent.body
    assert {name: hidden.headers[name] for name in told} == {name: absent.headers[name] for name in told}


def test_the_bot_can_be_asked_for_by_staff_alone_and_by_name(house: House) -> None:
    assert house.ask("/get_player_info?id=1&scope=info", key=MODERATOR_KEY).status == 422
    assert house.ask("/get_player_info?name=BanchoBot&scope=info").status == 404
    assert house.ask("/get_player_info?name=BanchoBot&scope=info", key=MODERATOR_KEY).status == 200


def test_a_bot_whose_row_makes_it_a_player_is_hidden_all_the_same(mended: House) -> None:
    mended.sql("UPDATE users SET priv = 3 WHERE id = 1")
    for path in (
        "/get_player_info?name=BanchoBot&scope=info",
        "/get_player_status?name=BanchoBot",
        "/get_score_info?id=1",
    ):
        assert mended.ask(path).status == 404


def test_unverified_players_are_hidden_too(house: House) -> None:
    for path in ("/get_player_info?id=12&scope=all", "/get_player_status?name=unverified", "/get_score_info?id=11"):
        assert house.ask(path).status == 404
        assert house.ask(path, key=MODERATOR_KEY).status == 200


def test_leaderboards_are_the_same_for_everybody(house: House) -> None:
    for path, name in (
        ("/get_leaderboard?sort=plays", "player_id"),
        (f"/get_map_scores?id={STANDARD}&scope=best", "userid"),
        (f"/get_map_scores?id={STANDARD}&scope=recent", "userid"),
    ):
        answers = [house.ask(path, key=key) for key in (NOBODY, RESTRICTED_KEY, MODERATOR_KEY)]
        assert len({answered.body for answered in answers}) == 1
        rows = next(value for key, value in answers[0].json.items() if key != "status")
        assert rows
        assert not {row[name] for row in rows} & set(HIDDEN)


def test_searches_are_public_except_for_staff_and_oneself(house: House) -> None:
    for key, hidden in ((NOBODY, set()), (AIKO_KEY, set()), (RESTRICTED_KEY, {RESTRICTED})):
        found = house.ask("/search_players", key=key).json["result"]
        assert {each["id"] for each in found} & set(HIDDEN) == hidden
    found = house.ask("/search_players", key=MODERATOR_KEY).json["result"]
    assert {each["id"] for each in found} >= set(HIDDEN)


def test_hidden_members_and_owners_leave_no_trace(house: House) -> None:
    clan = house.ask("/get_clan?id=1").json
    assert [member["id"] for member in clan["members"]] == [3, 14, 16]
    clan = house.ask("/get_clan?id=2", key=RESTRICTED_KEY).json
    assert [member["id"] for member in clan["members"]] == [11, 17]
    assert clan["owner"]["id"] == RESTRICTED
    assert house.ask("/get_clan?id=2").json["owner"] is None
    assert b"Restricted" not in house.ask("/get_match?id=7").body
    assert b'"host":{"id":11' in house.ask("/get_match?id=7", key=RESTRICTED_KEY).body


def test_hidden_players_are_not_counted_among_those_online(house: House) -> None:
    """Of the seven online the bot, a restricted and an unverified one do not count; of those registered the bot."""
    assert house.ask("/get_player_count").json["counts"] == {"online": 4, "total": 19}
    assert house.ask("/get_player_count", key=MODERATOR_KEY).json["counts"] == {"online": 4, "total": 19}


def test_friends_who_are_hidden_are_seen_by_staff_alone(house: House) -> None:
    assert RESTRICTED not in [each["id"] for each in house.ask("/get_friends", key=AIKO_KEY).json["friends"]]
    assert RESTRICTED in [each["id"] for each in house.ask("/get_friends", key=MODERATOR_KEY).json["friends"]]


def test_several_at_once_leave_hidden_ones_out(house: House) -> None:
    asked = "ids=3,11,12"
    for key, ids in ((NOBODY, [3]), (RESTRICTED_KEY, [3, 11]), (MODERATOR_KEY, [3, 11, 12])):
        found = house.ask(f"/get_player_info?scope=info&{asked}", key=key).json["players"]
        assert [player["info"]["id"] for player in found] == ids
        found = house.ask(f"/get_player_status?{asked}", key=key).json["players"]
        assert [player["id"] for player in found] == ids


def test_as_bancho_py_did_before_its_one_rule(house: House) -> None:
    """Profiles of all are shown, boards hide the restricted alone, searches stay public."""
    with house.variant(players={"visibility": "bancho.py"}) as old:
        for path, _ in THEIRS:
            assert old.ask(path).status == 200
        assert old.ask("/get_player_info?id=12&scope=info").status == 200
        assert old.ask("/get_player_info?name=BanchoBot&scope=info").status == 200
        assert old.ask("/get_player_info?id=11&scope=stats").json["player"]["stats"]["0"]["rank"] == 0
        board = {score["userid"] for score in old.ask(f"/get_map_scores?id={STANDARD}&scope=best").json["scores"]}
        assert board & set(HIDDEN) == {1, UNVERIFIED}
        leaders = {row["player_id"] for row in old.ask("/get_leaderboard?sort=plays").json["leaderboard"]}
        assert leaders & set(HIDDEN) == {1, UNVERIFIED}
        assert [member["id"] for member in old.ask("/get_clan?id=2").json["members"]] == [11, 17]
        assert not {each["id"] for each in old.ask("/search_players").json["result"]} & set(HIDDEN)
        assert old.ask("/get_player_count").json["counts"] == {"online": 5, "total": 19}


def test_a_player_who_is_restricted_now_is_hidden_now(mended: House) -> None:
    assert mended.ask("/get_player_info?id=4&scope=info").status == 200
    mended.sql("UPDATE users SET priv = 2 WHERE id = 4")
    assert mended.ask("/get_player_info?id=4&scope=info").status == 404
    assert mended.ask("/get_score_info?id=3").status == 404
    assert 4 not in [row["player_id"] for row in mended.ask("/get_leaderboard").json["leaderboard"]]
    assert mended.ask("/get_mappool?id=1").json == {"status": "Pool creator not found."}


def test_a_replay_without_a_score_or_beatmap_is_not_there(house: House) -> None:
    """The file alone proves nothing of whose it is."""
    for score_id in (424_242, 46):
        assert (house.data / "osr" / f"{score_id}.osr").exists()
        for headers in ("true", "false"):
            answered = house.ask(f"/get_replay?id={score_id}&include_headers={headers}", key=MODERATOR_KEY)
            assert answered.json == {"status": "Replay not found."}


def test_a_replay_of_a_hidden_player_looks_like_one_without_a_file(house: House) -> None:
    moved = house.data / "osr" / "9.moved"
    shutil.move(house.data / "osr" / "9.osr", moved)
    try:
        without = house.ask(f"/get_replay?id={OF_RESTRICTED}")
    finally:
        shutil.move(moved, house.data / "osr" / "9.osr")
    assert without.body == house.ask(f"/get_replay?id={OF_RESTRICTED}").body
