"""What goes on now: statuses and lobbies as game servers write them, and what is told while they do not."""

import time
from typing import Any

import orjson
import pytest

from server.domain.live import Lobby, Slot, Status
from server.live import keys
from tests.golden.house import House
from tests.golden.maps import QUOTED
from tests.golden.people import AIKO, AIKO_KEY, GIANT, TWO_WORDS
from tests.voice import Voice

OFFLINE = {"online": False, "last_seen": 1_700_000_000 + AIKO}


def status(house: House, player_id: int = AIKO) -> Any:
    return house.ask(f"/get_player_status?id={player_id}").json["player_status"]


def write(house: House, key: str, text: str | bytes) -> None:
    house.run(house.redis.ask(lambda client: client.set(key, text)))


def publish(house: House, lease: float = 60) -> Voice:
    return Voice(house.redis, "another", lease)


def test_a_player_who_is_online(house: House) -> None:
    told = status(house)
    assert list(told) == ["online", "login_time", "status"]
    assert told["online"] is True
    assert told["login_time"] == 1_704_067_200.25
    assert list(told["status"]) == ["action", "info_text", "mode", "mods", "beatmap"]
    assert told["status"]["beatmap"] == house.ask(f"/get_map_info?id={QUOTED}").json["map"]


def test_whoever_is_not_online_was_last_seen(house: House) -> None:
    assert status(house, GIANT) == {"online": False, "last_seen": 1_700_000_000 + GIANT}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "5",
        "{}",
        '{"id": 3}',
        '{"id": "3", "login_time": 1}',
        '{"id": 3, "login_time": "x"}',
        '{"id": 3, "login_time": null}',
        '{"id": 3, "login_time": true}',
        '{"id": 3, "login_time": "1"}',
        '{"id": 3, "login_time": 1e999}',
        '{"id": 4, "login_time": 1}',
        '{"id": 3, "login_time": 1, "info_text": []}',
        '{"id": 3, "login_time": 1, "action": true}',
        '{"id": 3, "login_time": 1, "mode": 1.5}',
        '{"id": 3, "login_time": NaN}',
    ],
)
def test_a_status_that_cannot_be_read_is_none(mended: House, text: str | bytes) -> None:
    write(mended, keys.player(AIKO), text)
    assert status(mended) == OFFLINE
    # Nor does it spoil what is told of others in the same breath.
    told = mended.ask("/get_player_status?ids=3,4").json["players"]
    assert [player["player_status"]["online"] for player in told] == [False, True]


def test_text_that_is_no_utf8(mended: House) -> None:
    write(mended, keys.player(AIKO), b'{"id": 3, "login_time": 1, "info_text": "a\xff"}')
    assert status(mended)["status"]["info_text"] == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("map_id", [-1, 2**31 - 2, 2**31, 2**63, 2**64])
def test_a_beatmap_number_that_cannot_be(mended: House, map_id: int) -> None:
    write(mended, keys.player(AIKO), f'{{"id": 3, "login_time": 1, "map_id": {map_id}}}')
    assert mended.ask("/get_player_status?id=3").status == 200


def test_what_a_status_does_not_say_is_nothing(mended: House) -> None:
    write(mended, keys.player(AIKO), '{"id": 3, "login_time": 7, "unknown": {}}')
    nothing = {"action": 0, "info_text": "", "mode": 0, "mods": 0, "beatmap": None}
    assert status(mended) == {"online": True, "login_time": 7.0, "status": nothing}


def test_null_says_as_much_as_nothing(mended: House) -> None:
    for nulls in ("info_text", "action", "mode", "mods", "map_id", "map_md5"):
        write(mended, keys.player(AIKO), f'{{"id": 3, "login_time": 7, "{nulls}": null}}')
        nothing = {"action": 0, "info_text": "", "mode": 0, "mods": 0, "beatmap": None}
        assert status(mended) == {"online": True, "login_time": 7.0, "status": nothing}


def test_a_status_ends_with_its_lease(mended: House) -> None:
    mended.run(publish(mended, 0.05).players([Status(GIANT, 1.0)]))
    assert status(mended, GIANT)["online"] is True
    time.sleep(0.1)
    assert status(mended, GIANT)["online"] is False


