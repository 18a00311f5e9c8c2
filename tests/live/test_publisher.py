"""A game server's voice: few commands for many words, nothing forgotten, nothing raised. On every kind of store."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.domain.live import Game, Lobby, Play, Status
from server.live import keys
from server.live import publisher as publishers
from server.live.connection import Connection
from server.live.publisher import Publisher, stamp
from server.live.sync import SyncPublisher
from tests.live.listening import Ear, Place, eventually, raw, whole

AT = 1_700_000_000.25

GAME = Game(4, "x", AT, AT + 10, AT + 100, plays=(Play(3, 1000, slot=0), Play(5, 900, score_id=6, slot=1)))


@pytest.fixture
async def publisher(connection: Connection) -> AsyncIterator[Publisher]:
    async with Publisher(connection, "a") as speaking:
        yield speaking


class Counting(Connection):
    """Knows how often Redis was asked, and by how many callers at most at a time."""

    asked = 0

    async def ask(self, question):  # type: ignore[no-untyped-def]
        self.asked += 1
        return await super().ask(question)


async def test_many_words_are_few_commands(
    live_store: Place, connection: Connection, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishers, "GATHER_SECONDS", 0.3)
    speaking = Counting(live_store.url, cluster=live_store.cluster, timeout=5)
    async with Publisher(speaking, "a") as publisher:
        await publisher.said()
        before = speaking.asked
        for player in range(3, 603):
            publisher.player(Status(player, AT))
            publisher.player(Status(player, AT, action=2))
        for name in "xyz":
            publisher.lobby(Lobby(4, name, 3, opened_at=AT))
        publisher.player_left(3)
        publisher.player_left(9999)
        publisher.game_finished(GAME)
        for _ in range(20):  # nor do those that come a little later
            await asyncio.sleep(0)
            publisher.player(Status(4, AT, action=3))
        await publisher.said()
        assert speaking.asked - before == 1
        # Of each only the last word is told.
        news = await ear.news()
        assert news[:598] == [f"login a {player}" for player in range(5, 603)]
        assert news[598:] == ["lobby_opened a 4", "game_finished a 4", "score a 3", "score a 5", "login a 4"]
        players, lobbies = await whole(connection)
        assert (len(players), players[4].action, [lobby.name for lobby in lobbies]) == (599, 3, ["z"])
    await speaking.close()


async def test_leaving_says_that_everybody_left(connection: Connection, ear: Ear) -> None:
    async with Publisher(connection, "b") as other:
        other.player(Status(6, AT))
        await other.said()
        async with Publisher(connection, "a") as publisher:
            publisher.player(Status(3, AT))
            publisher.lobby(Lobby(4, "x", 3))
            await publisher.said()
            publisher.scored(Play(3, 1, score_id=9))  # the last word counts as well
        assert await whole(connection) == ({6: Status(6, AT, server="b")}, [])
    assert await ear.news() == [
        *("login b 6", "login a 3", "lobby_opened a 4", "score a 3"),
        *("logout a 3 left", "lobby_closed a 4 left", "logout b 6 left"),
    ]


async def test_what_an_earlier_life_left_ends_at_the_start(connection: Connection, ear: Ear) -> None:
    crashed = Publisher(connection, "a")
    await crashed.__aenter__()
    crashed.player(Status(3, AT))
    crashed.player(Status(4, AT))
    crashed.lobby(Lobby(4, "x", 3, opened_at=AT))
    await crashed.said()
    assert crashed._running is not None
    crashed._running.cancel()
    async with Publisher(connection, "a") as publisher:
        publisher.player(Status(3, AT))
        await publisher.said()
        assert await whole(connection) == ({3: Status(3, AT, server="a")}, [])
    await ear.entries()


async def test_a_snapshot_is_the_whole_truth(publisher: Publisher, connection: Connection, ear: Ear) -> None:
    publisher.snapshot([Status(3, AT), Status(4, AT)], [Lobby(4, "x", 3, opened_at=AT)])
    await publisher.said()
    publisher.snapshot([Status(4, AT), Status(5, AT)], [Lobby(5, "y", 3, opened_at=AT)])
    await publisher.said()
    players, lobbies = await whole(connection)
    assert (set(players), [lobby.id for lobby in lobbies]) == ({4, 5}, [5])
    assert (await ear.news())[3:] == [
        *("login a 5", "lobby_opened a 5"),
        *("logout a 3 left", "lobby_closed a 4 left"),
    ]


async def test_times_are_noted_where_they_are_not_said(publisher: Publisher) -> None:
    now = time.time()
    lobby = Lobby(4, "x", 3)
    publisher.lobby(lobby)
    opened_at = publisher.lobby_now(4)
    assert opened_at is not None
    assert opened_at.opened_at == pytest.approx(now, abs=5)
    publisher.lobby(replace(lobby, in_progress=True))
    publisher.lobby(replace(lobby, in_progress=True, name="y"))
    playing = publisher.lobby_now(4)
    assert playing is not None
    assert (playing.opened_at, playing.name) == (opened_at.opened_at, "y")
    assert playing.started_at == pytest.approx(now, abs=5)
    publisher.lobby_closed(4)
    assert publisher.lobby_now(4) is None


def test_stamps() -> None:
    lobby, before = Lobby(4, "x", 3), Lobby(4, "x", 3, opened_at=5.0, in_progress=True, started_at=6.0)
    assert stamp(lobby, None, 9.0) == replace(lobby, opened_at=9.0)
    assert stamp(replace(lobby, started_at=7.0), before, 9.0) == replace(lobby, opened_at=5.0)
    playing = replace(lobby, in_progress=True)
    assert stamp(playing, before, 9.0) == before
    assert stamp(playing, replace(before, in_progress=False, started_at=0.0), 9.0) == replace(before, started_at=9.0)
    assert stamp(replace(playing, opened_at=8.0), before, 9.0) == replace(before, opened_at=8.0, started_at=9.0)
    assert stamp(replace(playing, started_at=7.0), before, 9.0) == replace(before, started_at=7.0)


async def test_scores_have_a_time(publisher: Publisher, connection: Connection, ear: Ear) -> None:
    """Two of the same beatmap are two; those of a game are from its end, and said again they are the same."""
    for _ in range(2):
        publisher.scored(Play(3, 1000, map_md5="ab" * 16))
        await publisher.said()
        await asyncio.sleep(0.002)
        publisher.game_finished(GAME)
        await publisher.said()
    assert await ear.news() == ["score a 3", "game_finished a 4", "score a 3", "score a 5", "score a 3"]


async def test_words_do_not_stop_the_renewal(live_store: Place, connection: Connection, ear: Ear) -> None:
    """Somebody who does nothing stays while others never rest; and whoever waits gets through."""
    async with Publisher(connection, "a", lease_seconds=0.45) as publisher:
        publisher.player(Status(3, AT))
        ends = time.monotonic() + 1.2
        count = 0
        while time.monotonic() < ends:
            count += 1
            publisher.player(Status(4, AT, info_text=str(count)))
            if count % 50 == 0:
                chatter = asyncio.create_task(_chatter(publisher))
                await asyncio.wait_for(publisher.said(), 2)
                chatter.cancel()
            assert await raw(connection, "EXISTS", keys.player(3)) or count < 50
            await asyncio.sleep(0.004)
        assert "logout a 3 lost" not in await ear.news()


async def _chatter(publisher: Publisher) -> None:
    for count in range(1_000_000):
        publisher.player(Status(5, AT, info_text=str(count)))
        await asyncio.sleep(0)


async def test_what_cannot_be_told_is_refused_and_harms_nothing(
    publisher: Publisher, connection: Connection, ear: Ear
) -> None:
    publisher.player(Status(3, AT, info_text="fine"))
    publisher.lobby(Lobby(4, "fine", 3, opened_at=AT))
    bad, room = Status(3, AT, info_text="\ud800"), Lobby(4, "\ud800", 3)
    for refused in (
        lambda: publisher.player(bad),
        lambda: publisher.player(Status(-1, AT)),
        lambda: publisher.lobby(room),
        lambda: publisher.scored(Play(3, 2**64)),
        lambda: publisher.game_finished(replace(GAME, map_name="\ud800")),
        lambda: publisher.game_finished(replace(GAME, plays=(*GAME.plays, Play(3, 1, grade="\ud800")))),
        lambda: publisher.snapshot([bad], []),
        lambda: publisher.snapshot([Status(9, AT)], [room]),
    ):
        with pytest.raises(ValueError, match="expected one that can be told"):
            refused()
    publisher.player(Status(5, AT))
    await publisher.said()
    # Also where everything is said again.
    await raw(connection, "FLUSHALL")
    publisher._restate = True
    publisher.player(Status(6, AT))
    await publisher.said()
    players, (lobby,) = await whole(connection)
    assert {player: status.info_text for player, status in players.items()} == {3: "fine", 5: "", 6: ""}
    assert lobby.name == "fine"
    assert (await ear.news())[-4:] == ["login a 3", "login a 5", "login a 6", "lobby_opened a 4"]


async def test_where_redis_was_emptied_all_is_said_again(live_store: Place, connection: Connection, ear: Ear) -> None:
    """Also where a word has come in between."""
    async with Publisher(connection, "a", lease_seconds=0.6) as publisher:
        publisher.player(Status(3, AT))
        publisher.lobby(Lobby(4, "x", 3, opened_at=AT))
        publisher.game_finished(GAME)
        await publisher.said()
        await raw(connection, "FLUSHALL")
        publisher.player(Status(5, AT))
        await eventually(lambda: _ids(connection), ({3, 5}, [4]))
        told = await Ear(connection).news()
        assert sorted(told) == sorted(
            ["login a 5", "login a 3", "lobby_opened a 4", "game_finished a 4", "score a 3", "score a 5"]
        )


async def _ids(connection: Connection) -> tuple[set[int], list[int]]:
    players, lobbies = await whole(connection)
    return set(players), [lobby.id for lobby in lobbies]


async def test_from_threads(live_store: Place, connection: Connection, ear: Ear) -> None:
    """No word waits, whoever says it."""

    def speak() -> None:
        with SyncPublisher(live_store.connection, "a") as publisher:

            def crowd(first: int) -> None:
                for player in range(first, first + 50):
                    publisher.player(Status(player, AT))

            threads = [threading.Thread(target=crowd, args=(first,)) for first in (100, 200, 300)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            publisher.snapshot([Status(3, AT), Status(4, AT)], [Lobby(5, "y", 3)])
            publisher.lobby(Lobby(4, "x", 3, opened_at=AT))
            publisher.player_left(4)
            publisher.lobby_closed(5)
            publisher.scored(Play(3, 1, score_id=1))
            publisher.game_finished(GAME)
            publisher.said(10)
            lobby = publisher.lobby_now(4)
            assert lobby is not None
            assert lobby.opened_at == AT
            for refused in (
                lambda: publisher.player(Status(3, AT, info_text="\ud800")),
                lambda: publisher.lobby(Lobby(4, "\ud800", 3)),
                lambda: publisher.scored(Play(3, 2**64)),
                lambda: publisher.game_finished(replace(GAME, map_name="\ud800")),
                lambda: publisher.snapshot([Status(3, AT)], [Lobby(4, "\ud800", 3)]),
            ):
                with pytest.raises(ValueError, match="expected one that can be told"):
                    refused()
            asyncio.run_coroutine_threadsafe(_look(), here).result(10)
        publisher.player(Status(3, AT))  # unheard
        assert publisher.lobby_now(4) is None

    async def _look() -> None:
        assert await _ids(connection) == ({3}, [4])

    here = asyncio.get_running_loop()
    await asyncio.to_thread(speak)
    assert await _ids(connection) == (set(), [])
    news = await ear.news()
    assert news[-2:] == ["logout a 3 left", "lobby_closed a 4 left"]
    assert [each for each in news if each.startswith(("score", "game"))] == [
        *("score a 3", "game_finished a 4", "score a 3", "score a 5"),
    ]


def test_a_way_that_cannot_be_made_is_told() -> None:
    def broken() -> Connection:
        raise OSError("no such way")

    publisher = SyncPublisher(broken, "a")
    with pytest.raises(OSError, match="no such way"), publisher:
        pass
    with pytest.raises(ValueError, match="server: expected"):
        SyncPublisher(broken, "a b")


async def test_without_redis_nothing_is_raised() -> None:
    for connection in (Connection(""), Connection("redis://127.0.0.1:1/0", timeout=0.2)):
        async with Publisher(connection, "a") as publisher:
            publisher.player(Status(3, AT))
            publisher.game_finished(GAME)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(publisher.said(), 0.05)
            publisher.player_left(3)
        await connection.close()
