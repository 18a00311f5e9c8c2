"""What game servers say over HTTP: the same statements that a publisher of their own would make."""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from server.domain.live import Game, Lobby, Play, Slot, Status
from server.domain.problems import BadRequest, LiveAway, NotFound
from server.live import keys
from server.live.connection import Away
from server.live.presence import Presence
from server.live.publisher import stamp
from server.live.writer import Known, Statement, Writer, closed, finished, offline, online, opened, scored

Result = TypeVar("Result")

# What a game that does not say it has of its lobby.
_RULES: Final = ("mode", "mods", "free_mods", "win_condition", "team_type", "has_public_history")
_MAP: Final = ("map_id", "map_md5", "map_name")


class Publishing:
    """Says what a game server says. `server` is its name.

    What changes something answers how many of its statements were news: saying the same again is none. All of it
    raises LiveAway while Redis is away. Whether it has been done is then not known; saying it again is safe.
    What has been said holds for `lease_seconds`, unless it is said again or a heartbeat comes.
    """

    lease_seconds: Final = keys.LEASE_SECONDS

    def __init__(self, writer: Writer, presence: Presence) -> None:
        self._writer = writer
        self._presence = presence

    async def put_player(self, server: str, status: Status) -> int:
        """A player is online and does this. A `login_time` of 0 is the one known at this game server, else now."""
        return await self._say(server, [online(status, server) for status in await self._timed(server, [status])])

    async def patch_player(self, server: str, player_id: int, changes: Mapping[str, Any]) -> int:
        """Some of what a player does has changed. Raises NotFound where they are not online at this game server."""
        known = await self._statuses(server, (player_id,))
        if player_id not in known:
            raise NotFound("player")
        return await self._say(server, [online(replace(known[player_id], **changes), server)])

    async def player_left(self, server: str, player_id: int) -> int:
        """A player has logged out of this game server."""
        return await self._say(server, [offline(player_id)])

    async def put_lobby(self, server: str, lobby: Lobby) -> int:
        """A lobby is open and looks like this. When it opened, and when its game began, is noted if it says not."""
        before = await _asked(self._presence.lobby(lobby.id, server))
        return await self._say(server, [opened(stamp(lobby, before, time.time()), server)])

    async def patch_lobby(self, server: str, match_id: int, changes: Mapping[str, Any]) -> int:
        """Some of a lobby has changed. Raises NotFound where it is not open at this game server."""
        before = await _asked(self._presence.lobby(match_id, server))
        if before is None:
            raise NotFound("match")
        return await self._say(server, [opened(stamp(replace(before, **changes), before, time.time()), server)])

    async def lobby_closed(self, server: str, match_id: int) -> int:
        """A lobby of this game server is no more."""
        return await self._say(server, [closed(match_id)])

    async def snapshot(self, server: str, statuses: list[Status], lobbies: list[Lobby]) -> int:
        """These and no others are online and open at this game server; times as in `put_player` and `put_lobby`."""
        timed = await self._timed(server, statuses)
        known = {lobby.id: lobby for lobby in await _asked(self._presence.lobbies()) if lobby.server == server}
        now = time.time()

        def made() -> list[Statement]:
            statements = [online(status, server) for status in timed]
            return statements + [opened(stamp(lobby, known.get(lobby.id), now), server) for lobby in lobbies]

        # Twenty thousand take half a second, in which others are answered.
        return await self._say(server, await asyncio.to_thread(made), whole=True)

    async def heartbeat(self, server: str) -> Known:
        """What this game server has said stays true."""
        return await _asked(self._writer.renew(server))

    async def game(
        self, server: str, match_id: int, said: Mapping[str, Any], plays: Sequence[Mapping[str, Any]]
    ) -> int:
        """A game is over. `said` are fields of Game, `plays` those of Play.

        What is left out comes from the lobby as it stands; `ended_at` is now. Raises BadRequest where it is not known
        when lobby and game began, or where the times make no sense.
        """
        lobby = await _asked(self._presence.lobby(match_id, server))
        if lobby is not None and said.get("opened_at", lobby.opened_at) != lobby.opened_at:
            lobby = None  # another one of this number
        game = _game(match_id, said, lobby)
        slots = {slot.player_id: slot for slot in lobby.slots} if lobby else {}
        played = [_played(play, game, slots.get(play["player_id"])) for play in plays]
        if game.aborted and played:
            raise BadRequest(f"scores: expected none where aborted is true, got {len(played)}.")
        said_once = [_scored_in(game, play, "played_at" in given) for play, given in zip(played, plays, strict=True)]
        return await self._say(server, [finished(replace(game, plays=tuple(played))), *said_once])

    async def scores(self, server: str, plays: Iterable[Play]) -> int:
        """Scores have been submitted; `played_at` 0 is now."""
        now = time.time()
        return await self._say(server, [scored(replace(play, played_at=play.played_at or now)) for play in plays])

    async def _say(self, server: str, statements: list[Statement], *, whole: bool = False) -> int:
        return await _asked(self._writer.say(server, statements, whole=whole))

    async def _statuses(self, server: str, ids: tuple[int, ...]) -> dict[int, Status]:
        """Those of these players who are online at this game server."""
        known = await _asked(self._presence.statuses(ids))
        return {player_id: status for player_id, status in known.items() if status.server == server}

    async def _timed(self, server: str, statuses: list[Status]) -> list[Status]:
        """Each with a time of login."""
        unknown = tuple(status.player_id for status in statuses if not status.login_time)
        if not unknown:
            return statuses
        known, now = await self._statuses(server, unknown), time.time()
        return [
            status
            if status.login_time
            else replace(status, login_time=known[status.player_id].login_time if status.player_id in known else now)
            for status in statuses
        ]