def test_a_player_who_logs_out(mended: House) -> None:
    mended.run(publish(mended).players_left([AIKO]))  # another game server's word about them
    assert status(mended) != OFFLINE
    mended.run(Voice(mended.redis, "golden").players_left([AIKO]))
    assert status(mended) == OFFLINE
    assert mended.ask("/get_player_count").json["counts"]["online"] == 3
    friends = mended.ask("/get_friends", key=AIKO_KEY).json["friends"]
    assert {friend["name"]: friend["online"] for friend in friends}["two words"] is True


def test_without_a_game_server_those_lately_active_are_online(mended: House) -> None:
    """The bot and hidden players are not counted, nor is who was seen six minutes ago."""
    mended.run(mended.redis.ask(lambda client: client.flushdb()))
    assert mended.ask("/get_player_count").json["counts"]["online"] == 0
    now = int(time.time())
    mended.sql("UPDATE users SET latest_activity = :now WHERE id IN (1, 3, 4, 11, 12)", now=now)
    mended.sql("UPDATE users SET latest_activity = :then WHERE id = 5", then=now - 360)
    mended.sql("UPDATE users SET latest_activity = :then WHERE id = 6", then=now - 240)
    assert mended.ask("/get_player_count").json["counts"] == {"online": 3, "total": 19}
    for online, expected in (("live", 0), ("activity", 3)):
        with mended.variant(players={"online": online}) as told:
            assert told.ask("/get_player_count").json["counts"]["online"] == expected


def test_a_game_server_without_players_has_nobody_online(mended: House) -> None:
    mended.sql("UPDATE users SET latest_activity = :now", now=int(time.time()))
    mended.run(mended.redis.ask(lambda client: client.flushdb()))
    mended.run(publish(mended).players([]))
    assert mended.ask("/get_player_count").json["counts"]["online"] == 0


def test_a_lobby_as_it_stands(mended: House) -> None:
    lobby = Lobby(5, "new", TWO_WORDS, slots=(Slot(2, TWO_WORDS), Slot(9, AIKO, 8, 1, 64)))
    mended.run(publish(mended).lobbies([lobby]))
    match = mended.ask("/get_match?id=5").json["match"]
    assert match["host"] == {"id": TWO_WORDS, "name": "two words"}
    assert match["active_slots"] == {
        "2": {
            **{"loaded": False, "mods": 0, "player": {"id": TWO_WORDS, "name": "two words"}},
            **{"skipped": False, "status": 4, "team": 0},
        },
        "9": {
            **{"loaded": False, "mods": 64, "player": {"id": AIKO, "name": "Aiko"}},
            **{"skipped": False, "status": 8, "team": 1},
        },
    }
    mended.run(publish(mended).lobbies_closed([5]))
    assert mended.ask("/get_match?id=5").json == {"status": "Match not found."}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "0"},
        {"id": 7},
        {"name": None},
        {"name": None, "host_id": None},
        {"slots": [{"number": 0}]},
        {"slots": {"0": 1}},
        {"slots": 5},
        {"referee_ids": ["a"]},
        {"referee_ids": 3},
        {"mods": 1.5},
    ],
)
def test_a_lobby_that_cannot_be_read_is_none(mended: House, change: dict[str, Any]) -> None:
    good = {"id": 0, "name": "x", "host_id": 3}
    write(mended, keys.match("golden", 0), orjson.dumps(good))
    assert mended.ask("/get_match?id=0").status == 200
    write(mended, keys.match("golden", 0), orjson.dumps(good | change))
    assert mended.ask("/get_match?id=0").json == {"status": "Match not found."}


def test_a_lobby_of_sixteen_costs_no_more_than_one_of_two(mended: House) -> None:
    slots = tuple(Slot(number, player_id) for number, player_id in enumerate(range(3, 19)))
    mended.run(publish(mended).lobbies([Lobby(5, "full", AIKO, map_id=QUOTED, slots=slots)]))
    full = mended.ask("/get_match?id=5", queries=2).json["match"]
    assert len(full["active_slots"]) == 14  # two of them are hidden
