"""The recorder: what game servers say of their lobbies becomes history, once, whatever fails on the way."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Final

from server.domain.live import order
from server.domain.problems import Unavailable
from server.live import keys
from server.live.connection import Away
from server.live.history import START, Entry, HistoryStream, Page, Turn
from server.live.writer import Writer
from server.services.alone import pause
from server.storage.fences import Overtaken
from server.storage.history import History, Position

log = logging.getLogger(__name__)

# How often the stream is read while it has nothing new, and how often everything else is looked after.
READ_SECONDS: Final = 0.25
LOOK_SECONDS: Final = 1.0

# How often the turn is taken again, and asked for by those who wait for it.
RENEW_SECONDS: Final = 2.0

# After a failure. Longer than those who wait ask again: another machine may reach what this one does not.
TROUBLE_SECONDS: Final = 3.0

# Of what may be known already, only so much before its end may be news: ids of a stream never go back, so whatever was
# added after a fail-over comes after the last that both Redises had.
KNOWN_MS: Final = 3_600_000

# When reading begins anew, game servers have so long to say what stands before it is believed that nothing else does.
COMPARE_MS: Final = int(keys.LEASE_SECONDS * 1000) + 15_000


class Recorder:
    """Reads the stream of history and writes it to SQL. Of several, on whatever machines, one works at a time."""

    def __init__(
        self, history: History, stream: HistoryStream, turn: Turn, writer: Writer, compare_ms: int = COMPARE_MS
    ) -> None:
        self._history = history
        self._stream = stream
        self._turn = turn
        self._writer = writer
        self._compare_ms = compare_ms
        self._trouble = ""
        self._waiting = False

    async def run(self, stop: asyncio.Event) -> None:
        """Record until told to stop; what fails is tried again. Raises Unavailable only where tables are missing."""
        self._history.want_tables()
        log.info("Recorder %s has started", self._turn.token)
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                    continue
                except Away as away:
                    self._note(f"Redis does not answer{f': {away}' if str(away) else ''}.")
                except Unavailable as problem:
                    self._note(problem.message)
                except Overtaken:
                    self._note("Somebody else records.")
                except Exception as error:  # one bad moment must not be the last
                    if self._trouble != repr(error):
                        log.exception("Recording has failed")
                    self._trouble = repr(error)
                await self._leave()
                await pause(stop, TROUBLE_SECONDS)
        finally:
            await self._leave()
            log.info("Recorder %s has stopped", self._turn.token)

    async def _serve(self, stop: asyncio.Event) -> None:
        """Wait for the turn, or have it and work until it is lost."""
        if await self._turn.take():
            await self._work(stop)
            return
        if not self._waiting:
            log.info("Another recorder works; this one waits for its turn")
        self._waiting = True
        self._end_trouble()
        await pause(stop, RENEW_SECONDS)

    async def _work(self, stop: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        position = await self._history.position()
        log.info("Recorder %s works, from entry %s on", self._turn.token, position.last_id)
        self._waiting = False
        renew_at, look_at = clock() + RENEW_SECONDS, clock()
        while not stop.is_set():
            if clock() >= renew_at:
                if not await self._turn.take():
                    return
                renew_at = clock() + RENEW_SECONDS
            page = await self._stream.after(position.last_id)
            if page.run_id != position.run_id or not page.kept:
                position = await self._begin_anew(position, page)
                continue
            position = await self._record(position, page)
            if page.full:
                continue
            if clock() >= look_at:
                position = await self._look(position, page)
                look_at = clock() + LOOK_SECONDS
            self._end_trouble()
            await pause(stop, READ_SECONDS)

    async def _begin_anew(self, was: Position, page: Page) -> Position:
        """Read all that is kept: the stream is not, or not surely, the one in which `was` is a place."""
        before = max(was.last_id, was.known_to, key=order)
        to = Position(
            run_id=page.run_id,
            last_id=START,
            # What is not in this stream, or was not in the one before, is news.
            known_to=min(before, page.last_id, key=order),
            since_ms=page.now_ms,
            compare_ms=page.now_ms + self._compare_ms,
        )
        if was.last_id != START:
            log.warning("Redis was restarted or replaced since entry %s: all that it keeps is read again", was.last_id)
        return await self._history.move(was, to)

    async def _record(self, was: Position, page: Page) -> Position:
        if not page.entries:
            return was
        try:
            return await self._record_entries(was, page.entries)
        except (Unavailable, Overtaken):
            raise
        except Exception:
            log.exception("A page of entries cannot be recorded; each of them is tried alone")
        await asyncio.sleep(READ_SECONDS)
        for entry in page.entries:
            try:
                was = await self._record_entries(was, (entry,))
            except (Unavailable, Overtaken):
                raise
            except Exception:  # it must not hold up all that come after it
                log.exception("Entry %s cannot be recorded and is left out", entry.id)
                was = await self._history.move(was, replace(was, last_id=entry.id))
        return was

    async def _record_entries(self, was: Position, entries: tuple[Entry, ...]) -> Position:
        known_to = order(was.known_to)
        said = [
            (each.said, order(each.id) <= known_to)
            for each in entries
            if each.said is not None and order(each.id)[0] >= known_to[0] - KNOWN_MS
        ]
        return await self._history.record(was, replace(was, last_id=entries[-1].id), said)

    async def _look(self, position: Position, page: Page) -> Position:
        """What is to be done now and then, once all that was said is recorded."""
        await self._writer.sweep()
        if position.compare_ms is not None and position.compare_ms <= page.now_ms:
            standing = await self._stream.standing()
            # Only if nothing was said meanwhile: what comes next is then said after this.
            if standing.last_id == position.last_id:
                to = replace(position, compare_ms=None)
                position = await self._history.compare(position, to, standing.lobbies)
        return await self._history.settle(position, page.now_ms)

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("%s The recorder goes on trying.", trouble)
        self._trouble = trouble

    def _end_trouble(self) -> None:
        if self._trouble:
            log.info("The recorder goes on.")
        self._trouble = ""

    async def _leave(self) -> None:
        with suppress(Away):
            await self._turn.leave()
