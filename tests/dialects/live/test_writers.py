"""What game servers say over HTTP, on a real Valkey, as everybody is told it afterwards."""

import time
from typing import Any

import pytest

from server.domain.live import Lobby, Status
from server.live import keys
from server.live.batch import Batch
from server.live.writer import Writer, online, opened
from tests.dialects.live.stage import Stage
from tests.golden.maps import STANDARD, md5_of
from tests.golden.people import AIKO, BRACKETS, TIED, TWO_WORDS

# What is written is no matter of the database.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)

STATUS = {"login_time": 5.25, "action": 2, "info_text": "ノート", "mode": 4, "mods": 136, "map_id": STANDARD}
SLOTS = [
    {"number": 0, "player_id": AIKO, "team": 1, "mods": 8},
    {"number": 5, "player_id": TWO_WORDS, "team": 2, "mods": 16},
]
LOBBY = {"name": "a lobby", "host_id": AIKO, "mode": 0, "mods": 64, "free_mods": True, "slots": SLOTS}
PLAYED = {"map_id": STANDARD, "map_md5": md5_of(STANDARD), "map_name": "the map"}


def test_a_player_who_is_put(stage: Stage) -> None:
    assert [stage.news("PUT", "/players/3", STATUS | {"map_md5": md5_of(STANDARD)}) for _ in range(2)] == [1, 0]
    (told,) = stage.players()
    named = {"id": 3, "name": "Aiko", "country": "jp", "server": "main"}
    assert told == named | STATUS | {"map_md5": md5_of(STANDARD)}
    # What is left out is nothing; it is the same login.
    assert stage.news("PUT", "/players/3", {"action": 1}) == 1
    nothing = {"info_text": "", "mode": 0, "mods": 0, "map_id": 0, "map_md5": ""}
    assert stage.players() == [named | nothing | {"login_time": 5.25, "action": 1}]
    assert stage.kinds() == ["login 3", "status 3"]


def test_a_login_without_a_time_is_now(stage: Stage) -> None:
    before = time.time()
    for _ in range(2):
        stage.news("PUT", "/players/3", {})
    assert before <= stage.players()[0]["login_time"] <= time.time()
    stage.news("PUT", "/players/3", {"login_time": 7})
    assert stage.players()[0]["login_time"] == 7.0
    assert stage.kinds() == ["login 3", "logout 3", "login 3"]


def test_a_player_who_moves_to_another_game_server(stage: Stage) -> None:
    """Its login is one of its own, and the first server's word counts no longer."""
    stage.news("PUT", "/players/3?server=a", {"login_time": 5})
    stage.news("PUT", "/players/3?server=b", {})
    assert stage.players()[0]["login_time"] != 5
    assert [player["server"] for player in stage.players()] == ["b"]
    assert stage.ask("PATCH", "/players/3?server=a", {"action": 1}).status == 404
    assert stage.news("DELETE", "/players/3?server=a") == 0
    assert [stage.news("DELETE", "/players/3?server=b") for _ in range(2)] == [1, 0]
    assert stage.players() == []


def test_only_what_a_patch_says_changes(stage: Stage) -> None:
    stage.news("PUT", "/players/3", STATUS)
    before = stage.players()[0]
    assert [stage.news("PATCH", "/players/3", {"action": 6, "info_text": ""}) for _ in range(2)] == [1, 0]
    assert stage.players() == [before | {"action": 6, "info_text": ""}]
    assert stage.news("PATCH", "/players/3", {"map_md5": "AB" * 16}) == 1
    assert stage.players() == [before | {"action": 6, "info_text": "", "map_md5": "AB" * 16}]


def test_what_is_not_there_cannot_be_patched(stage: Stage) -> None:
    for path, sentence in (("/players/3", "Player not found."), ("/matches/4", "Match not found.")):
        answered = stage.ask("PATCH", path, {"mods": 1})
        assert (answered.status, answered.json) == (404, {"error": sentence})
    assert stage.said() == []


