"""What follows from what game servers say: whatever the order, however often it is said."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.live import Game, Lobby, Play, Slot
from server.domain.matches import LOST_MS, RESULT_MS, Chronicle, Closing, EventType, Match, MatchEvent, Said
from tests.record.saying import closed, game, lobby, sayings

NOW = 1_795_000_000_000


def told(chronicle: Chronicle) -> list[tuple[str, int | None]]:
    return [(each.type.value, each.user_id) for each in chronicle.events]


def heard(*said: Said, chronicle: Chronicle | None = None) -> Chronicle:
    chronicle = chronicle or Chronicle()
    for each in said:
        chronicle.hear(each)
    return chronicle


def test_the_life_of_a_lobby() -> None:
    chronicle = heard(
        lobby(0, players=(3,)),
        lobby(1000, players=(3, 4)),
        lobby(2000, players=(3, 4), host=4),
        lobby(3000, players=(3, 4), host=4, started=3000),
        game(9000, started=3000, players=(3, 4)),
        lobby(9100, players=(3, 4), host=4),
        lobby(9500, players=(4,), host=4),
        closed(10_000),
    )
    assert told(chronicle) == [
        ("match-created", 3),
        ("player-joined", 3),
        ("player-joined", 4),
        ("host-changed", 4),
        ("other", None),
        ("player-left", 3),
        ("player-left", 4),
        ("match-disbanded", None),
    ]
    (match,) = chronicle.new_matches()
    assert (match.opened_ms, match.ended_ms, match.playing, match.due_ms) == (NOW, NOW + 10_000, None, None)
    (played,) = chronicle.new_games()
    assert (played.started_ms, played.ended_ms, played.aborted, played.told) == (NOW + 3000, NOW + 9000, False, True)
    assert [play.player_id for _, play in chronicle.told_plays()] == [3, 4]


def test_a_game_whose_end_nobody_tells_is_broken_off() -> None:
    chronicle = heard(lobby(0, started=500), lobby(9000))
    chronicle.settle(NOW + 9000 + RESULT_MS - 1)
    (played,) = chronicle.new_games()
    assert played.ended_ms is None
    chronicle.settle(NOW + 9000 + RESULT_MS)
    assert (played.ended_ms, played.aborted, played.told) == (NOW + 9000, True, False)
    heard(game(9001 + RESULT_MS, started=500, ended=8990, players=(3,)), chronicle=chronicle)
    assert (played.ended_ms, played.aborted, played.told) == (NOW + 8990, False, True)
    assert len(chronicle.told_plays()) == 1


def test_the_next_game_ends_one_whose_end_was_not_told() -> None:
    chronicle = heard(lobby(0, started=500), lobby(9000, started=8000))
    first, second = chronicle.new_games()
    assert (first.ended_ms, first.aborted, second.ended_ms) == (NOW + 9000, True, None)


def test_a_lobby_that_lags_does_not_start_the_game_again() -> None:
    chronicle = heard(lobby(0, started=500), game(900, started=500), lobby(950, started=500, players=(3, 4)))
    (played,) = chronicle.new_games()
    assert (played.ended_ms, played.told) == (NOW + 900, True)
    assert chronicle.new_matches()[0].playing is None


def test_a_lost_lobby_closes_when_it_is_not_said_again() -> None:
    chronicle = heard(lobby(0, started=500), closed(40_000, Closing.LOST))
    (match,) = chronicle.new_matches()
    assert match.ended_ms is None
    chronicle.settle(NOW + 40_000 + LOST_MS)
    assert match.ended_ms == NOW + 40_000
    assert chronicle.new_games()[0].aborted
    # Nobody knows whether they left.
    assert told(chronicle)[-2:] == [("other", None), ("match-disbanded", None)]


def test_a_lost_lobby_that_is_said_again_was_never_closed() -> None:
    for late in (40_001, 40_001 + LOST_MS):
        chronicle = heard(lobby(0, players=(3, 4), started=500), closed(40_000, Closing.LOST))
        chronicle.settle(NOW + late)
        heard(lobby(late, players=(3, 4), started=500), chronicle=chronicle)
        (match,) = chronicle.new_matches()
        assert (match.ended_ms, match.due_ms, match.playing) == (None, None, NOW + 500)
        assert "match-disbanded" not in [what for what, _ in told(chronicle)]
        assert chronicle.new_games()[0].ended_ms is None


def test_a_game_of_a_lobby_that_was_never_seen() -> None:
    chronicle = heard(game(9000, started=3000))
    (match,) = chronicle.new_matches()
    assert told(chronicle) == [("match-created", None), ("other", None)]
    assert (match.name, match.host_id, match.due_ms) == ("Room", None, NOW + 9000 + LOST_MS)
    heard(lobby(9500, host=4), chronicle=chronicle)
    assert (match.host_id, match.due_ms) == (4, None)
    assert "host-changed" not in [what for what, _ in told(chronicle)]


def test_another_lobby_of_the_slot_ends_the_one_before() -> None:
    chronicle = heard(lobby(0), lobby(5000, opened=4000))
    first, second = chronicle.new_matches()
    assert (first.ended_ms, second.ended_ms) == (NOW + 5000, None)


def test_what_stands_is_believed() -> None:
    chronicle = heard(lobby(0), lobby(0, slot=2), lobby(0, slot=3, started=10), lobby(0, slot=5))
    heard(closed(40_000, Closing.LOST, slot=5), chronicle=chronicle)
    chronicle.stand([lobby(90_000, players=(5,)), lobby(90_000, slot=4, opened=80_000)], NOW + 50_000)
    ends = {match.slot: match.ended_ms for match in chronicle.new_matches()}
    # Of what is lost already it is known since when.
    assert ends == {1: None, 2: NOW + 50_000, 3: NOW + 50_000, 4: None, 5: None}
    assert chronicle.new_games()[0].aborted


def test_moments_that_are_not_said() -> None:
    """Without openings and starts, a slot's lobby is the one that is open, its game the one in progress."""
    silent = [
        lobby(0, opened=None, started=None),
        lobby(100, opened=None, started=None, in_progress=True),
        lobby(200, opened=None, started=None, in_progress=True, players=(3, 4)),
        game(900, opened=None, started=None),
        lobby(950, opened=None, started=None, in_progress=True, players=(3,)),
        lobby(960, opened=None, started=None, players=(3,)),
        closed(1000),
        lobby(2000, opened=None, started=None),
    ]
    chronicle = heard(*silent)
    assert [(match.opened_ms, match.ended_ms) for match in chronicle.new_matches()] == [
        (NOW, NOW + 1000),
        (NOW + 2000, None),
    ]
    assert [(each.started_ms, each.ended_ms, each.told) for each in chronicle.new_games()] == [
        (NOW + 100, NOW + 900, True)
    ]
    # What may be known already is left out: nothing tells whether it is.
    before = told(chronicle)
    for each in silent:
        chronicle.hear(each, known=True)
    assert told(chronicle) == before


