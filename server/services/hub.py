"""Events to many listeners: read and looked through once, told to everyone who wants them.

One task reads the stream while anybody listens, and keeps the last events in a log. A listener is a place in the log.
Who comes again with the id of an event goes on in the log where it reaches back so far; else what is kept in Redis is
read for them page by page until it does.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from server.domain.happenings import Happening, Wanted
from server.domain.live import Event, Game, Kind, Lobby, Play, Status, order
from server.domain.privileges import NOBODY
from server.domain.problems import LiveAway, Unavailable
from server.live.connection import Away
from server.live.feed import NOTHING, Feed, Kept
from server.services.players import Players

log = logging.getLogger(__name__)

# So many events a listener may be behind; one that is further behind is dropped.
BACKLOG: Final = 2000

# Every so often all listeners are woken, so that a line that is dead is noticed.
BREATH_SECONDS: Final = 15.0

# So long one question waits for news.
WAIT_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 0.5

# What is kept is read for so many listeners at a time, or a crowd that comes again would hold everybody else up.
MOST_REPLAYS: Final = 2

BROKEN: Final = "The stream of events has begun anew."
HIDDEN: Final = "Somebody who was online is no longer shown."
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
        self._since = NOTHING  # the log holds all that there is to tell after this id
        self._place = 0  # how many there have been; the last of the log is the one before it
        self._last = NOTHING
        self._told: set[int] = set()  # whom those who listen take for online
        self._news = asyncio.Event()
        self._guests = 0
        self._reader: asyncio.Task[None] | None = None
        self._waking = asyncio.Lock()
        self._replays = asyncio.Semaphore(MOST_REPLAYS)
        self._away = False
        self._closed = False

    async def check(self) -> None:
        """Can there be events at all? Raises LiveAway."""
        if self._reader is not None and not self._away:
            return
        try:
            await self._feed.kept()
        except Away as away:
            raise LiveAway from away

    @contextlib.asynccontextmanager
    async def listen(self, after: str | None) -> AsyncIterator[Listener]:
        """Begin to listen: from now on, or after an event whose id is known. Raises LiveAway."""
        self._guests += 1  # from here on the reader is wanted
        try:
            try:
                await self._wake()
                listener = await self._begun(after)
            except Away as away:
                raise LiveAway from away
            yield listener
        finally:
            self._guests -= 1
            if not self._guests and self._reader is not None:
                # A library may swallow that it is cancelled; who is not the reader any more ends by itself.
                self._reader.cancel()
                self._reader = None

    async def heard(self, listener: Listener, wanted: Wanted) -> AsyncIterator[list[Happening]]:
        """What a listener wants to hear, as it comes; an empty list is a sign of life.

        It ends when they are too slow, and when the server stops.
        """
        if listener.place is None:
            async for page in self._before(listener):
                yield [each for each in page if wanted.takes(each)]
        place, start = listener.place or 0, order(listener.start)
        while not self._closed:
            if place == self._place:
                await self._news.wait()
            behind = self._place - place
            if behind > len(self._log):
                return
            new = [self._log[index] for index in range(-behind, 0)]
            place = self._place
            told = []
            for each in new:
                if each.reason == BROKEN:
                    start = order(NOTHING)
                # This reader may be behind what they have heard from another.
                if (each.event is None or each.order > start) and wanted.takes(each):
                    told.append(each)
            if told or not new:
                yield told

    def close(self) -> None:
        """End every stream: the server stops."""
        self._closed = True
        self._rouse()
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _wake(self) -> None:
        """See to it that somebody reads. Raises Away."""
        async with self._waking:
            if self._reader is None and not self._closed:
                self._begin((await self._feed.kept()).last)
                self._log.clear()
                self._told.clear()
                self._away = False
                self._reader = asyncio.create_task(self._read_on())

    def _begin(self, last: str) -> None:
        self._last = self._since = last

    async def _begun(self, after: str | None) -> Listener:
        """One who begins to listen, told whether all after that id can be told. Raises Away."""
        if after is None or after == self._last:
            return Listener(self._last, self._place)
        if (place := self._remembered(after)) is not None:
            return Listener(after, place)
        kept = await self._feed.kept()
        if after == NOTHING:
            return Listener(after, None, None if kept.whole else TOO_OLD)
        if not _follows(kept, after):
            return Listener(self._last, self._place, TOO_OLD)
        return Listener(after, None)

    def _remembered(self, after: str) -> int | None:
        """The place of the first event after that one, None where the log does not reach back or on so far."""
        wanted = order(after)
        if wanted < order(self._since) or wanted > order(self._last):
            return None
        place = self._place
        for happening in reversed(self._log):
            if happening.reason == BROKEN or (happening.event and happening.order <= wanted):
                break
            place -= 1
        return place

    async def _before(self, listener: Listener) -> AsyncIterator[list[Happening]]:
        """What was kept of the time before they came, up to where the log goes on; they go on from there."""
        last = listener.start
        while not self._closed:
            try:
                async with self._replays:
                    entries = await self._feed.after(last)
                    kept = await self._feed.kept()
                    page = [each for each in await self._page(entries) if _may_be_told(each)]
            except (Away, Unavailable):
                await asyncio.sleep(RETRY_SECONDS)
                yield []
                continue
            if not _follows(kept, last):
                page = [Happening(None, {}, BROKEN), *page]
                last = NOTHING if not entries else last
            if page:
                yield page
            last = entries[-1][0] if entries else last
            place = self._remembered(last)
            if place is None and not entries:
                place = self._place  # the reader has yet to come to where they are
            if place is not None:
                listener.start, listener.place = last, place
                return

    async def _read_on(self) -> None:
        """Read as long as this is the reader."""
        me = asyncio.current_task()
        breathing = asyncio.create_task(self._breathe())
        try:
            while self._reader is me:
                try:
                    entries = await self._feed.next(self._last, WAIT_SECONDS)
                    kept = await self._feed.kept()
                    page = await self._page(entries)
                except (Away, Unavailable):
                    self._away = True
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                except Exception:  # one bad moment must not be the last
                    log.exception("Events could not be read")
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                if self._reader is me:
                    self._away = False
                    self._tell(entries[-1][0] if entries else None, kept, page)
        finally:
            breathing.cancel()

    def _tell(self, last: str | None, kept: Kept, page: list[Happening]) -> None:
        """Put what was read into the log, for everybody."""
        if not _follows(kept, self._last):
            # Whoever waits for ids of a stream that is gone waits in vain.
            self._begin(last or kept.last)
            self._told.clear()
            page = [Happening(None, {}, BROKEN), *page]
        elif last is not None:
            self._last = last
        page = [told for each in page if (told := self._said(each)) is not None]
        if not page:
            return
        for happening in page:
            if len(self._log) == BACKLOG and (first := self._log[0]).event is not None:
                self._since = max(self._since, first.event.id, key=order)
            self._log.append(happening)
        self._place += len(page)
        self._rouse()

    def _said(self, happening: Happening) -> Happening | None:
        """As it is told to those who listen, None for what is about somebody hidden.

        Of somebody who has come to be hidden not even that they are gone is told: whoever keeps a list loads it anew.
        """
        event = happening.event
        if event is None or _may_be_told(happening):
            if event is not None and event.kind is Kind.LOGOUT:
                self._told.discard(event.subject)
            elif event is not None and event.kind in (Kind.LOGIN, Kind.STATUS):
                self._told.add(event.subject)
            return happening
        if event.subject not in self._told:
            return None
        self._told.discard(event.subject)
        return Happening(None, {}, HIDDEN)

    async def _page(self, entries: list[tuple[str, Event | None]]) -> list[Happening]:
        """Events with those of their people who may be seen: one question for all of them. Raises Unavailable."""
        events = [event for _, event in entries if event]
        if not events:
            return []
        try:
            ids = {player_id for event in events for player_id in _people(event)}
            shown = {player.id: player for player in await self._players.many(tuple(sorted(ids)), NOBODY)}
            return [
                Happening(event, {each: shown[each] for each in _people(event) if each in shown}) for event in events
            ]
        except Unavailable:
            raise
        except Exception:  # a page that breaks us must not come again and again
            log.exception("Events could not be told")
            return [Happening(None, {}, BROKEN)]

    def _rouse(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _breathe(self) -> None:
        while True:
            await asyncio.sleep(self._breath)
            self._rouse()


def _follows(kept: Kept, last: str) -> bool:
    """Is everything after this id still there, in the stream that the id is of?"""
    if last == NOTHING:
        return True
    return kept.first is not None and order(kept.first) <= order(last) <= order(kept.last)


def _people(event: Event) -> frozenset[int]:
    said = event.said
    if isinstance(said, Lobby):
        return said.player_ids
    if isinstance(said, Game):
        return frozenset(play.player_id for play in said.plays)
    return frozenset({event.subject}) if _about_one(event) else frozenset()


def _may_be_told(happening: Happening) -> bool:
    """What is about one player goes unsaid if they may not be seen."""
    event = happening.event
    return event is None or not _about_one(event) or event.subject in happening.people


def _about_one(event: Event) -> bool:
    """Is it about one player? A lobby merely loses those who may not be seen."""
    return isinstance(event.said, Status | Play) or event.kind is Kind.LOGOUT
