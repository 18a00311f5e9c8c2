"""Which mods change a difficulty, and what the calculators say of files."""

from functools import partial

import akatsuki_pp_py
import pytest
import rosu_pp_py
from hypothesis import given
from hypothesis import strategies as st

from server.domain.beatmap_files import COMBINATIONS, UNRATED, Difficulty, difficulty_mods
from server.domain.mods import EVERY_BIT, bits_of, letters_of
from server.services.calculators import Unreadable, rate
from tests.index.stage import AKATSUKI, CATCH, MANIA, OSU, ROOT, ROSU, SAMPLES, TAIKO

DEMO = sorted((ROOT / "server" / "demo" / "beatmaps").rglob("*.osu"))[:6]

CONTENTS = {"osu": OSU, "taiko": TAIKO, "catch": CATCH, "mania": MANIA}
CONTENTS |= {path.name: path.read_bytes() for path in (*DEMO, *sorted(SAMPLES.glob("*.osu")))}


def test_combinations() -> None:
    assert {letters_of(bits) for bits in COMBINATIONS} == {
        *("NM", "EZ", "HR", "DT", "HT", "EZDT", "HRDT", "EZHT", "HRHT")
    }


@pytest.mark.parametrize(
    ("mods", "counting"),
    [("HDFLSO", "NM"), ("NC", "DT"), ("DTNC", "DT"), ("HDHRNC", "HRDT"), ("V2EZHT4K", "EZHT"), ("NM", "NM")],
)
def test_mods_that_count(mods: str, counting: str) -> None:
    assert difficulty_mods(bits_of(mods)) == bits_of(counting)


@pytest.mark.parametrize("mods", ["EZHR", "DTHT", "NCHT", "EZHRDTHT"])
def test_mods_that_contradict_each_other(mods: str) -> None:
    assert difficulty_mods(bits_of(mods)) is None


@given(st.integers(0, EVERY_BIT))
def test_any_mods(bits: int) -> None:
    counting = difficulty_mods(bits)
    assert counting is None or counting in COMBINATIONS
    assert counting is None or difficulty_mods(counting) == counting


def by_akatsuki(content: bytes, ruleset: int, mods: int) -> Difficulty:
    found = akatsuki_pp_py.Calculator(mode=ruleset, mods=mods).difficulty(akatsuki_pp_py.Beatmap(bytes=content))
    return Difficulty(found.stars, found.aim, found.speed, found.max_combo)


def by_rosu(content: bytes, ruleset: int, mods: int) -> Difficulty:
    modes = (rosu_pp_py.GameMode.Osu, rosu_pp_py.GameMode.Taiko, rosu_pp_py.GameMode.Catch, rosu_pp_py.GameMode.Mania)
    beatmap = rosu_pp_py.Beatmap(bytes=content)
    beatmap.convert(modes[ruleset], mods)
    found = rosu_pp_py.Difficulty(mods=mods, lazer=False).calculate(beatmap)
    return Difficulty(found.stars, found.aim, found.speed, found.max_combo)


def own_ruleset(content: bytes) -> int:
    names = ("Osu", "Taiko", "Catch", "Mania")
    return names.index(str(rosu_pp_py.Beatmap(bytes=content).mode).rpartition(".")[2])


@pytest.mark.parametrize("calculator", [AKATSUKI, ROSU])
@pytest.mark.parametrize("name", CONTENTS)
def test_the_calculators_own_numbers(calculator: str, name: str) -> None:
    content = CONTENTS[name]
    own = own_ruleset(content)
    wanted = tuple((ruleset, mods) for ruleset in range(4) for mods in COMBINATIONS)
    direct = partial(by_akatsuki if calculator == AKATSUKI else by_rosu, content)
    expected = [direct(*each) if own in (0, each[0]) else UNRATED for each in wanted]
    found = rate(calculator, content, wanted)
    assert found == expected
    plain = dict(zip(wanted, found, strict=True))
    assert plain[own, 0].stars
    assert plain[own, 0].max_combo
    assert (plain[own, 0].aim is not None, plain[own, 0].speed is not None) == (own == 0, own == 0)
    assert plain[own, 64].stars > plain[own, 0].stars > plain[own, 256].stars


@pytest.mark.parametrize("calculator", [AKATSUKI, ROSU])
def test_what_is_no_beatmap(calculator: str) -> None:
    for content in (b"", b"<html>502</html>", bytes(range(256)) * 8):
        with pytest.raises(Unreadable):
            rate(calculator, content, ((0, 0),))
