"""get_player_history: ranks, pp, peaks and play counts as they went."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.domain.ladders import WORLD, rungs
from server.storage.ladders import number_of
from tests.golden.house import House
from tests.golden.own import CLOCK, NOW_MS
from tests.golden.people import AIKO, RESTRICTED, UNVERIFIED

DAY_MS = 86_400_000
TODAY = datetime.fromtimestamp(CLOCK, UTC).date()


def captures(house: House, scope: str, **params: Any) -> list[dict[str, Any]]:
    answer = house.ask("/get_player_history", {"scope": scope, "id": AIKO} | params)
    assert answer.status == 200
    data = answer.json["data"]
    assert (data["user_id"], data["mode"]) == (AIKO, params.get("mode", 0))
    return list(data["captures"])


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03}Z"


def snapshot(house: House, days_ago: float, pp: float, rank: int, mode: int = 2, country_rank: int = 1) -> int:
    at_ms = NOW_MS - int(days_ago * DAY_MS)
    house.sql(
        """
        INSERT INTO api_snapshots
        VALUES (:user, :mode, :at, 1, 1, 1, 1, 1, 1, :rank, :country_rank, 1, :pp, 99, 0, 0, 0)
        """,
        user=AIKO,
        mode=mode,
        at=at_ms,
        pp=pp,
        rank=rank,
        country_rank=country_rank,
    )
    return at_ms


def ladder(house: House, day: date, players: dict[int, int], country: dict[int, int], mode: int = 2) -> int:
    """Keep a day's ladder at noon."""
    at_ms = number_of(day) * DAY_MS + DAY_MS // 2
    house.sql("DELETE FROM api_days WHERE day = :day", day=number_of(day))
    house.sql("INSERT INTO api_days VALUES (:day, :at)", day=number_of(day), at=at_ms)
    for where, counted in ((WORLD, players), ("jp", country)):
        for each in rungs(counted):
            house.sql(
                "INSERT INTO api_ladders VALUES (:mode, :country, :step, :day, :above, :packed)",
                mode=mode,
                country=where,
                step=each.step,
                day=number_of(day),
                above=each.above,
                packed=each.packed,
            )
    return at_ms


@pytest.fixture
def cleared(mended: House) -> House:
    """Nothing is known of the past."""
    for table in ("api_snapshots", "api_days", "api_ladders"):
        mended.sql(f"DELETE FROM {table}")
    return mended


def test_who_rests_falls_as_others_rise(cleared: House) -> None:
    house = cleared
    snapshot(house, 20, 4000, 3)
    at = [
        ladder(house, TODAY - timedelta(days=5), {4000: 1, 4100: 1, 9000: 1}, {4000: 1}),
        ladder(house, TODAY - timedelta(days=4), {4000: 2, 4100: 3, 9000: 1, 80: 7}, {4000: 1, 9000: 1}),
    ]
    ranks = captures(house, "rank", mode=2)
    assert ranks[:2] == [
        {"captured_at": iso(NOW_MS - 20 * DAY_MS), "overall": 3, "country": 1},
        {"captured_at": iso(at[0]), "overall": 3, "country": 1},
    ]
    assert ranks[2] == {"captured_at": iso(at[1]), "overall": 5, "country": 2}
    assert [each["pp"] for each in captures(house, "pp", mode=2)][:3] == [4000.0, 4000.0, 4000.0]


def test_a_ladder_without_the_player_says_nothing_of_them(cleared: House) -> None:
    """Hidden on that day, say: others had ranks, they had none."""
    house = cleared
    snapshot(house, 20, 4000, 3)
    ladder(house, TODAY - timedelta(days=5), {3999: 1, 4001: 1}, {})
    now = house.ask("/get_player_info", {"id": AIKO, "scope": "stats"}).json["player"]["stats"]["2"]
    assert [each["overall"] for each in captures(house, "rank", mode=2)] == [3, *([now["rank"]] if now["rank"] else [])]
    assert [each["pp"] for each in captures(house, "pp", mode=2)] == [4000, 4000, now["pp"]]


