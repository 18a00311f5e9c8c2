"""Addresses, methods and headers of what is read."""

import re
from collections.abc import Mapping

import pytest

from server.dialects.bancho_v2 import READS
from tests.golden.house import House
from tests.golden.now import AIKO_SESSION, RESTRICTED_SESSION
from tests.golden.plays import NON_ASCII

# What stands in the braces of each table's paths.
SOME = {"players": "3", "maps": "1001", "scores": f"{NON_ASCII}", "clans": "1"}


def filled(path: str) -> str:
    """A path that answers."""
    some = SOME.get(path.split("/")[1], "")
    return re.sub(r"\{\w+_id\}", some, path).replace("{mode}", "0") + ("?q=ai" if path.endswith("/search") else "")


PATHS = [filled(route.path) for route in READS]


def fixed(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers, less what is measured anew each time."""
    return {name: value for name, value in headers.items() if name != "process-time"}


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(house: House, path: str) -> None:
    got = house.ask_raw(path, mount="/v2")
    head = house.ask(path, method="HEAD", mount="/v2")
    assert (got.status_code, head.status, head.body) == (200, 200, b"")
    assert fixed(head.headers) == fixed(got.headers)


@pytest.mark.parametrize("path", PATHS)
def test_a_trailing_slash_is_answered_not_redirected(house: House, path: str) -> None:
    bare, _, query = path.partition("?")
    plain, slashed = (house.ask_raw(each, mount="/v2") for each in (path, f"{bare}/?{query}"))
    assert (slashed.status_code, slashed.content) == (200, plain.content)


@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_has_the_answer_is_told_so(house: House, path: str) -> None:
    etag = house.ask_raw(path, mount="/v2").headers["etag"]
    again = house.ask(path, mount="/v2", headers={"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/players/3"])
def test_reads_take_no_other_method(house: House, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answered = house.ask(path, method=method, mount="/v2")
        assert (answered.status, answered.json) == (405, {"detail": "Method Not Allowed"})
        assert answered.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    ["/", "", "/player/3", "/PLAYERS", "/players/3/x", "/players/a%2Fb", "/scores/2/replay/x", "/server/meta"],
)
def test_unknown_paths(house: House, path: str) -> None:
    answered = house.ask(path, mount="/v2")
    assert (answered.status, answered.json) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("path", PATHS)
def test_a_cookie_that_opens_nothing_is_no_fault(house: House, path: str) -> None:
    """A 401 would sign the website's visitor out."""
    plain = house.ask_raw(path, mount="/v2")
    for session in ("", "x", "no such session", "é", "3;admin", "x" * 5000):
        with_cookie = house.ask_raw(path, mount="/v2", headers={"cookie": f"bancho_session={session}".encode()})
        assert (with_cookie.status_code, with_cookie.content) == (200, plain.content)


def test_answers_are_each_viewers_own(house: House) -> None:
    """Those who ask the same at once share an answer only while nobody says who they are."""
    for token, status in ((None, 404), (AIKO_SESSION, 404), (RESTRICTED_SESSION, 200), (None, 404)):
        answered = house.ask_at_once(["/players/11"] * 3, mount="/v2", session=token)
        assert [each.status for each in answered] == [status] * 3
    assert "Cookie" in house.ask("/players/11", mount="/v2").headers["vary"]


def test_parameters_that_nobody_reads_are_named(house: House) -> None:
    answered = house.ask("/players?name=Aiko&sort=id", mount="/v2")
    assert answered.status == 200
    assert answered.headers["x-ignored-params"] == "name, sort"
