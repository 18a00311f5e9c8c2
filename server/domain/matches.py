"""What is remembered of multiplayer matches, and how it follows from what game servers say.

Every moment here is in Unix milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from server.domain.live import Game, Lobby, Play, TeamType, WinCondition

# A game that is no longer in progress has so long to be told of; then it counts as broken off.
RESULT_MS: Final = 60_000

# A lobby that was lost has so long to be said again; then it counts as closed.
LOST_MS: Final = 45_000

# Longer texts are cut, and of one lobby or game no more players are looked at.
LONGEST_NAME: Final = 255
LONGEST_GRADE: Final = 8
MOST_PLAYERS: Final = 64

# The end of the year 9999: what lies outside is no moment.
_LAST_SECOND: Final = 253_402_300_800

Key = tuple[str, int, int]  # game server, slot, and when the match opened


class EventType(StrEnum):
    """What happened in a match, as osu! v2 names it. Nobody says that a player was kicked: they left."""

    CREATED = "match-created"
    DISBANDED = "match-disbanded"
    JOINED = "player-joined"
    LEFT = "player-left"
    HOST_CHANGED = "host-changed"
    GAME = "other"


class Closing(StrEnum):
    """How a lobby came to its end: its game server said so, or fell silent."""

    LEFT = "left"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Said:
    """What a game server said of the lobby in one of its slots: how it looks, that it is no more, or a game's end."""

    at_ms: int
    server: str
    slot: int
    what: Lobby | Game | Closing

    @property
    def opened_ms(self) -> int:
        """When the lobby opened, 0 if that is not said."""
        return 0 if isinstance(self.what, Closing) else milliseconds(self.what.opened_at)

    @property
    def started_ms(self) -> int:
        """When the game began that is in progress or over, 0 if there is none or that is not said."""
        return 0 if isinstance(self.what, Closing) else milliseconds(self.what.started_at)

    @property
    def start(self) -> int:
        """The same; where it is not said, when it was seen."""
        ended = milliseconds(self.what.ended_at) if isinstance(self.what, Game) else 0
        return self.started_ms or ended or self.at_ms

    @property
    def opening(self) -> int:
        """When the lobby opened; where that is not said, when it was there."""
        return self.opened_ms or self.start


@dataclass(slots=True)
class Match:
    """One lobby from its opening to its end; `ended_ms` is None while it is open.

    `id` is its public number, 0 until it is stored. `playing` is when the game began that is not over, `gone_ms` since
    when it is not seen in progress, `lost_ms` since when the lobby is not heard of.
    """

    server: str
    slot: int
    opened_ms: int
    name: str = ""
    is_public: bool = True
    host_id: int | None = None
    ended_ms: int | None = None
    players: tuple[int, ...] = ()
    in_progress: bool = False
    playing: int | None = None
    gone_ms: int | None = None
    lost_ms: int | None = None
    id: int = 0

    @property
    def key(self) -> Key:
        return self.server, self.slot, self.opened_ms

    @property
    def due_ms(self) -> int | None:
        """When something follows from nothing being said, None: never."""
        if self.ended_ms is not None:
            return None
        moments = [self.lost_ms + LOST_MS] if self.lost_ms is not None else []
        if self.playing is not None and self.gone_ms is not None:
            moments.append(self.gone_ms + RESULT_MS)
        return min(moments, default=None)


@dataclass(slots=True)
class MatchGame:
    """One map played in a match; `ended_ms` is None while it is played.

    `aborted`: it was broken off. `told`: the game server has said how it ended, with the plays. `id` as in Match.
    """

    match: Match = field(compare=False)
    started_ms: int
    ended_ms: int | None = None
    map_id: int = 0
    map_md5: str = ""
    map_name: str = ""
    mode: int = 0
    mods: int = 0
    free_mods: bool = False
    win_condition: int = WinCondition.SCORE
    team_type: int = TeamType.HEAD_TO_HEAD
    aborted: bool = False
    told: bool = False
    plays: tuple[Play, ...] = field(default=(), compare=False)
    id: int = 0

    def takes_from(self, said: Lobby | Game) -> None:
        """What was played and how, as this says."""
        self.map_id, self.map_md5, self.map_name = said.map_id, said.map_md5, said.map_name[:LONGEST_NAME]
        self.mode, self.mods, self.free_mods = said.mode, said.mods, said.free_mods
        self.win_condition, self.team_type = said.win_condition, said.team_type


