"""What is refused names the parameter, what was expected and what came, and changes nothing."""

from typing import Any

import orjson
import pytest

from tests.dialects.live.stage import Stage, made
from tests.golden.people import AIKO, AIKO_KEY, MODERATOR_KEY

# What is refused is no matter of the database.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)

LOBBY = {"name": "a lobby", "host_id": 3}
GAME = {"opened_at": 100, "started_at": 200}

WRITERS = [
    ("PUT", "/players/3", {}),
    ("PATCH", "/players/3", {"mode": 1}),
    ("DELETE", "/players/3", None),
    ("PUT", "/matches/4", LOBBY),
    ("PATCH", "/matches/4", {"mode": 1}),
    ("DELETE", "/matches/4", None),
    ("POST", "/matches/4/games", GAME),
    ("POST", "/scores", {"scores": [{"player_id": 3, "score": 1}]}),
    ("PUT", "/snapshot", {"players": [], "matches": []}),
    ("POST", "/heartbeat", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITERS)
def test_writing_takes_a_key_that_allows_it(stage: Stage, method: str, path: str, body: Any) -> None:
    for key in ("", "no-such-key", stage.key[:-1]):
        answered = stage.ask(method, path, body, key=key)
        assert (answered.status, answered.json) == (401, {"error": "Invalid API key."})
        assert answered.headers["www-authenticate"] == "Bearer"
    # Keys of bancho.py, also of staff, and keys for something else.
    for key in (AIKO_KEY, MODERATOR_KEY, made(stage.house, AIKO, ["profile:write"]).secret):
        answered = stage.ask(method, path, body, key=key)
        assert (answered.status, answered.json) == (403, {"error": "This key does not allow live:write."})
    assert stage.said() == []
    if method != "PATCH":
        assert stage.ask(method, path, body, headers={"authorization": stage.key}).status == 200


def test_a_body_is_not_read_for_whoever_may_not_write(stage: Stage) -> None:
    for key, status in (("", 401), (AIKO_KEY, 403)):
        assert stage.ask("PUT", "/snapshot", b"x", key=key).status == status


def test_reading_takes_none_and_a_bad_one_counts_as_none(stage: Stage) -> None:
    stage.news("PUT", "/players/3", {})
    for key in ("", "no-such-key", AIKO_KEY):
        assert stage.ask("GET", "/players", key=key).json["total"] == 1


INTEGER = "a whole number from 0 to 2147483647"
MODES = "one of 0, 1, 2, 3, 4, 5, 6, 8"
MOMENT = "a number from 0 to 100000000000"
MD5 = "32 hexadecimal digits, or no text at all"
SLOT = {"number": 0, "player_id": 3}
SCORE = {"player_id": 3, "score": 1}

# Of a player, a lobby, a slot, a game and a score: what is sent, where the fault is, and what was expected.
FAULTS = [
    *[
        ("PUT", "/players/3", {field: came}, field, expected, came)
        for field, expected, cames in (
            ("login_time", f"{MOMENT} or null", (-1, 1_704_067_200_000, "now", True)),
            ("action", "a whole number from 0 to 13", (14, -1, 1.5, None)),
            ("info_text", "text of at most 1024 characters", ("x" * 1025, 5)),
            ("mode", MODES, (7, 9, -1, "0")),
            ("mods", INTEGER, (-1, 2**31, "HD")),
            ("map_id", "a whole number from -1 to 2147483647", (-2, 2**31)),
            ("map_md5", MD5, ("x" * 32, "a" * 31, "\n", 5)),
        )
        for came in cames
    ],
    *[
        ("PUT", "/matches/4", LOBBY | {field: came}, field, expected, came)
        for field, expected, cames in (
            ("name", "text of at most 255 characters", ("x" * 256, None)),
            ("host_id", INTEGER, (-1, "3")),
            ("seed", "a whole number from -2147483648 to 2147483647", (2**31, -(2**31) - 1)),
            ("win_condition", "a whole number from 0 to 3", (4,)),
            ("team_type", "a whole number from 0 to 3", (-1,)),
            ("in_progress", "true or false", (1, "true", None)),
            ("opened_at", f"{MOMENT} or null", (-0.5, "x")),
            ("started_at", MOMENT, (None, 1e12)),
            ("slots", "a list of at most 16 values", ({}, [{**SLOT, "number": 1}] * 17)),
            ("referee_ids", "a list of at most 100 values", (5, [1] * 101)),
        )
        for came in cames
    ],
    *[
        ("PATCH", "/matches/4", {"slots": [SLOT, {**SLOT, field: came}]}, f"slots[1].{field}", expected, came)
        for field, expected, cames in (
            ("number", "a whole number from 0 to 15", (16, -1, None)),
            ("player_id", "a whole number from 1 to 2147483647", (0, "3")),
            ("status", "one of 4, 8, 16, 32, 64, 128", (0, 1, 12, "ready")),
            ("team", "a whole number from 0 to 2", (3, 7)),
            ("mods", INTEGER, (-1,)),
            ("loaded", "true or false", (1,)),
        )
        for came in cames
    ],
    *[
        ("POST", "/matches/4/games", GAME | {"scores": [{**SCORE, field: came}]}, f"scores[0].{field}", expected, came)
        for field, expected, cames in (
            ("score", f"a whole number from 0 to {2**63 - 1}", (-1, 2**63, "1")),
            ("score_id", f"a whole number from 0 to {2**63 - 1} or null", (-1, "x")),
            ("accuracy", "a number from 0 to 100", (100.5, -1, None)),
            ("pp", "a number from 0 to 1000000000 or null", (-1, "x")),
            ("grade", "XH, X, SH, S, A, B, C, D, F, N, or no text at all", ("SS", "a")),
            ("max_combo", INTEGER, (-1, 2**31)),
            ("slot", "a whole number from 0 to 15 or null", (16,)),
            ("played_at", f"{MOMENT} or null", (-1,)),
        )
        for came in cames
    ],
    ("POST", "/matches/4/games", GAME | {"ended_at": 1e12}, "ended_at", f"{MOMENT} or null", 1e12),
    (
        "POST",
        "/matches/4/games",
        GAME | {"scores": [SCORE] * 17},
        "scores",
        "a list of at most 16 values",
        [SCORE] * 17,
    ),
    ("POST", "/scores", {"scores": []}, "scores", "a list of at least 1 and at most 100 values", []),
    (
        "PUT",
        "/snapshot",
        {"players": [{"id": 0}], "matches": []},
        "players[0].id",
        "a whole number from 1 to 2147483647",
        0,
    ),
    (
        "PUT",
        "/snapshot",
        {"players": [], "matches": [{"id": 64, **LOBBY}]},
        "matches[0].id",
        "a whole number from 0 to 63",
        64,
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "parameter", "expected", "came"), FAULTS)
def test_a_fault_in_a_body(
    stage: Stage, method: str, path: str, body: Any, parameter: str, expected: str, came: Any
) -> None:
    answered = stage.ask(method, path, body)
    assert answered.status == 422
    (fault,) = answered.json["faults"]
    shown = fault.pop("came")
    assert fault == {"parameter": parameter, "in": "body", "expected": expected}
    assert shown == came or (isinstance(shown, str) and shown.endswith("..."))
    assert answered.json["error"] == f"{parameter}: expected {expected}, got {orjson.dumps(shown).decode()}."
    assert stage.said() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "parameter", "expected"),
    [
        ("PUT", "/matches/4", {"name": "x"}, "host_id", f"a value: {INTEGER}"),
        (
            "POST",
            "/scores",
            {"scores": [{"player_id": 3}]},
            "scores[0].score",
            f"a value: a whole number from 0 to {2**63 - 1}",
        ),
        ("PUT", "/snapshot", {"players": []}, "matches", "a value: a list of at most 64 values"),
        ("PATCH", "/players/3", {}, "body", "at least one of action, info_text, mode, mods, map_id, map_md5"),
        ("PATCH", "/players/3", {"login_time": 5}, "login_time", "only action, info_text, mode, mods, map_id, map_md5"),
        ("PUT", "/players/3", [], "body", "an object"),
    ],
)
def test_what_is_missing_and_what_nobody_knows(
    stage: Stage, method: str, path: str, body: Any, parameter: str, expected: str
) -> None:
    answered = stage.ask(method, path, body)
    assert answered.status == 422
    (fault,) = answered.json["faults"]
    assert (fault["parameter"], fault["in"], fault["expected"]) == (parameter, "body", expected)


