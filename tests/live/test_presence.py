"""What several game servers write and what is read of it, on every kind of store."""

from typing import Any

import orjson
import pytest

from server.domain.live import Lobby, Slot, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence
from server.live.records import lobby_from, status_from
from server.live.writer import checked
from tests.live.listening import raw
from tests.voice import Voice


@pytest.fixture
def presence(connection: Connection) -> Presence:
    return Presence(Batch(connection))


async def test_lobbies_of_two_game_servers_stand_side_by_side(connection: Connection, presence: Presence) -> None:
    b, a = Voice(connection, "b"), Voice(connection, "a")
    await b.lobbies([Lobby(1, "b's", 3), Lobby(0, "b's own", 3)])
    await a.lobbies([Lobby(1, "a's", 4)])
    assert [lobby.name for lobby in await presence.lobbies()] == ["b's own", "a's", "b's"]
    assert await presence.lobby(1) == Lobby(1, "a's", 4, server="a")
    await a.lobbies_closed([0, 1])
    assert [lobby.name for lobby in await presence.lobbies()] == ["b's own", "b's"]
    assert await presence.lobby(1) == Lobby(1, "b's", 3, server="b")
    assert await presence.lobby(2) is None
    assert await raw(connection, "EXISTS", keys.match("a", 1)) == 0


async def test_what_cannot_be_read_of_one_server_leaves_the_other_s(connection: Connection, presence: Presence) -> None:
    for server in ("a", "b"):
        await Voice(connection, server).lobbies([Lobby(1, server, 3)])
    await raw(connection, "SET", keys.match("a", 1), "{")
    assert await presence.lobby(1) == Lobby(1, "b", 3, server="b")


async def test_a_player_is_where_it_was_said_last(connection: Connection, presence: Presence) -> None:
    old, new = Voice(connection, "old"), Voice(connection, "new")
    await old.players([Status(3, 1.0), Status(4, 1.0)])
    await new.players([Status(3, 2.0, info_text="ü")])
    await old.players_left([3, 4])
    assert await presence.online() == (3,)
    assert await presence.statuses((3, 4)) == {3: Status(3, 2.0, info_text="ü", server="new")}
    await new.players_left([3, 4, 5])
    assert await presence.online() == ()
    assert await presence.statuses((3,)) == {}


@pytest.mark.parametrize("text", ["{", "5", "null", "{}", '{"server": 5}', "[" * 5000, ""])
async def test_what_nobody_can_read_keeps_nobody_online(connection: Connection, presence: Presence, text: str) -> None:
    publisher = Voice(connection, "a")
    await publisher.players([Status(3, 1.0)])
    await raw(connection, "SET", keys.player(3), text)
    await publisher.players_left([3])
    assert await presence.online() == ()


ODD = ("9" * 5000, "9" * 19, "-1", "03", "1.5", "x", "", "٣", "3\n")


async def test_members_that_are_no_ids_are_ignored(connection: Connection, presence: Presence) -> None:
    await Voice(connection, "a").players([Status(3, 1.0)])
    await Voice(connection, "a").lobbies([Lobby(1, "x", 3)])
    for odd in ODD:
        await raw(connection, "ZADD", keys.PLAYERS, "+inf", odd)
        await raw(
            connection, "ZADD", keys.MATCHES, "+inf", odd, "+inf", f"a:{odd}", "+inf", f"{odd} :2", "+inf", "a:b:3"
        )
    assert await presence.online() == (3,)
    assert await presence.lobbies() == [Lobby(1, "x", 3, server="a")]
    assert await presence.lobby(2) is None


@pytest.mark.parametrize("name", ["", "x" * 33, "a:b", "a b", "ü", "a\n", "{a}"])
def test_names_that_no_game_server_may_have(name: str) -> None:
    with pytest.raises(ValueError, match="server: expected"):
        checked(name)


@pytest.mark.parametrize("name", ["a", "x" * 32, "Main-1.eu_west"])
def test_names_that_game_servers_may_have(name: str) -> None:
    assert checked(name) == name


def test_every_key_is_in_one_slot() -> None:
    for key in (keys.SERVERS, keys.PLAYERS, keys.MATCHES, keys.player(3), keys.match("a", 1)):
        assert key.startswith("bancho-api:{live}:v1:")


NULLS = ("referee_ids", "mode", "mods", "seed", "in_progress", "is_scrimming", "map_id", "map_md5", "map_name", "slots")


def test_null_in_a_lobby_is_the_default() -> None:
    good = {"id": 1, "name": "x", "host_id": 3}
    assert lobby_from(orjson.dumps(good | dict.fromkeys(NULLS)).decode(), 1) == Lobby(1, "x", 3)
    slot = {"number": 0, "player_id": 3} | dict.fromkeys(("status", "team", "mods", "loaded", "skipped"))
    assert lobby_from(orjson.dumps(good | {"slots": [slot]}).decode(), 1) == Lobby(1, "x", 3, slots=(Slot(0, 3),))


@pytest.mark.parametrize(("md5", "read"), [("aB" * 16, "aB" * 16), ("g" * 32, ""), ("a" * 33, ""), ("", ""), (5, "")])
def test_a_checksum_that_is_none(md5: Any, read: str) -> None:
    text = orjson.dumps({"id": 3, "login_time": 1, "name": "x", "host_id": 3, "map_md5": md5}).decode()
    assert status_from(text, 3) == Status(3, 1.0, map_md5=read)
    assert lobby_from(text, 3) == Lobby(3, "x", 3, map_md5=read)


def test_an_entry_under_another_key_speaks_for_nobody() -> None:
    text = '{"id": 4, "login_time": 1, "name": "x", "host_id": 3}'
    assert status_from(text, 3) is None
    assert lobby_from(text, 3) is None
