"""A database user who may only read: whatever writes says why it cannot, and nothing is half done."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dialects.bancho_v2.stage import PASSWORD, ask, redis, refusal, rows
from tests.engines import MariaDB
from tests.golden.house import House, fill, opened, settings_for
from tests.golden.now import AIKO_SESSION
from tests.golden.people import AIKO, GIANT, SUPPORTER
from tests.stores import quick_hash

SENTENCE = "This server may only read its database, so nothing can be changed here."

WANTED = {"username": "New Player", "email": "new@example.org", "password": PASSWORD}

OWN = f"/players/{AIKO}"


@pytest.fixture(scope="module")
def reader(
    mariadb: MariaDB, golden_valkey: str, golden_runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    data = tmp_path_factory.mktemp("reader")
    with mariadb.database() as name:
        fill(golden_runner, settings_for(mariadb.url(name), golden_valkey, data))
        mariadb.run(f"UPDATE {name}.users SET pw_bcrypt = '{quick_hash(PASSWORD)}'")
        with (
            mariadb.reader(name) as url,
            opened(golden_runner, settings_for(url, golden_valkey, data)) as house,
        ):
            yield house


def everything(house: House) -> Any:
    tables = {"users": "1", "stats": "1, 2", "relationships": "1, 2", "favourites": "1, 2"}
    boards = redis(house, "ZRANGE", "bancho:leaderboard:0:jp", 0, -1, "WITHSCORES")
    return [rows(house, f"SELECT * FROM {table} ORDER BY {order}") for table, order in tables.items()], boards


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/accounts", WANTED),
        ("PATCH", OWN, {"country": "fr"}),
        ("PATCH", OWN, {"username": "Nova"}),
        ("PUT", f"{OWN}/password", {"current_password": PASSWORD, "new_password": "battery staple"}),
        ("PUT", f"{OWN}/friends/{GIANT}", None),
        ("PUT", f"{OWN}/blocks/{GIANT}", None),
        ("DELETE", f"{OWN}/friends/{GIANT}", None),
        ("DELETE", f"{OWN}/blocks/{SUPPORTER}", None),
        ("PUT", f"{OWN}/favourites/5", None),
        ("DELETE", f"{OWN}/favourites/101", None),
    ],
)
def test_what_writes_says_why_it_cannot(reader: House, method: str, path: str, body: Any) -> None:
    before = everything(reader)
    answered = ask(reader, method, path, AIKO_SESSION, json=body)
    assert refusal(answered) == (503, SENTENCE)
    assert everything(reader) == before


def test_what_is_wrong_with_a_request_is_still_said_first(reader: House) -> None:
    for body, status in ((WANTED | {"username": "aiko"}, 400), ({}, 422)):
        assert ask(reader, "POST", "/accounts", json=body).status == status
    assert ask(reader, "PATCH", OWN, json={"country": "fr"}).status == 401
    assert ask(reader, "PATCH", OWN, AIKO_SESSION, json={"country": "FR"}).status == 400


def test_sessions_are_in_redis_and_need_nothing_written(reader: House) -> None:
    answered = ask(reader, "POST", "/sessions", json={"username": "Aiko", "password": PASSWORD})
    assert answered.status == 201
    token = answered.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert ask(reader, "GET", "/sessions/current", token).json["data"]["id"] == AIKO
    assert ask(reader, "PATCH", OWN, token, json={}).status == 200  # nothing to write
    assert ask(reader, "DELETE", "/sessions/current", token).status == 200
