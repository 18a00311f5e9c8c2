"""The demo's players and lobbies as time goes by: it moves, what it says is true, and Redis hears it as it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from server.demo import live
from server.demo.alone import PLAYING_NOW
from server.demo.history import DemoMap
from server.demo.live import ONLINE, Town, Turn, tell
from server.demo.people import PEOPLE
from server.demo.rating import rated
from server.demo.scenes import full_name
from server.demo.world import demo_maps
from server.domain.grades import HitCounts, accuracy, grade
from server.domain.live import Action, Play, SlotStatus
from server.domain.rulesets import AUTOPILOT, MODES, RELAX, Mode
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence
from server.live.publisher import Publisher

STARTED = 1_785_609_000.25

# A quarter of an hour.
TURNS = 450

MINUTES = TURNS * live.TURN_SECONDS / 60


def worth(osu_path: Path, mode: int, mods: int, hits: HitCounts, combo: int) -> float:
    """Not pp, but as uneven, and quick."""
    return accuracy(Mode(mode).ruleset, hits, mods) + combo / 7 + mods % 17


@pytest.fixture(scope="module")
def maps() -> dict[int, DemoMap]:
    return {one.file.beatmap_id: one for one in demo_maps(rated)}


@pytest.fixture(scope="module")
def town(maps: dict[int, DemoMap]) -> Town:
    return Town(list(maps.values()), worth, STARTED)


@pytest.fixture(scope="module")
def turns(town: Town) -> Sequence[Turn]:
    return [town.turn(number) for number in range(TURNS)]


def plays(turns: Sequence[Turn]) -> list[Play]:
    alone = [play for turn in turns for play in turn.plays]
    return alone + [play for turn in turns for game in turn.games for play in game.plays]


def test_a_turn_is_the_same_whenever_it_is_asked_for(maps: dict[int, DemoMap], turns: Sequence[Turn]) -> None:
    other = Town(list(maps.values()), worth, STARTED)
    assert [other.turn(number) for number in (300, 10, 300, 0)] == [turns[number] for number in (300, 10, 300, 0)]


def test_who_is_online_at_first(turns: Sequence[Turn]) -> None:
    assert {status.player_id for status in turns[0].statuses} == ONLINE
    assert PLAYING_NOW < ONLINE
    assert [lobby.in_progress for lobby in turns[0].lobbies] == [True, False]


def test_it_moves(turns: Sequence[Turn]) -> None:
    """Somebody does something else every few seconds; people come and go over minutes; lobbies open and close."""
    changes: Counter[str] = Counter()
    for before, after in pairwise(turns):
        known = {status.player_id: status for status in before.statuses}
        now = {status.player_id: status for status in after.statuses}
        changes["status"] += sum(now[each] != known[each] for each in now.keys() & known.keys())
        changes["login"] += len(now.keys() - known.keys())
        changes["logout"] += len(known.keys() - now.keys())
        opened = {lobby.id: lobby for lobby in before.lobbies}
        changes["opened"] += len({lobby.id for lobby in after.lobbies} - opened.keys())
        changes["closed"] += len(opened.keys() - {lobby.id for lobby in after.lobbies})
        changes["began"] += sum(
            lobby.in_progress and lobby.id in opened and not opened[lobby.id].in_progress for lobby in after.lobbies
        )
    assert changes["status"] / MINUTES > 15
    assert 0.3 < changes["login"] / MINUTES < 4
    assert 0.3 < changes["logout"] / MINUTES < 4
    assert changes["opened"] >= 1
    assert changes["closed"] >= 1
    games = [game for turn in turns for game in turn.games]
    assert len(games) > MINUTES
    assert abs(changes["began"] - len(games)) <= 3  # those in progress at the ends
    assert sum(len(turn.plays) for turn in turns) > MINUTES
    for match_id in (1, 4):
        played = [game.map_id for game in games if game.match_id == match_id]
        assert all(before != after for before, after in pairwise(played))
        assert len(set(played)) >= 3


def test_each_turn_is_true(turns: Sequence[Turn], maps: dict[int, DemoMap]) -> None:
    players = {person.id: person.priv for person in PEOPLE}
    seen = set()
    for number, turn in enumerate(turns):
        now = STARTED + number * live.TURN_SECONDS
        online = {status.player_id: status for status in turn.statuses}
        assert len(online) == len(turn.statuses) >= 8
        for status in turn.statuses:
            seen.add(status.action)
            assert players[status.player_id] & 3 == 3
            assert status.login_time <= now
            assert status.mode in set(MODES)
            assert status.map_id == 0 or status.map_md5 == maps[status.map_id].file.md5
            if status.action in (Action.PLAYING, Action.MULTIPLAYING):
                assert status.info_text == full_name(maps[status.map_id].file)
                assert maps[status.map_id].file.ruleset is Mode(status.mode).ruleset
                assert bool(status.mods & RELAX) == (status.mode in (4, 5, 6))
                assert bool(status.mods & AUTOPILOT) == (status.mode == 8)
        at_a_lobby = {id_ for id_, each in online.items() if each.action in (Action.MULTIPLAYER, Action.MULTIPLAYING)}
        assert at_a_lobby == {slot.player_id for lobby in turn.lobbies for slot in lobby.slots}
        for lobby in turn.lobbies:
            assert lobby.map_name == full_name(maps[lobby.map_id].file)
            assert lobby.host_id in {slot.player_id for slot in lobby.slots}
            assert len({slot.number for slot in lobby.slots}) == len(lobby.slots)
            assert lobby.opened_at <= now
            assert lobby.in_progress == bool(lobby.started_at)
            for slot in lobby.slots:
                assert (slot.status == SlotStatus.PLAYING) == lobby.in_progress
                assert online[slot.player_id].action == (12 if lobby.in_progress else 5)
                assert online[slot.player_id].map_id == lobby.map_id
                assert online[slot.player_id].mods == lobby.mods | slot.mods
    assert seen >= {Action.IDLE, Action.AFK, Action.PLAYING, Action.EDITING, Action.TESTING, Action.WATCHING}
    assert {slot.status for turn in turns for lobby in turn.lobbies for slot in lobby.slots} == {4, 8, 16, 32}
    assert {slot.team for turn in turns for lobby in turn.lobbies for slot in lobby.slots} == {0, 1, 2}


def test_scores_are_honest(turns: Sequence[Turn], maps: dict[int, DemoMap]) -> None:
    for play in plays(turns):
        beatmap, mode = maps[play.map_id], Mode(play.mode)
        hits = HitCounts(play.n300, play.n100, play.n50, play.ngeki, play.nkatu, play.nmiss)
        assert play.map_md5 == beatmap.file.md5
        assert play.accuracy == pytest.approx(accuracy(mode.ruleset, hits, play.mods), abs=0.0006)
        assert 0 < play.max_combo <= beatmap.max_combo
        assert play.score > 0
        assert play.perfect == (play.passed and play.max_combo == beatmap.max_combo)
        assert play.grade == (grade(mode.ruleset, hits, play.mods) if play.passed else "F")
        path, combo = beatmap.path, play.max_combo
        assert play.pp == (round(worth(path, play.mode, play.mods, hits, combo), 3) if play.passed else 0)
    assert {play.passed for play in plays(turns)} == {True, False}


def test_scores_are_of_what_was_seen(turns: Sequence[Turn]) -> None:
    """Who submits a score was playing that map so just before, and no longer is."""
    for number, (before, after) in enumerate(pairwise(turns), 1):
        then = {status.player_id: status for status in before.statuses}
        now = {status.player_id: status for status in after.statuses}
        at = STARTED + number * live.TURN_SECONDS
        for play in after.plays:
            was = then[play.player_id]
            assert (was.action, was.map_id, was.mode, was.mods) == (2, play.map_id, play.mode, play.mods)
            assert now[play.player_id].action == Action.IDLE
            assert at - live.TURN_SECONDS < play.played_at <= at
            assert play.slot is None
        for game in after.games:
            lobby = next(each for each in before.lobbies if each.id == game.match_id)
            assert lobby.in_progress
            assert (game.map_id, game.mods, game.team_type) == (lobby.map_id, lobby.mods, lobby.team_type)
            assert (game.opened_at, game.started_at) == (lobby.opened_at, lobby.started_at)
            assert game.started_at + 40 < game.ended_at <= at
            assert [(each.player_id, each.slot, each.team, each.mods) for each in game.plays] == [
                (slot.player_id, slot.number, slot.team, lobby.mods | slot.mods) for slot in lobby.slots
            ]
            assert {each.played_at for each in game.plays} == {game.ended_at}


async def test_redis_hears_it_as_it_is(valkey: str, turns: Sequence[Turn]) -> None:
    """Told turn after turn, what is in Redis is the turn, and every game and score has come once."""
    redis = Connection(valkey, timeout=5)
    await redis.ask(lambda client: client.flushdb())
    presence = Presence(Batch(redis))
    try:
        async with Publisher(redis, "demo") as publisher:
            publisher.snapshot(turns[0].statuses, turns[0].lobbies)
            for number, (before, now) in enumerate(pairwise(turns[:180]), 1):
                tell(publisher, before, now)
                if number % 30 == 0:
                    await publisher.said()
                    online = await presence.statuses(await presence.online())
                    assert online == {each.player_id: replace(each, server="demo") for each in now.statuses}
                    lobbies = {lobby.id: replace(lobby, server="demo") for lobby in now.lobbies}
                    assert {lobby.id: lobby for lobby in await presence.lobbies()} == lobbies
            await publisher.said()
            entries = await redis.ask(lambda client: client.xrange(keys.EVENTS))
    finally:
        await redis.close()
    told = Counter(fields["kind"] for _, fields in entries)
    assert told["game_finished"] == sum(len(turn.games) for turn in turns[1:180]) > 3
    assert told["score"] == len(plays(turns[1:180]))
