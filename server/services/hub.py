"""Events to many listeners: read and looked through once, told to everyone who wants them."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from server.domain.happenings import Happening, Wanted
from server.domain.live import Event, Game, Kind, Lobby, Play, Status
from server.domain.players import Player
from server.domain.privileges import NOBODY
from server.domain.problems import LiveAway, Unavailable
from server.live.connection import Away
from server.live.feed import Feed, order
from server.services.players import Players

log = logging.getLogger(__name__)

# So many events a listener may be behind; one that is further behind is dropped.
BACKLOG: Final = 2000

# Every so often all listeners are woken, so that a line that is dead is noticed.
BREATH_SECONDS: Final = 15.0

# So long one question waits for news.
WAIT_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 0.5

# The id before the first: whoever gives it gets all that is kept.
NOTHING: Final = "0-0"

BROKEN: Final = "The stream of events has begun anew."
TOO_OLD: Final = "Events after this id are no longer kept, or never were."


@dataclass(slots=True, eq=False)
class Listener:
    """One who is told. `start` is the id after which events follow, `gap` why some before it are missing, if so.

    `place` is how many events there had been when they were last told of some; None: what is kept comes first.
    """

    start: str
    place: int | None
    gap: str | None = None


class Hub:
    """Reads the stream while somebody listens. `breath`: seconds between signs of life."""

    def __init__(self, feed: Feed, players: Players, breath: float = BREATH_SECONDS) -> None:
        self._feed = feed
        self._players = players
        self._breath = breath
        self._log: deque[Happening] = deque(maxlen=BACKLOG)
        self._place = 0  # how many there have been; the last of the log is the one before it
        self._last = NOTHING
        self._news = asyncio.Event()
        self._listeners: set[Listener] = set()
        self._running: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._away = False
        self._closed = False

    async def check(self) -> None:
        """Can there be events at all? Raises Unavailable."""
        if self._running is not None and not self._away:
            return
        try:
            await self._feed.kept()
        except Away as away:
            raise LiveAway from away

    @contextlib.asynccontextmanager
    async def listen(self, after: str | None) -> AsyncIterator[Listener]:
        """Begin to listen: from now on, or after an event whose id is known. Raises Unavailable."""
        try:
            async with self._starting:
                if self._running is None:
                    self._last = (await self._feed.kept()).last
                    self._log.clear()
                    self._running = asyncio.create_task(self._run())
            listener = await self._begun(after)
        except Away as away:
            self._rest()
            raise LiveAway from away
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._rest()

    async def heard(self, listener: Listener, wanted: Wanted) -> AsyncIterator[list[Happening]]:
        """What a listener wants to hear, as it comes; an empty list is a sign of life.

        It ends when they are too slow, and when the server stops.
        """
        if listener.place is None:
            async for page in self._before(listener):
                yield [each for each in page if wanted.takes(each)]
        place = listener.place or 0
        while not self._closed:
            if place == self._place:
                await self._news.wait()
            behind = self._place - place
            if behind > len(self._log):
                return
            new = [self._log[index] for index in range(-behind, 0)]
            place = self._place
            told = [each for each in new if wanted.takes(each)]
            if told or not new:
                yield told

    def close(self) -> None:
        """End every stream: the server stops."""
        self._closed = True
        self._wake()
        if self._running is not None:
            self._running.cancel()

    async def _begun(self, after: str | None) -> Listener:
        """One who begins to listen, told whether all after that id can be told. Raises Away."""
        if after is None or after == self._last:
            return Listener(self._last, self._place)
        if (place := self._remembered(after)) is not None:
            return Listener(after, place)
        kept = await self._feed.kept()
        older = kept.first is not None and order(after) < order(kept.first) and after != NOTHING
        if older or order(after) > order(kept.last):
            return Listener(self._last, self._place, TOO_OLD)
        return Listener(after, None)

    def _remembered(self, after: str) -> int | None:
        """The place after an event, where it is not before all that is remembered: those who come again ask this."""
        if order(after) > order(self._last):
            return None
        place = self._place
        for happening in reversed(self._log):
            if happening.event is None:
                return None
            if order(happening.event.id) <= order(after):
                return place
            place -= 1
        return None

    async def _before(self, listener: Listener) -> AsyncIterator[list[Happening]]:
        """What was kept of the time before they came, up to what everybody is told next."""
        last = listener.start
        while True:
            upto, place = self._last, self._place
            try:
                entries = await self._feed.after(last)
                seen = await self._seen([event for _, event in entries if event])
            except (Away, Unavailable):
                await asyncio.sleep(RETRY_SECONDS)
                continue
            kept = [each for each in seen if each.event and order(each.event.id) <= order(upto)]
            if kept:
                yield kept
            if not entries or order(entries[-1][0]) >= order(upto):
                listener.place = place
                return
            last = entries[-1][0]

    def _rest(self) -> None:
        """Nobody listens: read no more."""
        if not self._listeners and self._running is not None:
            self._running.cancel()
            self._running = None

    async def _run(self) -> None:
        self._away = False
        breathing = asyncio.create_task(self._breathe())
        try:
            while True:
                try:
                    if self._away:
                        await self._same_stream()
                    await self._read()
                    self._away = False
                except (Away, Unavailable):
                    self._away = True
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            breathing.cancel()

    async def _read(self) -> None:
        """Wait for news and tell them. Raises Away and Unavailable."""
        entries = await self._feed.next(self._last, WAIT_SECONDS)
        if not entries:
            await self._same_stream()  # the client reconnects by itself, and waits in vain for another one's ids
            return
        try:
            seen = await self._seen([event for _, event in entries if event])
        except Unavailable:
            raise
        except Exception:  # a page that breaks us must not come again and again
            log.exception("Events could not be told")
            seen = [Happening(None, {}, BROKEN)]
        self._last = entries[-1][0]
        if seen:
            self._tell(seen)

    async def _same_stream(self) -> None:
        """Is this still the stream that was read before? One that ends earlier is another: say that it is."""
        kept = await self._feed.kept()
        if order(kept.last) < order(self._last) or (kept.first and order(self._last) < order(kept.first)):
            self._last = kept.last
            self._tell([Happening(None, {}, BROKEN)])

    async def _seen(self, events: list[Event]) -> list[Happening]:
        """Events with their people, less those about somebody who may not be seen: one question for all of them."""
        ids = {player_id for event in events for player_id in _people(event)}
        shown = {player.id: player for player in await self._players.many(tuple(sorted(ids)), NOBODY)}
        happenings = [
            Happening(event, {each: shown[each] for each in _people(event) if each in shown}) for event in events
        ]
        return [each for each in happenings if each.event and _may_be_told(each.event, each.people)]

    def _tell(self, seen: list[Happening]) -> None:
        self._log.extend(seen)
        self._place += len(seen)
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _breathe(self) -> None:
        while True:
            await asyncio.sleep(self._breath)
            self._wake()


def _people(event: Event) -> frozenset[int]:
    said = event.said
    if isinstance(said, Lobby):
        return said.player_ids
    if isinstance(said, Game):
        return frozenset(play.player_id for play in said.plays)
    return frozenset() if event.kind is Kind.LOBBY_CLOSED else frozenset({event.subject})


def _may_be_told(event: Event, people: dict[int, Player]) -> bool:
    """What is about one player goes unsaid if they may not be seen; a lobby merely loses them."""
    return (not isinstance(event.said, Status | Play) and event.kind is not Kind.LOGOUT) or event.subject in people
