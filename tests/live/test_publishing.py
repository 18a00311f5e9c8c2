"""What is said over HTTP at the same moment: no word is lost, and none brings back what is over."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from server.domain.live import Lobby, Status
from server.domain.problems import NotFound, Unavailable
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence, Read
from server.live.writer import Writer, offline, online, opened
from server.services.publishing import MOST_TRIES, Publishing
from tests.live.listening import Ear, whole

AT = 1_700_000_000.25

LOBBY = Lobby(4, "x", 3)


@pytest.fixture
def batch(connection: Connection) -> Batch:
    return Batch(connection)


@pytest.fixture
def said(batch: Batch) -> Publishing:
    """What is asked of it at once is read at once, before any of it is said."""
    return Publishing(Writer(batch), Presence(batch))


async def at_once(*asked: Coroutine[Any, Any, int]) -> list[Any]:
    """The answers, or what was raised."""
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_patches_of_one_thing_go_one_after_the_other(connection: Connection, said: Publishing, ear: Ear) -> None:
    player = {"action": 2, "mods": 8, "mode": 4, "info_text": "ü", "map_id": 75}
    lobby = {"name": "y", "mods": 64, "seed": 7, "free_mods": True, "in_progress": True, "started_at": AT + 9}
    await said.put_player("a", Status(3, AT))
    await said.put_lobby("a", replace(LOBBY, opened_at=AT))
    await ear.entries()
    patches = [said.patch_player("a", 3, {name: value}) for name, value in player.items()]
    patches += [said.patch_lobby("a", 4, {name: value}) for name, value in list(lobby.items())[:4]]
    patches.append(said.patch_lobby("a", 4, {"in_progress": True, "started_at": AT + 9}))
    assert await at_once(*patches) == [1] * 10
    expected = replace(LOBBY, opened_at=AT, server="a", **lobby)  # type: ignore[arg-type]
    assert await whole(connection) == ({3: Status(3, AT, server="a", **player)}, [expected])  # type: ignore[arg-type]
    assert sorted(await ear.news()) == ["game_started a 4", *["lobby_changed a 4"] * 5, *["status a 3"] * 5]


async def test_a_patch_brings_nothing_back(connection: Connection, said: Publishing, ear: Ear) -> None:
    await said.put_player("a", Status(3, AT))
    await said.put_lobby("a", LOBBY)
    answers = await at_once(
        *(said.patch_player("a", 3, {"mods": 8}), said.player_left("a", 3)),
        *(said.patch_lobby("a", 4, {"mods": 8}), said.lobby_closed("a", 4)),
    )
    assert [repr(each) for each in answers] == ["NotFound(what='player')", "1", "NotFound(what='match')", "1"]
    assert await whole(connection) == ({}, [])
    assert await ear.news() == ["login a 3", "lobby_opened a 4", "logout a 3 left", "lobby_closed a 4 left"]


@pytest.mark.parametrize("login_time", [AT, AT + 1])
async def test_a_patch_takes_nobody_from_another_game_server(
    connection: Connection, said: Publishing, login_time: float
) -> None:
    await said.put_player("a", Status(3, AT))
    answers = await at_once(said.patch_player("a", 3, {"mods": 8}), said.put_player("b", Status(3, login_time)))
    assert [type(answers[0]), answers[1]] == [NotFound, 1]
    assert (await whole(connection))[0] == {3: Status(3, login_time, server="b")}


async def test_equal_words_without_times_are_news_once(connection: Connection, said: Publishing, ear: Ear) -> None:
    playing = replace(LOBBY, in_progress=True)
    words: list[tuple[int, list[str], Callable[[], Coroutine[Any, Any, int]]]] = [
        (1, ["login a 3"], lambda: said.put_player("a", Status(3, 0))),
        (1, ["lobby_opened a 4"], lambda: said.put_lobby("a", LOBBY)),
        (1, ["lobby_changed a 4", "game_started a 4"], lambda: said.put_lobby("a", playing)),
        (1, ["logout a 3 left", "login b 3"], lambda: said.put_player("b", Status(3, 0))),
        (
            *(2, ["login a 5", "lobby_opened a 6", "game_started a 6"]),
            lambda: said.snapshot("a", [Status(5, 0)], [playing, replace(playing, id=6)]),
        ),
    ]
    for news, events, word in words:
        assert sum(await at_once(*(word() for _ in range(5)))) == news
        assert await ear.news() == events


async def test_what_is_over_gives_its_times_to_nobody(connection: Connection, said: Publishing, ear: Ear) -> None:
    await said.put_player("a", Status(3, AT))
    await said.put_lobby("a", replace(LOBBY, opened_at=AT))
    await ear.entries()
    answers = await at_once(
        *(said.put_player("a", Status(3, 0)), said.put_lobby("a", LOBBY)),
        *(said.player_left("a", 3), said.lobby_closed("a", 4)),
    )
    assert answers == [1, 1, 1, 1]
    players, (lobby,) = await whole(connection)
    assert players[3].login_time > AT
    assert lobby.opened_at > AT
    assert await ear.news() == ["logout a 3 left", "lobby_closed a 4 left", "login a 3", "lobby_opened a 4"]


class Meddled(Presence):
    """Something happens whenever somebody has read what they will change."""

    def __init__(self, batch: Batch, meddle: Callable[[], Awaitable[Any]]) -> None:
        super().__init__(batch)
        self._meddle = meddle

    async def player_texts(self, ids: Any) -> dict[int, Read[Status]]:
        read = await super().player_texts(ids)
        await self._meddle()
        return read


async def test_who_is_never_fast_enough_is_told(connection: Connection, batch: Batch) -> None:
    writer, times = Writer(batch), 0

    async def meddle() -> None:
        nonlocal times
        times += 1
        await writer.say("a", [online(Status(3, AT, info_text=str(times)), "a")])

    await writer.say("a", [online(Status(3, AT), "a")])
    with pytest.raises(Unavailable, match="asking again"):
        await Publishing(writer, Meddled(batch, meddle)).patch_player("a", 3, {"mods": 8})
    assert times == MOST_TRIES
    assert (await whole(connection))[0] == {3: Status(3, AT, info_text=str(times), server="a")}


async def test_the_whole_truth_minds_only_the_times(connection: Connection, batch: Batch) -> None:
    """Statuses change all the while that it takes to say it."""
    writer, times = Writer(batch), 0

    async def meddle() -> None:
        nonlocal times
        times += 1
        changed = [online(Status(3, AT, info_text=str(times)), "a"), opened(replace(LOBBY, name=str(times)), "a")]
        # What has gone once is read anew.
        await writer.say("a", changed if times > 1 else [*changed, offline(5)])

    said = Publishing(writer, Meddled(batch, meddle))
    await writer.say("a", [online(Status(each, AT), "a") for each in (3, 5)] + [opened(LOBBY, "a")])
    assert await said.snapshot("a", [Status(3, 0), Status(5, 0)], [LOBBY]) == 3
    assert times == 2
    players, (lobby,) = await whole(connection)
    assert (players[3], players[5].login_time > AT, lobby.name) == (Status(3, AT, server="a"), True, "x")
