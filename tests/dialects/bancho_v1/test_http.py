"""Addresses, methods and headers."""

import gzip
import re
from typing import Any

import pytest

from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.people import AIKO_KEY, MODERATOR_KEY

INFO = "/get_player_info?id=3&scope=all"
BOARD = f"/get_map_scores?id={STANDARD}&scope=best"
MOUNTS = ("/v1", "/api/v1", "/api", "")

READS = (
    *("/search_players", "/get_player_count", "/get_player_info", "/get_player_status", "/get_player_scores"),
    *("/get_player_most_played", "/get_map_info", "/get_map_scores", "/get_score_info", "/get_replay", "/get_match"),
    *("/get_leaderboard", "/get_clan", "/get_mappool", "/calculate_pp", "/get_friends"),
)
WRITES = ("/set_avatar", "/set_player_info")

# What is measured anew each time.
VARYING = {"process-time"}


def fixed(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in VARYING}


@pytest.mark.parametrize("path", [INFO, BOARD, "/get_player_info?id=x", "/get_clan?id=99", "/get_replay?id=2"])
def test_every_address_form_answers_alike(house: House, path: str) -> None:
    first, *others = [house.ask(path, mount=mount) for mount in MOUNTS]
    for other in others:
        assert (other.status, other.body, fixed(other.headers)) == (first.status, first.body, fixed(first.headers))


@pytest.mark.parametrize("mount", MOUNTS)
def test_a_trailing_slash_is_answered_not_redirected(house: House, mount: str) -> None:
    plain = house.ask("/get_clan?id=1", mount=mount)
    slashed = house.ask("/get_clan/?id=1", mount=mount)
    assert (slashed.status, slashed.body) == (200, plain.body)
    answered = house.ask("/set_player_info/", mount=mount, method="POST", key=AIKO_KEY, json={"play_style": 5})
    assert answered.status == 200


@pytest.mark.parametrize("path", ["/get_nothing", "/", "", "/get_clan/1", "/GET_CLAN", "/..%2Fget_clan"])
def test_unknown_paths(house: House, path: str) -> None:
    answered = house.ask(path, mount="/v1")
    assert (answered.status, answered.json) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_reads_take_no_other_method(house: House, path: str, method: str) -> None:
    answered = house.ask(path, method=method)
    assert (answered.status, answered.json) == (405, {"detail": "Method Not Allowed"})
    assert answered.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answered.statements == ()


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "DELETE"])
def test_writes_take_post_and_put(house: House, path: str, method: str) -> None:
    answered = house.ask(path, method=method, key=AIKO_KEY)
    assert answered.status == 405
    assert answered.headers["allow"] == "POST, PUT, OPTIONS"


@pytest.mark.parametrize(
    "path",
    [INFO, BOARD, "/get_clan?id=99", "/get_player_info?id=x", "/get_replay?id=2", "/get_friends", "/get_clan?id=1&x=1"],
)
def test_head_is_get_without_the_body(house: House, path: str) -> None:
    for headers in ({}, {"accept-encoding": "gzip"}, {"authorization": MODERATOR_KEY}):
        got, head = (house.ask(path, method=method, headers=headers) for method in ("GET", "HEAD"))
        assert head.body == b""
        assert (head.status, fixed(head.headers)) == (got.status, fixed(got.headers))


@pytest.mark.parametrize("path", [*READS, *WRITES])
def test_options_say_what_is_allowed(house: House, path: str) -> None:
    answered = house.ask(path, method="OPTIONS", queries=0)
    assert answered.status == 204
    assert answered.headers["allow"] == ("GET, HEAD, OPTIONS" if path in READS else "POST, PUT, OPTIONS")
    assert answered.headers["access-control-allow-origin"] == "*"
    assert answered.headers["access-control-allow-methods"] == ("GET, HEAD" if path in READS else "POST, PUT")


@pytest.mark.parametrize("path", [INFO, "/get_clan?id=99", "/get_player_info", "/get_nothing", "/get_friends"])
def test_pages_of_any_origin_may_read_refusals_too(house: House, path: str) -> None:
    answered = house.ask(path, headers={"origin": "https://example.org"})
    assert answered.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answered.headers


def test_origins_can_be_named(house: House) -> None:
    with house.variant(web={"cors_origins": ("https://one.example", "https://two.example")}) as named:
        good = named.ask(INFO, headers={"origin": "https://two.example"})
        bad = named.ask(INFO, headers={"origin": "https://evil.example"})
    assert good.headers["access-control-allow-origin"] == "https://two.example"
    assert "access-control-allow-origin" not in bad.headers
    assert "Origin" in bad.headers["vary"]
    assert "Origin" in good.headers["vary"]


