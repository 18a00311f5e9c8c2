"""`/api/get_match` and `/api/get_replay` are bancho.py's too: the parameters say which is meant."""

import pytest

from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.own import MATCH
from tests.golden.people import AIKO_KEY


@pytest.mark.parametrize("mount", ["/api", "/api/v1"])
def test_which_is_meant(house: House, mount: str) -> None:
    def ask(path: str) -> tuple[int, list[str]]:
        answered = house.ask(path, mount=mount)
        return answered.status, list(answered.json) if answered.headers["content-type"] == "application/json" else []

    # bancho.py's, with `id` or with nothing that tells.
    assert ask("/get_match?id=7") == (200, ["status", "match"])
    assert ask(f"/get_match?id=7&k={AIKO_KEY}") == (200, ["status", "match"])
    assert ask("/get_match") == (422, ["detail"])
    assert ask("/get_replay?id=2") == (200, [])
    assert ask("/get_replay?name=mp") == (422, ["detail"])
    # osu!'s.
    assert ask(f"/get_match?mp={MATCH}&k={AIKO_KEY}") == (200, ["match", "games"])
    assert ask(f"/get_match?k={AIKO_KEY}") == (200, ["match", "games"])
    assert ask(f"/get_match?mp={MATCH}") == (401, ["error"])
    assert ask(f"/get_replay?b={STANDARD}&u=3&k={AIKO_KEY}") == (200, ["content", "encoding"])
    assert ask("/get_replay?s=2") == (401, ["error"])


@pytest.mark.parametrize("mount", ["/v1", ""])
def test_elsewhere_they_are_bancho_pys(house: House, mount: str) -> None:
    for path in (f"/get_match?mp={MATCH}&k={AIKO_KEY}", f"/get_replay?s=2&k={AIKO_KEY}"):
        assert house.ask(path, mount=mount).status == 422


def test_other_methods_and_paths(house: House) -> None:
    assert house.ask("/get_user", mount="/api", method="HEAD").status == 401
    answered = house.ask("/get_user", mount="/api", method="OPTIONS")
    assert (answered.status, answered.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    answered = house.ask("/get_user", mount="/api", method="POST")
    assert (answered.status, answered.json) == (405, {"error": "This endpoint is asked with GET."})
    assert house.ask(f"/get_user/?u=3&k={AIKO_KEY}", mount="/api").json[0]["user_id"] == "3"
