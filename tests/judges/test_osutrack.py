"""A client that knows the osu!track API's readme and nothing else: what it reads is what was put into the tables."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from tests.golden.house import fill, settings_for
from tests.golden.maps import MAPS
from tests.golden.own import CLOCK, NOW_MS, SNAPSHOTS, TOP_PLAYS
from tests.golden.people import AIKO, BRACKETS, GIANT, RESTRICTED, STATS, TWO_WORDS, USERS, Row
from tests.golden.plays import SCORES
from tests.golden.serving import serving
from tests.judges.osutrack_client import BestPlay, Hiscore, NewHiscore, OsuTrack, Peak, Stats


@pytest.fixture(scope="module")
def address(
    golden_runner: asyncio.Runner, golden_valkey: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server with the API at the root of its only host."""
    folder = tmp_path_factory.mktemp("osutrack")
    settings = settings_for(f"sqlite:///{folder / 'osutrack.db'}", golden_valkey, folder / "data")
    settings = replace(settings, osutrack=replace(settings.osutrack, hosts=("127.0.0.1",)))
    fill(golden_runner, settings)
    with serving(settings, lambda: CLOCK) as found:
        yield found


@pytest.fixture(params=["", "/osutrack"])
def api(request: pytest.FixtureRequest, address: str) -> Iterator[OsuTrack]:
    client = OsuTrack(address + request.param)
    yield client
    client.close()


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def kept(user_id: int, mode: int) -> list[Row]:
    found = [row for row in SNAPSHOTS if (row["user_id"], row["mode"]) == (user_id, mode)]
    return sorted(found, key=lambda row: row["at_ms"])


def stats(row: Row) -> Stats:
    same = ("count300", "count100", "count50", "playcount", "pp_rank", "level", "pp_raw", "accuracy")
    grades = ("count_rank_ss", "count_rank_s", "count_rank_a")
    scores = {name: str(row[name]) for name in ("ranked_score", "total_score")}
    return Stats(**{name: row[name] for name in (*same, *grades)}, **scores, timestamp=moment(row["at_ms"]))


def recorded(mode: int, user_id: int | None = None) -> list[Row]:
    seen = [row for row in TOP_PLAYS if row["mode"] == mode and row["user_id"] != RESTRICTED]
    return [row for row in seen if user_id in (None, row["user_id"])]


def play(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("beatmap_id", "score", "pp", "mods")},
        **{"rank": row["grade"], "score_time": moment(row["score_ms"]), "update_time": moment(row["update_ms"])},
    }


@pytest.mark.parametrize(("user_id", "mode"), [(TWO_WORDS, 0), (GIANT, 0), (TWO_WORDS, 2)])
def test_updates(api: OsuTrack, user_id: int, mode: int) -> None:
    assert api.stats_history(user_id, mode) == [stats(row) for row in kept(user_id, mode)]


def test_updates_of_some_days(api: OsuTrack) -> None:
    first, second = (stats(row) for row in kept(TWO_WORDS, 0))
    new_year = date(2024, 1, 1)
    assert api.stats_history(TWO_WORDS, 0, start=new_year) == [second]
    assert api.stats_history(TWO_WORDS, 0, end=new_year) == [first, second]
    assert api.stats_history(TWO_WORDS, 0, date(2023, 12, 31), date(2023, 12, 31)) == []
    assert api.stats_history(RESTRICTED, 0) == api.stats_history(999, 0) == []


def test_hiscores(api: OsuTrack) -> None:
    in_order = sorted(recorded(0, TWO_WORDS), key=lambda row: row["score_ms"])
    assert api.hiscores(TWO_WORDS, 0) == [Hiscore(**play(row)) for row in in_order]
    (of_this_year,) = api.hiscores(BRACKETS, 0, start=date(2024, 1, 1))
    assert (of_this_year.pp, of_this_year.score_time) == (151.0, datetime(2024, 1, 1, tzinfo=UTC))


def test_peaks(api: OsuTrack) -> None:
    rows = kept(TWO_WORDS, 0)
    best = max(row["accuracy"] for row in rows), min(row["pp_rank"] for row in rows)
    last = moment(rows[-1]["at_ms"])
    assert api.peak(TWO_WORDS, 0) == Peak(best[1], last, best[0], last)
    assert api.peak(RESTRICTED, 0) == api.peak(999, 0) == api.peak(TWO_WORDS, 1) == Peak(None, None, None, None)


