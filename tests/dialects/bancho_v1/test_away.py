"""With Redis away what comes from it is told as unknown, with the database away everything says so; both come back."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.golden.bancho_v1_cases import CASES
from tests.golden.gate import HOST, Gate
from tests.golden.house import House
from tests.golden.people import AIKO_KEY

CLOSED = "redis://127.0.0.1:1/0"

MANY = [f"/get_clan?id={number}" for number in range(1, 21)]

AWAY = {"status": "The database is not reachable."}


@pytest.fixture
def alone(house: House) -> Iterator[House]:
    """A server whose Redis is not there."""
    with house.variant(redis={"url": CLOSED, "timeout_ms": 100}) as server:
        yield server


def test_without_redis_everybody_is_offline(alone: House) -> None:
    assert alone.ask("/get_player_status?id=3").json["player_status"] == {"online": False, "last_seen": 1_700_000_003}
    told = alone.ask("/get_player_status?ids=3,4").json["players"]
    assert [player["player_status"]["online"] for player in told] == [False, False]
    friends = alone.ask("/get_friends", key=AIKO_KEY).json["friends"]
    assert len(friends) == 5
    assert not any(friend["online"] for friend in friends)
    assert alone.ask("/get_mappool?id=1").json["created_by"]["online"] is False
    assert alone.ask("/get_match?id=0").json == {"status": "Match not found."}


def test_without_redis_those_lately_active_are_counted(mended: House) -> None:
    mended.sql("UPDATE users SET latest_activity = :now WHERE id IN (3, 4, 11)", now=int(time.time()))
    with mended.variant(redis={"url": CLOSED}) as alone:
        assert alone.ask("/get_player_count").json["counts"] == {"online": 2, "total": 19}
    for setting in ({"url": CLOSED}, {"url": ""}):
        with mended.variant(redis=setting, players={"online": "live"}) as alone:
            assert alone.ask("/get_player_count").json["counts"] == {"online": 0, "total": 19}


# What is told otherwise while Redis is away: ranks are counted, ties share them; nobody is online.
FROM_REDIS = ("get_match", "get_player_status", "get_player_count", "get_friends", "get_mappool", "get_player_info")


def test_without_redis_nothing_else_changes_and_nothing_breaks(house: House, alone: House) -> None:
    for name, case in CASES.items():
        body = case.body or {}
        here = house.ask(case.path, method=case.method, key=case.key, **body)
        there = alone.ask(case.path, method=case.method, key=case.key, **body)
        if not name.startswith(FROM_REDIS):
            assert (there.status, there.body) == (here.status, here.body), name
        assert there.status == (404 if name.startswith("get_match") and here.status == 200 else here.status), name


def test_redis_that_goes_away_and_comes_back(mended: House) -> None:
    """After a failure it is left in peace for a second."""
    _, _, address = mended.settings.redis.url.rpartition("@")
    port = int(address.removeprefix("redis://").partition("/")[0].rpartition(":")[2])
    gate = Gate(port)
    mended.run(gate.open())
    with mended.variant(redis={"url": f"redis://{HOST}:{gate.port}/0"}) as server:
        assert server.ask("/get_player_status?id=3").json["player_status"]["online"] is True
        server.run(gate.shut())
        assert server.ask("/get_player_status?id=3").json["player_status"]["online"] is False
        assert server.ask("/get_player_info?id=9&scope=stats").json["player"]["stats"]["0"]["rank"] == 6
        server.run(gate.open())
        time.sleep(1.05)
        assert server.ask("/get_player_status?id=3").json["player_status"]["online"] is True
        assert server.ask("/get_player_info?id=9&scope=stats").json["player"]["stats"]["0"]["rank"] == 7
        server.run(gate.shut())


def test_redis_that_listens_and_says_nothing(house: House) -> None:
    """It is waited for once, and not by those who come after."""
    deaf = house.run(asyncio.start_server(lambda reader, writer: None, HOST, 0))
    port = deaf.sockets[0].getsockname()[1]
    with house.variant(redis={"url": f"redis://{HOST}:{port}/0", "timeout_ms": 50}) as server:
        time.sleep(1.05)
        started = time.monotonic()
        for _ in range(10):
            assert server.ask("/get_player_status?id=3").json["player_status"]["online"] is False
        assert time.monotonic() - started < 0.9
    deaf.close()


def test_a_database_that_goes_away_and_comes_back(house: House) -> None:
    if house.db.engine == "sqlite":
        return
    url = house.settings.database.url
    port = int(url.rpartition("/")[0].rpartition(":")[2])
    gate = Gate(port)
    house.run(gate.open())
    with house.variant(database={"url": url.replace(f":{port}/", f":{gate.port}/")}) as server:
        # As many connections as a busy server holds; every one of them will be dead.
        assert {answered.status for answered in server.ask_at_once(MANY)} == {200, 404}
        for _ in range(2):
            server.run(gate.shut())
            for path in ("/get_clan?id=1", "/get_player_info?id=3&scope=all", "/get_leaderboard", "/search_players"):
                answered = server.ask(path)
                assert (answered.status, answered.json) == (503, AWAY)
                assert answered.headers["retry-after"] == "1"
            answered = server.ask("/get_friends", key=AIKO_KEY)
            assert (answered.status, answered.json) == (503, AWAY)
            answered = server.ask("/set_player_info", method="POST", key=AIKO_KEY, json={"play_style": 5})
            assert (answered.status, answered.json) == (503, AWAY)
            # What needs no database is answered as ever.
            assert server.ask("/get_leaderboard?mode=7").status == 400
            assert server.ask("/get_clan?id=x").status == 422
            assert {answered.status for answered in server.ask_at_once(MANY)} == {503}
            server.run(gate.open())
            assert server.ask("/get_clan?id=1").status == 200
            assert {answered.status for answered in server.ask_at_once(MANY)} == {200, 404}
        server.run(gate.shut())


def test_a_database_file_that_goes_away_and_comes_back(house: House) -> None:
    if house.db.engine != "sqlite":
        return
    folder = Path(house.settings.database.url.removeprefix("sqlite:///")).parent
    moved = folder.rename(folder.with_name("moved"))
    try:
        answers = house.ask_at_once(["/get_clan?id=1", "/get_leaderboard", "/get_player_info?id=3&scope=all"])
    finally:
        moved.rename(folder)
    assert {(answered.status, answered.body) for answered in answers} == {(503, orjson.dumps(AWAY))}
    assert house.ask("/get_clan?id=1").status == 200


def test_tables_that_are_no_longer_what_they_were(mended: House) -> None:
    mended.sql("ALTER TABLE tourney_pools RENAME TO elsewhere")
    try:
        answered = mended.ask("/get_mappool?id=1")
    finally:
        mended.sql("ALTER TABLE elsewhere RENAME TO tourney_pools")
    sentence = "The database's tables have changed since this server started; restart it."
    assert (answered.status, answered.json) == (503, {"status": sentence})
    assert mended.ask("/get_mappool?id=1").status == 200