def test_a_lobby_cannot_be_made_another_one_by_a_patch(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY)
    assert stage.ask("PATCH", "/matches/4", {"opened_at": 5}).json["faults"][0]["parameter"] == "opened_at"


def test_every_fault_at_once(stage: Stage) -> None:
    slots = [{"number": 16, "player_id": 3}, {"player_id": "x"}]
    answered = stage.ask("PUT", "/matches/4", {"nam": "x", "slots": slots, "mode": 7})
    named = [fault["parameter"] for fault in answered.json["faults"]]
    assert named == ["name", "host_id", "mode", "slots[0].number", "slots[1].number", "slots[1].player_id", "nam"]
    assert answered.json["error"].endswith(" And 6 more.")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_bodies_that_are_no_json(stage: Stage, method: str) -> None:
    for body in (b"", b"{", b"a=1", b'{"info_text":"\xff"}', b"[" * 10_000, b'{"x":' * 10_000, b"\x00"):
        answered = stage.ask(method, "/players/3", body)
        assert answered.status == 422, body[:20]
        (fault,) = answered.json["faults"]
        assert (fault["parameter"], fault["in"]) == ("body", "body")
        assert fault["expected"].startswith("a JSON object")


def test_bodies_that_are_too_large(stage: Stage) -> None:
    for method, path, most in (("PUT", "/players/3", 2**16), ("POST", "/scores", 2**18), ("PUT", "/snapshot", 2**24)):
        answered = stage.ask(method, path, b" " * (most + 1))
        assert answered.status == 422
        (fault,) = answered.json["faults"]
        assert (fault["expected"], fault["came"]) == (f"at most {most} bytes", f"more than {most} bytes")