def test_a_lobby_that_is_put(stage: Stage) -> None:
    before = time.time()
    assert [stage.news("PUT", "/matches/4", LOBBY | PLAYED) for _ in range(2)] == [1, 0]
    told = stage.match("main:4")
    assert before <= told.pop("opened_at") <= time.time()
    aiko, two_words = ({"id": 3, "name": "Aiko", "country": "jp"}, {"id": 4, "name": "two words", "country": "de"})
    state = {"status": 4, "loaded": False, "skipped": False}
    assert told == {
        **{"key": "main:4", "server": "main", "id": 4, "name": "a lobby", "host": aiko, "referees": []},
        **{"mode": 0, "mods": 64, "free_mods": True, "seed": 0, "in_progress": False, "is_scrimming": False},
        **{"win_condition": 0, "team_type": 0, **PLAYED, "started_at": None},
        "slots": [
            {"number": 0, "player": aiko, "team": 1, "mods": 8, **state},
            {"number": 5, "player": two_words, "team": 2, "mods": 16, **state},
        ],
    }
    assert stage.kinds() == ["lobby_opened 4"]


def test_a_game_begins_and_ends(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY | {"opened_at": 100.5})
    before = time.time()
    assert [stage.news("PATCH", "/matches/4", {"in_progress": True}) for _ in range(2)] == [1, 0]
    begun = stage.match("4")
    assert before <= begun["started_at"] <= time.time()
    assert stage.news("PATCH", "/matches/4", {"name": "renamed"}) == 1
    assert stage.match("4") == begun | {"name": "renamed"}
    stage.news("PATCH", "/matches/4", {"started_at": 200})
    assert stage.match("4")["started_at"] == 200.0
    stage.news("PATCH", "/matches/4", {"in_progress": False, "slots": SLOTS[:1]})
    told = stage.match("4")
    assert (told["opened_at"], told["started_at"], len(told["slots"])) == (100.5, None, 1)
    assert [kind for kind in stage.kinds() if "changed" not in kind] == [
        *("lobby_opened 4", "game_started 4", "game_started 4"),
    ]


def test_a_number_that_is_used_again(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY)
    first = stage.match("4")["opened_at"]
    assert [stage.news("DELETE", "/matches/4") for _ in range(2)] == [1, 0]
    assert stage.match("4") is None
    stage.news("PUT", "/matches/4", LOBBY)
    assert stage.match("4")["opened_at"] > first
    stage.news("PUT", "/matches/4", LOBBY | {"opened_at": 5})
    assert stage.match("4")["opened_at"] == 5.0
    assert stage.kinds() == ["lobby_opened 4", "lobby_closed 4"] * 2 + ["lobby_opened 4"]


def test_lobbies_of_one_number_at_two_game_servers(stage: Stage) -> None:
    for server in ("b", "a"):
        stage.news("PUT", f"/matches/4?server={server}", LOBBY | {"name": server})
    assert [stage.match(which)["name"] for which in ("4", "a:4", "b:4")] == ["a", "a", "b"]
    stage.news("PATCH", "/matches/4?server=b", {"name": "still b"})
    stage.news("DELETE", "/matches/4?server=a")
    assert [stage.match("a:4"), stage.match("4")["name"]] == [None, "still b"]