async def _asked(question: Awaitable[Result]) -> Result:
    try:
        return await question
    except Away as away:
        raise LiveAway from away


def _game(match_id: int, said: Mapping[str, Any], lobby: Lobby | None) -> Game:
    """The game without its plays."""
    whole = _of_lobby(said, lobby) | dict(said)
    for time_of, what in (("opened_at", "the lobby was opened"), ("started_at", "the game began")):
        if not whole.get(time_of):
            known = "does not say it" if lobby else "is not known here"
            raise BadRequest(f"{time_of}: expected the Unix time when {what}, as the lobby {known}; got nothing.")
    started_at = whole["started_at"]
    whole.setdefault("ended_at", max(time.time(), started_at))
    if whole["ended_at"] < started_at:
        raise BadRequest(f"ended_at: expected a time not before started_at ({started_at}), got {whole['ended_at']}.")
    return Game(match_id=match_id, **{"match_name": ""} | whole)


def _of_lobby(said: Mapping[str, Any], lobby: Lobby | None) -> dict[str, Any]:
    if lobby is None:
        return {}
    found = {"match_name": lobby.name, "opened_at": lobby.opened_at, "started_at": lobby.started_at}
    same_map = all(said.get(name, getattr(lobby, name)) == getattr(lobby, name) for name in ("map_id", "map_md5"))
    return found | {name: getattr(lobby, name) for name in (*_RULES, *(_MAP if same_map else ()))}


def _played(said: Mapping[str, Any], game: Game, slot: Slot | None) -> Play:
    """A score of a game; what it leaves out is the game's, or that of the slot its player is in."""
    found: dict[str, Any] = {"mode": game.mode, "mods": game.mods, "map_id": game.map_id, "map_md5": game.map_md5}
    found["played_at"] = game.ended_at
    if slot is not None:
        found |= {"slot": slot.number, "team": slot.team}
        if game.free_mods:
            found["mods"] |= slot.mods
    return Play(**found | dict(said))


def _scored_in(game: Game, play: Play, timed: bool) -> Statement:
    """That it was submitted. Said again it is the same one, also where it was now that it ended both times."""
    name = scored(play if timed else replace(play, played_at=game.started_at)).id
    return scored(play)._replace(id=name)
