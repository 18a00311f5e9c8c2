"""The hub over a stream that does as it is told: whatever happens on the way, nothing is lost or told twice."""

import asyncio
import contextlib
import random
from bisect import bisect_right
from types import SimpleNamespace
from typing import Any, cast

import pytest

from server.domain.happenings import Wanted
from server.domain.live import Event, Kind, Status, order
from server.domain.players import Player
from server.domain.problems import LiveAway, Unavailable
from server.live.connection import Away
from server.live.feed import NOTHING, Feed, Kept
from server.services import hub as hubs
from server.services.hub import BROKEN, TOO_OLD, Hub, Listener
from server.services.players import Players

PAGE = 3
EVERYTHING = Wanted()


class Stream:
    """A feed in memory, in pages of three. `trouble` is raised; so many cancellations as `deaf` says are swallowed."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Event | None]] = []
        self.trouble: Exception | None = None
        self.deaf = 0
        self.reads = 0
        self.added = asyncio.Event()

    def add(self, count: int = 1, player: int = 3, at: int | None = None) -> None:
        for _ in range(count):
            last = order(self.entries[-1][0])[0] if self.entries else 0
            entry_id = f"{at or last + 1}-0"
            self.entries.append((entry_id, Event(entry_id, Kind.STATUS, "main", player, Status(player, 1.0))))
        self.added.set()
        self.added = asyncio.Event()

    async def kept(self) -> Kept:
        await self._pause()
        if not self.entries:
            return Kept(None, NOTHING, True)
        return Kept(self.entries[0][0], self.entries[-1][0], True)

    async def after(self, last: str) -> list[tuple[str, Event | None]]:
        await self._pause()
        first = bisect_right(self.entries, order(last), key=lambda each: order(each[0]))
        return self.entries[first : first + PAGE]

    async def next(self, last: str, seconds: float) -> list[tuple[str, Event | None]]:
        self.reads += 1
        if not (found := await self.after(last)):
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await self.added.wait()
            except asyncio.CancelledError:
                if not self.deaf:
                    raise
                self.deaf -= 1
            found = await self.after(last)
        return found

    async def _pause(self) -> None:
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble


class Registry:
    """Everybody is there but those who are hidden."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.trouble: Exception | None = None

    async def many(self, ids: tuple[int, ...], viewer: Any) -> list[Player]:
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
        return [cast(Player, SimpleNamespace(id=each)) for each in ids if each not in self.hidden]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.005)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def players() -> Registry:
    return Registry()


@pytest.fixture
def hub(stream: Stream, players: Registry) -> Hub:
    return Hub(cast(Feed, stream), cast(Players, players), breath=60)


class Guest:
    """Listens in a task of its own, and notes ids, or reasons where there is none."""

    def __init__(self, hub: Hub, after: str | None = None) -> None:
        self.heard: list[str] = []
        self.listener: Listener | None = None
        self.came = asyncio.Event()
        self.task = asyncio.create_task(self._listen(hub, after))

    async def _listen(self, hub: Hub, after: str | None) -> None:
        async with hub.listen(after) as self.listener:
            self.came.set()
            async for page in hub.heard(self.listener, EVERYTHING):
                self.heard += [each.event.id if each.event else each.reason for each in page]

    async def until(self, last: str) -> list[str]:
        async with asyncio.timeout(20):
            while not self.heard or self.heard[-1] != last:
                await asyncio.sleep(0.001)
        return self.heard

    async def leave(self) -> None:
        while not self.task.done():
            self.task.cancel()
            await asyncio.wait({self.task}, timeout=0.05)


async def guest(hub: Hub, after: str | None = None) -> Guest:
    made = Guest(hub, after)
    async with asyncio.timeout(20):
        await made.came.wait()
    return made


def ids(first: int, last: int) -> list[str]:
    return [f"{number}-0" for number in range(first, last + 1)]


@pytest.mark.parametrize("seed", range(12))
async def test_whoever_comes_and_goes_misses_nothing_and_hears_nothing_twice(
    hub: Hub, stream: Stream, seed: int
) -> None:
    chance = random.Random(seed)
    stream.add(5)
    stream.deaf = 5
    here: list[tuple[int, Guest]] = []
    for _ in range(60):
        match chance.choice(("add", "add", "come", "come", "leave", "wait")):
            case "add":
                stream.add(chance.randrange(1, 8))
            case "come":
                after = chance.randrange(1, len(stream.entries) + 1)
                here.append((after, Guest(hub, f"{after}-0")))
            case "leave" if here:
                _, gone = here.pop(chance.randrange(len(here)))
                gone.task.cancel()
            case _:
                await asyncio.sleep(chance.random() / 200)
    here.append((1, Guest(hub, "1-0")))
    stream.add()
    newest = len(stream.entries)
    for after, each in here:
        assert await each.until(f"{newest}-0") == ids(after + 1, newest)
        await each.leave()


async def test_it_reads_while_somebody_listens(hub: Hub, stream: Stream) -> None:
    stream.add()
    first, second = await guest(hub), await guest(hub)
    await first.leave()
    stream.add()
    await second.until("2-0")
    await second.leave()
    await asyncio.sleep(0.05)
    reads = stream.reads
    stream.add()
    await asyncio.sleep(0.05)
    assert stream.reads == reads
    third = await guest(hub)
    stream.add()
    assert await third.until("4-0") == ["4-0"]
    await third.leave()


