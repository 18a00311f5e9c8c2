"""Game servers for the conformance suite: one for each way to tell what happens."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from server.domain.live import Game, Lobby, Play, Status
from server.live.connection import Connection
from server.live.publisher import Publisher
from server.live.sync import SyncPublisher
from tests.contrib.emulated import Bancho, running
from tests.dialects.live.stage import Stage
from tests.live.conformance import Driver


class Stated(Driver):
    """One that says what is, in domain words. When a lobby opened and a game began is noted by the writer."""

    def __init__(self) -> None:
        self._logins: dict[float, float] = {}

    @abstractmethod
    def player(self, status: Status) -> None: ...

    @abstractmethod
    def lobby(self, lobby: Lobby) -> None: ...

    @abstractmethod
    def lobby_closed(self, number: int) -> None: ...

    @abstractmethod
    def game(self, lobby: Lobby, plays: list[Play], aborted: bool) -> None: ...

    def login(self, status: Status) -> None:
        self._logins[status.login_time] = time.time()
        self.does(status)

    def does(self, status: Status) -> None:
        self.player(replace(status, login_time=self._logins[status.login_time]))

    def opens(self, lobby: Lobby) -> None:
        self.lobby(replace(lobby, opened_at=0.0, started_at=0.0))

    def replaces(self, lobby: Lobby) -> None:
        self.lobby_closed(lobby.id)
        self.opens(Lobby(lobby.id, lobby.name, lobby.host_id, lobby.referee_ids, slots=lobby.slots[:1]))

    def settings(self, lobby: Lobby, changed: dict[str, Any]) -> None:
        self.opens(lobby)

    def joins(self, lobby: Lobby, player_id: int, number: int) -> None:
        self.opens(lobby)

    def seat(self, lobby: Lobby, number: int, changed: dict[str, Any]) -> None:
        self.opens(lobby)

    def starts(self, lobby: Lobby) -> None:
        self.opens(lobby)

    def completes(self, lobby: Lobby, player_id: int, over: list[Play] | None) -> None:
        if over is not None:
            self.game(lobby, [replace(play, played_at=time.time()) for play in over], False)
        self.opens(lobby)

    def aborts(self, lobby: Lobby) -> None:
        self.game(lobby, [], True)
        self.opens(lobby)

    def closes(self, lobby: Lobby) -> None:
        self.lobby_closed(lobby.id)


class Published(Stated):
    """Through a publisher in this process."""

    def __init__(self, publisher: Publisher | SyncPublisher) -> None:
        super().__init__()
        self._publisher = publisher

    def player(self, status: Status) -> None:
        self._publisher.player(status)

    def logout(self, player_id: int) -> None:
        self._publisher.player_left(player_id)

    def lobby(self, lobby: Lobby) -> None:
        self._publisher.lobby(lobby)

    def lobby_closed(self, number: int) -> None:
        self._publisher.lobby_closed(number)

    def submits(self, play: Play) -> None:
        self._publisher.scored(replace(play, played_at=0.0))

    def game(self, lobby: Lobby, plays: list[Play], aborted: bool) -> None:
        now = self._publisher.lobby_now(lobby.id)
        assert now is not None
        rules = ("mode", "mods", "free_mods", "win_condition", "team_type", "map_id", "map_md5", "map_name")
        self._publisher.game_finished(
            Game(
                *(now.id, now.name, now.opened_at, now.started_at, time.time()),
                **{name: getattr(now, name) for name in (*rules, "has_public_history")},
                aborted=aborted,
                plays=tuple(plays),
            )
        )


class Threaded(Published):
    """Through a publisher that has a thread of its own."""

    def __init__(self, connection: Callable[[], Connection], server: str) -> None:
        self._said = SyncPublisher(connection, server)
        self._said.__enter__()
        super().__init__(self._said)

    def leaves(self) -> None:
        self._said.__exit__(None, None, None)


class Looped(Published):
    """Through the asynchronous publisher: it works while something is said, which is waited for."""

    def __init__(self, connection: Callable[[], Connection], server: str, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._connection = connection()
        self._said = self._in_loop(lambda: Publisher(self._connection, server))
        runner.run(self._said.__aenter__())
        super().__init__(self._said)

    def _in_loop(self, make: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return make()

        return self._runner.run(run())

    def player(self, status: Status) -> None:
        self._now(lambda: self._said.player(status))

    def logout(self, player_id: int) -> None:
        self._now(lambda: self._said.player_left(player_id))

    def lobby(self, lobby: Lobby) -> None:
        self._now(lambda: self._said.lobby(lobby))

    def lobby_closed(self, number: int) -> None:
        self._now(lambda: self._said.lobby_closed(number))

    def submits(self, play: Play) -> None:
        self._now(lambda: self._said.scored(play))

    def _now(self, say: Callable[[], None]) -> None:
        self._in_loop(say)
        self._runner.run(self._said.said())

    def leaves(self) -> None:
        self._runner.run(self._said.__aexit__(None, None, None))
        self._runner.run(self._connection.close())


class Asking(Stated):
    """Over HTTP."""

    def __init__(self, stage: Stage, server: str) -> None:
        super().__init__()
        self._stage = stage
        self._server = server

    def player(self, status: Status) -> None:
        self._say("PUT", f"/players/{status.player_id}", _but(asdict(status), "player_id", "server"))

    def logout(self, player_id: int) -> None:
        self._say("DELETE", f"/players/{player_id}")

    def lobby(self, lobby: Lobby) -> None:
        self._say("PUT", f"/matches/{lobby.id}", _but(asdict(lobby), "id", "server", "opened_at", "started_at"))

    def lobby_closed(self, number: int) -> None:
        self._say("DELETE", f"/matches/{number}")

    def submits(self, play: Play) -> None:
        self._say("POST", "/scores", {"scores": [_but(asdict(play), "played_at")]})

    def game(self, lobby: Lobby, plays: list[Play], aborted: bool) -> None:
        scores = [asdict(play) for play in plays]
        self._say("POST", f"/matches/{lobby.id}/games", {"aborted": aborted, "scores": scores})

    def leaves(self) -> None:
        self._say("PUT", "/snapshot", {"players": [], "matches": []})

    def _say(self, method: str, path: str, body: Any = None) -> None:
        self._stage.news(method, f"{path}?server={self._server}", body)


class Bridged(Driver):
    """An emulated bancho.py with the bridge in it, in a process of its own: it does, and the bridge tells."""

    def __init__(self, closing: ExitStack, folder: Path, url: str, server: str) -> None:
        self._do: Bancho = closing.enter_context(running(folder / server, url, BANCHO_BRIDGE_SERVER=server))

    def login(self, status: Status) -> None:
        self._do("login", id=status.player_id)

    def does(self, status: Status) -> None:
        self._do("status", id=status.player_id, **_but(asdict(status), "player_id", "server", "login_time"))

    def logout(self, player_id: int) -> None:
        self._do("logout", id=player_id)

    def opens(self, lobby: Lobby) -> None:
        kept = ("id", "name", "host_id", "referee_ids", "slots", "server", "opened_at", "started_at")
        assert self._do("open", host=lobby.host_id, **_bancho(_but(asdict(lobby), *kept))) == lobby.id

    def replaces(self, lobby: Lobby) -> None:
        self._do("replace", id=lobby.id)

    def settings(self, lobby: Lobby, changed: dict[str, Any]) -> None:
        self._do("settings", id=lobby.id, **_bancho(changed))

    def joins(self, lobby: Lobby, player_id: int, number: int) -> None:
        self._do("join", id=lobby.id, player_id=player_id, number=number)

    def seat(self, lobby: Lobby, number: int, changed: dict[str, Any]) -> None:
        self._do("slot", id=lobby.id, number=number, **changed)

    def starts(self, lobby: Lobby) -> None:
        self._do("start", id=lobby.id)

    def submits(self, play: Play) -> None:
        said = {"id": play.player_id, "score_id": play.score_id, "score": play.score, "grade": play.grade}
        self._do("submit", **said, map_id=play.map_id, map_md5=play.map_md5, mode=play.mode)

    def completes(self, lobby: Lobby, player_id: int, over: list[Play] | None) -> None:
        self._do("complete", player_id=player_id)

    def aborts(self, lobby: Lobby) -> None:
        self._do("abort", id=lobby.id)

    def closes(self, lobby: Lobby) -> None:
        self._do("close", id=lobby.id)

    def leaves(self) -> None:
        assert self._do("errors") == []
        assert self._do.leave() == 0


def _but(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _bancho(fields: dict[str, Any]) -> dict[str, Any]:
    return {"freemods" if name == "free_mods" else name: value for name, value in fields.items()}
