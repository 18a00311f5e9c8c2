"""Sessions of the website, as bancho.py keeps them."""

import asyncio

import pytest

from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.keys import ranking
from server.live.ranks import Ranks
from server.live.sessions import WebSessions
from tests.live.listening import every_key, raw


@pytest.fixture
def sessions(connection: Connection) -> WebSessions:
    return WebSessions(Batch(connection), connection)


async def test_a_session_is_what_bancho_py_reads(sessions: WebSessions, connection: Connection) -> None:
    await sessions.begin("abc-_", 7)
    assert await every_key(connection) == ["bancho:web_sessions:abc-_"]
    assert await raw(connection, "GET", "bancho:web_sessions:abc-_") == "7"
    assert 2_592_000 - 5 <= await raw(connection, "TTL", "bancho:web_sessions:abc-_") <= 2_592_000
    assert await sessions.owner("abc-_") == 7
    # Looking makes it no longer.
    await raw(connection, "EXPIRE", "bancho:web_sessions:abc-_", 100)
    await sessions.owner("abc-_")
    assert await raw(connection, "TTL", "bancho:web_sessions:abc-_") <= 100
    await sessions.end("abc-_")
    assert await every_key(connection) == []
    assert await sessions.owner("abc-_") is None


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        *(("3", 3), ("2147483647", 2147483647), ("007", 7)),
        *(("", None), ("-3", None), ("3.0", None), ("x", None), ("٣", None), ('{"id":3}', None), ("9" * 5000, None)),
    ],
)
async def test_sessions_that_others_made(
    sessions: WebSessions, connection: Connection, value: str, owner: int | None
) -> None:
    await raw(connection, "SET", "bancho:web_sessions:x", value)
    assert await sessions.owner("x") == owner


async def test_all_sessions_of_a_player(sessions: WebSessions, connection: Connection) -> None:
    """Among many of others, and keys of other kinds."""
    await asyncio.gather(*(sessions.begin(f"t{each}", each % 50) for each in range(2500)))
    await raw(connection, "SET", "bancho:web_sessions:by hand", "7")
    await raw(connection, "SET", "bancho:web_sessions:broken", "7x")
    await raw(connection, "SET", "bancho:other:t7", "7")
    expected = {f"t{each}" for each in range(2500) if each % 50 == 7} | {"by hand"}
    found = await sessions.of(7)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert await sessions.of(51) == []


async def test_what_is_no_text_among_the_sessions_is_nobodys(sessions: WebSessions, connection: Connection) -> None:
    await sessions.begin("t", 7)
    await raw(connection, "LPUSH", "bancho:web_sessions:list", "7")
    assert await sessions.of(7) == ["t"]
    assert await sessions.owner("list") is None


async def test_without_redis_nothing_is_known() -> None:
    connection = Connection("")
    sessions = WebSessions(Batch(connection), connection)
    for question in (sessions.begin("t", 7), sessions.owner("t"), sessions.end("t"), sessions.of(7)):
        with pytest.raises(Away):
            await question


async def test_a_player_moves_from_one_country_to_another(connection: Connection) -> None:
    for key, player, pp in ((ranking(0, "de"), 7, 100), (ranking(0, "de"), 8, 90), (ranking(4, "de"), 7, 5)):
        await raw(connection, "ZADD", key, pp, player)
    ranks = Ranks(Batch(connection), False)
    await ranks.move(7, "de", "jp", {0: 120, 4: 0}, True)
    assert await raw(connection, "ZRANGE", ranking(0, "de"), 0, -1) == ["8"]
    assert await raw(connection, "ZRANGE", ranking(4, "de"), 0, -1) == []
    assert await raw(connection, "ZSCORE", ranking(0, "jp"), "7") == 120
    assert await raw(connection, "ZSCORE", ranking(4, "jp"), "7") == 0
    await ranks.move(7, "jp", "fr", {0: 120, 4: 0}, False)
    assert set(await every_key(connection)) == {ranking(0, "de")}
