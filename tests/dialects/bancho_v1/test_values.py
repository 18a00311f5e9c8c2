"""The forms of values that clients are particular about, and single things told in full."""

import pytest

from tests.golden.house import House
from tests.golden.maps import MAPS, QUOTED
from tests.golden.people import AIKO, GIANT, IDLE, STRAYS, USERS
from tests.golden.plays import SCORES

INFO = (
    *("id", "name", "safe_name", "priv", "country", "silence_end", "donor_end", "creation_time", "latest_activity"),
    *("clan_id", "clan_priv", "preferred_mode", "play_style", "custom_badge_name", "custom_badge_icon"),
    "userpage_content",
)
STATS = (
    *("id", "mode", "tscore", "rscore", "pp", "plays", "playtime", "acc", "max_combo", "total_hits", "replay_views"),
    *("xh_count", "x_count", "sh_count", "s_count", "a_count", "rank", "country_rank"),
)
MAP = (
    *("md5", "id", "set_id", "artist", "title", "version", "creator", "last_update", "total_length", "max_combo"),
    *("status", "plays", "passes", "mode", "bpm", "cs", "od", "ar", "hp", "diff"),
)


def test_scopes_of_a_player(house: House) -> None:
    parts = {
        scope: house.ask(f"/get_player_info?id=3&scope={scope}").json["player"] for scope in ("info", "stats", "all")
    }
    assert parts["all"] == parts["info"] | parts["stats"]
    assert list(parts["info"]) == ["info"]
    assert list(parts["stats"]) == ["stats"]
    assert tuple(parts["all"]["info"]) == INFO
    assert all(tuple(stats) == STATS for stats in parts["all"]["stats"].values())


def test_an_account_is_told_as_it_is_stored(house: House) -> None:
    for user in USERS:
        if user["priv"] & 3 == 3:
            info = house.ask("/get_player_info", {"name": user["name"], "scope": "info"}).json["player"]["info"]
            assert info == {key: user[key] for key in INFO}


def test_stats_are_there_for_the_modes_that_can_be_played(house: House) -> None:
    stats = house.ask(f"/get_player_info?id={STRAYS}&scope=stats").json["player"]["stats"]
    assert list(stats) == ["0", "1", "2", "3", "4", "5", "6", "8"]
    assert [each["mode"] for each in stats.values()] == [0, 1, 2, 3, 4, 5, 6, 8]
    assert house.ask(f"/get_player_info?id={IDLE}&scope=stats").json["player"] == {"stats": {}}


def test_numbers_keep_their_kind_and_every_digit(house: House) -> None:
    body = house.ask(f"/get_player_info?id={GIANT}&scope=stats").body
    assert b'"tscore":9007199254740993,"rscore":9007199254740995,"pp":1000,' in body
    assert b'"acc":0.0,' in body
    body = house.ask("/get_player_scores?id=3&scope=best&limit=2").body
    assert b'"pp":300.5,"acc":100.0,' in body
    assert b'"perfect":1,' in body
    assert b'"perfect":0,' in body
    assert b'"last_update":"2020-01-02T03:04:05"' in body
    assert b'"play_time":"2024-01-15T12:02:00"' in body
    assert b'"bpm":200.0,"cs":4.0,"od":8.0,"ar":9.3,"hp":5.5,"diff":5.123' in body


def test_letters_are_not_escaped(house: House) -> None:
    body = house.ask(f"/get_map_info?id={QUOTED}").body.decode()
    assert r'"title":"\"100%\" <ノート> it' in body
    assert "Ünïcödé" in body


@pytest.mark.parametrize("row", MAPS, ids=lambda row: str(row["id"]))
def test_a_beatmap_is_told_as_it_is_stored(house: House, row: dict[str, object]) -> None:
    by_id = house.ask(f"/get_map_info?id={row['id']}", queries=1).json["map"]
    by_md5 = house.ask(f"/get_map_info?md5={str(row['md5']).upper()}", queries=1).json["map"]
    both = house.ask(f"/get_map_info?id={row['id']}&md5={'0' * 32}").json["map"]
    assert by_id == by_md5 == both
    assert tuple(by_id) == MAP
    assert by_id == {key: row[key] for key in MAP} | {"last_update": f"{row['last_update']:%Y-%m-%dT%H:%M:%S}"}


def test_a_score_is_told_as_it_is_stored_without_what_anticheat_needs(house: House) -> None:
    for row in SCORES:
        if row["userid"] in (1, 11, 12, 999):
            continue
        score = house.ask(f"/get_score_info?id={row['id']}").json["score"]
        expected = {key: value for key, value in row.items() if key not in ("client_flags", "online_checksum")}
        assert score == expected | {"play_time": f"{row['play_time']:%Y-%m-%dT%H:%M:%S}"}


def test_nothing_of_anticheat_is_ever_told(house: House) -> None:
    for path in (
        "/get_score_info?id=2",
        f"/get_player_scores?id={AIKO}&scope=recent",
        "/get_map_scores?id=1001&scope=best",
    ):
        body = house.ask(path).body
        for word in (b"client_flags", b"online_checksum", b"email", b"pw_bcrypt", b"api_key"):
            assert word not in body


def test_a_clan_that_is_not_there_is_null_beside_a_name_but_its_id_is_told(house: House) -> None:
    assert house.ask("/get_player_info?id=15&scope=info").json["player"]["info"]["clan_id"] == 99
    assert house.ask("/get_player_scores?id=15&scope=best").json["player"]["clan"] is None
    (row,) = (row for row in house.ask("/get_leaderboard").json["leaderboard"] if row["player_id"] == 15)
    assert (row["clan_id"], row["clan_name"], row["clan_tag"]) == (None, None, None)