def test_a_snapshot_is_the_whole_truth_of_one_game_server(stage: Stage) -> None:
    for server, player, match in (("main", 3, 1), ("main", 4, 2), ("other", 5, 1)):
        stage.news("PUT", f"/players/{player}?server={server}", {"login_time": player})
        stage.news("PUT", f"/matches/{match}?server={server}", LOBBY | {"opened_at": match})
    whole = {
        "players": [{"id": 4}, {"id": 6, "login_time": 6, "action": 2}],
        "matches": [{"id": 2, **LOBBY, "name": "renamed"}, {"id": 7, **LOBBY, "opened_at": 7}],
    }
    # Gone: a player and a lobby. New: as many. One lobby is called otherwise.
    assert [stage.news("PUT", "/snapshot", whole) for _ in range(2)] == [5, 0]
    told = {player["id"]: (player["server"], player["login_time"]) for player in stage.players()}
    assert told == {4: ("main", 4.0), 5: ("other", 5.0), 6: ("main", 6.0)}
    assert [stage.match(which) is not None for which in ("main:1", "main:2", "main:7", "other:1")] == [
        *(False, True, True, True),
    ]
    assert (stage.match("2")["name"], stage.match("2")["opened_at"]) == ("renamed", 2.0)
    assert stage.news("PUT", "/snapshot", {"players": [], "matches": []}) == 4
    assert [player["server"] for player in stage.players()] == ["other"]


@pytest.mark.parametrize("at_once", [True, False])
def test_times_at_another_game_server_are_not_taken(stage: Stage, at_once: bool) -> None:
    """Those of a lobby of the same number, and of the same player."""
    playing = LOBBY | {"in_progress": True}
    stage.news("PUT", "/matches/4?server=other", playing | {"opened_at": 100, "started_at": 200})
    stage.news("PUT", "/players/3?server=other", {"login_time": 5})
    before = time.time()
    if at_once:
        whole = {"players": [{"id": 3}, {"id": 4}], "matches": [{"id": 4, **playing}]}
        assert stage.news("PUT", "/snapshot", whole) == 3
    else:
        assert [stage.news("PUT", "/players/3", {}), stage.news("PUT", "/matches/4", playing)] == [1, 1]
    times = [stage.players()[0]["login_time"], *(stage.match("main:4")[name] for name in ("opened_at", "started_at"))]
    assert all(before <= each <= time.time() for each in times)
    assert [stage.match("other:4")[name] for name in ("opened_at", "started_at")] == [100.0, 200.0]


def test_a_heartbeat_keeps_what_was_said(stage: Stage) -> None:
    def beat() -> Any:
        return stage.ask("POST", "/heartbeat").json

    nothing = {"known": False, "players": 0, "matches": 0, "lease_seconds": 30}
    assert beat() == nothing
    stage.news("PUT", "/snapshot", {"players": [{"id": 3}, {"id": 4}], "matches": [{"id": 1, **LOBBY}]})
    stage.news("PUT", "/players/5", {})
    stage.raw("PEXPIRE", keys.player(3), 1000)
    assert beat() == {"known": True, "players": 3, "matches": 1, "lease_seconds": 30}
    assert stage.raw("PTTL", keys.player(3)) > 25_000


def test_a_heartbeat_after_silence_says_that_all_is_forgotten(stage: Stage) -> None:
    writer = Writer(Batch(stage.house.redis), 0.05)
    stage.house.run(writer.say("main", [online(Status(3, 1.0), "main"), opened(Lobby(1, "x", 3), "main")], whole=True))
    time.sleep(0.1)
    answered = stage.ask("POST", "/heartbeat")
    assert answered.json == {"known": False, "players": 0, "matches": 0, "lease_seconds": 30}
    assert stage.players() == []
    assert stage.said()[-2:] == [("logout", "main", "3", "lost"), ("lobby_closed", "main", "1", "lost")]
    assert stage.news("PUT", "/snapshot", {"players": [{"id": 3}], "matches": []}) == 1


SCORES = [{"player_id": AIKO, "score": 1000, "score_id": 7}, {"player_id": TWO_WORDS, "score": 2**40, "mods": 24}]


