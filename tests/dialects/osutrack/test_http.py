"""How the osu!track API is asked: methods, addresses, hosts of its own, and how often."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.dialects.osutrack.stage import MOUNT, ask, updated
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import AIKO, AIKO_KEY, NIHONGO, RESTRICTED, RESTRICTED_KEY

TEXT = "text/plain; charset=utf-8"

READS = [
    *(f"/stats_history?user={AIKO}&mode=0", f"/hiscores?user={AIKO}", f"/peak?user={AIKO}&mode=0"),
    *("/bestplays?mode=0", "/bestplays?mode=9", "/peak"),
]


@pytest.mark.parametrize("path", READS)
def test_head_is_get_without_the_body(house: House, path: str) -> None:
    got, head = ask(house, path), ask(house, path, method="HEAD")
    assert (head.status, head.body) == (got.status, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == got.headers.get(name)


def test_a_client_that_has_the_answer_is_told_so(house: House) -> None:
    etag = ask(house, READS[0]).headers["etag"]
    again = ask(house, READS[0], headers={"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", f"/update?user={AIKO}&mode=0", "POST, OPTIONS"),
        ("HEAD", f"/update?user={AIKO}&mode=0", "POST, OPTIONS"),
        ("PUT", f"/update?user={AIKO}&mode=0", "POST, OPTIONS"),
        ("POST", READS[0], "GET, HEAD, OPTIONS"),
        ("DELETE", "/bestplays?mode=0", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods(house: House, method: str, path: str, allowed: str) -> None:
    answered = ask(house, path, method=method, queries=0)
    assert (answered.status, answered.headers["allow"], answered.headers["content-type"]) == (405, allowed, TEXT)
    assert allowed in answered.body.decode() or method == "HEAD"


@pytest.mark.parametrize("path", ["/nothing", "/", "/update/3", "/stats_history/x"])
def test_other_addresses(house: House, path: str) -> None:
    answered = ask(house, path)
    assert (answered.status, answered.headers["content-type"]) == (404, TEXT)
    assert answered.body == b"There is no such endpoint."


def test_pages_of_other_sites_may_ask_for_updates(house: House) -> None:
    answered = ask(house, "/update", method="OPTIONS")
    assert (answered.status, answered.headers["access-control-allow-methods"]) == (204, "POST")
    assert answered.headers["access-control-allow-origin"] == "*"
    assert ask(house, "/peak", method="OPTIONS").headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_body_and_a_slash_make_no_difference(mended: House) -> None:
    told = ask(mended, f"/update/?user={NIHONGO}&mode=0", method="POST", content=b"user=4&mode=9").json
    assert (told["username"], told["mode"], told["first"]) == ("日本語", 0, True)


def test_whose_key_comes_makes_no_difference(mended: House) -> None:
    for key in (AIKO_KEY, RESTRICTED_KEY, "nobody's"):
        assert ask(mended, f"/stats_history?user={RESTRICTED}&mode=0", key=key).json == []
        assert ask(mended, f"/update?user={RESTRICTED}&mode=0", method="POST", key=key).json["exists"] is False


def test_a_server_that_breaks_says_so_in_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaking(*asked: object) -> None:
        raise ValueError("broken on purpose")

    monkeypatch.setattr("server.services.progress.Progress.peak", breaking)
    response = house.run(house._client._http.get(f"{MOUNT}/peak?user={AIKO}&mode=0"))
    assert (response.status_code, response.headers["content-type"]) == (500, TEXT)
    assert "its log says why" in response.text


@pytest.fixture
def hosting(mended: House) -> Iterator[House]:
    with mended.variant(osutrack={"hosts": ("track.example.org", "*.tracks.example")}) as server:
        yield server


def at(house: House, host: str, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    """Status, media type and body of what a host answers."""
    response = house.run(house._client._http.request(method, path, headers={"host": host}))
    return response.status_code, response.headers["content-type"], response.content


@pytest.mark.parametrize("host", ["track.example.org", "Track.Example.org:8000", "a.tracks.example"])
def test_at_the_root_of_a_host(hosting: House, host: str) -> None:
    for path in READS:
        below = ask(hosting, path)
        assert at(hosting, host, path) == (below.status, below.headers["content-type"], below.body)
        # It still is where it always is.
        assert at(hosting, host, MOUNT + path) == (below.status, below.headers["content-type"], below.body)
    status, _, body = at(hosting, host, f"/update?user={NIHONGO}&mode=0", "POST")
    assert (status, b'"first":true' in body) == (200, True)
    assert at(hosting, host, "/update")[0] == 405
    assert at(hosting, host, "/nothing") == (404, TEXT, b"There is no such endpoint.")
    # Whatever else there is goes on as usual.
    assert at(hosting, host, "/v1/get_player_count")[1] == "application/json"
    assert at(hosting, host, "/v1/nothing") == (404, "application/json", b'{"detail":"Not Found"}')
    assert at(hosting, host, "/get_player_count")[0] == 200
    assert at(hosting, host, "/")[1].startswith("text/html")


def test_at_the_root_of_other_hosts(hosting: House) -> None:
    assert at(hosting, "example.org", READS[0]) == (404, "application/json", b'{"detail":"Not Found"}')


def test_only_named_hosts_are_answered(mended: House) -> None:
    """Those of this API are named with it."""
    with mended.variant(server={"hosts": ("golden",)}, osutrack={"hosts": ("track.example.org",)}) as named:
        assert at(named, "track.example.org", READS[0])[0] == 200
        assert at(named, "example.org", READS[0])[0] == 404


@pytest.fixture
def strict(mended: House) -> Iterator[House]:
    with mended.variant(osutrack={"updates_per_minute": 5}) as server:
        yield server


def posted(house: House, count: int, path: str = "/update?user=999&mode=0") -> list[Answered]:
    return [ask(house, path, method="POST") for _ in range(count)]


def test_so_many_updates_a_minute(strict: House) -> None:
    told = posted(strict, 10)
    # A minute may end in between; then at most as many more are let through.
    passed = [answered for answered in told if answered.status == 200]
    assert 5 <= len(passed) <= 7
    assert [each.headers["x-ratelimit-remaining"] for each in passed[:3]] == ["4", "3", "2"]
    refused = [answered for answered in told if answered.status != 200]
    for answered in refused:
        assert (answered.status, answered.headers["content-type"]) == (429, TEXT)
        assert answered.body == b"Too many updates: at most 5 a minute."
        assert 1 <= int(answered.headers["retry-after"]) <= 120
    for answered in told:
        assert answered.headers["x-ratelimit-limit"] == answered.headers["ratelimit-limit"] == "5"
    # Reading is free.
    answered = ask(strict, READS[0])
    assert answered.status == 200
    assert "ratelimit-limit" not in answered.headers


def test_many_at_once_are_each_counted(strict: House) -> None:
    async def at_once() -> list[int]:
        asking = [strict._client.ask("/update?user=999&mode=0", mount=MOUNT, method="POST") for _ in range(20)]
        return [answered.status for answered in await asyncio.gather(*asking)]

    assert 5 <= strict.run(at_once()).count(200) <= 7


def test_updates_that_are_not_understood_are_counted_too(strict: House) -> None:
    assert {answered.status for answered in posted(strict, 8, "/update")} == {400, 429}


def test_any_number_of_updates(mended: House) -> None:
    with mended.variant(osutrack={"updates_per_minute": 0}) as free:
        assert "ratelimit-limit" not in ask(free, "/update?user=999&mode=0", method="POST").headers
        assert updated(free, NIHONGO)["first"] is True
