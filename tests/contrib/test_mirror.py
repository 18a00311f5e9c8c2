"""What the bridge makes of bancho.py's sessions, look by look."""

import orjson
import pytest

from contrib.bancho_bridge import Eyes
from server.domain.live import Game
from server.live.records import lobby_from
from tests.contrib.sessions import MAP, NO_MAP, OTHER, World, end, match, player, scores, start, submit


def plays(game: Game) -> list[tuple[int, int, int | None, int]]:
    return [(play.player_id, play.score_id, play.slot, play.team) for play in game.plays]


def test_a_game_is_said_to_be_over_as_soon_as_all_its_scores_are_there() -> None:
    world = World()
    lobby = world.play(5, 4, 3)
    lobby.slots[2].status = NO_MAP
    submit(world.players[1], 71)
    assert [(name, play.slot) for name, play in scores(world.said(50)) if play] == [("71/5", 0)]
    submit(world.players[1], 74, OTHER, mode=1)
    assert [(name, play.slot) for name, play in scores(world.said(50)) if play] == [("74/5", None)]
    end(lobby)
    assert world.games(100) == []
    # A score of relax counts as well, one on another map does not.
    submit(world.players[2], 72, OTHER)
    submit(world.players[2], 73, mode=4)
    (game,) = world.games(109)
    assert plays(game) == [(5, 71, 0, 1), (4, 73, 1, 1)]
    assert not game.aborted
    assert (game.match_id, game.map_md5, game.ended_at > game.started_at >= game.opened_at) == (0, MAP, True)
    assert world.games(200) == []


def test_where_nothing_changes_nothing_is_said() -> None:
    world = World()
    world.play(3, 4)
    submit(world.players[1], 70)
    assert world.said()
    assert world.said() == []


@pytest.mark.parametrize("submitted", [0, 1])
def test_scores_that_do_not_come_are_waited_for_ten_seconds(submitted: int) -> None:
    world = World()
    lobby = world.play(3, 4)
    end(lobby)
    world.said(100)
    for each in range(submitted):
        submit(world.players[1 + each], 70)
    assert world.games(109.9) == []
    (game,) = world.games(110)
    assert (len(game.plays), game.aborted) == (submitted, not submitted)


def test_a_score_from_before_the_game_is_none_of_it() -> None:
    world = World()
    lobby = world.lobby(3)
    submit(world.players[1], 70)
    assert [play.slot for _, play in scores(world.said()) if play] == [None]
    start(lobby)
    world.said()
    end(lobby)
    world.said()
    (game,) = world.games(10)
    assert game.aborted


def test_the_next_game_may_begin_while_the_last_one_waits() -> None:
    world = World()
    lobby = world.play(3, 4)
    submit(world.players[1], 71)
    end(lobby)
    world.said(100)
    start(lobby)
    world.said(101)
    submit(world.players[1], 81)
    assert world.games(102) == []
    submit(world.players[2], 72)
    (first,) = world.games(103)
    lobby.seed += 1
    world.said(104)
    end(lobby)
    submit(world.players[2], 82)
    (second,) = world.games(105)
    assert [[play.score_id for play in game.plays] for game in (first, second)] == [[71, 72], [81, 82]]
    assert first.started_at < first.ended_at <= second.started_at < second.ended_at
    assert first.opened_at == second.opened_at


def test_who_leaves_during_a_game_is_not_waited_for_and_keeps_what_they_had() -> None:
    world = World()
    lobby = world.play(3, 4, 5)
    submit(world.players[1], 70)
    world.said()
    for slot in lobby.slots[:2]:
        slot.player, slot.status = None, 1
    world.said()
    end(lobby)
    submit(world.players[3], 72)
    (game,) = world.games(1)
    assert plays(game) == [(3, 70, 0, 1), (5, 72, 2, 1)]


def test_who_logs_out_right_after_the_game_may_still_submit() -> None:
    world = World()
    lobby = world.play(3, 4)
    end(lobby)
    submit(world.players[1], 70)
    world.said(1)
    gone = world.players.pop()
    gone.token, lobby.slots[1].player, lobby.slots[1].status = "", None, 1
    assert ("left", "4", b"") in world.said(2)
    submit(gone, 71)
    (game,) = world.games(3)
    assert plays(game) == [(3, 70, 0, 1), (4, 71, 1, 1)]


@pytest.mark.parametrize("other", [False, True])
def test_a_lobby_that_is_gone_during_its_game_has_broken_it_off(other: bool) -> None:
    world = World()
    world.play(3)
    world.matches[0] = match([world.players[1]]) if other else None
    said = world.said(1)
    assert [(what, each) for what, each, _ in said] == [("match" if other else "closed", "0")]
    assert [game.aborted for game in world.games(11)] == [True]


def test_a_lobby_keeps_its_times_and_another_one_in_its_place_does_not() -> None:
    world = World()
    lobby = world.lobby(3)

    def times() -> tuple[float, float]:
        lobby.seed += 1
        (said,) = [lobby_from(text, 0) for what, _, text in world.said() if what == "match"]
        assert said is not None
        return said.opened_at, said.started_at

    opened_at, _ = times()
    assert times() == (opened_at, 0.0)
    start(lobby)
    assert (playing := times()) == times()
    assert playing[0] == opened_at < playing[1]
    end(lobby)
    assert times() == (opened_at, 0.0)
    world.matches[0] = lobby = match([world.players[1]])
    assert times()[0] > opened_at


def test_of_several_sessions_the_player_s_own_is_shown() -> None:
    world = World()
    sessions = [player(3) for _ in range(3)]
    for moment, (each, tourney) in enumerate(zip(sessions, (True, False, True), strict=True)):
        each.login_time, each.is_tourney_client = float(moment), tourney
    world.players += sessions
    ((_, _, text),) = world.said()
    assert orjson.loads(text)["login_time"] == 1.0
    world.players.remove(sessions[1])
    ((_, _, text),) = world.said()
    assert orjson.loads(text)["login_time"] == 0.0


def test_after_an_outage_what_happened_within_ten_minutes_is_said_again() -> None:
    world = World()
    lobby = world.play(3)
    submit(world.players[1], 70)
    end(lobby)
    world.said(100)
    assert sorted(what for what, _, _ in world.mirror.everything(100 + 600)) == [
        "game_finished",
        "match",
        "player",
        "score",
    ]
    assert sorted(what for what, _, _ in world.mirror.everything(100 + 601)) == ["match", "player"]


@pytest.mark.parametrize(("kind", "name"), [("Player", "login_time"), ("Match", "freemods"), ("Score", "nkatu")])
def test_a_class_that_is_not_as_it_was_is_named(kind: str, name: str) -> None:
    world = World()
    lobby = world.lobby(3)
    eyes = Eyes(world)
    eyes.look()
    submit(world.players[1], 70)
    delattr({"Player": world.players[1], "Match": lobby, "Score": world.players[1].recent_scores[0]}[kind], name)
    # What has been read before is known, and one that cannot be read is passed over.
    if kind != "Score":
        eyes.look()
        eyes = Eyes(world)
    with pytest.raises(LookupError, match=f"{kind}: .*{name}.*, unlike in bancho.py 5.2 - 5.3"):
        eyes.look()


def test_a_score_without_a_map_is_no_other_class() -> None:
    world = World()
    world.lobby(3)
    submit(world.players[1], 70)
    world.players[1].recent_scores[0].bmap = None
    assert scores(world.said()) == []
    submit(world.players[1], 71)
    assert [name for name, _ in scores(world.said())] == ["71/3"]
