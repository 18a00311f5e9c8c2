"""Tells bancho-api what is happening in bancho.py 5.2 - 5.3: who is online, the lobbies, the games, the scores.

Copy this file beside bancho.py's main.py and put two lines into main.py, below `app.logging.configure_logging()`:

    import bancho_bridge
    bancho_bridge.start()

docs/bridge.md of bancho-api has the settings and the rest. bancho.py is only looked at, inside its own event loop and a
few times a second; all else is done in a thread of our own. What goes wrong in here is logged, and stays in here.
"""

import atexit
import json
import logging
import os
import queue
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, NamedTuple

# All that is read of bancho.py, and what the live layer calls it where that is not its last word. Beside these:
# app.state.loop, app.state.sessions.players and .matches, app.settings.REDIS_DSN, and, where they are there,
# Match.has_public_history, Player.is_tourney_client, and the name of a grade.
NEEDED = {
    "Player": "id recent_scores login_time status.action status.info_text status.mode status.mods status.map_id "
    "status.map_md5",
    "Match": "_refs slots name host_id mode mods seed in_progress is_scrimming map_id map_md5 map_name "
    "freemods=free_mods win_condition team_type",
    "Slot": "player player.id=player_id status team mods loaded skipped",
    "Score": "server_time pp id=score_id score mode mods acc=accuracy max_combo n300 n100 n50 nmiss ngeki nkatu grade "
    "perfect passed bmap.id=map_id bmap.md5=map_md5",
}
MATCH, SCORE = (attrgetter(*re.findall(r"(?:^| )([\w.]+)", NEEDED[kind])) for kind in ("Match", "Score"))
NAMES = {kind: re.findall(r"(\w+)(?: |$)", names) for kind, names in NEEDED.items()}
# What is no whole number.
TYPES: dict[str, Any] = dict.fromkeys(("name", "info_text", "map_md5", "map_name", "grade"), str)
TYPES |= dict.fromkeys(("in_progress", "is_scrimming", "free_mods", "loaded", "skipped", "perfect", "passed"), bool)
TYPES |= dict.fromkeys(("login_time", "accuracy", "pp"), float)
NOT_OF_A_GAME = ("server", "id", "name", "host_id", "referee_ids", "seed", "in_progress", "is_scrimming", "slots")

PLAYED = 32 | 64  # the status of a slot whose player is playing, or has completed
EVERY = 0.33  # seconds from one look to the next
SUBMITTING = 10.0  # so long a finished game waits for its scores
REMEMBERED, MOST_REMEMBERED = 600.0, 10_000  # games and scores that an outage of Redis does not lose: seconds, number
TIMEOUT, PAUSE, LONGEST_PAUSE = 2.0, 0.25, 4.0  # of a question to Redis; between attempts while it does not answer
MOST_TEXT = 1000  # characters

Values = tuple[Any, ...]
Statement = tuple[str, str, bytes]  # what, id, JSON


class Look(NamedTuple):
    at: float  # Unix seconds
    players: dict[int, Values]  # by id, as `Eyes` keeps them; the same object until something changes
    matches: dict[int, tuple[Any, Values]]
    scores: list[tuple[int, Values]]  # player id and values of each that was not there before


