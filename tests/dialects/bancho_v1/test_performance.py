"""calculate_pp: the same numbers as the calculators themselves give, in bancho.py's form."""

import asyncio
import hashlib
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import akatsuki_pp_py
import httpx
import pytest
import rosu_pp_py

from server.domain.performance import Play
from server.domain.problems import Unavailable
from server.services import performance
from server.services.calculating import Calculating
from server.services.performance import Performance
from server.storage.files import Files
from tests.golden.house import House
from tests.golden.maps import CATCH, FROZEN, MANIA, NO_FILE, OSU_FILES, STANDARD, TAIKO
from tests.golden.people import AIKO_KEY

PERFORMANCE = ["pp", "pp_acc", "pp_aim", "pp_speed", "pp_flashlight", "effective_miss_count", "pp_difficulty"]
DIFFICULTY = [
    *("stars", "aim", "speed", "flashlight", "slider_factor", "speed_note_count"),
    *("stamina", "color", "rhythm", "peak"),
]


def asked(house: House, path: str, key: str | None = AIKO_KEY) -> Any:
    return house.ask(f"/calculate_pp?{path}", key=key).json


def akatsuki(map_id: int, **given: Any) -> Any:
    beatmap = akatsuki_pp_py.Beatmap(bytes=OSU_FILES[map_id].encode())
    return akatsuki_pp_py.Calculator(**given).performance(beatmap)


def same(worth: Any, result: Any) -> bool:
    """Is it the calculator's own result, part for part?"""
    # Relax can make the calculator divide by nothing.
    pp = round(result.pp, 3) if math.isfinite(result.pp) else 0.0
    parts = {name: getattr(result, name) for name in PERFORMANCE} | {"pp": pp}
    difficulty = {name: getattr(result.difficulty, name) for name in DIFFICULTY}
    return bool(worth["performance"] == parts and worth["difficulty"] == difficulty)


MODS = [0, 8 | 16, 64, 64 | 512, 256, 2 | 1024, 128, 8192, 1 | 4096]


@pytest.mark.parametrize(
    ("map_id", "mode"), [(STANDARD, 0), (TAIKO, 1), (CATCH, 2), (MANIA, 3), (STANDARD, 3), (STANDARD, 1)]
)
def test_the_calculators_own_numbers(house: House, map_id: int, mode: int) -> None:
    for mods in MODS:
        for acc, worth in zip((100, 99, 98, 95), asked(house, f"id={map_id}&mode={mode}&mods={mods}"), strict=True):
            assert same(worth, akatsuki(map_id, mode=mode, mods=mods, acc=acc))
            assert worth["accuracy"] == acc


def test_the_form(house: House) -> None:
    (worth,) = asked(house, f"id={STANDARD}&acc=97.5")
    assert list(worth) == ["performance", "difficulty", "accuracy"]
    assert list(worth["performance"]) == PERFORMANCE
    assert list(worth["difficulty"]) == DIFFICULTY
    assert worth["accuracy"] == 97.5
    assert worth["performance"]["pp"] == round(worth["performance"]["pp"], 3) > 0


def test_accuracies_in_the_order_asked_each_with_an_answer(house: House) -> None:
    worths = asked(house, f"id={STANDARD}&acc=98&acc=100&acc=98,0&acc=99.55")
    assert [worth["accuracy"] for worth in worths] == [98, 100, 98, 0, 99.55]
    assert worths[0] == worths[2]


@pytest.mark.parametrize("count", ["n100=0", "n50=3", "ngeki=10", "nkatu=1"])
def test_any_hit_count_asks_for_a_single_play(house: House, count: str) -> None:
    worth = asked(house, f"id={STANDARD}&{count}&acc=50&acc=60")
    assert isinstance(worth, dict)
    assert worth["accuracy"] is None


def test_hit_counts_as_the_calculator_takes_them(house: House) -> None:
    worth = asked(house, f"id={STANDARD}&n100=3&n50=2&misses=4&combo=77&mods=72")
    assert same(worth, akatsuki(STANDARD, mode=0, mods=72, n100=3, n50=2, n_misses=4, combo=77))
    worth = asked(house, f"id={MANIA}&mode=3&ngeki=100&nkatu=5")
    assert same(worth, akatsuki(MANIA, mode=3, mods=0, n_geki=100, n_katu=5, n100=0, n50=0, n_misses=0))


