"""Ladders and the days that follow from them, against plain counting."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.ladders import STEP, Rung, rank, rungs
from server.domain.progress import day_points
from server.domain.snapshots import DayPoint, Figures, Snapshot

# Near the borders of steps, far up, and a few that meet often.
_pps = st.one_of(
    st.integers(1, 40),
    st.integers(1, 2**31 - 1),
    st.builds(lambda step, by: max(1, step * STEP + by), st.integers(0, 4), st.integers(-2, 2)),
    st.integers(2**31 - 3, 2**31 - 1),
)


@given(st.lists(_pps, max_size=80), st.lists(_pps, max_size=20))
def test_a_rank_is_one_and_how_many_have_more(players: list[int], strangers: list[int]) -> None:
    ladder = {each.step: each for each in rungs(Counter(players))}
    assert set(ladder) == {pp // STEP for pp in players}
    for pp in players:
        assert rank(pp, ladder[pp // STEP]) == 1 + sum(other > pp for other in players)
    for pp in set(strangers) - set(players):
        if pp // STEP in ladder:
            assert rank(pp, ladder[pp // STEP]) is None


def test_as_many_as_may_be_have_the_same() -> None:
    many = 2**31 - 1
    low, high = rungs({STEP: 3, 1: many, STEP - 1: many})
    assert (low.step, high.step) == (1, 0)
    assert [rank(1, high), rank(STEP - 1, high), rank(STEP, low)] == [1 + 3 + many, 4, 1]


def test_a_full_step_is_small() -> None:
    (full,) = rungs({pp: 1 + pp % 3 for pp in range(STEP)})
    assert len(full.packed) < 3 * STEP


MARCH = [date(2025, 3, each) for each in range(1, 10)]


def at(day: int, hour: int = 12) -> int:
    return int(datetime(2025, 3, day, hour, tzinfo=UTC).timestamp()) * 1000


def snapshot(at_ms: int, pp: int, world: int = 70, country: int = 7) -> Snapshot:
    nothing = dict.fromkeys(Figures._fields, 0)
    return Snapshot(at_ms, Figures(**nothing | {"pp_raw": float(pp), "pp_rank": world, "country_rank": country}))


def ladder(day: int, *players: tuple[int, str]) -> dict[tuple[date, str, int], Rung]:
    found = {}
    for country in ("", *(land for _, land in players)):
        counted = Counter(pp for pp, land in players if country in ("", land))
        found |= {(MARCH[day - 1], country, each.step): each for each in rungs(counted)}
    return found


WORLD = ((100, "de"), (2000, "de"), (100, "jp"), (500, "jp"))


def point(day: int, at_ms: int, pp: int, world: int | None, country: int | None) -> DayPoint:
    return DayPoint(MARCH[day - 1], at_ms, float(pp), world, country)


@pytest.mark.parametrize(
    ("snapshots", "made", "expected"),
    [
        # Nothing is known of the player, or of any day.
        ([], {2: at(2, 4)}, []),
        ([snapshot(at(1), 100)], {}, [point(1, at(1), 100, 70, 7)]),
        # They rest: the ladder says where they have come to, with the pp they had.
        ([snapshot(at(1), 100)], {2: at(2, 4), 4: at(4, 5)}, [
            point(1, at(1), 100, 70, 7), point(2, at(2, 4), 100, 3, 2), point(4, at(4, 5), 100, 3, 2),
        ]),
        # Of several snapshots on a day without a ladder the last counts; with one, the last before it.
        ([snapshot(at(2, 1), 50), snapshot(at(2, 3), 100), snapshot(at(2, 20), 500)], {}, [
            point(2, at(2, 20), 500, 70, 7),
        ]),
        ([snapshot(at(2, 1), 50), snapshot(at(2, 4), 100), snapshot(at(2, 20), 500)], {2: at(2, 4)}, [
            point(2, at(2, 4), 100, 3, 2),
        ]),
        # First seen only after the ladder was made: that day is as they were, later ones are of ladders.
        ([snapshot(at(2, 20), 500)], {1: at(1, 4), 2: at(2, 4), 3: at(3, 4)}, [
            point(2, at(2, 20), 500, 70, 7), point(3, at(3, 4), 500, 2, None),
        ]),
        # Nobody on the ladder has these pp: the day's own snapshot counts, and without one there is no rank.
        ([snapshot(at(2, 3), 77)], {2: at(2, 4), 3: at(3, 4)}, [
            point(2, at(2, 3), 77, 70, 7), point(3, at(3, 4), 77, None, None),
        ]),
        # Without pp there is no rank.
        ([snapshot(at(2, 3), 0, 0, 0)], {2: at(2, 4), 3: at(3, 4)}, [
            point(2, at(2, 3), 0, None, None), point(3, at(3, 4), 0, None, None),
        ]),
    ],
)  # fmt: skip
def test_days(snapshots: list[Snapshot], made: dict[int, int], expected: list[DayPoint]) -> None:
    known = {key: value for day in made for key, value in ladder(day, *WORLD).items()}
    days = {MARCH[day - 1]: at_ms for day, at_ms in made.items()}
    assert day_points(snapshots, days, known, "de", MARCH[0]) == expected


def test_days_before_those_asked_for_are_left_out() -> None:
    days = {MARCH[0]: at(1, 4), MARCH[2]: at(3, 4)}
    known = ladder(1, *WORLD) | ladder(3, *WORLD)
    found = day_points([snapshot(at(1, 3), 500)], days, known, "jp", MARCH[1])
    assert found == [point(3, at(3, 4), 500, 2, 1)]
