"""Random words of two game servers, held against a plain model of who is online, what is open and what happens."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis import Redis

from server.domain.live import Game, Lobby, Play, Status
from server.live import keys
from server.live.writer import SCRIPT, Statement, closed, finished, offline, online, opened, scored

BASE = keys.SERVERS.removesuffix("servers")
TEXT = SCRIPT.read_text()
NAMES = ("a", "b")

# Small worlds, so that words meet.
SERVERS = st.sampled_from(NAMES)
PLAYERS = st.integers(3, 5)
MATCHES = st.integers(0, 1)
MOMENTS = st.sampled_from((1.0, 2.0))
WORDS = st.one_of(
    st.builds(Status, PLAYERS, MOMENTS, action=st.integers(0, 1)),
    st.builds(lambda each: ("left", each), PLAYERS),
    st.builds(
        lambda number, name, playing, moment: Lobby(
            number, name, 3, opened_at=moment, in_progress=bool(playing), started_at=playing
        ),
        *(MATCHES, st.sampled_from("xy"), st.sampled_from((0.0, 10.0, 20.0)), MOMENTS),
    ),
    st.builds(lambda each: ("closed", each), MATCHES),
    st.builds(
        lambda number, opened_at, started: Game(number, "x", opened_at, started, 30.0), MATCHES, MOMENTS, MOMENTS
    ),
    st.builds(Play, PLAYERS, st.just(1), score_id=st.integers(1, 2)),
)

Event = tuple[str, str, int]


class World:
    """What there should be. Of what is in `over` the lease has ended, and nobody has noticed yet."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.kept: set[str] = set()
        self.players: dict[int, tuple[str, Status]] = {}
        self.lobbies: dict[tuple[str, int], Lobby] = {}
        self.once: set[Any] = set()
        self.over: set[Any] = set()
        self.events: list[Event] = []

    def end_player(self, player: int, why: str) -> None:
        server, _ = self.players.pop(player)
        self._ended(player, server, why)
        self.events.append((f"logout {why}", server, player))

    def end_lobby(self, lobby: tuple[str, int], why: str) -> None:
        del self.lobbies[lobby]
        self._ended(lobby, lobby[0], why)
        self.events.append((f"lobby_closed {why}", *lobby))

    def say(self, server: str, word: Any) -> None:
        match word:
            case Status(player, moment):
                if player in self.over:
                    self.end_player(player, "lost")
                elif player in self.players and self.players[player][1].login_time != moment:
                    self.end_player(player, "left")
                old = self.players.get(player)
                self.players[player] = (server, word)
                if old != (server, word):
                    self.events.append(("status" if old else "login", server, player))
            case ("left", player):
                if self.players.get(player, ("", None))[0] == server:
                    self.end_player(player, "left")
            case Lobby(number):
                key = (server, number)
                if key in self.over:
                    self.end_lobby(key, "lost")
                elif key in self.lobbies and self.lobbies[key].opened_at != word.opened_at:
                    self.end_lobby(key, "left")
                before = self.lobbies.get(key)
                self.lobbies[key] = word
                if before != word:
                    self.events.append(("lobby_changed" if before else "lobby_opened", server, number))
                    if word.started_at and (before is None or before.started_at != word.started_at):
                        self.events.append(("game_started", server, number))
            case ("closed", number):
                if (server, number) in self.lobbies:
                    self.end_lobby((server, number), "left")
            case Game(number) | Play(number):
                if (server, word) not in self.once:
                    self.once.add((server, word))
                    self.events.append(("game_finished" if isinstance(word, Game) else "score", server, number))

    def _ended(self, what: Any, server: str, why: str) -> None:
        self.over.discard(what)
        if why == "lost":
            self.kept.discard(server)


def statement(server: str, word: Any) -> Statement:
    match word:
        case Status():
            return online(word, server)
        case ("left", player):
            return offline(player)
        case Lobby():
            return opened(word, server)
        case ("closed", number):
            return closed(number)
        case Game():
            return finished(word)
    return scored(word)