def test_a_count_that_is_not_given_is_none_of_them(house: House) -> None:
    """Left to itself the calculator would make it up from what is left over."""
    worth = asked(house, f"id={MANIA}&mode=3&n100=10")
    assert same(worth, akatsuki(MANIA, mode=3, mods=0, n100=10, n50=0, n_geki=0, n_katu=0, n_misses=0))
    assert not same(worth, akatsuki(MANIA, mode=3, mods=0, n100=10, n_misses=0))


def test_misses_and_combo_count_beside_accuracies(house: House) -> None:
    (worth,) = asked(house, f"id={STANDARD}&acc=96&misses=2&combo=50")
    assert same(worth, akatsuki(STANDARD, mode=0, mods=0, acc=96, n_misses=2, combo=50))


def test_nightcore_is_double_time(house: House) -> None:
    assert asked(house, f"id={STANDARD}&mods=512") == asked(house, f"id={STANDARD}&mods=576")
    assert asked(house, f"id={STANDARD}&mods=NC") == asked(house, f"id={STANDARD}&mods=DT")
    assert asked(house, f"id={STANDARD}&mods=hddt") == asked(house, f"id={STANDARD}&mods=72")


@pytest.mark.parametrize(("mode", "ruleset"), [(4, 0), (5, 1), (6, 2), (7, 3), (8, 0), (11, 3), ("taiko", 1)])
def test_of_a_mode_only_the_ruleset_counts(house: House, mode: int | str, ruleset: int) -> None:
    path = f"id={STANDARD}&acc=98"
    assert asked(house, f"{path}&mode={mode}") == asked(house, f"{path}&mode={ruleset}")


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("id=404", 400, "Beatmap not found."),
        (f"id={NO_FILE}", 400, "Beatmap file could not be fetched."),
        (f"id={FROZEN}", 400, "Beatmap file could not be read."),
    ],
)
def test_refusals(house: House, path: str, status: int, sentence: str) -> None:
    answered = house.ask(f"/calculate_pp?{path}", key=AIKO_KEY)
    assert (answered.status, answered.json) == (status, {"status": sentence})


@pytest.mark.parametrize(
    "bad", ["acc=100.01", "acc=-1", "acc=nan", "acc=inf", "acc=", "mods=zz", "misses=-1", "combo=1e9"]
)
def test_what_makes_no_sense_is_refused_before_it_is_calculated(house: House, bad: str) -> None:
    assert house.ask(f"/calculate_pp?id={STANDARD}&{bad}", key=AIKO_KEY, queries=0).status == 422


def test_more_hits_than_objects_are_no_crash(house: House) -> None:
    for path in ("n100=100000000", "misses=100000000", "combo=100000000&acc=100", "n50=100000000&ngeki=100000000"):
        answered = house.ask(f"/calculate_pp?id={STANDARD}&{path}", key=AIKO_KEY)
        assert answered.status == 200


def test_without_a_key_where_none_is_wanted(house: House) -> None:
    with house.variant(performance={"needs_key": False}) as open_house:
        assert asked(open_house, f"id={STANDARD}", None) == asked(house, f"id={STANDARD}")
        assert open_house.ask(f"/calculate_pp?id={STANDARD}", key="bad").status == 200
        assert open_house.ask("/get_friends").status == 401


def rosu(map_id: int, mode: int, mods: int, **given: Any) -> Any:
    beatmap = rosu_pp_py.Beatmap(bytes=OSU_FILES[map_id].encode())
    modes = [rosu_pp_py.GameMode.Osu, rosu_pp_py.GameMode.Taiko, rosu_pp_py.GameMode.Catch, rosu_pp_py.GameMode.Mania]
    if beatmap.mode != modes[mode]:
        beatmap.convert(modes[mode], mods)
    return rosu_pp_py.Performance(mods=mods, lazer=False, **given).calculate(beatmap)