def test_a_client_that_has_the_answer_is_told_so(house: House) -> None:
    first = house.ask(BOARD)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    for known in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = house.ask(BOARD, headers={"if-none-match": known})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == etag
        assert "content-length" not in again.headers
    for unknown in ('"other"', 'W/"x"', etag[:-2] + '"'):
        assert house.ask(BOARD, headers={"if-none-match": unknown}).status == 200
    # Only what is there can be unchanged.
    assert house.ask("/get_clan?id=99", headers={"if-none-match": "*"}).status == 404


def test_a_changed_answer_has_another_etag(mended: House) -> None:
    first = mended.ask("/get_clan?id=1")
    assert mended.ask("/get_clan?id=1").headers["etag"] == first.headers["etag"]
    mended.sql("UPDATE users SET country = 'fr' WHERE id = 14")
    again = mended.ask("/get_clan?id=1", headers={"if-none-match": first.headers["etag"]})
    assert again.status == 200
    assert again.headers["etag"] != first.headers["etag"]


def test_long_answers_are_compressed_for_who_asks(house: House) -> None:
    plain = house.ask(BOARD)
    packed = house.ask(BOARD, headers={"accept-encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.body) / 3
    assert packed.body == plain.body
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] == packed.headers["etag"]
    for refusing in ("identity", "gzip;q=0", "br"):
        assert "content-encoding" not in house.ask(BOARD, headers={"accept-encoding": refusing}).headers
    assert "content-encoding" not in house.ask("/get_clan?id=4", headers={"accept-encoding": "gzip"}).headers


def test_a_replay_survives_compression(house: House) -> None:
    with house.variant(web={"gzip_minimum": 1}) as packing:
        packed = packing.ask("/get_replay?id=2", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == house.ask("/get_replay?id=2").body
    assert int(packed.headers["content-length"]) != len(gzip.compress(b""))


@pytest.mark.parametrize("path", [INFO, "/get_clan?id=99", "/get_player_info?id=x", "/get_nothing", "/get_friends"])
def test_every_answer_names_a_version_and_how_long_it_took(house: House, path: str) -> None:
    headers = house.ask(path).headers
    assert headers["bancho-version"] == "5.3.0"
    assert re.fullmatch(r"\d+\.\d+", headers["process-time"])
    assert headers["content-type"] == "application/json"


def test_the_version_told_can_be_set(house: House) -> None:
    with house.variant(web={"version_header": "5.4.1"}) as other:
        assert other.ask(INFO).headers["bancho-version"] == "5.4.1"


def test_any_host_is_answered_unless_some_are_named(house: House) -> None:
    assert house.ask("/get_clan?id=1", headers={"host": "api.ppy.sh:8000"}).status == 200
    with house.variant(server={"hosts": ("api.golden.invalid", "golden", "*.wild.invalid")}) as strict:
        for host, status in (("api.golden.invalid:80", 200), ("a.wild.invalid", 200), ("evil.invalid", 404)):
            assert strict.ask_raw("/get_clan?id=1", headers={"host": host}).status_code == status
        assert strict.ask_raw("/get_clan?id=1", headers={"host": "evil.invalid"}).json() == {"detail": "Not Found"}


def test_the_same_asked_by_many_at_once_is_asked_of_the_database_once(house: House) -> None:
    answers = house.ask_at_once([BOARD] * 20)
    assert len({answered.body for answered in answers}) == 1
    assert sum(len(answered.statements) for answered in answers) == 2
    # Nothing is kept once it has been answered.
    assert len(house.ask(BOARD).statements) == 2


def test_a_crash_is_a_500_in_plain_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours takes down nothing but its own answer."""

    def broken(score: object) -> None:
        raise ArithmeticError

    with monkeypatch.context() as patched:
        patched.setattr("server.dialects.bancho_v1.shapes.scores.score_answer", broken)
        answered = house.ask_raw("/get_score_info?id=2")
    assert (answered.status_code, answered.text) == (500, "Internal Server Error")
    assert answered.headers["content-type"].startswith("text/plain")
    assert "process-time" not in answered.headers
    assert house.ask("/get_score_info?id=2").status == 200


def test_what_is_nowhere_is_said_as_everywhere(house: House) -> None:
    below, nowhere = house.ask("/nope"), house.ask("/nope", mount="")
    assert nowhere.status == 404
    assert nowhere.json == {"detail": "Not Found"}
    for name in ("bancho-version", "process-time", "access-control-allow-origin"):
        assert name in nowhere.headers
        assert name in below.headers