def test_where_the_days_ladder_does_not_know_them_their_own_snapshot_counts(cleared: House) -> None:
    house = cleared
    day = TODAY - timedelta(days=5)
    ladder(house, day, {1: 1}, {})
    at = snapshot(house, 5, 4000, 8, country_rank=0)
    assert captures(house, "rank", mode=2)[0] == {"captured_at": iso(at), "overall": 8, "country": None}


def test_the_last_capture_is_now_and_there_is_one_a_day(cleared: House) -> None:
    house = cleared
    ladder(house, TODAY, {8000: 1}, {8000: 1}, mode=0)
    snapshot(house, 0.2, 8000, 7, mode=0)
    snapshot(house, 0.1, 8100, 6, mode=0)
    info = house.ask("/get_player_info", {"id": AIKO, "scope": "stats"}).json["player"]["stats"]["0"]
    assert captures(house, "rank") == [
        {"captured_at": iso(NOW_MS), "overall": info["rank"], "country": info["country_rank"]}
    ]
    assert captures(house, "pp") == [{"captured_at": iso(NOW_MS), "pp": info["pp"]}]


def test_of_so_many_days(cleared: House) -> None:
    house = cleared
    for days in (3, 2, 1):
        snapshot(house, days, 5000 - days, 1, mode=0)
    assert len(captures(house, "pp", limit=3)) == 3
    assert captures(house, "pp", limit=2)[0]["pp"] == 4999
    assert len(captures(house, "pp", limit=100_000)) == 4


def test_a_peak_is_of_ranks_only_and_the_last_time_it_was_so(cleared: House) -> None:
    house = cleared
    snapshot(house, 9, 0, 0)
    assert captures(house, "peak", mode=2) == []
    snapshot(house, 8, 100, 5)
    snapshot(house, 7, 200, 2)
    again = snapshot(house, 6, 200, 2)
    snapshot(house, 5, 100, 4)
    assert captures(house, "peak", mode=2) == [{"captured_at": iso(again), "rank": 2}]


def test_plays_by_month(mended: House) -> None:
    """As the game server's clock says; a month without plays is left out."""
    house = mended
    for number, moment in enumerate(("2023-11-30 23:59:59", "2023-11-01 00:00:00", "2024-01-31 12:00:00")):
        house.sql(
            """
            INSERT INTO scores (id, map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu,
                                grade, status, mode, play_time, time_elapsed, client_flags, userid, perfect,
                                online_checksum)
            VALUES (:id, 'x', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'F', 0, 6, :moment, 0, 0, :user, 0, 'x')
            """,
            id=900_000 + number,
            moment=datetime.fromisoformat(moment),
            user=AIKO,
        )
    assert captures(house, "playcount", mode=6) == [
        {"captured_at": "2023-11-01T00:00:00.000Z", "playcount": 2},
        {"captured_at": "2024-01-01T00:00:00.000Z", "playcount": 1},
    ]
    assert [each["playcount"] for each in captures(house, "playcount", mode=6, limit=1)] == [1]


@pytest.mark.parametrize("player", [RESTRICTED, UNVERIFIED, 2_000_000])
def test_of_hidden_players_nothing_is_told(house: House, player: int) -> None:
    for scope in ("rank", "pp", "peak", "playcount"):
        answer = house.ask("/get_player_history", {"scope": scope, "id": player})
        assert (answer.status, answer.json) == (404, {"status": "Player not found."})


def test_how_many_statements_it_takes(house: House) -> None:
    for scope, statements in (("rank", 5), ("pp", 5), ("peak", 6), ("playcount", 2)):
        for limit in (7, 365):
            house.ask("/get_player_history", {"scope": scope, "id": AIKO, "limit": limit}, queries=statements)
