"""What breaks: lines, Redis, whole game servers. The truth comes back, and what is gone is seen to be gone."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from redis import Redis
from redis.crc import key_slot

from benchmarks.processes import HOST, free_port, running
from server.domain.live import Game, Lobby, Play, Status
from server.live import connection as connections
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.presence import Presence
from server.live.publisher import Publisher
from server.live.sync import SyncPublisher
from server.live.writer import Writer
from tests import engines
from tests.engines import Store
from tests.live.listening import Ear, eventually, raw, whole
from tests.live.proxy import proxy

AT = 1_700_000_000.25

GAME = Game(4, "x", AT, AT + 10, AT + 100, plays=(Play(3, 1000), Play(4, 900)))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is asked again soon."""
    monkeypatch.setattr(connections, "PAUSE_SECONDS", 0.1)


@dataclass
class Outage:
    """How a publisher and others reach Redis, and how that breaks and is well again."""

    url: str
    aside: str  # a way that does not break, while Redis runs
    begin: Callable[[], Awaitable[None] | None]
    end: Callable[[], Awaitable[None] | None]
    forgets: bool = False


@asynccontextmanager
async def outage(kind: str, folder: Path) -> AsyncIterator[Outage]:
    """A line that is cut or hangs; a Redis that answers nobody, takes nothing, or starts anew as it was or empty."""
    options = {
        "killed, AOF every second": ("--appendonly", "yes", "--appendfsync", "everysec"),
        "killed, AOF always": ("--appendonly", "yes", "--appendfsync", "always"),
    }
    with Store(folder, *options.get(kind, ())) as store:
        async with proxy(store.port) as line:
            if kind == "cut":
                yield Outage(line.url, store.url, line.cut, line.heal)
            elif kind == "hung":
                yield Outage(line.url, store.url, lambda: line.hang(), line.heal)
            elif kind == "halted":
                yield Outage(store.url, store.url, store.halt, store.resume)
            elif kind == "full":
                yield Outage(store.url, store.url, lambda: limit(store, 1), lambda: limit(store, 0))
            else:
                yield Outage(store.url, store.url, store.kill, store.start, kind == "killed, nothing stored")


def limit(store: Store, most: int) -> None:
    """Let it hold no more bytes than that; 0 is no limit."""
    with store.client() as client:
        client.config_set("maxmemory", most)


KINDS = ("cut", "hung", "halted", "full", "killed, nothing stored", "killed, AOF every second", "killed, AOF always")


async def done(what: Awaitable[None] | None) -> None:
    if what is not None:
        await what


async def ids(connection: Connection) -> tuple[set[int], list[int]]:
    players, lobbies = await whole(connection)
    return set(players), [lobby.id for lobby in lobbies]


@pytest.mark.parametrize("kind", KINDS)
async def test_after_an_outage_the_truth_stands(kind: str, tmp_path: Path) -> None:
    async with outage(kind, tmp_path) as broken, AsyncExitStack() as closing:
        connection, aside = Connection(broken.url, timeout=0.3), Connection(broken.aside, timeout=1)
        closing.push_async_callback(connection.close)
        closing.push_async_callback(aside.close)
        ear = Ear(aside)
        publisher = await closing.enter_async_context(Publisher(connection, "a"))
        publisher.player(Status(3, AT))
        publisher.player(Status(4, AT))
        playing = Lobby(4, "x", 3, opened_at=AT, in_progress=True, started_at=AT + 10)
        publisher.lobby(playing)
        await publisher.said()
        before = ["login a 3", "login a 4", "lobby_opened a 4", "game_started a 4"]
        assert await ear.news() == before

        await done(broken.begin())
        publisher.player(Status(5, AT))
        deadline = time.monotonic() + 5
        while publisher._heard:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        publisher.player_left(5)
        publisher.player_left(3)
        publisher.player(Status(6, AT))
        publisher.player(Status(4, AT, action=2))
        publisher.game_finished(GAME)
        publisher.lobby_closed(4)
        publisher.lobby(replace(playing, opened_at=AT + 200, in_progress=False))
        publisher.scored(Play(4, 1000, score_id=9))
        await asyncio.sleep(0.3)
        await done(broken.end())

        await asyncio.wait_for(publisher.said(), 10)
        await eventually(lambda: ids(aside), ({4, 6}, [4]))
        publisher.player(Status(7, AT))
        await asyncio.wait_for(publisher.said(), 10)
        players, (lobby,) = await whole(aside)
        assert {player: status.action for player, status in players.items()} == {4: 2, 6: 0, 7: 0}
        assert (lobby.opened_at, lobby.in_progress) == (AT + 200, False)

        news = await (Ear(aside) if broken.forgets else ear).news()
        assert news[-1] == "login a 7"
        once = ["game_finished a 4", "score a 3", "score a 4", "score a 4"]
        assert [each for each in news if each.startswith(("game", "score"))] == once
        # What hung is heard late, or it is not heard at all.
        rest = [each for each in news[:-1] if each not in once and not each.endswith(("login a 5", "logout a 5 left"))]
        if broken.forgets:
            assert sorted(rest) == sorted(["login a 4", "login a 6", "lobby_opened a 4"])
        else:
            changed = ["status a 4", "login a 6", "logout a 3 left", "lobby_closed a 4 left", "lobby_opened a 4"]
            assert sorted(rest) == sorted(changed)
        assert news.count("login a 5") == news.count("logout a 5 left")