def test_a_snapshot_has_its_bounds(stage: Stage) -> None:
    answered = stage.ask("PUT", "/snapshot", {"players": [{"id": 3}] * 20_001, "matches": []})
    assert answered.json["faults"][0]["expected"] == "a list of at most 20000 values"


@pytest.mark.parametrize(
    ("method", "path", "body", "sentence"),
    [
        (
            *("PUT", "/matches/4", LOBBY | {"slots": [SLOT, {"number": 0, "player_id": 4}]}),
            "slots[1].number: expected a number that no other slot has, got 0.",
        ),
        (
            *("PATCH", "/matches/4", {"slots": [SLOT, {"number": 1, "player_id": 3}]}),
            "slots[1].player_id: expected an id that no other slot has, got 3.",
        ),
        (
            *("POST", "/matches/4/games", GAME | {"scores": [SCORE, SCORE]}),
            "scores[1].player_id: expected an id that no other score has, got 3.",
        ),
        (
            *(
                "POST",
                "/matches/4/games",
                GAME | {"scores": [SCORE | {"slot": 1}, {"player_id": 4, "score": 1, "slot": 1}]},
            ),
            "scores[1].slot: expected a number that no other score has, got 1.",
        ),
        (
            *("PUT", "/snapshot", {"players": [{"id": 3}, {"id": 4}, {"id": 3}], "matches": []}),
            "players[2].id: expected an id that no other player has, got 3.",
        ),
        (
            *("PUT", "/snapshot", {"players": [], "matches": [{"id": 4, **LOBBY}, {"id": 4, **LOBBY}]}),
            "matches[1].id: expected an id that no other lobby has, got 4.",
        ),
        (
            *("PUT", "/snapshot", {"players": [], "matches": [{"id": 4, **LOBBY, "slots": [SLOT, SLOT]}]}),
            "matches[0].slots[1].number: expected a number that no other slot has, got 0.",
        ),
    ],
)
def test_what_may_be_there_once(stage: Stage, method: str, path: str, body: Any, sentence: str) -> None:
    answered = stage.ask(method, path, body)
    assert (answered.status, answered.json) == (400, {"error": sentence})
    assert stage.said() == []


@pytest.mark.parametrize(
    ("path", "parameter", "place"),
    [
        ("/players/0", "id", "path"),
        ("/players/2147483648", "id", "path"),
        ("/players/x", "id", "path"),
        ("/matches/64", "id", "path"),
        ("/matches/main:4", "id", "path"),
        ("/players/3?server=", "server", "query"),
        ("/players/3?server=a%3Ab", "server", "query"),
        ("/players/3?server=%C3%BC", "server", "query"),
        ("/players/3?server=a%0A", "server", "query"),
        (f"/players/3?server={'x' * 33}", "server", "query"),
    ],
)
def test_faults_in_the_address(stage: Stage, path: str, parameter: str, place: str) -> None:
    answered = stage.ask("DELETE", path)
    assert answered.status == 422
    (fault,) = answered.json["faults"]
    assert (fault["parameter"], fault["in"]) == (parameter, place)
    assert answered.json["error"].startswith(f"{parameter}: expected ")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/players", "GET, HEAD, OPTIONS"),
        ("GET", "/players/3", "PUT, PATCH, DELETE, OPTIONS"),
        ("POST", "/matches/4", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("GET", "/snapshot", "PUT, OPTIONS"),
        ("PUT", "/heartbeat", "POST, OPTIONS"),
    ],
)
def test_methods_that_an_address_does_not_take(stage: Stage, method: str, path: str, allowed: str) -> None:
    answered = stage.ask(method, path)
    assert (answered.status, answered.headers["allow"]) == (405, allowed)
    assert answered.json == {"error": f"This address takes {allowed}."}


def test_addresses_that_are_not_there(stage: Stage) -> None:
    for path in ("/nothing", "/players/3/4", "/matches/4/games/1"):
        answered = stage.ask("GET", path)
        assert (answered.status, answered.json) == (404, {"error": "There is nothing at this address."})
    assert stage.ask("GET", "/matches/").status == 200