def test_a_game_is_as_its_lobby_has_it(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY | PLAYED | {"opened_at": 100, "team_type": 2, "has_public_history": False})
    stage.news("PATCH", "/matches/4", {"in_progress": True, "started_at": 200.5})
    before = time.time()
    assert [stage.news("POST", "/matches/4/games", {"scores": SCORES}) for _ in range(2)] == [3, 0]
    finished, *scored = stage.said()[-3:]
    game = finished.data
    ended_at = game.pop("ended_at")
    assert before <= ended_at <= time.time()
    played = PLAYED | {"played_at": ended_at}
    played.pop("map_name")
    counts = dict.fromkeys(("max_combo", "n300", "n100", "n50", "nmiss", "ngeki", "nkatu"), 0)
    counts |= {"accuracy": 0.0, "grade": "", "perfect": False, "passed": True, "pp": None}
    plays = [
        {"player_id": AIKO, "score": 1000, "score_id": 7, "mods": 72, "slot": 0, "team": 1},
        {"player_id": TWO_WORDS, "score": 2**40, "score_id": 0, "mods": 24, "slot": 5, "team": 2},
    ]
    assert game == {
        **{"match_id": 4, "match_name": "a lobby", "opened_at": 100.0, "started_at": 200.5, "mode": 0, "mods": 64},
        **{"free_mods": True, "win_condition": 0, "team_type": 2, **PLAYED, "has_public_history": False},
        **{"aborted": False, "plays": [play | {"mode": 0} | counts | played for play in plays]},
    }
    assert finished[:3] == ("game_finished", "main", "4")
    assert [each.data for each in scored] == game["plays"]
    assert [each[:3] for each in scored] == [("score", "main", "3"), ("score", "main", "4")]


def test_a_game_says_what_is_otherwise(stage: Stage) -> None:
    """Of the map of another game nothing is told."""
    stage.news("PUT", "/matches/4", LOBBY | PLAYED | {"opened_at": 100, "in_progress": True, "started_at": 200})
    game = {"started_at": 300, "ended_at": 310, "map_id": 9, "name": "then", "mods": 0, "mode": 1, "free_mods": False}
    assert stage.news("POST", "/matches/4/games", game | {"scores": [{"player_id": TIED, "score": 1, "slot": 9}]}) == 2
    told = stage.said()[-2].data
    assert (told["match_name"], told["map_id"], told["map_md5"], told["map_name"]) == ("then", 9, "", "")
    assert (told["started_at"], told["ended_at"], told["mods"], told["mode"]) == (300.0, 310.0, 0, 1)
    (play,) = told["plays"]
    assert (play["slot"], play["team"], play["mode"], play["mods"], play["map_id"]) == (9, 0, 1, 0, 9)
    assert play["played_at"] == 310.0


def test_a_lobby_that_is_closed_already(stage: Stage) -> None:
    whole = {"opened_at": 100, "started_at": 200, "ended_at": 300, "aborted": True}
    for lacking, what in (("opened_at", "the lobby was opened"), ("started_at", "the game began")):
        for nothing in ({}, {lacking: 0}, {lacking: None}):
            sent = {name: value for name, value in whole.items() if name != lacking} | nothing
            answered = stage.ask("POST", "/matches/4/games", sent)
            sentence = f"{lacking}: expected the Unix time when {what}, as the lobby is not known here; got nothing."
            assert (answered.status, answered.json) == (400, {"error": sentence})
    assert stage.said() == []
    assert [stage.news("POST", "/matches/4/games", whole) for _ in range(2)] == [1, 0]
    told = stage.said()[-1].data
    assert (told["match_name"], told["aborted"], told["plays"]) == ("", True, [])
    # In another lobby, or at another time, it is another game.
    assert stage.news("POST", "/matches/4/games", whole | {"opened_at": 101}) == 1
    assert stage.news("POST", "/matches/4/games", whole | {"started_at": 201}) == 1
    assert stage.news("POST", "/matches/4/games?server=other", whole) == 1


def test_a_game_of_the_lobby_before_takes_nothing_from_this_one(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY | PLAYED | {"opened_at": 100})
    stage.news("POST", "/matches/4/games", {"opened_at": 50, "started_at": 60, "ended_at": 70})
    told = stage.said()[-1].data
    assert (told["match_name"], told["map_id"], told["mods"]) == ("", 0, 0)


