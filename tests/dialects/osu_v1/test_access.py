"""Who may ask the osu! API v1, and how often."""

import time
from collections.abc import Iterator

import pytest

from server.services import access
from server.storage import catalog
from server.storage.keys import Keys
from tests.dialects.osu_v1.stage import ask
from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.people import AIKO, AIKO_KEY, MODERATOR_KEY, RESTRICTED_KEY

NO_KEY = {"error": "Please provide a valid API key."}
TOO_FAST = {"error": "Requesting too fast! Slow your operation, cap'n!"}


async def made(house: House, name: str) -> tuple[Keys, int, str]:
    keys = Keys(house.db, await catalog.read(house.db))
    new = await keys.create(name, AIKO, [], int(time.time()))
    return keys, new.key.id, new.secret


@pytest.mark.parametrize("key", [None, "", "x", AIKO_KEY[:-1], "ä", "%00", "a" * 5000])
def test_without_a_good_key_there_is_nothing(house: House, key: str | None) -> None:
    answered = ask(house, "/get_user?u=3", key)
    assert (answered.status, answered.json) == (401, NO_KEY)
    assert answered.headers["access-control-allow-origin"] == "*"
    assert "x-ratelimit-limit" not in answered.headers


@pytest.mark.parametrize("key", [AIKO_KEY, RESTRICTED_KEY, MODERATOR_KEY])
def test_whose_key_it_is_makes_no_difference(house: House, key: str) -> None:
    assert ask(house, "/get_user?u=3", key).json[0]["username"] == "Aiko"
    assert ask(house, "/get_user?u=11", key).json == []


def test_keys_of_this_server(mended: House, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, key_id, secret = mended.run(made(mended, "a bot"))
    assert ask(mended, "/get_user?u=3", secret).status == 200
    assert mended.run(keys.revoke(key_id, int(time.time())))
    # It was good a moment ago, and is believed without a question until that is too long ago.
    assert ask(mended, "/get_user?u=nobody", secret, queries=1).status == 200
    monkeypatch.setattr(access, "BELIEVED_SECONDS", -1.0)
    _, _, another = mended.run(made(mended, "another"))
    assert ask(mended, "/get_user?u=nobody", another, queries=3).status == 200
    later = time.monotonic() + 11
    monkeypatch.setattr(access.time, "monotonic", lambda: later)
    assert ask(mended, "/get_user?u=3", secret).status == 401


@pytest.fixture
def strict(mended: House) -> Iterator[House]:
    with mended.variant(osu_v1={"per_minute": 5, "burst": 2, "replays_per_minute": 3}) as server:
        yield server


def test_so_many_calls_a_minute(strict: House) -> None:
    told = [ask(strict, "/get_user?u=404") for _ in range(10)]
    # A minute may end in between; then at most as many more are let through.
    passed = [answered for answered in told if answered.status == 200]
    assert 7 <= len(passed) <= 9
    assert [each.headers["x-ratelimit-remaining"] for each in passed[:5]] == ["4", "3", "2", "1", "0"]
    for answered in told:
        assert answered.headers["x-ratelimit-limit"] == answered.headers["ratelimit-limit"] == "5"
        assert answered.headers["x-ratelimit-remaining"] == answered.headers["ratelimit-remaining"]
        assert 0 < int(answered.headers["ratelimit-reset"]) <= 120
    refused = [answered for answered in told if answered.status != 200]
    assert refused
    for answered in refused:
        assert (answered.status, answered.json) == (429, TOO_FAST)
        assert 1 <= int(answered.headers["retry-after"]) <= 120
    # Another key is another's.
    assert ask(strict, "/get_user?u=404", MODERATOR_KEY).status == 200


def test_so_many_replays_a_minute(strict: House) -> None:
    told = [ask(strict, f"/get_replay?b={STANDARD}&u=3") for _ in range(5)]
    assert all(answered.status == 200 for answered in told)
    assert [answered.json == TOO_FAST for answered in told[:3]] == [False] * 3
    last = told[-1]
    assert last.json == TOO_FAST
    assert 1 <= int(last.headers["retry-after"]) <= 120


def test_all_processes_count_together(strict: House) -> None:
    with strict.variant() as other:
        told = [ask(server, "/get_user?u=404").status for _ in range(6) for server in (strict, other)]
    assert 7 <= told.count(200) <= 9
    assert told.count(429) == 12 - told.count(200)


def test_many_at_once_are_each_counted(strict: House) -> None:
    told = strict.ask_at_once([f"/get_user?u=404&k={AIKO_KEY}"] * 30, mount="/api")
    assert 7 <= [answered.status for answered in told].count(200) <= 9


def test_without_redis_everybody_passes(strict: House) -> None:
    with strict.variant(redis={"url": "redis://127.0.0.1:1/0", "timeout_ms": 100}) as alone:
        for _ in range(12):
            answered = ask(alone, f"/get_replay?b={STANDARD}&u=3")
            assert answered.json["encoding"] == "base64"
            assert "x-ratelimit-limit" not in answered.headers


def test_nothing_is_counted_where_nothing_is_limited(mended: House) -> None:
    with mended.variant(osu_v1={"per_minute": 0, "replays_per_minute": 0}) as free:
        answered = ask(free, f"/get_replay?b={STANDARD}&u=3")
        assert "x-ratelimit-limit" not in answered.headers
        assert mended.run(mended.redis.ask(lambda client: client.keys("bancho-api:limit*"))) == []


def test_without_keys_addresses_are_counted(mended: House) -> None:
    with mended.variant(osu_v1={"needs_key": False, "per_minute": 3, "burst": 0}) as free:
        assert ask(free, "/get_user?u=3", None).json[0]["username"] == "Aiko"
        told = [ask(free, "/get_user?u=404", key).status for key in (None, "", "nobody's", "x", None, None, None)]
        assert told.count(429) >= 3
        # A good key is still a name of its own.
        assert ask(free, "/get_user?u=404").status == 200


def test_secrets_are_kept_nowhere(strict: House) -> None:
    ask(strict, "/get_user?u=404")
    names = strict.run(strict.redis.ask(lambda client: client.keys("*limit*")))
    assert names
    assert not [name for name in names if AIKO_KEY in name]