async def test_one_who_is_too_far_behind_is_dropped(hub: Hub, stream: Stream) -> None:
    stream.add()
    async with hub.listen(None) as slow:
        other = await guest(hub)
        hearing = hub.heard(slow, EVERYTHING)
        stream.add(hubs.BACKLOG + 5)
        await other.until(f"{hubs.BACKLOG + 6}-0")
        with pytest.raises(StopAsyncIteration):
            await anext(hearing)
        await other.leave()


async def test_the_log_reaches_back_as_far_as_it_says(hub: Hub, stream: Stream) -> None:
    stream.add()
    first = await guest(hub)
    stream.add(hubs.BACKLOG + 50)
    newest = hubs.BACKLOG + 51
    await first.until(f"{newest}-0")
    for after in (1, 20, 51, 52, newest - 1):
        again = await guest(hub, f"{after}-0")
        assert await again.until(f"{newest}-0") == ids(after + 1, newest)
        await again.leave()
    await first.leave()


@pytest.mark.parametrize("at", [2, 100])
async def test_another_stream_is_said_to_be_one(hub: Hub, stream: Stream, at: int) -> None:
    """Its ids may be lower, as a clock that is behind makes them, or higher, as after a restart with nothing in it."""
    stream.add(9)
    first = await guest(hub)
    stream.add()
    await first.until("10-0")
    stream.entries.clear()
    stream.add(at=at)
    await first.until(f"{at}-0" if at > 10 else BROKEN)
    if at < 10:
        stream.add()
        await first.until("3-0")
    assert BROKEN in first.heard
    # And to those who come again with an id of the old one.
    again = await guest(hub, "10-0")
    assert again.listener is not None
    assert again.listener.gap == TOO_OLD
    await again.leave()
    # Who comes after an event since then hears of no gap.
    newest = stream.entries[-1][0]
    stream.add()
    last = stream.entries[-1][0]
    later = await guest(hub, newest)
    assert await later.until(last) == [last]
    await later.leave()
    await first.leave()


async def test_a_stream_that_begins_anew_during_a_replay_is_said_to(hub: Hub, stream: Stream) -> None:
    stream.add(20)
    async with hub.listen("1-0") as listener:
        hearing = hub.heard(listener, EVERYTHING)
        assert [each.event and each.event.id for each in await anext(hearing)] == ids(2, 4)
        stream.entries.clear()
        stream.add(at=1000)
        reasons = [each.reason for each in await anext(hearing)]
        assert BROKEN in reasons


async def test_what_is_cut_off_during_a_replay_is_said_to_be_missing(hub: Hub, stream: Stream) -> None:
    stream.add(20)
    async with hub.listen("1-0") as listener:
        hearing = hub.heard(listener, EVERYTHING)
        await anext(hearing)
        del stream.entries[:10]
        page = await anext(hearing)
        assert (page[0].reason, page[1].event and page[1].event.id) == (BROKEN, "11-0")


@pytest.mark.parametrize("trouble", [Away(), RuntimeError("unheard of")])
async def test_trouble_with_the_stream_passes(hub: Hub, stream: Stream, trouble: Exception) -> None:
    stream.add()
    first = await guest(hub)
    stream.trouble = trouble
    await asyncio.sleep(0.05)
    stream.add(4)
    stream.trouble = None
    assert await first.until("5-0") == ids(2, 5)
    await first.leave()


async def test_an_outage_during_a_replay_loses_nothing(hub: Hub, stream: Stream) -> None:
    stream.add(10)
    async with hub.listen("1-0") as listener:
        hearing = hub.heard(listener, EVERYTHING)
        told = await anext(hearing)
        stream.trouble = Away()
        assert await anext(hearing) == []  # a sign of life
        stream.trouble = None
        while told[-1].order < (10, 0):
            told += await anext(hearing)
        assert [each.event and each.event.id for each in told] == ids(2, 10)


async def test_while_the_database_is_away_events_wait(hub: Hub, stream: Stream, players: Registry) -> None:
    stream.add()
    first = await guest(hub)
    players.trouble = Unavailable("away")
    stream.add(5)
    await asyncio.sleep(0.05)
    assert first.heard == []
    players.trouble = None
    assert await first.until("6-0") == ids(2, 6)
    await first.leave()


async def test_a_page_that_breaks_us_is_left_out_and_said_to_be(hub: Hub, stream: Stream, players: Registry) -> None:
    stream.add()
    first = await guest(hub)
    players.trouble = RuntimeError("a bug")
    stream.add()
    await first.until(BROKEN)
    players.trouble = None
    stream.add()
    assert await first.until("3-0") == [BROKEN, "3-0"]
    await first.leave()


async def test_hidden_players_are_not_told_of_while_replaying_either(
    hub: Hub, stream: Stream, players: Registry
) -> None:
    players.hidden = {11}
    stream.add(2)
    stream.add(3, player=11)
    stream.add(2)
    first = await guest(hub, NOTHING)
    assert await first.until("7-0") == [*ids(1, 2), *ids(6, 7)]
    await first.leave()


async def test_without_redis_nobody_can_listen(hub: Hub, stream: Stream) -> None:
    stream.trouble = Away()
    with pytest.raises(LiveAway):
        await hub.check()
    with pytest.raises(LiveAway):
        async with hub.listen(None):
            pass
    stream.trouble = None
    stream.add()
    first = await guest(hub)
    await hub.check()
    stream.add()
    await first.until("2-0")
    await first.leave()


@pytest.mark.parametrize("after", [None, "1-0"])
async def test_closing_ends_everything(hub: Hub, stream: Stream, after: str | None) -> None:
    stream.add(30)
    first = await guest(hub, after)
    if after:
        stream.trouble = Away()
    await asyncio.sleep(0.02)
    hub.close()
    async with asyncio.timeout(20):
        await first.task
