"""What goes on in the demo right now, turn after turn, and how its game server says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.demo.alone import EDITOR, SOLOISTS, WATCHERS, alone, editing
from server.demo.history import Calculate, DemoMap
from server.demo.rooms import ROOMS, goings_on
from server.demo.scenes import Track
from server.domain.live import Game, Lobby, Play, Status
from server.live.publisher import Publisher

TURN_SECONDS = 2.0

# Who is online when the demo begins.
ONLINE = frozenset(
    {
        *(one.id for one in SOLOISTS if one.online_for > 0),
        *(member.player_id for room in ROOMS for member in room.members if member.online_for > 0),
        *(watcher for watcher, _ in WATCHERS.values()),
        EDITOR[0],
    }
)


@dataclass(frozen=True, slots=True)
class Turn:
    """How things stand, and what has ended since the turn before: games, and the plays of those who play alone."""

    statuses: tuple[Status, ...]
    lobbies: tuple[Lobby, ...]
    games: tuple[Game, ...] = ()
    plays: tuple[Play, ...] = ()


class Town:
    """The demo's players and lobbies. The same turn is always the same, whichever were asked for before.

    `started`: when turn 0 is, in Unix seconds; each turn lasts `TURN_SECONDS`.
    """

    def __init__(self, maps: Sequence[DemoMap], calculate: Calculate, started: float) -> None:
        by_id = {each.file.beatmap_id: each for each in maps}
        self._started = started
        self._tracks = [
            *(Track(alone(one, by_id, calculate, started)) for one in SOLOISTS),
            Track(editing(by_id, started)),
            *(Track(goings_on(room, by_id, calculate, started)) for room in ROOMS),
        ]

    def turn(self, number: int) -> Turn:
        """How things stand at a turn, 0 or later."""
        moment = self._started + number * TURN_SECONDS
        scenes = [scene for track in self._tracks if (scene := track.at(moment)) is not None]
        since = [each for track in self._tracks for each in track.between(moment - TURN_SECONDS, moment)]
        since.sort(key=lambda each: each.at)
        return Turn(
            statuses=tuple(status for scene in scenes for status in scene.statuses),
            lobbies=tuple(scene.lobby for scene in scenes if scene.lobby),
            games=tuple(each.game for each in since if each.game),
            plays=tuple(each.play for each in since if each.play),
        )


def tell(live: Publisher, before: Turn, now: Turn) -> None:
    """Say what has changed between two turns, as a game server would when it happens."""
    for game in now.games:
        live.game_finished(game)
    for play in now.plays:
        live.scored(play)
    for lobby_id in {lobby.id for lobby in before.lobbies} - {lobby.id for lobby in now.lobbies}:
        live.lobby_closed(lobby_id)
    for player_id in {status.player_id for status in before.statuses} - {status.player_id for status in now.statuses}:
        live.player_left(player_id)
    known = {status.player_id: status for status in before.statuses}
    for status in now.statuses:
        if status != known.get(status.player_id):
            live.player(status)
    open_before = {lobby.id: lobby for lobby in before.lobbies}
    for lobby in now.lobbies:
        if lobby != open_before.get(lobby.id):
            live.lobby(lobby)
