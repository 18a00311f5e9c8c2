"""What was kept, as it is asked for: long lists, who is in them, and where nothing has been kept or can be."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.domain.snapshots import TopPlay
from server.storage.top_plays import TopPlays
from tests.dialects.osutrack.stage import MOUNT, ask, rows
from tests.engines import MariaDB
from tests.golden import house as houses
from tests.golden import own
from tests.golden.house import House
from tests.golden.osutrack_cases import CASES, FOLDER, WRITING, golden
from tests.golden.people import AIKO, BRACKETS, DIGITS, NIHONGO, RESTRICTED, TIED
from tests.golden.serving import serving

MANY = 2500


@pytest.fixture
def full(mended: House) -> House:
    """With as many recorded plays in mania as fill several pages, some of a restricted player."""

    async def fill() -> None:
        async with mended.db.transaction() as session:
            await session.insert_many("api_top_plays", PLAYS)

    mended.run(fill())
    return mended


PLAYS = [
    own.TOP_PLAYS[0]
    | {"user_id": (AIKO, BRACKETS, TIED, RESTRICTED)[number % 4], "mode": 3, "score_id": 10_000 + number}
    # Many of the same pp, and of these some of the same moment.
    | {"pp": float(number % 50), "score_ms": own.NOW_MS - number % 7 * 1000, "beatmap_id": number}
    for number in range(MANY)
]

SEEN = sorted(
    (row for row in PLAYS if row["user_id"] != RESTRICTED),
    key=lambda row: (-row["pp"], row["score_ms"], row["score_id"]),
)


def test_a_long_list(full: House) -> None:
    answered = ask(full, "/bestplays?mode=3&limit=10000")
    assert [row["beatmap_id"] for row in answered.json] == [row["beatmap_id"] for row in SEEN]
    assert len(SEEN) > 1500
    assert "etag" not in answered.headers
    packed = ask(full, "/bestplays?mode=3&limit=10000", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == answered.body


@pytest.mark.parametrize("limit", [1, 100, 999, 1000, 1001, 1500])
def test_as_many_as_are_asked_for(full: House, limit: int) -> None:
    got = ask(full, f"/bestplays?mode=3&limit={limit}")
    assert [row["beatmap_id"] for row in got.json] == [row["beatmap_id"] for row in SEEN[:limit]]
    head = ask(full, f"/bestplays?mode=3&limit={limit}", method="HEAD")
    assert head.status == 200
    assert head.headers.get("etag") == got.headers.get("etag")
    assert ("etag" in got.headers) is (limit <= 1000)


def test_many_ask_for_a_long_list_at_once(full: House) -> None:
    told = full.ask_at_once(["/bestplays?mode=3&limit=10000"] * 8, mount=MOUNT)
    assert {len(answered.json) for answered in told} == {len(SEEN)}


def test_a_window_of_a_long_list(full: House) -> None:
    start = own.NOW_MS - 2000
    moment = "2024-01-15T13:39:58"
    told = ask(full, f"/bestplays?mode=3&limit=10000&from={moment}").json
    assert [row["beatmap_id"] for row in told] == [row["beatmap_id"] for row in SEEN if row["score_ms"] >= start]


QUERIES = [
    (f"/stats_history?user={AIKO}&mode=0", 2),
    (f"/stats_history?user={NIHONGO}&mode=0", 2),
    ("/stats_history?user=999&mode=0", 1),
    (f"/hiscores?user={AIKO}&mode=0", 3),
    (f"/hiscores?user={AIKO}&mode=3", 3),
    (f"/hiscores?user={AIKO}&mode=0&from=2025-01-01", 3),  # none in this time, but others
    ("/hiscores?user=999", 1),
    (f"/peak?user={AIKO}&mode=0", 2),
    ("/peak?user=999&mode=0", 1),
    ("/bestplays?mode=0&limit=1", 1),
    ("/bestplays?mode=3&limit=100", 1),
    ("/bestplays?mode=3&limit=1000", 1),
    ("/bestplays?mode=3&limit=10000", 2),  # a page each
    ("/bestplays?mode=3&limit=100&from=2020-01-01", 2),
]


@pytest.mark.parametrize(("path", "queries"), QUERIES)
def test_how_many_statements_it_takes(full: House, path: str, queries: int) -> None:
    ask(full, path, queries=queries)


def test_top_plays_of_who_has_none_are_recorded_once(mended: House) -> None:
    path = f"/hiscores?user={DIGITS}&mode=0"
    first = ask(mended, path)
    assert [row["pp"] for row in first.json] == [180.0]
    assert len(rows(mended, "api_snapshots", DIGITS)) == 1
    again = ask(mended, path, queries=3)
    assert again.body == first.body
    # In a window without any of them too.
    mended.sql("UPDATE stats SET plays = 1 WHERE id = :id AND mode = 1", id=DIGITS)
    ask(mended, f"/hiscores?user={DIGITS}&mode=1&to=2020-01-01")
    assert [row[2] for row in rows(mended, "api_top_plays", DIGITS, 1)] == [63]


def test_who_has_never_played_has_none(mended: House) -> None:
    assert ask(mended, f"/hiscores?user={BRACKETS}&mode=3").json == []
    assert ask(mended, "/hiscores?user=20&mode=3").json == []


def test_nothing_is_kept_of_who_has_never_played(mended: House) -> None:
    """bancho.py makes a row of stats for each mode with the account."""
    zeros = ", ".join(f"{each} = 0" for each in ("plays", "tscore", "rscore", "pp"))
    mended.sql(f"UPDATE stats SET {zeros} WHERE id = :id AND mode = 3", id=BRACKETS)
    for _ in range(2):
        assert ask(mended, f"/hiscores?user={BRACKETS}&mode=3").json == []
        answer = ask(mended, f"/update?user={BRACKETS}&mode=3", method="POST").json
        assert (answer["exists"], answer["first"], answer["newhs"]) == (True, True, [])
    for table in ("api_snapshots", "api_snapshot_checks", "api_top_plays"):
        assert rows(mended, table, BRACKETS, 3) == []


def test_hidden_players_are_nobody_whatever_is_shown_elsewhere(mended: House) -> None:
    with mended.variant(players={"visibility": "bancho.py"}) as house:
        assert ask(house, f"/stats_history?user={RESTRICTED}&mode=0").json == []
        assert ask(house, f"/hiscores?user={RESTRICTED}&mode=0").json == []
        assert not ask(house, f"/update?user={RESTRICTED}&mode=0", method="POST").json["exists"]


@pytest.fixture(scope="module")
def reader(
    mariadb: MariaDB,
    golden_mariadb: str,
    golden_valkey: str,
    golden_runner: asyncio.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """A server whose database user may only read."""
    data = tmp_path_factory.mktemp("reader")
    houses.fill(golden_runner, houses.settings_for(mariadb.url(golden_mariadb), golden_valkey, data))
    with (
        mariadb.reader(golden_mariadb) as url,
        houses.opened(golden_runner, houses.settings_for(url, golden_valkey, data)) as server,
    ):
        yield server


@pytest.mark.parametrize("name", sorted(CASES.keys() - WRITING))
def test_reads_are_answered_as_ever_without_the_right_to_write(reader: House, name: str) -> None:
    case = CASES[name]
    assert golden(case, ask(reader, case.path)).decode() == (FOLDER / f"{name}.json").read_text()


def test_without_the_right_to_write(reader: House) -> None:
    answered = ask(reader, f"/update?user={AIKO}&mode=0", method="POST")
    assert (answered.status, answered.headers["retry-after"]) == (503, "1")
    assert "may only read its database" in answered.body.decode()
    assert ask(reader, f"/hiscores?user={DIGITS}&mode=0").json == []
    # Nothing has to be written about who is not there.
    assert ask(reader, "/update?user=999&mode=0", method="POST").json["exists"] is False


def test_without_tables_of_ours(golden_runner: asyncio.Runner, golden_valkey: str, tmp_path: Path) -> None:
    settings = houses.settings_for(f"sqlite:///{tmp_path / 'bare.db'}", golden_valkey, tmp_path / "data")
    houses.fill(golden_runner, settings)

    async def strip() -> None:
        for table in own.TABLES:
            if table.startswith("api_"):
                await bare.db.run(f"DROP TABLE {table}")

    with houses.opened(golden_runner, settings) as bare:
        bare.run(strip())
    with houses.opened(golden_runner, settings) as bare:
        for path in (f"/stats_history?user={AIKO}&mode=0", f"/hiscores?user={AIKO}", "/bestplays?mode=0"):
            assert ask(bare, path).json == []
        assert set(ask(bare, f"/peak?user={AIKO}&mode=0").json[0].values()) == {None}
        answered = ask(bare, f"/update?user={AIKO}&mode=0", method="POST")
        assert answered.status == 503
        assert "migrate" in answered.body.decode()


def test_a_database_that_goes_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half way through a long list the connection breaks: nobody takes what came for the whole."""
    if house.db.engine != "sqlite":
        pytest.skip("it is the same on every engine")

    async def breaking(self: TopPlays, *asked: Any) -> Any:
        for page in range(3):
            yield [TopPlay(page, AIKO, place, 1, 1.0, 0, "S", 0, 0) for place in range(100)]
        raise ValueError("broken on purpose")

    monkeypatch.setattr(TopPlays, "best", breaking)
    with serving(house.settings) as address:
        for accepted in ("identity", "gzip"):
            with httpx.stream(
                "GET", f"{address}{MOUNT}/bestplays?mode=0&limit=10000", headers={"accept-encoding": accepted}
            ) as response:
                assert response.status_code == 200
                with pytest.raises(httpx.RemoteProtocolError):
                    response.read()


def test_a_long_list_over_the_network(full: House) -> None:
    with serving(full.settings) as address:
        url = f"{address}{MOUNT}/bestplays?mode=3&limit=10000"
        plain, packed = (httpx.get(url, headers={"accept-encoding": each}) for each in ("identity", "gzip"))
        assert plain.headers["transfer-encoding"] == packed.headers["transfer-encoding"] == "chunked"
        assert packed.headers["content-encoding"] == "gzip"
        assert plain.json() == packed.json()
        assert len(plain.json()) == len(SEEN)
        assert httpx.head(url).content == b""
