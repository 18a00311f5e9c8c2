"""What the parameters of the osu! API v1 mean."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.dialects.osu_v1.params import Clamped, _read_mods, _read_since
from server.dialects.osu_v1.shapes.users import user_shape
from server.domain.achievements import EventKind, RankEvent, Totals
from server.domain.beatmaps import Beatmap
from server.domain.levels import ABOVE_100, REACHED, level
from server.domain.mods import EVERY_BIT
from server.domain.players import Player, Rank, RankedStats, Stats
from server.domain.privileges import Viewer
from server.services import access
from server.web.params import Refused
from server.web.text import number


@pytest.mark.parametrize(
    ("text", "bits"), [("0", 0), (" 72 ", 72), ("HDDT", 72), ("nc", 576), ("PFhr", 16384 | 32 | 16), ("NM", 0)]
)
def test_mods(text: str, bits: int) -> None:
    assert _read_mods(text) == bits


@given(st.integers(0, EVERY_BIT))
def test_a_bit_field_is_taken_as_it_is(bits: int) -> None:
    assert _read_mods(str(bits)) == bits


@pytest.mark.parametrize("text", ["-1", "HDX", "H", "1.5", str(EVERY_BIT + 1), "none", "HD,DT"])
def test_other_mods_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="or letters such as HDDT"):
        _read_mods(text)


@given(st.integers(-(10**20), 10**20), st.integers(-50, 50), st.integers(0, 100))
def test_numbers_out_of_bounds_mean_the_bound(value: int, least: int, wide: int) -> None:
    read = Clamped(least, least + wide).read(str(value))
    assert least <= read <= least + wide
    assert read == value or (value - read) * (read - least - wide / 2) > 0 or wide == 0


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-02", 86_400_000),
        ("1970-01-01 00:00:01", 1000),
        ("1970-01-01T00:01:00", 60_000),
        (" 1970-01-01 00:02 ", 120_000),
        ("1969-12-31", -86_400_000),
    ],
)
def test_dates(text: str, milliseconds: int) -> None:
    assert _read_since(text) == milliseconds


@pytest.mark.parametrize("text", ["0000-00-00", "2024-02-30", "2024-1", "yesterday", "2024-01-01 25:00:00", "1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        _read_since(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_told_whole_and_without_exponents(value: float) -> None:
    text = number(value)
    assert float(text) == value
    assert set(text) <= set("-.0123456789")
    assert not text.endswith(".0")


def test_levels() -> None:
    """The steps as they are published, first and last and what they come to."""
    steps = [after - before for before, after in pairwise(REACHED)]
    assert steps[:4] == [30_000, 100_000, 210_000, 360_000]
    assert (len(steps), steps[-1], REACHED[-1]) == (99, 9_225_761_479, 26_931_190_827)
    for reached, expected in enumerate(REACHED, 1):
        assert level(expected) == reached
    assert level(REACHED[-1] + 3 * ABOVE_100 + ABOVE_100 // 2) == pytest.approx(103.5)
    assert level(-5) == level(0) == 1.0


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_more_score_is_never_a_lower_level(score: int, more: int) -> None:
    assert 1 <= level(score) <= level(score + more)


def test_names_are_no_markup() -> None:
    player = Player(3, "<b> & 'x'", "x", 3, "xx", 0, 0, 0, 0, 0, 0, 0, 0, None, None, None)
    stats = Stats(3, 0, 26_931_190_826, *(1,) * 13)
    beatmap = Beatmap("m", 5, 6, "<i>", "t", "v", "c", datetime(2020, 1, 1), *(1,) * 12)
    event = RankEvent(EventKind.LOST_FIRST, 1, 0, 1, "S", 2, 0, beatmap)
    told = user_shape(player, RankedStats(stats, Rank(1, 1)), Totals(1, 2, 3), [event])
    html = told["events"][0]["display_html"]
    assert "<b><a href='/u/3'>&lt;b&gt; &amp; &#x27;x&#x27;</a></b>" in html
    assert ">&lt;i&gt; - t [v]</a>" in html
    # Not the next level before it is reached.
    assert told["level"] == "99.9999"


async def test_no_more_keys_are_believed_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_BELIEVED", 3)
    asked: list[str] = []

    async def viewer(secret: str) -> Viewer:
        asked.append(secret)
        return Viewer(3)

    door = access.Access(None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(door, "viewer", viewer)
    for secret in ("a", "b", "a", "c", "d", "a", "d"):
        assert await door.knows(secret)
    assert asked == ["a", "b", "c", "d", "a"]
