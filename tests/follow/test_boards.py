"""Boards, told from plays: the same whatever the pieces in which they are looked at."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.achievements import EventKind
from server.domain.boards import LAST_POSITION, Happening, Play, approved_ms, epic, happenings, holder
from server.domain.rulesets import Mode
from server.services.horizon import Horizon, reached

FEW = st.integers(0, 6)


@st.composite
def plays(draw: st.DrawFn) -> list[Play]:
    """Plays in order of id, of which each player's with most pp is their best."""
    drawn = draw(st.lists(st.tuples(st.integers(1, 4), FEW, FEW), max_size=12))
    best = {user: max(pp for each, _, pp in drawn if each == user) for user, _, _ in drawn}
    made: list[Play] = []
    for number, (user, score, pp) in enumerate(drawn, 1):
        first = pp == best[user] and not any(each.user_id == user and each.pp == pp for each in made)
        made.append(Play(number, user, score, pp, 2 if first else 1))
    return made


@given(plays(), st.sampled_from((Mode.OSU, Mode.RELAX_OSU)), st.lists(st.integers(0, 12), max_size=3))
def test_pieces_make_no_difference(made: list[Play], mode: Mode, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(made)) for cut in cuts), len(made)]
    pieces = [
        each
        for start, end in pairwise(edges)
        for each in happenings([play._replace(fresh=play.id > start) for play in made[:end]], mode)
    ]
    assert pieces == happenings([play._replace(fresh=True) for play in made], mode)
    assert happenings(made, mode) == []


@given(plays(), st.sampled_from((Mode.MANIA, Mode.AUTOPILOT_OSU)))
def test_each_happening_is_what_the_board_shows(made: list[Play], mode: Mode) -> None:
    told = happenings([play._replace(fresh=True) for play in made], mode)
    for number, play in enumerate(made, 1):
        boards = []
        for upto in (made[: number - 1], made[:number]):
            best: dict[int, Play] = {}
            for each in upto:
                if each.user_id not in best or each.pp > best[each.user_id].pp:
                    best[each.user_id] = each
            boards.append(sorted(best.values(), key=lambda each: (-(each.pp if mode >= 4 else each.score), each.id)))
        before, after = boards
        expected = []
        if play in after:
            expected.append(Happening(EventKind.RANK, play.user_id, play.id, after.index(play) + 1))
            if after[0] == play and before and before[0].user_id != play.user_id:
                expected.append(Happening(EventKind.LOST_FIRST, before[0].user_id, play.id, 1))
        assert [each for each in told if each.score_id == play.id] == expected
    assert holder(made, mode) == (after[0] if made else None)


def test_far_down_nothing_is_told() -> None:
    crowd = [Play(number, number, 1_000_000, 1, 2) for number in range(1, LAST_POSITION)]
    last, late = Play(5000, 5000, 1, 1, 2, True), Play(5001, 5001, 1, 1, 2, True)
    assert happenings([late, *crowd, last], Mode.OSU) == [Happening(EventKind.RANK, 5000, 5000, LAST_POSITION)]


@pytest.mark.parametrize(
    ("kind", "position", "mode", "passes", "expected"),
    [
        (EventKind.RANK, 1, Mode.OSU, 251, 8),
        (EventKind.RANK, 1, Mode.AUTOPILOT_OSU, 251, 8),
        (EventKind.RANK, 1, Mode.OSU, 250, 4),
        (EventKind.RANK, 1, Mode.TAIKO, 251, 4),
        (EventKind.RANK, 9, Mode.OSU, 251, 4),
        (EventKind.RANK, 10, Mode.OSU, 251, 2),
        (EventKind.RANK, 39, Mode.OSU, 251, 2),
        (EventKind.RANK, 40, Mode.OSU, 251, 1),
        (EventKind.LOST_FIRST, 1, Mode.OSU, 251, 2),
    ],
)
def test_how_remarkable(kind: EventKind, position: int, mode: Mode, passes: int, expected: int) -> None:
    assert epic(Happening(kind, 3, 1, position), mode, passes) == expected


@pytest.mark.parametrize(
    ("status", "was", "since", "expected"),
    [
        (2, None, None, None),
        (2, 0, None, 99),
        (5, 4, 50, 99),
        (3, 2, 50, 50),
        (2, 5, None, None),
        (0, 2, 50, None),
        (4, None, None, None),
    ],
)
def test_when_a_beatmap_was_approved(status: int, was: int | None, since: int | None, expected: int | None) -> None:
    assert approved_ms(status, was, since, 99) == expected


def test_gaps_are_waited_for() -> None:
    assert reached(5, [6, 7, 9, 10], 0) == 7
    assert reached(5, [6, 7, 9, 10], 8) == 7
    assert reached(5, [6, 7, 9, 12, 13, 15], 12) == 13
    assert reached(5, [], 100) == 5
    horizon = Horizon(10)
    assert horizon.settled(0) is None
    for now, newest in ((0, 5), (4, 7), (9, 11), (16, 12)):
        horizon.see(newest, now)
    assert [horizon.settled(now) for now in (9, 16)] == [None, 7]
    horizon.see(12, 20)
    assert horizon.settled(20) == 11