class Eyes:
    """Reads bancho.py's sessions. `look` runs inside its event loop, as one step of it."""

    def __init__(self, sessions: Any) -> None:
        self._sessions = sessions
        self._known: set[str] = set()
        self._players: dict[Any, Values] = {}  # by session: scores, id, login time, status, is it a tournament client
        self._missing = ""
        self.watched: list[Any] = []  # sessions of players of games: whoever leaves may still submit

    def look(self) -> Look:
        """Who and what is there. Whatever cannot be read is passed over. Raises LookupError: bancho.py is another."""
        look, before = Look(round(time.time(), 3), {}, {}, []), self._players
        self._players = players = dict[Any, Values]()
        sessions = [*self._sessions.players]
        online = len(sessions)
        for number, player in enumerate(sessions + self.watched):
            try:  # written out, as this is what is done most: it takes half as long as with an attrgetter
                does = player.status
                status = (does.action, does.info_text, does.mode, does.mods, does.map_id, does.map_md5)
                scores, seen = tuple(player.recent_scores.values()), before.get(player)
                if number >= online and player in players:
                    continue
                if seen is None or seen[3] != status or seen[0] != scores:
                    seen = self._changed(player, scores, status, seen[0] if seen else scores, look)
                players[player] = seen
                first = look.players.setdefault(seen[1], seen) if number < online else seen
                if first is not seen and first[4] > seen[4]:  # a client that referees watch with, and the player's own
                    look.players[seen[1]] = seen
            except Exception as error:
                self._pass_over("Player", error)
        for match_id, match in enumerate([*self._sessions.matches]):
            try:
                if match is not None:
                    look.matches[match_id] = (match, self._match(match))
                    self._known.add("Match")
            except Exception as error:
                self._pass_over("Match", error)
        if self._missing:
            raise LookupError(f"{self._missing}, unlike in bancho.py 5.2 - 5.3")
        return look

    def _pass_over(self, kind: str, error: Exception) -> None:
        if isinstance(error, AttributeError) and error.obj is not None and kind not in self._known:
            self._missing = f"{kind}: {error}"

    def _changed(self, player: Any, scores: Values, status: Values, before: Values, look: Look) -> Values:
        if type(player.id) is not int or not 1 < player.id < 10**18:  # 1 is the bot
            raise ValueError("nobody's id")
        seen = (scores, player.id, player.login_time, status, bool(getattr(player, "is_tourney_client", False)))
        self._known.add("Player")
        for score in scores:
            try:
                if score is not None and not any(score is each for each in before):
                    look.scores.append((player.id, SCORE(score)))
                    self._known.add("Score")
            except Exception as error:
                self._pass_over("Score", error)
        return seen

    def _match(self, match: Any) -> Values:
        referees, slots, *values = MATCH(match)
        taken = [
            (number, player, player.id, slot.status, slot.team, slot.mods, slot.loaded, slot.skipped)
            for number, slot in enumerate(slots)
            if (player := slot.player) is not None
        ]
        return {each.id for each in referees}, taken, getattr(match, "has_public_history", True), values


@dataclass
class Lobby:
    """A lobby, with the game that is played in it; a copy stays of each game that is over and waits for its scores."""

    match: Any
    opened_at: float
    seen: Values = ()
    said: dict[str, Any] = field(default_factory=dict)
    started_at: float = 0.0  # of the game; 0 between games
    playing: dict[int, tuple[int, int, Any]] = field(default_factory=dict)  # by player id: slot, team, session
    plays: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended_at: float = 0.0
    waits_until: float = 0.0


