"""What everybody may read: who is online and the lobbies, without a trace of those who are hidden."""

import asyncio
from typing import Any

import pytest

from server.domain.live import Lobby, Slot, Status
from server.live.connection import PAUSE_SECONDS
from tests.dialects.live.stage import MOUNT, Stage, made
from tests.golden.gate import HOST, Gate
from tests.golden.house import House
from tests.golden.maps import QUOTED, STANDARD, md5_of
from tests.golden.people import AIKO, MODERATOR_KEY, RESTRICTED, RESTRICTED_KEY, TIED, TWO_WORDS, UNVERIFIED
from tests.voice import Voice


def ids(house: House, query: str = "", key: str | None = None) -> list[int]:
    told = house.ask(f"/players{query}", mount=MOUNT, key=key).json
    return [player["id"] for player in told["players"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?mode=0", [3, 4]),
        ("?mode=osu", [3, 4]),
        ("?mode=4", [5]),
        ("?mode=8", []),
        ("?country=us", [5, 6]),
        ("?country=US&mode=mania", [6]),
        ("?action=2", [3]),
        ("?action=2&country=us", []),
        ("?server=golden", [3, 4, 5, 6]),
        ("?server=other", []),
        ("?limit=2", [3, 4]),
        ("?limit=2&offset=2", [5, 6]),
        ("?limit=1000&offset=3", [6]),
        ("?offset=4", []),
    ],
)
def test_those_who_fit(house: House, query: str, found: list[int]) -> None:
    assert ids(house, query) == found


def test_how_many_fit_is_told_on_every_page(house: House) -> None:
    for query in ("", "?limit=1", "?offset=50"):
        assert house.ask(f"/players{query}", mount=MOUNT).json["total"] == 4
    assert house.ask("/players?country=us&limit=1", mount=MOUNT).json["total"] == 2


def test_hidden_players_are_told_to_staff_and_themselves(house: House) -> None:
    hidden = {1, RESTRICTED, UNVERIFIED}
    for query in ("", "?server=golden", "?country=jp"):
        assert not hidden & set(ids(house, query))
        assert not hidden & set(ids(house, query, "no-such-key"))
    assert set(ids(house, "", MODERATOR_KEY)) >= hidden
    assert set(ids(house, "", RESTRICTED_KEY)) & hidden == {RESTRICTED}
    assert house.ask("/players", mount=MOUNT, key=RESTRICTED_KEY).json["total"] == 5


def test_hidden_players_leave_no_trace_in_lobbies(house: House) -> None:
    (told,) = [each for each in house.ask("/matches", mount=MOUNT).json["matches"] if each["id"] == 7]
    assert told == house.ask("/matches/7", mount=MOUNT).json == house.ask("/matches/golden:7", mount=MOUNT).json
    assert told["host"] is None
    assert [each["id"] for each in told["referees"]] == [TIED]
    assert [(slot["number"], slot["player"]["id"]) for slot in told["slots"]] == [(1, TIED)]
    for path in ("/players", "/matches", "/matches/7"):
        body = house.ask(path, mount=MOUNT).body
        assert not any(word in body for word in (b"Restricted", b"Unverified", b":11,", b":12,", b":998"))
    assert house.ask("/matches/7", mount=MOUNT, key=MODERATOR_KEY).json["host"]["id"] == RESTRICTED


def test_a_player_who_is_restricted_now_is_hidden_now(mended: House) -> None:
    assert TWO_WORDS in ids(mended)
    mended.sql("UPDATE users SET priv = 2 WHERE id = :id", id=TWO_WORDS)
    assert TWO_WORDS not in ids(mended)
    assert b"two words" not in mended.ask("/matches", mount=MOUNT).body


def test_what_a_game_server_says_of_hidden_players_is_hidden(stage: Stage) -> None:
    stage.news("PUT", "/snapshot", {"players": [{"id": RESTRICTED}, {"id": 998}, {"id": AIKO}], "matches": []})
    slots = [{"number": number, "player_id": each} for number, each in enumerate((RESTRICTED, 998, AIKO))]
    stage.news("PUT", "/matches/0", {"name": "x", "host_id": 998, "referee_ids": [RESTRICTED], "slots": slots})
    assert [player["id"] for player in stage.players()] == [AIKO]
    told = stage.match("0")
    assert (told["host"], told["referees"], [slot["number"] for slot in told["slots"]]) == (None, [], [2])


def test_a_lobby_without_the_name_of_its_map(stage: Stage) -> None:
    """It is told as the game server said it, as in events; bancho.py's API has the beatmap's, if we know it."""
    for map_id, name in ((QUOTED, True), (424_242, False), (-1, False)):
        stage.news("PUT", "/matches/1", {"name": "x", "host_id": 0, "map_id": map_id})
        assert stage.match("1")["map_name"] == ""
        assert bool(stage.house.ask("/get_match", {"id": 1}).json["match"]["map"]["name"]) is name