async def test_lines_that_snap_are_not_noticed(valkey: str) -> None:
    store, aside = int(valkey.rpartition(":")[2].partition("/")[0]), Connection(valkey, timeout=5)
    await raw(aside, "FLUSHALL")
    async with proxy(store) as line, AsyncExitStack() as closing:
        connection = Connection(line.url, timeout=1)
        closing.push_async_callback(connection.close)
        closing.push_async_callback(aside.close)
        publisher = await closing.enter_async_context(Publisher(connection, "a"))
        for player in range(3, 9):
            publisher.player(Status(player, AT))
            await publisher.said()
            await line.snap()
        assert publisher._heard
        assert await Ear(aside).news() == [f"login a {player}" for player in range(3, 9)]


async def test_threads_never_wait(valkey: str) -> None:
    """Nor does the end, for long."""

    def speak(url: str) -> float:
        with SyncPublisher(lambda: Connection(url, timeout=0.3), "a") as publisher:
            publisher.player(Status(3, AT))
            publisher.said(10)
            asyncio.run_coroutine_threadsafe(hang(), here).result()
            started = time.monotonic()
            for player in range(1000):
                publisher.player(Status(player, AT))
                publisher.scored(Play(player, 1))
            assert publisher.lobby_now(4) is None
            took = time.monotonic() - started
            with pytest.raises(TimeoutError):
                publisher.said(0.5)
            started = time.monotonic()
        assert time.monotonic() - started < 3
        return took

    async def hang() -> None:
        line.hang()

    here = asyncio.get_running_loop()
    async with proxy(int(valkey.rpartition(":")[2].partition("/")[0])) as line:
        assert await asyncio.to_thread(speak, line.url) < 2


@pytest.mark.parametrize("stored", [True, False])
async def test_a_restart_that_nobody_noticed(tmp_path: Path, stored: bool) -> None:
    """Redis has started from what it had stored long ago, or empty, and answers as ever."""
    with Store(tmp_path, *(("--save", "3600", "1") if stored else ())) as store:
        connection = Connection(store.url, timeout=1)
        async with Publisher(connection, "a") as publisher:
            publisher.player(Status(3, AT))
            publisher.player(Status(4, AT))
            await publisher.said()
            if stored:
                await raw(connection, "SAVE")
            publisher.player_left(3)
            publisher.player(Status(4, AT, action=2))
            publisher.player(Status(5, AT))
            await publisher.said()
            store.kill()
            store.start()
            assert await ids(connection) == (({3, 4}, []) if stored else (set(), []))
            publisher.player(Status(6, AT))
            await publisher.said()
            assert publisher._heard
            # The time has come to renew.
            publisher._renew_at = 0.0
            publisher.player(Status(7, AT))
            await publisher.said()
            players, _ = await whole(connection)
            assert {player: status.action for player, status in players.items()} == {4: 2, 5: 0, 6: 0, 7: 0}
        await connection.close()


@asynccontextmanager
async def game_server(url: str, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A game server that has said everything."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.live.speaker", url, *words), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"said\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_game_server_that_dies_is_gone_and_no_other(valkey: str) -> None:
    lease = 1.0
    connection = Connection(valkey, timeout=5)
    await raw(connection, "FLUSHALL")
    said, ear, history = Writer(Batch(connection)), Ear(connection), Ear(connection, keys.HISTORY)
    async with (
        game_server(valkey, "a", str(lease), "3,4", "4") as dying,
        game_server(valkey, "b", str(lease), "5", "4") as frozen,
        game_server(valkey, "c", "30", "6,7", "1") as former,
    ):
        # One that starts anew under its name ends what its former self has left.
        former.kill()
        await former.wait()
        async with game_server(valkey, "c", "30", "7,8", "2"):
            await eventually(lambda: ids(connection), ({3, 4, 5, 7, 8}, [2, 4, 4]), 0.5)
            await ear.entries()
            dying.kill()
            died = time.monotonic()
            # Nobody is read as online any more, although nobody has swept.
            await eventually(lambda: ids(connection), ({5, 7, 8}, [2, 4]), lease + 0.5)
            assert await ear.news() == []
            await said.sweep()
            assert time.monotonic() - died < lease + 1
            assert sorted(await ear.news()) == ["lobby_closed a 4 lost", "logout a 3 lost", "logout a 4 lost"]
            assert (await history.news())[-1] == "closed a 4 lost"

            # One that was frozen beyond its lease is lost, and back as soon as it goes on.
            frozen.send_signal(signal.SIGSTOP)
            await eventually(lambda: ids(connection), ({7, 8}, [2]), lease + 0.5)
            await said.sweep()
            assert sorted(await ear.news()) == ["lobby_closed b 4 lost", "logout b 5 lost"]
            frozen.send_signal(signal.SIGCONT)
            await eventually(lambda: ids(connection), ({5, 7, 8}, [2, 4]))
            assert sorted(await ear.news()) == ["lobby_opened b 4", "login b 5"]
    await connection.close()