class Words(RuleBasedStateMachine):
    """What is said, and what happens by itself."""

    client: Redis

    def __init__(self) -> None:
        super().__init__()
        self.client.flushall()
        self.world = World()
        self.heard, self.told = "-", "-"

    def run(self, verb: str, server: str, *words: Any) -> Any:
        return self.client.eval(TEXT, 1, keys.SERVERS, verb, server, 30_000, *words)

    @rule(server=SERVERS, words=st.lists(WORDS, max_size=5), whole=st.booleans())
    def say(self, server: str, words: list[Any], whole: bool) -> None:
        said = [each for word in words for each in statement(server, word)] + (["whole", "", ""] if whole else [])
        news = self.run("say", server, *said)
        world = self.world
        world.names.add(server)
        world.over.discard(server)
        for word in words:
            world.say(server, word)
        ordered = len(world.events)
        if whole:
            named = {("player", word.player_id) for word in words if isinstance(word, Status)}
            named |= {("match", word.id) for word in words if isinstance(word, Lobby)}
            for player in [each for each, (of, _) in world.players.items() if of == server]:
                if ("player", player) not in named:
                    world.end_player(player, "left")
            for lobby in [each for each in world.lobbies if each[0] == server]:
                if ("match", lobby[1]) not in named:
                    world.end_lobby(lobby, "left")
            world.kept.add(server)
        assert (news == 0) == (not world.events)
        self.hear(ordered)

    @rule(server=SERVERS)
    def renew(self, server: str) -> None:
        answer = self.run("renew", server)
        world = self.world
        world.names.add(server)
        world.over.discard(server)
        self.end_what_is_over(server)
        mine = [sum(of == server for of, _ in world.players.values()), sum(of == server for of, _ in world.lobbies)]
        assert answer == [int(server in world.kept), *mine]
        world.kept.add(server)
        self.hear(0)

    @rule()
    def sweep(self) -> None:
        world = self.world
        assert self.run("sweep", "") == len(world.over & {*world.players, *world.lobbies})
        self.end_what_is_over(None)
        busy = {of for of, _ in world.players.values()} | {of for of, _ in world.lobbies}
        gone = (world.over & world.names) - busy
        world.names -= gone
        world.over -= gone
        self.hear(0)

    @rule(server=SERVERS, all_of_it=st.booleans(), one=st.integers(0, 5))
    def silence(self, server: str, all_of_it: bool, one: int) -> None:
        """The lease of one thing ends, or that of all that a game server has said."""
        players = [each for each, (of, _) in self.world.players.items() if of == server]
        lobbies = [each for each in self.world.lobbies if each[0] == server]
        ending: list[Any] = sorted(players) + sorted(lobbies)
        if not all_of_it:
            ending = ending[one : one + 1]
        elif server in self.world.names:
            self.client.zadd(keys.SERVERS, {server: 1000})
            self.client.delete(f"{BASE}kept:{server}")
            self.world.over.add(server)
            self.world.kept.discard(server)
        for each in ending:
            of_all, member, text = (
                (keys.PLAYERS, str(each), keys.player(each))
                if isinstance(each, int)
                else (keys.MATCHES, keys.match_member(*each), keys.match(*each))
            )
            self.client.zadd(of_all, {member: 1000})
            self.client.delete(text)
            self.world.over.add(each)

    @rule(server=SERVERS)
    def another_life(self, server: str) -> None:
        """Redis was restarted from what it had stored."""
        if self.client.exists(f"{BASE}kept:{server}"):
            self.client.set(f"{BASE}kept:{server}", "e" * 40)
            self.world.kept.discard(server)

    def end_what_is_over(self, server: str | None) -> None:
        for each in [each for each in self.world.over if each not in NAMES]:
            of = self.world.players[each][0] if isinstance(each, int) else each[0]
            if server in (None, of):
                (self.world.end_player if isinstance(each, int) else self.world.end_lobby)(each, "lost")

    def hear(self, ordered: int) -> None:
        """There are these events and no others; after the first `ordered` in any order."""
        found = []
        for entry_id, entry in self.client.xrange(keys.EVENTS, self.heard):
            self.heard = f"({entry_id}"
            why = f" {entry['data']}" if entry["data"] in ("left", "lost") else ""
            found.append((entry["kind"] + why, entry["server"], int(entry["id"])))
        expected, self.world.events = self.world.events, []
        assert found[:ordered] == expected[:ordered]
        assert sorted(found[ordered:]) == sorted(expected[ordered:])
        history = []
        for entry_id, entry in self.client.xrange(keys.HISTORY, self.told):
            self.told = f"({entry_id}"
            history.append((entry["kind"], entry["server"], int(entry["id"])))
        kinds = {"lobby_opened": "lobby", "lobby_changed": "lobby", "game_finished": "game_finished"}
        kinds |= {"lobby_closed left": "closed", "lobby_closed lost": "closed"}
        assert history == [(kinds[kind], server, subject) for kind, server, subject in found if kind in kinds]

    @invariant()
    def stands(self) -> None:
        world, pipeline = self.world, self.client.pipeline(transaction=False)
        for key in (keys.SERVERS, keys.PLAYERS, keys.MATCHES):
            pipeline.zrange(key, 0, -1)
        for server in NAMES:
            pipeline.smembers(f"{BASE}players:{server}").smembers(f"{BASE}matches:{server}")
            pipeline.exists(f"{BASE}kept:{server}")
        names, players, matches, *each = pipeline.execute()
        assert set(names) == world.names
        assert set(players) == {str(player) for player in world.players}
        assert set(matches) == {f"{server}:{number}" for server, number in world.lobbies}
        for at, server in enumerate(NAMES):
            theirs, open_there, kept = each[3 * at : 3 * at + 3]
            assert theirs == {str(player) for player, (of, _) in world.players.items() if of == server}
            assert open_there == {str(number) for of, number in world.lobbies if of == server}
            assert bool(kept) >= (server in world.kept)
        texts = {keys.player(player): statement(*said) for player, said in world.players.items()}
        texts |= {keys.match(*key): statement(key[0], lobby) for key, lobby in world.lobbies.items()}
        gone = {keys.player(each) if isinstance(each, int) else keys.match(*each) for each in world.over - set(NAMES)}
        for key, said in texts.items():
            assert self.client.get(key) == (None if key in gone else said.text.decode())


@pytest.fixture(params=["valkey", "redis"])
def client(request: pytest.FixtureRequest) -> Iterator[Redis]:
    with Redis.from_url(request.getfixturevalue(request.param), decode_responses=True) as opened_client:
        yield opened_client


def test_random_words(client: Redis) -> None:
    machine = type("WordsHere", (Words,), {"client": client})
    checks = list(HealthCheck)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, database=None, suppress_health_check=checks
        ),
    )
