"""What game servers say over HTTP: the same statements that a publisher of their own would make."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from server.domain.live import Game, Lobby, Play, Slot, Status
from server.domain.problems import BadRequest, LiveAway, NotFound, Unavailable
from server.live import keys
from server.live.connection import Away
from server.live.presence import Presence, Read
from server.live.publisher import stamp
from server.live.writer import (
    Changed,
    Known,
    Statement,
    Writer,
    closed,
    finished,
    offline,
    online,
    opened,
    same,
    scored,
    timed,
)

Result = TypeVar("Result")

# Statements in order, and the conditions under which some of them may be said.
Said = tuple[list[Statement], dict[Statement, Statement]]

# Whoever finds that others were faster reads and tries again so often; each time one of them has got through.
MOST_TRIES: Final = 50

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
        return await self._say_as_read(server, lambda: self._put(server, [status], []))

    async def patch_player(self, server: str, player_id: int, changes: Mapping[str, Any]) -> int:
        """Some of what a player does has changed. Raises NotFound where they are not online at this game server."""

        async def changed() -> Said:
            before = (await _asked(self._presence.player_texts([player_id])))[player_id]
            if before.said is None or before.said.server != server:
                raise NotFound("player")
            statement = online(replace(before.said, **changes), server)
            return [statement], {statement: same(statement, before.text)}

        return await self._say_as_read(server, changed)

    async def player_left(self, server: str, player_id: int) -> int:
        """A player has logged out of this game server."""
        return await self._say(server, [offline(player_id)])

    async def put_lobby(self, server: str, lobby: Lobby) -> int:
        """A lobby is open and looks like this. When it opened, and when its game began, is noted if it says not."""
        return await self._say_as_read(server, lambda: self._put(server, [], [lobby]))

    async def patch_lobby(self, server: str, match_id: int, changes: Mapping[str, Any]) -> int:
        """Some of a lobby has changed. Raises NotFound where it is not open at this game server."""

        async def changed() -> Said:
            before = (await _asked(self._presence.lobby_texts(server, [match_id])))[match_id]
            if before.said is None:
                raise NotFound("match")
            statement = opened(stamp(replace(before.said, **changes), before.said, time.time()), server)
            return [statement], {statement: same(statement, before.text)}

        return await self._say_as_read(server, changed)

    async def lobby_closed(self, server: str, match_id: int) -> int:
        """A lobby of this game server is no more."""
        return await self._say(server, [closed(match_id)])

    async def snapshot(self, server: str, statuses: list[Status], lobbies: list[Lobby]) -> int:
        """These and no others are online and open at this game server; times as in `put_player` and `put_lobby`."""
        return await self._say_as_read(server, lambda: self._put(server, statuses, lobbies), whole=True)

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

    async def _say(self, server: str, statements: list[Statement]) -> int:
        return await _asked(self._writer.say(server, statements))

    async def _say_as_read(self, server: str, make: Callable[[], Awaitable[Said]], *, whole: bool = False) -> int:
        """Say what is made of that which stands; where that has changed before it was said, make it anew.

        Raises Unavailable where others are faster every time.
        """
        news = 0
        for _ in range(MOST_TRIES):
            statements, conditions = await make()
            try:
                return news + await _asked(self._writer.say(server, statements, whole=whole, only_if=conditions))
            except Changed as changed:
                news += changed.news
        raise Unavailable("Others were changing the same all the while; nothing is wrong with asking again.")

    async def _put(self, server: str, statuses: Sequence[Status], lobbies: Sequence[Lobby]) -> Said:
        """That these are online and open, with the times that are known of them, or now; only while these are known."""
        untimed = [status.player_id for status in statuses if not status.login_time]
        players = await _asked(self._presence.player_texts(untimed))
        rooms = await _asked(self._presence.lobby_texts(server, (lobby.id for lobby in lobbies)))
        told = (server, statuses, lobbies, players, rooms, time.time())
        # Twenty thousand take half a second, in which others are answered.
        return _as_read(*told) if len(statuses) <= 1 else await asyncio.to_thread(_as_read, *told)


def _as_read(
    server: str,
    statuses: Iterable[Status],
    lobbies: Iterable[Lobby],
    players: Mapping[int, Read[Status]],
    rooms: Mapping[int, Read[Lobby]],
    now: float,
) -> Said:
    """`players` and `rooms`: what was read of those whose times are not all told."""
    statements: list[Statement] = []
    conditions: dict[Statement, Statement] = {}
    for status in statuses:
        read = players.get(status.player_id)
        if read is not None:
            known = read.said if read.said is not None and read.said.server == server else None
            status = replace(status, login_time=known.login_time if known else now)
        statements.append(online(status, server))
        if read is not None:
            conditions[statements[-1]] = timed(statements[-1], read.text)
    for lobby in lobbies:
        before = rooms[lobby.id]
        statements.append(opened(stamp(lobby, before.said, now), server))
        conditions[statements[-1]] = timed(statements[-1], before.text)
    return statements, conditions


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