class Mirror:
    """What has been seen so far, and what is to be said of it."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._players: dict[int, Values] = {}
        self._texts: dict[int, bytes] = {}
        self._lobbies: dict[int, Lobby] = {}
        self._over: list[Lobby] = []
        self._once: deque[tuple[float, Statement]] = deque(maxlen=MOST_REMEMBERED)

    def changes(self, look: Look, now: float) -> list[Statement]:
        """What is new since the last look. `now` is monotonic; at its end no game waits for its scores."""
        states = [*self._of_players(look), *self._of_lobbies(look, now)]
        once = [*self._of_scores(look), *self._of_games(now)]
        self._once.extend((now, each) for each in once)
        return states + once

    def everything(self, now: float) -> list[Statement]:
        """The whole truth, and what happened lately: who has heard of that already takes no notice."""
        states: list[Statement] = [("player", str(each), text) for each, text in self._texts.items()]
        states += [("match", str(each), dumps(lobby.said)) for each, lobby in self._lobbies.items()]
        return states + [statement for noted, statement in self._once if noted >= now - REMEMBERED]

    def games(self) -> list[Lobby]:
        """Those of which it is still to be said that they are over."""
        return self._over + [lobby for lobby in self._lobbies.values() if lobby.started_at]

    def _of_players(self, look: Look) -> Iterator[Statement]:
        before, self._players = self._players, look.players
        for player_id, seen in look.players.items():
            if before.get(player_id) is not seen:
                said = plain("Player", (seen[2], *seen[3])) | {"server": self._server, "id": player_id}
                self._texts[player_id] = dumps(said)
                yield "player", str(player_id), self._texts[player_id]
        for gone in before.keys() - look.players.keys():
            del self._texts[gone]
            yield "left", str(gone), b""

    def _of_lobbies(self, look: Look, now: float) -> Iterator[Statement]:
        before, self._lobbies = self._lobbies, {}
        for match_id, (match, seen) in look.matches.items():
            with suppress(Exception):
                lobby = before.get(match_id)
                if lobby is None or lobby.match is not match:
                    lobby = Lobby(match, look.at)
                if lobby.seen != seen:
                    self._change(match_id, lobby, seen, look.at, now)
                    yield "match", str(match_id), dumps(lobby.said)
                self._lobbies[match_id] = lobby
        for match_id, lobby in before.items():
            if self._lobbies.get(match_id) is not lobby:
                self._end(lobby, look.at, now)
            if match_id not in self._lobbies:
                yield "closed", str(match_id), b""

    def _change(self, match_id: int, lobby: Lobby, seen: Values, at: float, now: float) -> None:
        referees, taken, public, values = seen
        said = plain("Match", values) | {"server": self._server, "id": match_id, "has_public_history": bool(public)}
        said["referee_ids"] = sorted({said["host_id"], *(made(int, each) for each in referees)})
        said["slots"] = [{"number": place} | plain("Slot", slot) for place, _, *slot in taken]
        if not said["in_progress"]:
            self._end(lobby, at, now)
        else:
            lobby.started_at = lobby.started_at or at
            lobby.playing = {
                slot["player_id"]: (place, slot["team"], session)
                for slot, (place, session, *_) in zip(said["slots"], taken, strict=True)
                if slot["status"] & PLAYED
            }
        lobby.seen, lobby.said = seen, said | {"opened_at": lobby.opened_at, "started_at": lobby.started_at}

    def _end(self, lobby: Lobby, at: float, now: float) -> None:
        if lobby.started_at:
            self._over.append(replace(lobby, ended_at=at, waits_until=now + SUBMITTING))
        lobby.started_at, lobby.playing, lobby.plays = 0.0, {}, {}

    def _of_scores(self, look: Look) -> Iterator[Statement]:
        for player_id, (submitted, *values) in look.scores:
            with suppress(Exception):
                played_at = made(float, submitted.timestamp())
                play = {"player_id": player_id, "played_at": played_at, "slot": None, "team": 0}
                play |= plain("Score", values) | ({"pp": None} if values[0] is None else {})
                for game in self.games():
                    awaited = player_id in game.playing and player_id not in game.plays
                    if awaited and play["map_md5"] == game.said["map_md5"] != "":
                        play["slot"], play["team"], _ = game.playing[player_id]
                        game.plays[player_id] = play
                        break
                name = play["score_id"] or f"{play['map_md5']}:{play['mode']}:{round(played_at * 1000)}"
                yield "score", f"{name}/{player_id}", dumps(play)

    def _of_games(self, now: float) -> Iterator[Statement]:
        over, self._over = self._over, []
        for game in over:
            if game.waits_until > now and not game.playing.keys() <= game.plays.keys():
                self._over.append(game)
                continue
            plays = sorted(game.plays.values(), key=lambda play: int(play["slot"]))
            said = {name: value for name, value in game.said.items() if name not in NOT_OF_A_GAME}
            said |= {"match_id": game.said["id"], "match_name": game.said["name"], "ended_at": game.ended_at}
            began = f"{round(game.opened_at * 1000)}:{round(game.started_at * 1000)}"
            yield "game_finished", f"{began}/{said['match_id']}", dumps(said | {"aborted": not plays, "plays": plays})


def plain(kind: str, values: Sequence[Any]) -> dict[str, Any]:
    """The last of what was read of a class, by its names in the live layer and in its types."""
    names = zip(NAMES[kind][-len(values) :], values, strict=True)
    said = {name: made(TYPES.get(name, int), value) for name, value in names}
    if said.get("map_id", 0) < 0:  # the host is choosing one
        said["map_id"] = 0
    return said


def made(type_: Any, value: Any) -> Any:
    """Nothing, or 0, for what is none of this type or what no reader could hold."""
    try:
        if type_ is str:
            return value[:MOST_TEXT] if isinstance(value, str) else str(value.name)
        return number if -(2**63) <= (number := type_(value)) < 2**63 else type_()
    except Exception:
        return type_()


ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(said: dict[str, Any]) -> bytes:
    return ENCODER.encode(said).encode("utf-8", "replace")


class Bridge:
    """Looks, and tells Redis. Raises where a setting is wrong or bancho.py is not as it was."""

    def __init__(self, state: Any, over: threading.Event) -> None:
        self._server = os.environ.get("BANCHO_BRIDGE_SERVER") or "main"
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", self._server):
            raise ValueError(f"BANCHO_BRIDGE_SERVER: expected 1-32 of A-Z a-z 0-9 . _ -, got {self._server!r}")
        self._lease = made(float, os.environ.get("BANCHO_BRIDGE_LEASE") or 30)
        if not 1 <= self._lease <= 3600:
            raise ValueError("BANCHO_BRIDGE_LEASE: expected 1 to 3600 seconds")
        # Imported here, where a package that is missing harms nobody else.
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        url = os.environ.get("BANCHO_BRIDGE_REDIS") or sys.modules["app.settings"].REDIS_DSN
        limits: dict[str, Any] = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
        self._redis: Any = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **limits)
        self._loop, self._over, self._eyes, self._mirror = state.loop, over, Eyes(state.sessions), Mirror(self._server)
        self._looks: queue.SimpleQueue[Look | Exception] = queue.SimpleQueue()
        self._restate, self._pause, self._noted = True, PAUSE, ""
        self._again_at = self._renew_at = 0.0

    def work(self) -> None:
        """Until bancho.py comes to its end, and then say that everybody has left."""
        try:
            while not self._over.wait(EVERY) and (look := self._look()) is not None:
                now = time.monotonic()
                self._tell(self._mirror.changes(look, now), now)
                self._eyes.watched = [each for game in self._mirror.games() for _, _, each in game.playing.values()]
        finally:
            last = self._mirror.changes(Look(round(time.time(), 3), {}, {}, []), float("inf"))
            if self._noted and not self._again_at:
                with suppress(Exception):
                    self._run("say", [each for each in last if each[0] == "game_finished"], whole=True)

    def _look(self) -> Look | None:
        with suppress(RuntimeError):  # the loop has just been closed
            self._loop.call_soon_threadsafe(self._within)
        while not self._over.is_set() and not self._loop.is_closed():
            with suppress(queue.Empty):
                look = self._looks.get(timeout=EVERY)
                if isinstance(look, Exception):
                    raise look
                return look
        return None

    def _within(self) -> None:
        """What bancho.py's loop runs."""
        try:
            self._looks.put(self._eyes.look())
        except Exception as error:
            self._looks.put(error)

    def _tell(self, news: list[Statement], now: float) -> None:
        if now < self._again_at:
            return
        try:
            if news or self._restate:
                self._run("say", self._mirror.everything(now) if self._restate else news, whole=self._restate)
            self._restate, self._pause, self._again_at = False, PAUSE, 0.0
            if now >= self._renew_at:
                self._restate = not self._run("renew")[0]  # Redis has forgotten something
                self._renew_at = now + self._lease / 3
            self._note(f"Redis is told what happens here, as game server {self._server}")
        except Exception as error:
            self._restate, self._again_at = True, time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._note(f"Redis does not take it, which is tried again: {error}")

    def _run(self, verb: str, statements: Iterable[Statement] = (), whole: bool = False) -> Any:
        said = [word for each in statements for word in each] + ["whole", "", ""] * whole
        words = (verb, self._server, int(self._lease * 1000), *said)
        return self._redis.execute_command("EVAL", SCRIPT, 1, "bancho-api:{live}:v1:servers", *words)

    def _note(self, text: str) -> None:
        if text != self._noted:
            note(text)
        self._noted = text