def test_the_other_calculator(house: House) -> None:
    with house.variant(performance={"calculator": "rosu-pp-py"}) as other:
        for map_id, mode in ((STANDARD, 0), (TAIKO, 1), (CATCH, 2), (MANIA, 3), (STANDARD, 3)):
            for mods in (0, 8 | 16, 64, 512, 256):
                result = rosu(map_id, mode, mods | (64 if mods == 512 else 0), accuracy=98.5)
                (worth,) = asked(other, f"id={map_id}&mode={mode}&mods={mods}&acc=98.5")
                assert worth["performance"]["pp"] == round(result.pp, 3)
                assert worth["performance"]["pp_acc"] == result.pp_accuracy
                assert worth["difficulty"]["stars"] == result.difficulty.stars
        result = rosu(STANDARD, 0, 0, n100=3, misses=2, combo=40)
        worth = asked(other, f"id={STANDARD}&n100=3&misses=2&combo=40")
        assert worth["performance"]["pp"] == round(result.pp, 3)
        assert other.ask(f"/calculate_pp?id={FROZEN}", key=AIKO_KEY).json == {
            "status": "Beatmap file could not be read."
        }


def test_a_changed_file_of_a_known_beatmap_is_asked_of_the_database_each_time(house: House) -> None:
    """Results are remembered, who may ask and whether the beatmap is there are not."""
    path = f"/calculate_pp?id={STANDARD}&acc=93.21"
    assert house.ask(path, key=AIKO_KEY, queries=3).body == house.ask(path, key=AIKO_KEY, queries=3).body


CONTENTS = {1: b"stuck", 2: b"good", 3: b"dies", 4: b"fine"}


def pretend(calculator: str, content: bytes, plays: Any) -> Any:
    """In the place of a calculator: what it does stands in the file."""
    if content == b"stuck":
        time.sleep(600)
    if content == b"dies":
        os._exit(1)
    return [os.getpid()]


class Known:
    """Every beatmap, its file being what `CONTENTS` says."""

    async def find(self, ref: Any) -> Any:
        return SimpleNamespace(id=ref.id, md5=hashlib.md5(CONTENTS[ref.id]).hexdigest())


@pytest.fixture
def pretending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Performance]:
    monkeypatch.setattr(performance, "calculate", pretend)
    monkeypatch.setattr(performance, "PATIENCE_SECONDS", 5)
    (tmp_path / "osu").mkdir()
    for map_id, content in CONTENTS.items():
        (tmp_path / "osu" / f"{map_id}.osu").write_bytes(content)
    stored: Any = Known()
    asked = Performance(stored, Files(tmp_path), Calculating(), "pretended", "", 0)
    yield asked
    asked.close()


PLAYS = (Play(0, 0),)


async def test_those_behind_a_stuck_beatmap_are_answered(pretending: Performance) -> None:
    asked = [pretending.of(map_id, PLAYS) for map_id in (1, 2, 3, 4)]
    stuck, good, dies, fine = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(stuck, Unavailable)
    assert "too long" in stuck.message
    assert isinstance(dies, Unavailable)
    assert "broke down" in dies.message
    assert isinstance(good, list)
    assert isinstance(fine, list)


async def test_who_gives_up_does_not_disturb_the_others(pretending: Performance) -> None:
    first = await pretending.of(2, PLAYS)
    at_work = asyncio.create_task(pretending.of(1, PLAYS))
    await asyncio.sleep(0.3)
    in_line = asyncio.create_task(pretending.of(2, PLAYS))
    behind = asyncio.create_task(pretending.of(4, PLAYS))
    await asyncio.sleep(0.1)
    in_line.cancel()
    await asyncio.sleep(0.1)
    assert not at_work.done()
    started = time.monotonic()
    at_work.cancel()
    assert await behind != first
    assert time.monotonic() - started < 4


async def test_a_fetched_beatmap_that_cannot_be_kept_is_used(
    pretending: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Upstream(httpx.AsyncClient):
        def __init__(self, **_: Any) -> None:
            super().__init__(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=b"good")))

    monkeypatch.setattr(httpx, "AsyncClient", Upstream)
    (tmp_path / "file").write_bytes(b"")
    stored: Any = Known()
    asked = Performance(stored, Files(tmp_path / "file"), Calculating(), "pretended", "http://upstream/{id}", 0)
    try:
        assert len(await asked.of(2, PLAYS)) == 1
    finally:
        asked.close()
    assert "used all the same" in caplog.text