async def test_another_node_of_a_cluster_takes_over(tmp_path: Path) -> None:
    """First the machine of one is gone without a word, then the program of the other."""
    with engines.cluster(tmp_path, replica_of=0) as nodes, nodes[0].client() as one, nodes[3].client() as other:
        speaking, reading = (Connection(nodes[1].url, cluster=True, timeout=0.3) for _ in range(2))
        presence = Presence(Batch(reading))
        async with Publisher(speaking, "a") as publisher:
            publisher.player(Status(3, AT))
            await publisher.said()
            assert await presence.online() == (3,)
            engines.until(lambda: other.dbsize() > 0)
            nodes[0].halt()
            publisher.player(Status(4, AT))
            with pytest.raises(Away):
                await presence.online()
            await asyncio.sleep(0.4)
            other.execute_command("CLUSTER", "FAILOVER", "TAKEOVER")
            publisher.player_left(3)
            publisher.game_finished(GAME)
            await asyncio.wait_for(publisher.said(), 15)
            await eventually(presence.online, (4,))
            told = await Ear(reading).news()
            assert sorted(told) == sorted(
                [*("login a 3", "login a 4", "logout a 3 left"), *("game_finished a 4", "score a 3", "score a 4")]
            )

            nodes[0].resume()
            engines.until(lambda: one.info("replication").get("master_link_status") == "up")
            nodes[3].kill()
            publisher.player(Status(5, AT))
            await asyncio.sleep(0.3)
            one.execute_command("CLUSTER", "FAILOVER", "TAKEOVER")
            await asyncio.wait_for(publisher.said(), 15)
            await eventually(presence.online, (4, 5))
            assert await Ear(reading).news() == [*told, "login a 5"]
        await speaking.close()
        await reading.close()


async def test_the_keys_of_a_cluster_move_to_another_node(cluster: str) -> None:
    connection = Connection(cluster, cluster=True, timeout=1)
    await connection.ask(lambda client: client.flushall())
    slot = key_slot(keys.SERVERS.encode())
    async with Publisher(connection, "a") as publisher:
        publisher.player(Status(3, AT))
        await publisher.said()
        nodes = await connection.ask(lambda client: client.cluster_nodes())
        has = {place: any(int(a) <= slot <= int(b) for a, b in node["slots"]) for place, node in nodes.items()}
        place = next(place for place in nodes if not has[place])
        for each in sorted(nodes, key=lambda each: each != place):  # the new one first
            host, _, port = each.partition(":")
            with Redis(host=host, port=int(port)) as client, client.pipeline() as step:
                if each == place:
                    client.execute_command("CLUSTER", "BUMPEPOCH")
                else:
                    step.flushall()
                step.execute_command("CLUSTER", "SETSLOT", slot, "NODE", nodes[place]["node_id"])
                step.execute()
        publisher.player(Status(4, AT))
        await asyncio.wait_for(publisher.said(), 10)
        publisher._renew_at = 0.0
        publisher.player(Status(5, AT))
        await asyncio.wait_for(publisher.said(), 10)
        assert await ids(connection) == ({3, 4, 5}, [])
        with Redis(host=host, port=int(place.partition(":")[2])) as client:
            assert client.zcard(keys.PLAYERS) == 3
    await connection.close()


async def test_sentinels_promote_a_replica(tmp_path: Path) -> None:
    port = free_port()
    with Store(tmp_path / "first") as first, Store(tmp_path / "second", *engines.AT_ONCE) as second:
        with first.client() as one, second.client() as two:
            one.config_set("repl-diskless-sync-delay", 0)
            two.replicaof(HOST, str(first.port))
            engines.until(lambda: two.info("replication").get("master_link_status") == "up")
        settings = tmp_path / "sentinel.conf"
        settings.write_text(
            f"port {port}\nbind {HOST}\ndir {tmp_path}\nsentinel monitor ours {HOST} {first.port} 1\n"
            "sentinel down-after-milliseconds ours 300\nsentinel failover-timeout ours 3000\n"
        )
        with running([engines.VALKEY, str(settings), "--sentinel"], port, tmp_path / "log"):
            sentinel = Redis(host=HOST, port=port, decode_responses=True)
            engines.until(lambda: sentinel.execute_command("SENTINEL", "REPLICAS", "ours"))
            connection = Connection(
                "redis://elsewhere/0", sentinels=(f"{HOST}:{port}",), sentinel_master="ours", timeout=0.5
            )
            async with Publisher(connection, "a") as publisher:
                publisher.player(Status(3, AT))
                publisher.player(Status(4, AT))
                await publisher.said()
                first.kill()
                publisher.player_left(3)
                publisher.player(Status(5, AT))
                publisher.game_finished(GAME)
                await asyncio.wait_for(publisher.said(), 20)
                with second.client() as client:
                    assert client.info("replication")["role"] == "master"
                assert await ids(connection) == ({4, 5}, [])
                news = await Ear(connection).news()
                assert news.count("game_finished a 4") == 1
            await connection.close()
            sentinel.close()