@dataclass(frozen=True, slots=True)
class MatchEvent:
    """Something that happened in a match; `game` for the type of a game."""

    match: Match
    type: EventType
    at_ms: int
    user_id: int | None = None
    game: MatchGame | None = None


def milliseconds(moment: float) -> int:
    """Unix seconds as milliseconds; 0, not known, for what is no moment."""
    return round(moment * 1000) if 0 < moment < _LAST_SECOND else 0


class Chronicle:
    """The matches at hand with those of their games that matter, brought on by what is said.

    Saying again what is known changes nothing. What has changed is to be stored as a whole: `events` in their order,
    what `new_matches`, `changed_matches`, `new_games` and `changed_games` give, and of the matches in `reopened` the
    stored end is to be forgotten.
    """

    def __init__(self, matches: Iterable[Match] = (), games: Iterable[MatchGame] = ()) -> None:
        self.events: list[MatchEvent] = []
        self.reopened: list[Match] = []
        self._matches = {each.key: each for each in matches}
        self._games = {(each.match.key, each.started_ms): each for each in games}
        self._matches_before = {key: replace(each) for key, each in self._matches.items()}
        self._games_before = {key: replace(each) for key, each in self._games.items()}

    def new_matches(self) -> list[Match]:
        return [each for key, each in self._matches.items() if key not in self._matches_before]

    def changed_matches(self) -> list[Match]:
        return [self._matches[key] for key, before in self._matches_before.items() if self._matches[key] != before]

    def new_games(self) -> list[MatchGame]:
        return [each for key, each in self._games.items() if key not in self._games_before]

    def changed_games(self) -> list[MatchGame]:
        return [self._games[key] for key, before in self._games_before.items() if self._games[key] != before]

    def told_plays(self) -> list[tuple[MatchGame, Play]]:
        """The plays of the games whose end has been told now."""
        return [(each, play) for each in self._games.values() for play in each.plays]

    def hear(self, said: Said, known: bool = False) -> None:
        """Take in what is said. `known`: it may be recorded already, so that only what bears its own name counts."""
        if isinstance(said.what, Game):
            self._hear_game(said, said.what, known)
        elif known:
            return
        elif isinstance(said.what, Lobby):
            self._hear_lobby(said, said.what)
        else:
            self._hear_closing(said, said.what)

    def settle(self, now_ms: int) -> None:
        """Draw from silence what follows from it by now."""
        for match in list(self._matches.values()):
            if match.due_ms is None or match.due_ms > now_ms:
                continue
            if match.lost_ms is not None and match.lost_ms + LOST_MS <= now_ms:
                self._close(match, match.lost_ms)
            elif match.gone_ms is not None:
                self._break_off(match, match.gone_ms)

    def stand(self, lobbies: Iterable[Said], since_ms: int) -> None:
        """Bring all to what stands: these lobbies and no others. What is no more counts as closed at `since_ms`."""
        standing = {self._hear_lobby(said, said.what).key for said in lobbies if isinstance(said.what, Lobby)}
        for match in list(self._matches.values()):
            if match.ended_ms is None and match.lost_ms is None and match.key not in standing:
                self._close(match, max(since_ms, match.opened_ms))

    def _hear_lobby(self, said: Said, lobby: Lobby) -> Match:
        at = said.at_ms
        match = self._find(said)
        if match is None:
            match = self._create(Match(said.server, said.slot, said.opening, host_id=lobby.host_id))
        for other in self._open_in(said):
            if other is not match:  # its place is taken
                self._close(other, at if other.lost_ms is None else other.lost_ms)
        if match.ended_ms is not None:
            self._reopen(match)
        match.lost_ms = None
        match.name, match.is_public = lobby.name[:LONGEST_NAME], lobby.has_public_history
        self._seat(match, lobby, at)
        if match.host_id not in (None, lobby.host_id):
            self._happened(match, EventType.HOST_CHANGED, at, lobby.host_id)
        match.host_id = lobby.host_id
        if lobby.in_progress:
            # Without its start, a game is the one that was in progress before.
            started = said.started_ms or (match.playing if match.in_progress else said.start)
            if started is not None:
                self._begin(match, started, lobby, at)
        elif match.playing is not None and match.gone_ms is None:
            match.gone_ms = at
        match.in_progress = lobby.in_progress
        return match

    def _hear_closing(self, said: Said, how: Closing) -> None:
        for match in self._open_in(said):
            if how is Closing.LEFT:
                for player_id in match.players:
                    self._happened(match, EventType.LEFT, said.at_ms, player_id)
                match.players = ()
                self._close(match, said.at_ms)
            elif match.lost_ms is None:
                match.lost_ms = said.at_ms

    def _hear_game(self, said: Said, game: Game, known: bool) -> None:
        if known and not (said.opened_ms and said.started_ms):
            return
        ended = milliseconds(game.ended_at) or said.at_ms
        match = self._find(said)
        if match is None:
            # Nothing else was ever heard of the lobby; if that stays so, this is its end.
            match = self._create(Match(said.server, said.slot, said.opening, lost_ms=ended))
            match.name, match.is_public = game.match_name[:LONGEST_NAME], game.has_public_history
        started = said.start if said.started_ms or match.playing is None else match.playing
        found = self._games.get((match.key, started)) or self._add_game(match, started)
        if found.told:
            return
        found.takes_from(game)
        found.ended_ms, found.aborted, found.told = ended, game.aborted, True
        found.plays = tuple({play.player_id: play for play in game.plays}.values())[:MOST_PLAYERS]
        if match.playing == started:
            match.playing = match.gone_ms = None

    def _seat(self, match: Match, lobby: Lobby, at: int) -> None:
        """Who is there, and who came and went."""
        slots = sorted(lobby.slots, key=lambda slot: slot.number)
        players = tuple(dict.fromkeys(slot.player_id for slot in slots))[:MOST_PLAYERS]
        for player_id in match.players:
            if player_id not in players:
                self._happened(match, EventType.LEFT, at, player_id)
        for player_id in players:
            if player_id not in match.players:
                self._happened(match, EventType.JOINED, at, player_id)
        # Their order is that of their slots, and nothing that is remembered.
        if set(players) != set(match.players):
            match.players = players

    def _begin(self, match: Match, started: int, lobby: Lobby, at: int) -> None:
        found = self._games.get((match.key, started))
        if found is not None and found.told:  # the lobby does not show yet that it is over
            return
        if match.playing not in (None, started):
            self._break_off(match, at if match.gone_ms is None else match.gone_ms)
        if found is None:
            found = self._add_game(match, started)
            found.takes_from(lobby)
        found.ended_ms, found.aborted = None, False
        match.playing, match.gone_ms = started, None

    def _break_off(self, match: Match, at: int) -> None:
        """The game that is not over is so now, and nobody has told its end; whoever still does is believed."""
        found = None if match.playing is None else self._games.get((match.key, match.playing))
        if found is not None and not found.told:
            found.ended_ms, found.aborted = at, True
        match.playing = match.gone_ms = None

    def _add_game(self, match: Match, started: int) -> MatchGame:
        game = self._games[match.key, started] = MatchGame(match, started)
        self.events.append(MatchEvent(match, EventType.GAME, started, game=game))
        return game

    def _create(self, match: Match) -> Match:
        self._matches[match.key] = match
        self._happened(match, EventType.CREATED, match.opened_ms, match.host_id)
        return match

    def _close(self, match: Match, at: int) -> None:
        self._break_off(match, at if match.gone_ms is None else match.gone_ms)
        match.ended_ms, match.lost_ms, match.in_progress = at, None, False
        self._happened(match, EventType.DISBANDED, at)

    def _reopen(self, match: Match) -> None:
        """It was never closed after all."""
        match.ended_ms = None
        self.events = [each for each in self.events if each.match is not match or each.type is not EventType.DISBANDED]
        if match.id:
            self.reopened.append(match)

    def _happened(self, match: Match, what: EventType, at: int, user_id: int | None = None) -> None:
        self.events.append(MatchEvent(match, what, at, user_id or None))

    def _find(self, said: Said) -> Match | None:
        """The match that is spoken of: where its opening is not said, the one that is open in its slot."""
        if not said.opened_ms and (there := self._open_in(said)):
            return max(there, key=lambda match: match.opened_ms)
        return self._matches.get((said.server, said.slot, said.opening))

    def _open_in(self, said: Said) -> list[Match]:
        place = said.server, said.slot
        return [
            match for match in self._matches.values() if match.ended_ms is None and (match.server, match.slot) == place
        ]
