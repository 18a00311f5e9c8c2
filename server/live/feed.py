"""Reading the stream of events: what comes in, and what is still kept of what came before."""

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import Any, Final

from server.domain.live import Event, Game, Kind, Lobby, Play, Status
from server.live import keys
from server.live.connection import Connection
from server.live.plays import game_from, play_from
from server.live.records import lobby_from, status_from

log = logging.getLogger(__name__)

# Each question takes a connection of its own; a thousand clients that come again at once take turns.
MOST_AT_ONCE: Final = 16

# The id before the first: after it comes all that is kept.
NOTHING: Final = "0-0"

# So many entries are read at once at most.
PAGE: Final = 500

_ID: Final = re.compile(r"(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the stream holds: the ids of its first and last entries. `whole`: it is too short to have been cut."""

    first: str | None
    last: str
    whole: bool


class Feed:
    """Reads the stream `events`. Every question raises Away where Redis does not answer.

    `connection` is one of its own, whose time limit is longer than `seconds` that a question waits for news.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def kept(self) -> Kept:
        """What the stream holds now."""

        async def ask(client: Any) -> list[Any]:
            pipeline = client.pipeline() if self._connection.cluster else client.pipeline(transaction=False)
            pipeline.xrange(keys.EVENTS, count=1)
            pipeline.xrevrange(keys.EVENTS, count=1)
            pipeline.xlen(keys.EVENTS)
            found: list[Any] = await pipeline.execute()
            return found

        async with self._turns:
            first, last, length = await self._connection.ask(ask)
        return Kept(first[0][0] if first else None, last[0][0] if last else NOTHING, length < keys.KEPT_EVENTS)

    async def after(self, last: str) -> list[tuple[str, Event | None]]:
        """Entries after `last`, in order, at most a page of them. An entry that cannot be read has no event."""
        async with self._turns:
            return await self._read(last)

    async def next(self, last: str, seconds: float) -> list[tuple[str, Event | None]]:
        """The same, but if there are none yet wait so long for the first. At most one asks this at a time."""
        return await self._read(last, block=max(1, int(seconds * 1000)))

    async def _read(self, last: str, **options: int) -> list[tuple[str, Event | None]]:
        found = await self._connection.ask(lambda client: client.xread({keys.EVENTS: last}, count=PAGE, **options))
        entries = found[0][1] if found else []
        return [(entry_id, event_from(entry_id, fields)) for entry_id, fields in entries]


def is_id(text: str) -> bool:
    """Is this the id of an entry, as Redis writes it?"""
    return _ID.fullmatch(text) is not None


def event_from(entry_id: str, fields: dict[str, str]) -> Event | None:
    """The event in an entry, None if it cannot be read."""
    try:
        kind, data = Kind(fields["kind"]), fields["data"]
        subject = keys.player_of(fields["id"])
    except (KeyError, ValueError):
        subject = None
    if subject is None:
        log.warning("An event cannot be read")
        return None
    said = _said(kind, subject, data)
    return None if said is None else Event(entry_id, kind, fields.get("server", ""), subject, said)


def _said(kind: Kind, subject: int, data: str) -> Status | Lobby | Game | Play | str | None:
    if kind in (Kind.LOGIN, Kind.STATUS):
        return status_from(data, subject)
    if kind in (Kind.LOBBY_OPENED, Kind.LOBBY_CHANGED, Kind.GAME_STARTED):
        return lobby_from(data, subject)
    if kind is Kind.GAME_FINISHED:
        game = game_from(data)
        return game if game and game.match_id == subject else None
    if kind is Kind.SCORE:
        play = play_from(data)
        return play if play and play.player_id == subject else None
    return data