@pytest.mark.parametrize("moment", [-1.0, 0.0, 1e300, 253_402_300_800.0])
def test_what_is_no_moment_is_not_known(moment: float) -> None:
    what = Lobby(1, "Room", 3, opened_at=moment)
    chronicle = heard(Said(NOW, "main", 1, what))
    assert [match.opened_ms for match in chronicle.new_matches()] == [NOW]


def test_what_no_table_would_take_is_cut() -> None:
    slots = tuple(Slot(number, 100 + number) for number in range(1000))
    plays = tuple(Play(100 + number % 500, number) for number in range(1000))
    chronicle = heard(
        Said(NOW, "main", 1, Lobby(1, "x" * 1000, 3, slots=slots, opened_at=NOW / 1000, map_name="y" * 1000)),
        Said(NOW, "main", 1, Game(1, "z", NOW / 1000, NOW / 1000, NOW / 1000, map_name="y" * 1000, plays=plays)),
    )
    (match,), (played,) = chronicle.new_matches(), chronicle.new_games()
    assert (len(match.name), len(match.players), len(played.map_name), len(played.plays)) == (255, 64, 255, 64)
    assert len({play.player_id for play in played.plays}) == 64


def sums(events: Sequence[MatchEvent], match: Match) -> set[int]:
    """Who is there by the events."""
    there: set[int] = set()
    for each in events:
        if each.match is match and each.type is EventType.JOINED and each.user_id is not None:
            assert each.user_id not in there
            there.add(each.user_id)
        elif each.match is match and each.type is EventType.LEFT and each.user_id is not None:
            there.remove(each.user_id)
    return there


@given(sayings())
def test_the_events_add_up(said: list[Said]) -> None:
    chronicle = heard(*said)
    games = {(each.match.key, each.started_ms): each for each in chronicle.new_games()}
    for match in chronicle.new_matches():
        mine = [each for each in chronicle.events if each.match is match]
        kinds = [each.type for each in mine]
        assert kinds.count(EventType.CREATED) == 1
        assert kinds[0] is EventType.CREATED
        assert kinds.count(EventType.DISBANDED) == (match.ended_ms is not None)
        assert sums(mine, match) == set(match.players)
        running = [each for each in games.values() if each.match is match and each.ended_ms is None]
        assert [each.started_ms for each in running] == ([] if match.playing is None else [match.playing])
    named = [id(each.game) for each in chronicle.events if each.game is not None]
    assert sorted(named) == sorted(id(each) for each in games.values())


@given(sayings())
def test_saying_it_again_changes_nothing(said: list[Said]) -> None:
    once, twice = heard(*said), heard(*(each for one in said for each in (one, replace(one, at_ms=one.at_ms + 1))))
    assert [replace(each) for each in once.new_matches()] == twice.new_matches()
    assert once.new_games() == twice.new_games()
    assert told(once) == told(twice)


@given(sayings(), st.integers(0, 30))
def test_what_is_known_changes_nothing(said: list[Said], again: int) -> None:
    chronicle = heard(*said)
    before = told(chronicle), [replace(each) for each in chronicle.new_matches()]
    for each in said[-again:]:
        chronicle.hear(each, known=True)
    assert (told(chronicle), chronicle.new_matches()) == before