def test_an_answer_takes_the_same_questions_for_one_and_for_many(stage: Stage) -> None:
    house = stage.house
    house.ask("/players", mount=MOUNT, queries=0)
    house.ask("/matches", mount=MOUNT, queries=0)
    voice = Voice(house.redis, "main")
    for many in (1, 50):
        players = range(AIKO, AIKO + many)
        house.run(voice.players(Status(each, 1.0, map_id=STANDARD, map_md5=md5_of(STANDARD)) for each in players))
        house.run(
            voice.lobbies(
                Lobby(number, "x", AIKO, map_id=1001 + number, slots=(Slot(0, AIKO), Slot(1, AIKO + number)))
                for number in range(many)
            )
        )
        house.ask("/players", mount=MOUNT, queries=1)
        house.ask("/players?country=jp&limit=100", mount=MOUNT, queries=1)
        house.ask("/matches", mount=MOUNT, queries=2)
        house.ask("/matches/0", mount=MOUNT, queries=2)
    house.ask("/matches/63", mount=MOUNT, queries=0)


def test_writing_takes_no_question_but_for_the_key(stage: Stage) -> None:
    whole = {"players": [{"id": number} for number in range(1, 51)], "matches": []}
    for method, path, body in (
        ("PUT", "/players/3", {}),
        ("PATCH", "/players/3", {"mode": 1}),
        ("PUT", "/matches/1", {"name": "x", "host_id": 3}),
        ("POST", "/matches/1/games", {"started_at": 5, "scores": [{"player_id": 3, "score": 1}]}),
        ("PUT", "/snapshot", whole),
        ("POST", "/heartbeat", None),
        ("DELETE", "/players/3", None),
    ):
        assert stage.ask(method, path, body, queries=2).status == 200


WRITERS: list[tuple[str, str, Any]] = [
    ("PUT", "/players/3", {}),
    ("PUT", "/players/3", {"login_time": 5}),
    ("PATCH", "/players/3", {"mode": 1}),
    ("DELETE", "/players/3", None),
    ("PUT", "/matches/4", {"name": "x", "host_id": 3}),
    ("PATCH", "/matches/4", {"mode": 1}),
    ("DELETE", "/matches/4", None),
    ("POST", "/matches/4/games", {"opened_at": 1, "started_at": 2}),
    ("POST", "/scores", {"scores": [{"player_id": 3, "score": 1}]}),
    ("PUT", "/snapshot", {"players": [], "matches": []}),
    ("POST", "/heartbeat", None),
]


def test_without_redis_nobody_is_told_of_and_nothing_is_written(house: House) -> None:
    key = made(house, AIKO, ["live:write"]).secret
    for url in ("redis://127.0.0.1:1/0", ""):
        with house.variant(redis={"url": url, "timeout_ms": 100}) as alone:
            readers = [("GET", path, None) for path in ("/players", "/matches", "/matches/0", "/matches/golden:0")]
            for method, path, body in (*readers, *WRITERS):
                answered = alone.ask(path, mount=MOUNT, method=method, key=key, json=body)
                sentence = "The live layer (Redis) does not answer."
                assert (answered.status, answered.json) == (503, {"error": sentence}), (method, path)
                assert answered.headers["retry-after"] == "1"
            # What is wrong with a request is told all the same.
            assert alone.ask("/players/3", mount=MOUNT, method="PUT", key=key, json={"mode": 7}).status == 422
    house.sql("DELETE FROM api_keys")


async def pause() -> None:
    """After a failure Redis is left in peace for so long."""
    await asyncio.sleep(PAUSE_SECONDS + 0.05)


def test_redis_that_goes_away_and_comes_back(stage: Stage) -> None:
    """What could not be written can be said again; what had been written is still there."""
    address = stage.house.settings.redis.url.rpartition("/")[0]
    gate = Gate(int(address.rpartition(":")[2]))
    stage.house.run(gate.open())
    game = {"opened_at": 1, "started_at": 2}
    with stage.house.variant(redis={"url": f"redis://{HOST}:{gate.port}/0"}) as server:

        def write() -> tuple[int, Any]:
            answered = server.ask("/matches/4/games", mount=MOUNT, method="POST", key=stage.key, json=game)
            return answered.status, answered.json.get("news")

        assert write() == (200, 1)
        stage.news("PUT", "/players/3", {})
        assert ids(server) == [3]
        server.run(gate.shut())
        assert server.ask("/players", mount=MOUNT).status == 503
        assert write() == (503, None)
        server.run(gate.open())
        server.run(pause())
        assert write() == (200, 0)
        assert ids(server) == [3]
        server.run(gate.shut())


def test_readers_are_cacheable_and_head_has_no_body(house: House) -> None:
    answered = house.ask("/players", mount=MOUNT)
    again = house.ask("/players", mount=MOUNT, headers={"if-none-match": answered.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert house.ask("/matches/0", mount=MOUNT, method="HEAD").status == 200


def test_lobbies_asked_for_at_once_are_told_apart(house: House) -> None:
    """Anonymous clients that ask the same share an answer; another lobby is not the same."""
    answers = house.ask_at_once(["/matches/0", "/matches/7", "/matches/0"], mount=MOUNT)
    assert [answered.json["id"] for answered in answers] == [0, 7, 0]
