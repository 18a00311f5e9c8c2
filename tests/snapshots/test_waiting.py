"""Who waits to be looked at: nobody is forgotten, nobody is looked at too often, nothing counts as read too soon."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.services.waiting import Waiting

DUE, REST = 10.0, 300.0

# So much later: a score by one of three players, or a look at up to so many who are due (in a round: ready).
_happens = st.tuples(
    st.sampled_from(("play", "play", "look", "round")), st.integers(1, 3), st.sampled_from((0.0, 1.0, 6.0, 40.0, 200.0))
)


@given(st.lists(_happens, max_size=60))
def test_whatever_is_played(happens: list[tuple[str, int, float]]) -> None:
    waiting, now = Waiting(DUE, REST), 0.0
    scores: list[tuple[int, float]] = []  # by whom and when; the id is the place, from 1
    looks: list[tuple[int, float, bool]] = []

    def look(kind: str, limit: int) -> None:
        pairs = waiting.ready(now)[:limit] if kind == "round" else waiting.due(now, limit)
        assert len(pairs) <= limit
        waiting.done(pairs, now)
        looks.extend((player, now, kind == "look") for player, _ in pairs)

    for kind, number, seconds in happens:
        now += seconds
        if kind == "play":
            scores.append((number, now))
            waiting.add((number, 0), len(scores), now)
        else:
            look(kind, number)
        read_to = waiting.read_to(len(scores))
        assert 0 <= read_to <= len(scores)
        for player, at in scores[:read_to]:
            # Looked at once there was something to see, or another score says that it is still to be.
            still = any(other == player for other, _ in scores[read_to:])
            assert still or any(who == player and when >= at + DUE for who, when, _ in looks)
    while waiting.read_to(len(scores)) < len(scores):
        now += 60
        look("look", 2)
    for player, at in scores:
        assert any(who == player and when >= at + DUE for who, when, _ in looks)
    for player in {1, 2, 3}:
        when = [(each, due) for who, each, due in looks if who == player]
        assert all(later - sooner >= REST for (sooner, _), (later, due) in pairwise(when) if due)


def test_the_first_play_is_seen_soon() -> None:
    waiting = Waiting(DUE, REST)
    waiting.add((3, 0), 1, 100.0)
    assert waiting.due(109.9, 20) == []
    assert waiting.due(110.0, 20) == [(3, 0)]
    waiting.done([(3, 0)], 110.0)
    waiting.add((3, 0), 2, 111.0)
    waiting.add((3, 4), 3, 111.0)
    assert waiting.due(121.0, 20) == [(3, 4)]
    assert waiting.ready(121.0) == [(3, 0), (3, 4)]
    assert (waiting.due(409.9, 1), waiting.due(410.0, 1)) == ([(3, 4)], [(3, 0)])


def test_what_is_played_a_moment_before_a_look_is_seen_in_the_next() -> None:
    """The game server has not worked out yet what the second play changes."""
    waiting = Waiting(DUE, REST)
    waiting.add((3, 0), 1, 100.0)
    waiting.add((3, 0), 2, 109.0)
    waiting.done([(3, 0)], 110.0)
    assert waiting.read_to(2) == 1
    assert waiting.due(409.9, 20) == []
    assert waiting.due(410.0, 20) == [(3, 0)]
    waiting.done([(3, 0)], 410.0)
    assert waiting.read_to(2) == 2


def test_who_was_looked_at_meanwhile_may_be_looked_at_again() -> None:
    waiting = Waiting(10, 300)
    waiting.add((3, 0), 7, 100.0)
    asked = waiting.ready(111.0)
    waiting.done(asked, 111.0)
    waiting.done(asked, 112.0)
    assert waiting.read_to(50) == 50
    # A play that could not be seen by then still waits, with the one after it.
    waiting.add((3, 0), 8, 113.0)
    waiting.add((3, 0), 9, 114.0)
    waiting.done(asked, 115.0)
    assert waiting.read_to(50) == 7
    assert waiting.ready(123.0) == [(3, 0)]
    waiting.done([(3, 0)], 123.5)
    assert waiting.read_to(50) == 8
