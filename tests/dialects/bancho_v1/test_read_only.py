"""A database user who may only read: every read is answered as ever, and what writes says why it cannot."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.engines import MariaDB
from tests.golden.bancho_v1_cases import CASES, FOLDER, golden
from tests.golden.house import House, fill, opened, settings_for
from tests.golden.people import AIKO_KEY, SUPPORTER_KEY

SENTENCE = "This server may only read its database, so nothing can be changed here."


@pytest.fixture(scope="module")
def reader(
    mariadb: MariaDB,
    golden_mariadb: str,
    golden_valkey: str,
    golden_runner: asyncio.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    data = tmp_path_factory.mktemp("reader")
    fill(golden_runner, settings_for(mariadb.url(golden_mariadb), golden_valkey, data))
    with (
        mariadb.reader(golden_mariadb) as url,
        opened(golden_runner, settings_for(url, golden_valkey, data)) as house,
    ):
        yield house


@pytest.mark.parametrize("name", CASES)
def test_reads_are_answered_as_ever(reader: House, name: str) -> None:
    case = CASES[name]
    answered = reader.ask(case.path, method=case.method, key=case.key, **(case.body or {}))
    assert golden(case, answered).decode() == (FOLDER / f"{name}.json").read_text()


def test_what_writes_says_why_it_cannot(reader: House) -> None:
    for method in ("POST", "PUT"):
        answered = reader.ask("/set_player_info", method=method, key=AIKO_KEY, json={"play_style": 1})
        assert (answered.status, answered.json) == (503, {"status": SENTENCE})
    # What is wrong with a request is still said first.
    assert reader.ask("/set_player_info", method="POST", key=AIKO_KEY, json={"name": "x"}).status == 400
    assert reader.ask("/set_player_info", method="POST", json={"play_style": 1}).status == 401
    info = reader.ask("/get_player_info?id=14&scope=info", key=SUPPORTER_KEY).json["player"]["info"]
    assert info["play_style"] == 0
