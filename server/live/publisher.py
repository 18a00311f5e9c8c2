"""A game server's voice: it knows the whole truth of its game server, and sees to it that Redis does."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from server.domain.live import Game, Lobby, Play, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.writer import Statement, Writer, checked, closed, finished, offline, online, opened, scored

log = logging.getLogger(__name__)

# What is said within so long goes out together.
GATHER_SECONDS: Final = 0.02

# A game or a score is said again after an outage if it is no older than this, and no more than so many of them.
REMEMBERED_SECONDS: Final = 600.0
MOST_REMEMBERED: Final = 10_000


class Publisher:
    """Says what one game server has to say, soon, and again before the lease ends.

    Nothing here waits for Redis or fails with it: what is said is taken down at once and sent behind the scenes, many
    statements in one step. After an outage, or where Redis has forgotten, the whole truth is said again: whoever has
    left meanwhile is gone, and no finished game is lost. What nobody could read is refused where it is said, with a
    ValueError: text that is not Unicode, a time that is no number, an id below 0.

    Use it as an async context manager; on leaving it everybody is said to be gone. The name must be this game server's
    own. Raises ValueError for one that no game server may have.
    """

    def __init__(self, connection: Connection, server: str, lease_seconds: float = keys.LEASE_SECONDS) -> None:
        self._server = checked(server)
        self._writer = Writer(Batch(connection), lease_seconds)
        self._renew_every = lease_seconds / 3
        self._players: dict[int, Statement] = {}
        self._lobbies: dict[int, tuple[Lobby, Statement]] = {}
        self._once: deque[tuple[float, Statement]] = deque(maxlen=MOST_REMEMBERED)
        self._unsaid: dict[tuple[str, str], Statement] = {}
        self._restate = True
        self._heard = True
        self._renew_at = 0.0
        self._wanted = asyncio.Event()
        self._spoken = 1  # so many words have been said here, its being here the first
        self._sent = 0  # so many of them Redis has
        self._settled = asyncio.Condition()
        self._running: asyncio.Task[None] | None = None

    def player(self, status: Status) -> None:
        """This player is online and does this."""
        self._players[status.player_id] = statement = online(status, self._server)
        self._say(statement)

    def player_left(self, player_id: int) -> None:
        """This player has logged out."""
        if self._players.pop(player_id, None) is not None:
            self._say(offline(player_id))

    def lobby(self, lobby: Lobby) -> None:
        """This lobby is open and looks like this. When it opened, and when its game began, is noted if it says not."""
        self._lobbies[lobby.id] = told = self._told(lobby, time.time())
        self._say(told[1])

    def lobby_closed(self, match_id: int) -> None:
        """This lobby is no more."""
        if self._lobbies.pop(match_id, None) is not None:
            self._say(closed(match_id))

    def lobby_now(self, match_id: int) -> Lobby | None:
        """A lobby as it was said last, with when it opened and when its game began."""
        return self._lobbies[match_id][0] if match_id in self._lobbies else None

    def game_finished(self, game: Game) -> None:
        """A game is over, with these scores; each of them counts as submitted, at its end if it says not when."""
        timed = replace(game, plays=tuple(_timed(play, game.ended_at) for play in game.plays))
        for statement in [finished(timed), *(scored(play) for play in timed.plays)]:
            self._remember(statement)

    def scored(self, play: Play) -> None:
        """A score has been submitted, in a lobby or alone; now if it says not when."""
        self._remember(scored(_timed(play, time.time())))

    def snapshot(self, statuses: Iterable[Status], lobbies: Iterable[Lobby]) -> None:
        """These and no others are online and open."""
        now = time.time()
        players = {status.player_id: online(status, self._server) for status in statuses}
        self._lobbies = {lobby.id: self._told(lobby, now) for lobby in lobbies}
        self._players = players
        self._restate = True
        self._want()

    async def said(self) -> None:
        """Wait until all that has been said so far is in Redis."""
        upto = self._spoken
        async with self._settled:
            await self._settled.wait_for(lambda: self._sent >= upto)

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._players, self._lobbies = {}, {}
        try:
            await self._say_everything()
        except Away:
            log.warning("Redis does not answer; %s is gone when its lease ends", self._server)

    def _told(self, lobby: Lobby, now: float) -> tuple[Lobby, Statement]:
        stamped = stamp(lobby, self.lobby_now(lobby.id), now)
        return stamped, opened(stamped, self._server)

    def _say(self, statement: Statement) -> None:
        kind = {"left": "player", "closed": "match"}.get(statement.what, statement.what)
        # Only the last word on each counts, and it comes last.
        self._unsaid.pop((kind, statement.id), None)
        self._unsaid[kind, statement.id] = statement
        self._want()

    def _remember(self, statement: Statement) -> None:
        self._once.append((time.monotonic(), statement))
        self._say(statement)

    def _want(self) -> None:
        self._spoken += 1
        self._wanted.set()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout_at(self._renew_at):
                    await self._wanted.wait()
                    await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                pass
            try:
                await self._say_what_is_due()
                if not self._heard:
                    log.info("Redis answers again; the whole truth of %s has been said", self._server)
                self._heard = True
            except Away:
                if self._heard:
                    log.warning("Redis does not answer; %s goes on trying", self._server)
                self._heard = False
                self._restate = True
                self._wanted.set()
                await asyncio.sleep(0.2)
            except Exception:  # one bad statement must not be the last
                log.exception("What %s said could not be sent", self._server)
                self._restate = True
                self._wanted.set()
                await asyncio.sleep(1)

    async def _say_what_is_due(self) -> None:
        self._wanted.clear()
        upto = self._spoken
        now = asyncio.get_running_loop().time()
        if not self._restate and now >= self._renew_at:
            self._restate = not (await self._writer.renew(self._server)).before
            self._renew_at = now + self._renew_every
        if self._restate:
            await self._say_everything()
            self._renew_at = now + self._renew_every
        elif self._unsaid:
            sent, self._unsaid = self._unsaid, {}
            try:
                await self._writer.say(self._server, sent.values())
            except BaseException:
                self._restate = True
                raise
        async with self._settled:
            self._sent = upto
            self._settled.notify_all()

    async def _say_everything(self) -> None:
        # Said below, or by what comes in meanwhile.
        self._restate, self._unsaid = False, {}
        statements = [*self._players.values(), *(statement for _, statement in self._lobbies.values())]
        oldest = time.monotonic() - REMEMBERED_SECONDS
        statements += [statement for remembered, statement in self._once if remembered >= oldest]
        try:
            await self._writer.say(self._server, statements, whole=True)
        except BaseException:
            self._restate = True
            raise


def stamp(lobby: Lobby, before: Lobby | None, now: float) -> Lobby:
    """The lobby with when it opened and when its game began, as it says itself, as is known of it, or now."""
    opened_at = lobby.opened_at or (before.opened_at if before else now)
    same = before if before and before.opened_at == opened_at else None
    started_at = 0.0
    if lobby.in_progress:
        started_at = lobby.started_at or (same.started_at if same else 0.0) or now
    return replace(lobby, opened_at=opened_at, started_at=started_at)


def _timed(play: Play, now: float) -> Play:
    return play if play.played_at else replace(play, played_at=now)