def test_best_plays(api: OsuTrack) -> None:
    in_order = sorted(recorded(1), key=lambda row: -row["pp"])
    assert api.bestplays(1, limit=10_000) == [BestPlay(user=row["user_id"], **play(row)) for row in in_order]
    best = api.bestplays(0)
    assert [found.pp for found in best] == sorted((row["pp"] for row in recorded(0)), reverse=True)
    assert api.bestplays(0, limit=3) == best[:3]
    old = [found for found in best if found.score_time <= datetime(2024, 1, 1, tzinfo=UTC)]
    assert api.bestplays(0, end=date(2024, 1, 1)) == old
    assert 0 < len(old) < len(best)


@pytest.mark.parametrize("path", ["/peak?user=Aiko&mode=0", "/stats_history?user=3", "/bestplays?mode=0&limit=0"])
def test_what_is_not_understood(api: OsuTrack, path: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as raised:
        api._ask("GET", path)
    assert raised.value.response.status_code == 400
    assert raised.value.response.text.partition(":")[0] in path + "mode"


def test_an_update(address: str) -> None:
    """Asked once: what is there now less what was there before."""
    api = OsuTrack(address)
    before = kept(AIKO, 0)[-1]
    now = next(row for row in STATS if (row["id"], row["mode"]) == (AIKO, 0))
    told = api.update(AIKO, 0)
    assert told is not None
    assert (told.username, told.mode, told.first, told.levelup) == ("Aiko", 0, False, False)
    assert told.playcount == now["plays"] - before["playcount"]
    assert told.ranked_score == now["rscore"] - before["ranked_score"]
    assert told.total_score == now["tscore"] - before["total_score"]
    assert told.pp_raw == now["pp"] - before["pp_raw"]
    assert told.accuracy == pytest.approx(now["acc"] - before["accuracy"], abs=1e-6)
    assert told.pp_rank == 1 - before["pp_rank"]
    own = [row for row in SCORES if (row["userid"], row["mode"]) == (AIKO, 0)]
    for name, column in (("count300", "n300"), ("count100", "n100"), ("count50", "n50")):
        assert getattr(told, name) == sum(row[column] for row in own) - before[name]
    for name, column in (("count_rank_ss", "x_count"), ("count_rank_s", "s_count"), ("count_rank_a", "a_count")):
        assert getattr(told, name) == now[column] - before[name]
    assert told.newhs == new_hiscores(AIKO)
    # What it has recorded is told from now on, and no update is new twice.
    assert {play.update_time for play in api.hiscores(AIKO, 0)} >= {moment(NOW_MS)}
    assert api.stats_history(AIKO, 0)[-1].timestamp == moment(NOW_MS)
    again = api.update(AIKO, 0)
    assert again is not None
    assert (again.newhs, again.playcount, again.pp_raw, again.level) == ([], 0, 0, 0)
    api.close()


def new_hiscores(user_id: int) -> list[NewHiscore]:
    """The best plays on ranked and approved beatmaps, less those that are recorded."""
    ranked = {row["md5"]: row["id"] for row in MAPS if row["status"] in (2, 3)}
    own = [row for row in SCORES if (row["userid"], row["mode"], row["status"]) == (user_id, 0, 2)]
    best = sorted((row for row in own if row["map_md5"] in ranked), key=lambda row: (-row["pp"], row["id"]))
    known = {row["score_id"] for row in recorded(0, user_id)}
    return [
        NewHiscore(
            **{"beatmap_id": str(ranked[row["map_md5"]]), "score_id": str(row["id"]), "score": str(row["score"])},
            **{"maxcombo": str(row["max_combo"]), "count50": str(row["n50"]), "count100": str(row["n100"])},
            **{"count300": str(row["n300"]), "countmiss": str(row["nmiss"]), "countkatu": str(row["nkatu"])},
            **{"countgeki": str(row["ngeki"]), "perfect": str(row["perfect"]), "enabled_mods": str(row["mods"])},
            **{"user_id": str(user_id), "date": f"{row['play_time']:%Y-%m-%d %H:%M:%S}", "rank": row["grade"]},
            **{"pp": f"{row['pp']:g}", "replay_available": "0", "ranking": place},
        )
        for place, row in enumerate(best)
        if row["id"] not in known
    ]


def test_the_first_update_of_everybody(address: str) -> None:
    """Whoever may be seen exists, and the first update of one who has played is the first."""
    api = OsuTrack(address)
    for user in USERS:
        told = api.update(user["id"], 1)
        seen = user["priv"] & 3 == 3 and user["id"] != 1
        assert (told is not None) is seen
        if told is not None:
            assert (told.username, told.first) == (user["name"], True)
    assert api.update(999, 1) is None
    api.close()
