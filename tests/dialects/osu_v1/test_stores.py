"""The osu! API v1 over stores that lack something, and clocks that run elsewhere."""

import asyncio
from pathlib import Path

import pytest

from server.storage.database import Database
from tests.dialects.osu_v1.stage import ask
from tests.golden import house as houses
from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.own import TABLES
from tests.golden.plays import HUGE_ID


def test_a_replay_that_cannot_be_read(house: House, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "osr").mkdir(parents=True)
    (data / "osr" / "2.osr").symlink_to("2.osr")  # leads to itself
    with house.variant(files={"data": str(data)}) as broken:
        assert ask(broken, "/get_replay?s=2").json == {"error": "Replay retrieval failed."}
        assert ask(broken, f"/get_replay?s={HUGE_ID}").json == {"error": "Replay not available."}
        assert {row["replay_available"] for row in ask(broken, "/get_user_best?u=3").json} == {"0"}


def test_replays_that_are_none(house: House, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "osr" / "2.osr").mkdir(parents=True)
    (data / "osr" / "23.osr").write_bytes(b"")
    with house.variant(files={"data": str(data)}) as broken:
        for score in (2, 23):
            assert ask(broken, f"/get_replay?s={score}").json == {"error": "Replay not available."}
        assert {row["replay_available"] for row in ask(broken, "/get_user_best?u=3").json} == {"0"}


def test_a_beatmap_that_cannot_be_read(house: House, tmp_path: Path) -> None:
    """It is told of all the same, and so are the others."""
    data = tmp_path / "data"
    (data / "osu").mkdir(parents=True)
    (data / "osu" / f"{STANDARD}.osu").symlink_to(f"{STANDARD}.osu")  # leads to itself
    with house.variant(files={"data": str(data)}) as broken:
        (told,) = ask(broken, f"/get_beatmaps?b={STANDARD}&mods=16").json
        assert (told["difficultyrating"], told["max_combo"]) == (None, "240")


def test_md5s_that_the_database_could_not_compare(mended: House) -> None:
    if mended.db.engine != "mysql":
        pytest.skip("SQLite compares any text")
    mended.sql("ALTER TABLE maps MODIFY md5 CHAR(32) CHARACTER SET latin1 NOT NULL")
    try:
        for text in ("%E6%97%A5", "%F0%9F%98%80"):
            assert ask(mended, f"/get_beatmaps?h={text}").json == []
    finally:
        mended.sql("ALTER TABLE maps MODIFY md5 CHAR(32) CHARACTER SET utf8mb4 NOT NULL")


def test_dates_at_the_end_of_time(mended: House) -> None:
    with mended.variant(database={"time_zone": "Asia/Tokyo"}) as elsewhere:
        mended.sql("UPDATE scores SET play_time = '9999-12-31 23:59:59' WHERE id = 2")
        assert ask(elsewhere, "/get_user_best?u=3&limit=1").status == 200
    with mended.variant(database={"time_zone": "America/New_York"}) as elsewhere:
        assert ask(elsewhere, "/get_user_best?u=3&limit=1").json[0]["date"] == "9999-12-31 23:59:59"


def test_the_game_servers_clock(house: House) -> None:
    """What it wrote at noon in Tokyo was set at three in the morning."""
    here = ask(house, "/get_user_best?u=3&limit=1").json[0]["date"]
    assert here == "2024-01-15 12:02:00"
    with house.variant(database={"time_zone": "Asia/Tokyo"}) as elsewhere:
        assert ask(elsewhere, "/get_user_best?u=3&limit=1").json[0]["date"] == "2024-01-15 03:02:00"
        assert len(ask(elsewhere, "/get_user_recent?u=3&limit=50").json) == 23
    with house.variant(database={"time_zone": "Pacific/Honolulu"}) as elsewhere:
        assert ask(elsewhere, "/get_user_best?u=3&limit=1").json[0]["date"] == "2024-01-15 22:02:00"


def test_plays_of_24_hours(mended: House) -> None:
    before = {row["date"] for row in ask(mended, "/get_user_recent?u=8&m=1").json}
    assert before == {"2024-01-15 12:53:00"}
    for moment, shown in (("2024-01-14 13:39:59", set()), ("2024-01-14 13:40:00", {"2024-01-14 13:40:00"})):
        mended.sql("UPDATE scores SET play_time = :moment WHERE id = 63", moment=moment)
        assert {row["date"] for row in ask(mended, "/get_user_recent?u=8&m=1").json} == shown


@pytest.fixture
def bare(golden_runner: asyncio.Runner, golden_valkey: str, tmp_path: Path) -> str:
    """The address of the golden world's database without any table of our own, as bancho.py left it."""
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    settings = houses.settings_for(url, golden_valkey, tmp_path / "data")
    houses.fill(golden_runner, settings)

    async def strip() -> None:
        db = Database(url, 1)
        await db.connect()
        rows = await db.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'api_%'")
        assert {name for (name,) in rows} >= {name for name in TABLES if name.startswith("api_")}
        for (name,) in rows:
            await db.run(f"DROP TABLE {name}")
        await db.disconnect()

    golden_runner.run(strip())
    return url


def test_without_any_table_of_ours(
    house: House, bare: str, golden_runner: asyncio.Runner, golden_valkey: str, tmp_path: Path
) -> None:
    """All that is bancho.py's is told; the rest is the documented empty value."""
    with houses.opened(golden_runner, houses.settings_for(bare, golden_valkey, tmp_path / "data")) as server:
        (user,) = ask(server, "/get_user?u=3&event_days=31").json
        assert user == ask(house, "/get_user?u=3").json[0] | {"events": []}
        (beatmap,) = ask(server, f"/get_beatmaps?b={STANDARD}").json
        (kept,) = ask(house, f"/get_beatmaps?b={STANDARD}").json
        unknown = ("hit_length", "artist_unicode", "title_unicode", "approved_date", "diff_aim")
        unknown += ("diff_speed", "count_normal", "count_slider", "count_spinner")
        assert beatmap == kept | dict.fromkeys(unknown) | {"source": "", "tags": ""}
        assert ask(server, "/get_beatmaps?since=2000-01-01").json == []
        assert len(ask(server, "/get_beatmaps").json) == 12
        assert ask(server, "/get_match?mp=1").json == {"match": 0, "games": []}
        # Difficulties are calculated from the file, each time if they cannot be kept.
        (rated,) = ask(server, f"/get_beatmaps?b={STANDARD}&mods=64").json
        assert float(rated["difficultyrating"]) > 1
