"""Reading the stream `history`, what stands beside it, and whose turn it is to record."""

import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from server.domain.live import order
from server.domain.matches import Closing, Said
from server.live import keys
from server.live.batch import Batch
from server.live.plays import game_from
from server.live.records import lobby_from

log = logging.getLogger(__name__)

# So many entries are read at once at most.
PAGE: Final = 250

# Before the first entry.
START: Final = "0-0"

# A recorder that says nothing for so long has lost its turn.
TURN_SECONDS: Final = 8.0

# What follows the entry ARGV[1], at most ARGV[2] of it, and whose stream that is, seen in one step: the Redis process
# (nothing where its user may not ask), its clock, the last entry, and whether ARGV[1] is still there.
_READ: Final = """
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and info:match('run_id:(%w+)') or ''
local time = redis.call('TIME')
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local kept = ARGV[1] == '0-0' or #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 1
return {
  run, string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)),
  last[1] and last[1][1] or '0-0', kept and 1 or 0,
  redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2]),
}
"""

# The lobbies that stand, each by its member of `MATCHES` (KEYS[2]) and as its text, and the last entry by then.
_STAND: Final = """
local base = KEYS[2]:sub(1, -#'matches' - 1)
local time = redis.call('TIME')
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local found = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
  local text = redis.call('GET', base .. 'match:' .. member)
  if text then
    found[#found + 1] = member
    found[#found + 1] = text
  end
end
return {now, last[1] and last[1][1] or '0-0', found}
"""

_TAKE: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_LEAVE: Final = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the stream by its id; `said` is None where it cannot be read."""

    id: str
    said: Said | None


@dataclass(frozen=True, slots=True)
class Page:
    """What follows an entry, in order, and where it was read.

    `run_id` names the Redis process, empty where that may not be asked; `now_ms` is its clock in Unix milliseconds.
    `last_id` is the last entry there is. `kept`: the entry that was asked for is still there, or none was.
    """

    run_id: str
    now_ms: int
    last_id: str
    kept: bool
    entries: tuple[Entry, ...]

    @property
    def full(self) -> bool:
        """Is there likely more?"""
        return len(self.entries) == PAGE


@dataclass(frozen=True, slots=True)
class Standing:
    """The lobbies that stand after the entry `last_id`, at `now_ms` of Redis's clock."""

    now_ms: int
    last_id: str
    lobbies: tuple[Said, ...]


class HistoryStream:
    """Questions about the stream and what stands. Every one of them raises Away where Redis does not answer."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def after(self, last_id: str) -> Page:
        """The entries after this one, at most a page of them."""
        run_id, now_ms, last, kept, found = await self._batch.command("EVAL", _READ, 1, keys.HISTORY, last_id, PAGE)
        return Page(run_id, int(now_ms), last, bool(kept), tuple(_entry(*each) for each in found))

    async def standing(self) -> Standing:
        """All lobbies as they are said to be."""
        now_ms, last, found = await self._batch.command("EVAL", _STAND, 2, keys.HISTORY, keys.MATCHES)
        lobbies = (_standing(member, text, int(now_ms)) for member, text in zip(found[::2], found[1::2], strict=True))
        return Standing(int(now_ms), last, tuple(each for each in lobbies if each is not None))


class Turn:
    """Which of several recorders works: the one whose token is in Redis. Raises Away as above."""

    def __init__(self, batch: Batch, seconds: float = TURN_SECONDS) -> None:
        self._batch = batch
        self._milliseconds = int(seconds * 1000)
        self.token: Final = secrets.token_hex(8)

    async def take(self) -> bool:
        """Have the turn for `seconds` from now, if nobody else has it."""
        return bool(await self._batch.command("EVAL", _TAKE, 1, keys.RECORDER, self.token, self._milliseconds))

    async def leave(self) -> None:
        """Let somebody else have it."""
        await self._batch.command("EVAL", _LEAVE, 1, keys.RECORDER, self.token)


def _entry(entry_id: str, words: list[Any]) -> Entry:
    fields = dict(zip(words[::2], words[1::2], strict=False))
    said = None
    place = keys.match_of(f"{fields.get('server', '')}:{fields.get('id', '')}")
    if place is not None:
        slot, server = place
        what = _what(fields.get("kind"), fields.get("data"), slot)
        said = None if what is None else Said(order(entry_id)[0], server, slot, what)
    if said is None:
        log.warning("Entry %s of the history cannot be read", entry_id)
    return Entry(entry_id, said)


def _what(kind: str | None, data: str | None, slot: int) -> Any:
    if kind == "lobby":
        return lobby_from(data, slot)
    if kind == "game_finished":
        game = game_from(data)
        return game if game is not None and game.match_id == slot else None
    if kind == "closed" and data in tuple(Closing):
        return Closing(data)
    return None


def _standing(member: str, text: str, now_ms: int) -> Said | None:
    place = keys.match_of(member)
    if place is None:
        return None
    slot, server = place
    lobby = lobby_from(text, slot)
    return None if lobby is None else Said(now_ms, server, slot, lobby)
