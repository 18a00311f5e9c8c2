"""The publisher for programs that are not asynchronous: the same, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from server.domain.live import Game, Lobby, Play, Status
from server.live import keys
from server.live.connection import Connection
from server.live.publisher import Publisher
from server.live.writer import checked, finished, online, opened, scored

# Redis gets so long to hear that everybody has gone.
GOODBYE_SECONDS: Final = 5.0


class SyncPublisher:
    """What `Publisher` does, from any thread. No call waits for Redis. Use it as a context manager; what is said after
    leaving it goes unheard.

    `connection` makes the way to Redis, inside the thread. Raises ValueError for a name that no game server may have.
    """

    def __init__(
        self, connection: Callable[[], Connection], server: str, lease_seconds: float = keys.LEASE_SECONDS
    ) -> None:
        self._connection = connection
        self._server = checked(server)
        self._lease_seconds = lease_seconds
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._done: asyncio.Event
        self._publisher: Publisher
        self._thread = threading.Thread(target=self._run, name=f"live-{server}", daemon=True)

    def player(self, status: Status) -> None:
        """This player is online and does this."""
        online(status, self._server)  # refused here, where somebody hears of it
        self._do(self._publisher.player, status)

    def player_left(self, player_id: int) -> None:
        """This player has logged out."""
        self._do(self._publisher.player_left, player_id)

    def lobby(self, lobby: Lobby) -> None:
        """This lobby is open and looks like this."""
        opened(lobby, self._server)
        self._do(self._publisher.lobby, lobby)

    def lobby_closed(self, match_id: int) -> None:
        """This lobby is no more."""
        self._do(self._publisher.lobby_closed, match_id)

    def lobby_now(self, match_id: int) -> Lobby | None:
        """A lobby as it was said last, with when it opened and when its game began."""
        if self._loop.is_closed():
            return None
        return asyncio.run_coroutine_threadsafe(self._ask(match_id), self._loop).result(GOODBYE_SECONDS)

    def game_finished(self, game: Game) -> None:
        """A game is over, with these scores; each of them counts as submitted, at its end if it says not when."""
        finished(game)
        self._do(self._publisher.game_finished, game)

    def scored(self, play: Play) -> None:
        """A score has been submitted, in a lobby or alone; now if it says not when."""
        scored(play)
        self._do(self._publisher.scored, play)

    def snapshot(self, statuses: Iterable[Status], lobbies: Iterable[Lobby]) -> None:
        """These and no others are online and open."""
        online_now, open_now = tuple(statuses), tuple(lobbies)
        for status in online_now:
            online(status, self._server)
        for lobby in open_now:
            opened(lobby, self._server)
        self._do(self._publisher.snapshot, online_now, open_now)

    def said(self, timeout: float | None = None) -> None:
        """Wait until all that has been said so far is in Redis. Raises TimeoutError."""
        asyncio.run_coroutine_threadsafe(self._publisher.said(), self._loop).result(timeout)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._done.set)
        self._thread.join(GOODBYE_SECONDS)

    def _do(self, what: Callable[..., Any], *given: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(what, *given)

    async def _ask(self, match_id: int) -> Lobby | None:
        return self._publisher.lobby_now(match_id)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._speak())
            except BaseException as error:
                if self._ready.is_set():
                    raise
                self._failure = error
            finally:
                self._ready.set()

    async def _speak(self) -> None:
        connection = self._connection()
        self._done = asyncio.Event()
        self._publisher = Publisher(connection, self._server, self._lease_seconds)
        try:
            async with self._publisher:
                self._ready.set()
                await self._done.wait()
        finally:
            await connection.close()