def note(text: object) -> None:
    # Not sooner than needed: bancho.py switches off the loggers that there are when it sets up its own.
    logging.getLogger("bancho_bridge").warning("The bridge to bancho-api: %s", text)


def run(over: threading.Event) -> None:
    try:
        while not over.wait(EVERY):
            # To import it from here could meet bancho.py halfway through its own imports.
            state = sys.modules.get("app.state")
            if getattr(state, "loop", None) is not None:
                return Bridge(state, over).work()
    except Exception as error:
        note(f"off, as something is not as it should be: {error!r}")


def start() -> None:
    """Begin, in a thread of its own and once. Whatever is wrong, nothing is raised."""
    try:
        over = threading.Event()
        thread = threading.Thread(target=run, args=(over,), name="bancho_bridge", daemon=True)
        if all(each.name != thread.name for each in threading.enumerate()):
            thread.start()
            atexit.register(thread.join, TIMEOUT)
            atexit.register(over.set)  # which comes first
    except Exception as error:
        note(error)


# server/live/live.lua of bancho-api, where it is to be read: `make schema` puts it here, folded and without comments.
SCRIPT = """
local KEPT_EVENTS = 50000 local KEPT_HISTORY = 100000 local ONCE_MILLISECONDS = 3600000 local MOST_SWEPT = 1000 local base = KEYS[1]:sub(1, -#'servers' - 1) local verb, server, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]) local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000) local ends = string.format('%d', now + lease) local SERVERS, PLAYERS, MATCHES = KEYS[1], base .. 'players', base .. 'matches' local function player_key(id) return base .. 'player:' .. id end local function match_key(of, id) return base .. 'match:' .. of .. ':' .. id end local function players_of(of) return base .. 'players:' .. of end local function matches_of(of) return base .. 'matches:' .. of end local function kept_key(of) return base .. 'kept:' .. of end local function life() local allowed, info = pcall(redis.call, 'INFO', 'server') return allowed and info:match('run_id:(%x+)') or 'unknown' end local function add(stream, kept, kind, of, id, text) redis.call('XADD', base .. stream, 'MAXLEN', '~', kept, '*', 'kind', kind, 'server', of, 'id', id, 'data', text) end local function event(kind, of, id, text) add('events', KEPT_EVENTS, kind, of, id, text) end local function history(kind, of, id, text) add('history', KEPT_HISTORY, kind, of, id, text) end local function read(text) local readable, said = pcall(cjson.decode, text) return readable and type(said) == 'table' and said or {} end local function server_of(id) for _, name in ipairs(redis.call('ZRANGE', SERVERS, 0, -1)) do if redis.call('SISMEMBER', players_of(name), id) == 1 then return name end end return '' end local function end_player(of, id, why) if why == 'lost' then redis.call('DEL', kept_key(of)) end redis.call('ZREM', PLAYERS, id) redis.call('SREM', players_of(of), id) redis.call('DEL', player_key(id)) event('logout', of, id, why) end local function end_match(of, id, why) if why == 'lost' then redis.call('DEL', kept_key(of)) end redis.call('ZREM', MATCHES, of .. ':' .. id)
redis.call('SREM', matches_of(of), id) redis.call('DEL', match_key(of, id)) event('lobby_closed', of, id, why) history('closed', of, id, why) end local function say_player(id, text) local key = player_key(id) local before = redis.call('GET', key) if not before and redis.call('ZSCORE', PLAYERS, id) then end_player(server_of(id), id, 'lost') end local old, new = before and read(before), read(text) if old and old.login_time ~= new.login_time then end_player(server_of(id), id, 'left') old = nil elseif old and old.server ~= server then redis.call('SREM', players_of(server_of(id)), id) end redis.call('SET', key, text, 'PX', lease) redis.call('ZADD', PLAYERS, ends, id) redis.call('SADD', players_of(server), id) if before == text then return 0 end event(old and 'status' or 'login', server, id, text) return 1 end local function say_left(id) if redis.call('SISMEMBER', players_of(server), id) == 0 then return 0 end end_player(server, id, 'left') return 1 end local function say_match(id, text) local key, member = match_key(server, id), server .. ':' .. id local before = redis.call('GET', key) if not before and redis.call('ZSCORE', MATCHES, member) then end_match(server, id, 'lost') end local old, new = before and read(before), read(text) if old and old.opened_at ~= new.opened_at then end_match(server, id, 'left') old = nil end redis.call('SET', key, text, 'PX', lease) redis.call('ZADD', MATCHES, ends, member) redis.call('SADD', matches_of(server), id) if before == text then return 0 end event(old and 'lobby_changed' or 'lobby_opened', server, id, text) history('lobby', server, id, text) local playing = old and old.in_progress == true and old.started_at == new.started_at if new.in_progress == true and not playing then event('game_started', server, id, text) end return 1 end local function say_closed(id) if redis.call('SISMEMBER', matches_of(server), id) == 0 then return 0 end end_match(server, id, 'left') return 1 end local function say_once(kind, named, text)
local id = named:match('([^/]*)$') local key = base .. 'once:' .. kind .. ':' .. server .. ':' .. named if not redis.call('SET', key, '1', 'NX', 'PX', ONCE_MILLISECONDS) then return 0 end event(kind, server, id, text) if kind == 'game_finished' then history(kind, server, id, text) end return 1 end local function say_whole(named) local news = 0 for _, id in ipairs(redis.call('SMEMBERS', players_of(server))) do if not named['player' .. id] then news = news + say_left(id) end end for _, id in ipairs(redis.call('SMEMBERS', matches_of(server))) do if not named['match' .. id] then news = news + say_closed(id) end end return news end local function keep(all) if all then redis.call('SET', kept_key(server), life(), 'PX', lease) else redis.call('PEXPIRE', kept_key(server), lease) end end local function holds(condition, named, text) local what, id = named:match('^(%a+)(%d+)$') local found = redis.call('GET', what == 'player' and player_key(id) or match_key(server, id)) or '' if condition == 'same' then return found == text end local old, new = read(text), read(found) return old.login_time == new.login_time and old.opened_at == new.opened_at and old.started_at == new.started_at end local function say() local first = 4 while ARGV[first] == 'same' or ARGV[first] == 'timed' do if not holds(ARGV[first], ARGV[first + 1], ARGV[first + 2]) then return -1 end first = first + 3 end redis.call('ZADD', SERVERS, ends, server) local news, named, whole = 0, {}, false for at = first, #ARGV, 3 do local what, id, text = ARGV[at], ARGV[at + 1], ARGV[at + 2] named[what .. id] = true if what == 'player' then news = news + say_player(id, text) elseif what == 'left' then news = news + say_left(id) elseif what == 'match' then news = news + say_match(id, text) elseif what == 'closed' then news = news + say_closed(id) elseif what == 'still' then named[id] = true elseif what == 'whole' then whole = true else news = news + say_once(what, id, text) end end if whole then news = news + say_whole(named) end
keep(whole) return news end local function renew() redis.call('ZADD', SERVERS, ends, server) local players, matches = 0, 0 for _, id in ipairs(redis.call('SMEMBERS', players_of(server))) do if redis.call('PEXPIRE', player_key(id), lease) == 1 then redis.call('ZADD', PLAYERS, ends, id) players = players + 1 else end_player(server, id, 'lost') end end for _, id in ipairs(redis.call('SMEMBERS', matches_of(server))) do if redis.call('PEXPIRE', match_key(server, id), lease) == 1 then redis.call('ZADD', MATCHES, ends, server .. ':' .. id) matches = matches + 1 else end_match(server, id, 'lost') end end local known = redis.call('GET', kept_key(server)) == life() keep(true) return {known and 1 or 0, players, matches} end local function sweep() local swept = 0 local function over(set) return redis.call('ZRANGEBYSCORE', set, '-inf', string.format('%d', now), 'LIMIT', 0, MOST_SWEPT) end for _, id in ipairs(over(PLAYERS)) do end_player(server_of(id), id, 'lost') swept = swept + 1 end for _, member in ipairs(over(MATCHES)) do local of, id = member:match('^(.*):([^:]*)$') if of then end_match(of, id, 'lost') end redis.call('ZREM', MATCHES, member) swept = swept + 1 end for _, name in ipairs(over(SERVERS)) do if redis.call('EXISTS', players_of(name), matches_of(name)) == 0 then redis.call('ZREM', SERVERS, name) end end return swept end if verb == 'say' then return say() end if verb == 'renew' then return renew() end return sweep()
"""  # noqa: E501
