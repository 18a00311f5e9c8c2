"""What is said only if nothing has changed since it was read. On every kind of store."""

from dataclasses import replace

import pytest

from server.domain.live import Lobby, Play, Slot, Status
from server.live import writer
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.writer import Changed, Statement, Writer, offline, online, opened, same, scored, timed
from tests.live.listening import Ear, every_key, whole

AT = 1_700_000_000.25

LOBBY = Lobby(4, "x", 3, slots=(Slot(0, 3),), opened_at=AT)


@pytest.fixture
def said(connection: Connection) -> Writer:
    return Writer(Batch(connection))


def told(*things: Status | Lobby, server: str = "a") -> list[Statement]:
    """That these are online and open."""
    return [online(each, server) if isinstance(each, Status) else opened(each, server) for each in things]


PLAYING = replace(LOBBY, in_progress=True, started_at=AT + 10)


@pytest.mark.parametrize(
    ("read", "stands", "is_same", "is_timed"),
    [
        (None, None, True, True),
        (None, Status(3, AT), False, False),
        (Status(3, AT), None, False, False),
        (Status(3, AT), Status(3, AT), True, True),
        (Status(3, AT), Status(3, AT, 2, "ü"), False, True),
        (Status(3, AT), Status(3, AT + 0.001), False, False),
        (PLAYING, None, False, False),
        (PLAYING, PLAYING, True, True),
        (PLAYING, replace(PLAYING, name="ü"), False, True),
        (PLAYING, replace(PLAYING, opened_at=AT + 0.001), False, False),
        (PLAYING, replace(PLAYING, started_at=AT + 10.001), False, False),
    ],
)
async def test_what_is_said_only_if_all_stands_as_it_was_read(
    connection: Connection,
    said: Writer,
    ear: Ear,
    *,
    read: Status | Lobby | None,
    stands: Status | Lobby | None,
    is_same: bool,
    is_timed: bool,
) -> None:
    """One of the same number at another game server is another lobby."""
    await said.say("other", told(replace(PLAYING, name="another's"), server="other"))
    if stands is not None:
        await said.say("a", told(stands))
    text = told(read)[0].text.decode() if read is not None else None
    says = told(replace(PLAYING, seed=5) if isinstance(stands or read, Lobby) else Status(3, AT, 9))
    for condition, holds in ((same, is_same), (timed, is_timed)):
        before = sorted(await every_key(connection)), await whole(connection)
        await ear.entries()
        only_if = {says[0]: condition(says[0], text)}
        if holds:
            assert await said.say("a", says, only_if=only_if) == 1
            await said.say("a", told(stands) if stands else [offline(3)])
            continue
        # Nor is anything else of that step said.
        with pytest.raises(Changed):
            await said.say("a", [offline(3), scored(Play(3, 1, score_id=1)), *says], whole=True, only_if=only_if)
        assert (sorted(await every_key(connection)), await whole(connection)) == before
        assert await ear.entries() == []


async def test_of_steps_those_before_a_change_count(
    connection: Connection, said: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And each step has the conditions of its own statements."""
    monkeypatch.setattr(writer, "MOST_AT_ONCE", 2)
    three, four, five, six, seven = says = told(*(Status(each, AT) for each in range(3, 8)))
    only_if = {three: same(three, None), five: same(five, None), six: same(six, "x"), seven: same(seven, None)}
    with pytest.raises(Changed) as raised:
        await said.say("a", says, whole=True, only_if=only_if)
    assert raised.value.news == 2
    assert sorted((await whole(connection))[0]) == [3, 4]
    only_if = {five: same(five, None), four: same(four, four.text.decode())}
    assert await said.say("a", says, whole=True, only_if=only_if) == 3