def test_a_game_that_is_not_in_progress_must_say_when_it_began(stage: Stage) -> None:
    stage.news("PUT", "/matches/4", LOBBY)
    answered = stage.ask("POST", "/matches/4/games", {})
    sentence = "started_at: expected the Unix time when the game began, as the lobby does not say it; got nothing."
    assert (answered.status, answered.json) == (400, {"error": sentence})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ended_at": 199}, "ended_at: expected a time not before started_at (200.0), got 199.0."),
        ({"aborted": True}, "scores: expected none where aborted is true, got 1."),
    ],
)
def test_games_that_make_no_sense(stage: Stage, changes: dict[str, Any], sentence: str) -> None:
    game = {"opened_at": 100, "started_at": 200, "scores": SCORES[:1]}
    answered = stage.ask("POST", "/matches/4/games", game | changes)
    assert (answered.status, answered.json) == (400, {"error": sentence})
    assert stage.said() == []


def test_a_game_that_began_in_the_future_ends_no_earlier(stage: Stage) -> None:
    """Clocks differ."""
    later = time.time() + 100
    assert stage.news("POST", "/matches/4/games", {"opened_at": 100, "started_at": later}) == 1
    assert stage.said()[-1].data["ended_at"] == later


def test_scores_are_said_once(stage: Stage) -> None:
    by_id = {"player_id": AIKO, "score": 5, "score_id": 2**63 - 1, "pp": 123.5, "grade": "XH", "accuracy": 100}
    by_time = {"player_id": AIKO, "score": 5, "map_md5": "AB" * 16, "played_at": 50.25}
    before = time.time()
    assert [stage.news("POST", "/scores", {"scores": [by_id, by_time]}) for _ in range(2)] == [2, 0]
    first, second = (each.data for each in stage.said())
    assert before <= first["played_at"] <= time.time()
    assert (first["score_id"], first["pp"], first["grade"], first["slot"]) == (2**63 - 1, 123.5, "XH", None)
    assert (second["played_at"], second["score_id"], second["pp"]) == (50.25, 0, None)
    assert stage.news("POST", "/scores", {"scores": [by_time | {"player_id": BRACKETS}]}) == 1
    assert stage.news("POST", "/scores?server=other", {"scores": [by_id]}) == 1


def test_a_score_of_a_game_and_the_same_alone_are_one(stage: Stage) -> None:
    game = {"opened_at": 100, "started_at": 200, "scores": [{"player_id": AIKO, "score": 5, "score_id": 7}]}
    stage.news("POST", "/matches/4/games", game)
    assert stage.news("POST", "/scores", {"scores": [{"player_id": AIKO, "score": 5, "score_id": 7}]}) == 0


def test_null_is_as_good_as_nothing_where_readers_are_told_null(stage: Stage) -> None:
    nulls: dict[str, Any] = dict.fromkeys(("score_id", "pp", "played_at", "slot"))
    game = {"opened_at": 100, "started_at": 200, "ended_at": None, "scores": [SCORES[0] | nulls]}
    assert stage.news("POST", "/matches/4/games", game) == 2
    assert stage.news("PUT", "/players/3", {"login_time": None}) == 1
    assert stage.news("PUT", "/matches/4", LOBBY | {"opened_at": None}) == 1


def test_a_snapshot_of_many(stage: Stage) -> None:
    """Readers are told of those that the database knows."""
    whole = {"players": [{"id": number, "login_time": 5} for number in range(1, 2001)], "matches": []}
    assert stage.news("PUT", "/snapshot", whole) == 2000
    assert len(stage.players("?limit=100")) == 17
    assert stage.news("PUT", "/snapshot", {"players": [{"id": 3, "login_time": 5}], "matches": []}) == 1999
