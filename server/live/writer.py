"""Changing the live layer: statements of a game server, each step of them as one.

`live.lua` is the text that does it; whoever writes in another way than this class runs the same text.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from server.domain.live import Game, Kind, Lobby, Play, Status
from server.live import keys
from server.live.batch import Batch
from server.live.plays import game_from, game_text, play_from, play_text
from server.live.records import lobby_from, lobby_text, status_from, status_text

# Redis does nothing else during a step, and has to answer in time.
MOST_AT_ONCE: Final = 1000

# One step ends so many leases of players, and of lobbies, at most: as `live.lua` has it.
MOST_SWEPT: Final = 1000

SCRIPT: Final = Path(__file__).parent / "live.lua"


class Statement(NamedTuple):
    """One thing said. `what`: player, left, match, closed, game_finished, score.

    Those who make one raise ValueError for what nobody could read afterwards.
    """

    what: str
    id: str
    text: bytes = b""


class Changed(Exception):
    """Something does not stand as it was read, so that what was to be said of it has not been.

    `news`: how much was news in the steps that had been done before that was found.
    """

    def __init__(self, news: int) -> None:
        super().__init__(news)
        self.news = news


class Known(NamedTuple):
    """What a heartbeat has kept: how many, and whether that is all that was said since the whole truth was told last.

    Where `before` is false, Redis may have forgotten something: the whole truth is to be told.
    """

    before: bool
    players: int
    lobbies: int


def online(status: Status, server: str) -> Statement:
    """A player is online and does this. A player is at one game server: the one that said so last."""
    with _refusing("status", status):
        text = status_text(status, server)
        return _read("player", str(status.player_id), text, status_from(text, status.player_id))


def offline(player_id: int) -> Statement:
    """A player has logged out. One whom another game server has claimed since stays online."""
    return Statement("left", str(player_id))


def opened(lobby: Lobby, server: str) -> Statement:
    """A lobby is open and looks like this."""
    with _refusing("lobby", lobby):
        text = lobby_text(lobby, server)
        return _read("match", str(lobby.id), text, lobby_from(text, lobby.id))


def closed(match_id: int) -> Statement:
    """A lobby is no more."""
    return Statement("closed", str(match_id))


def same(statement: Statement, text: str | None) -> Statement:
    """The condition that nothing has changed of the player or lobby since this was read; None: there was nothing."""
    return _condition("same", statement, text)


def timed(statement: Statement, text: str | None) -> Statement:
    """The condition that it is still the same login, or the same lobby and game; None: that there is none."""
    return _condition("timed", statement, text)


def _condition(kind: str, statement: Statement, text: str | None) -> Statement:
    return Statement(kind, statement.what + statement.id, (text or "").encode())


def finished(game: Game) -> Statement:
    """A game is over. Said again within the hour it makes no second event."""
    with _refusing("game", game):
        name = f"{_milliseconds(game.opened_at)}:{_milliseconds(game.started_at)}/{game.match_id}"
        text = game_text(game)
        return _read(Kind.GAME_FINISHED.value, name, text, game_from(text))


def scored(play: Play) -> Statement:
    """A score has been submitted. Said again within the hour it makes no second event."""
    with _refusing("score", play):
        name = str(play.score_id) if play.score_id else f"{play.map_md5}:{play.mode}:{_milliseconds(play.played_at)}"
        text = play_text(play)
        return _read(Kind.SCORE.value, f"{name}/{play.player_id}", text, play_from(text))


def _read(what: str, name: str, text: bytes, read: Any) -> Statement:
    """The statement, if whoever is told of it could read it."""
    if read is None or not keys.is_id(name.rpartition("/")[2]):
        raise ValueError("nobody could read it")
    return Statement(what, name, text)


@contextmanager
def _refusing(what: str, said: Any) -> Iterator[None]:
    """Every way in which something cannot be told is a ValueError."""
    try:
        yield
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise ValueError(f"{what}: expected one that can be told, got {said!r} ({error})") from error


def _milliseconds(moment: float) -> int:
    return round(moment * 1000)


class Writer:
    """Says what game servers say. Everything has to be said again, or renewed, before the lease ends."""

    def __init__(self, batch: Batch, lease_seconds: float = keys.LEASE_SECONDS) -> None:
        self._batch = batch
        self._script = SCRIPT.read_text(encoding="utf-8")
        self._lease = int(lease_seconds * 1000)

    async def say(
        self,
        server: str,
        statements: Iterable[Statement],
        *,
        whole: bool = False,
        only_if: Mapping[Statement, Statement] | None = None,
    ) -> int:
        """Say all of it at once; how much of it was news. `whole`: there is nothing else at this game server.

        More than a thousand statements go in several steps, the last of which ends what none of them has named.
        `only_if` has the condition for some of them (see `same` and `timed`): where it does not hold, their step and
        those after it are not done. Raises Changed then, Away, and ValueError for a name that no game server may have.
        """
        checked(server)
        said = list(statements)
        steps = [said[at : at + MOST_AT_ONCE] for at in range(0, len(said), MOST_AT_ONCE)] or [[]]
        if whole:
            before = [Statement("still", each.what + each.id) for step in steps[:-1] for each in step]
            steps[-1] = [*steps[-1], *before, Statement("whole", "")]
        news = 0
        for step in steps:
            conditions = [only_if[each] for each in step if each in only_if] if only_if else []
            answer = await self._say(server, [*conditions, *step])
            if answer < 0:
                raise Changed(news)
            news += answer
        return news

    async def _say(self, server: str, statements: list[Statement]) -> int:
        words: list[str | bytes] = []
        for each in statements:
            words += each
        return int(await self._run("say", server, *words))

    async def renew(self, server: str) -> Known:
        """What this game server has said stays true. Raises Away and ValueError."""
        before, players, lobbies = await self._run("renew", checked(server))
        return Known(bool(before), players, lobbies)

    async def sweep(self) -> int:
        """End what nobody has renewed; how much that was. Whoever reads the live layer does it now and then."""
        swept = step = int(await self._run("sweep", ""))
        while step >= MOST_SWEPT:  # a crowd ends in several steps
            step = int(await self._run("sweep", ""))
            swept += step
        return swept

    async def _run(self, verb: str, server: str, *words: str | bytes) -> Any:
        return await self._batch.command("EVAL", self._script, 1, keys.SERVERS, verb, server, self._lease, *words)


def checked(server: str) -> str:
    """The name, if a game server may have it. Raises ValueError."""
    if not keys.is_server(server):
        raise ValueError(f"server: expected 1-32 of A-Z a-z 0-9 . _ -, got {server!r}")
    return server
