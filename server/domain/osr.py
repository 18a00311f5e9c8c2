"""The `.osr` replay layout, written and read.

Little endian. A string is one zero byte (nothing there), or 0x0b, its length in bytes as ULEB128, and UTF-8.
The format: https://osu.ppy.sh/wiki/en/Client/File_formats/osr_%28file_format%29
"""

import hashlib
import lzma
import re
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from server.domain.grades import HitCounts
from server.domain.mods import TARGET

# Build dates of the stable client at which the layout grew, and the first lazer version with a tail.
FIRST_WITH_ID = 20121008
FIRST_WITH_LONG_ID = 20140721
FIRST_WITH_TAIL = 30000001

# The build that this server writes; it stores none, and readers only ask whether it is old.
GAME_VERSION = 20200207

NO_FRAMES = -1

YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReplayHeader:
    """Everything in a replay file but its frames.

    `mode`: the ruleset, 0-3. `life_graph`: `ms|life,` pairs, or empty. `played_at`: .NET ticks, UTC (see `ticks`).
    `online_id`: None in files older than online ids. `target_accuracy`: only with the Target mod.
    `tail`: what follows the fields of the stable client, as it came (lazer: int32 length and an LZMA block of JSON).
    """

    mode: int
    game_version: int
    beatmap_md5: str
    player_name: str
    replay_md5: str
    hits: HitCounts
    score: int
    max_combo: int
    perfect: bool
    mods: int
    played_at: int
    online_id: int | None
    life_graph: str = ""
    target_accuracy: float | None = None
    tail: bytes = b""


def assemble(header: ReplayHeader, frames_lzma: bytes) -> bytes:
    """A whole `.osr` file, of the layout that `header.game_version` had. Without frames their length is -1."""
    hits = header.hits
    counts = (hits.n300, hits.n100, hits.n50, hits.ngeki, hits.nkatu, hits.nmiss)
    return b"".join(
        (
            struct.pack("<Bi", header.mode, header.game_version),
            _string(header.beatmap_md5),
            _string(header.player_name),
            _string(header.replay_md5),
            struct.pack("<6H", *(_clamp(count, 16) for count in counts)),
            # The wire has 31 bits for a score; what is greater is shown as the greatest rather than as a negative one.
            struct.pack("<iH?i", _clamp(header.score, 31), _clamp(header.max_combo, 16), header.perfect, header.mods),
            _string(header.life_graph),
            struct.pack("<qi", header.played_at, len(frames_lzma) or NO_FRAMES),
            frames_lzma,
            _online_id(header),
            b"" if header.target_accuracy is None else struct.pack("<d", header.target_accuracy),
            header.tail,
        )
    )


def take_apart(data: bytes) -> tuple[ReplayHeader, bytes]:
    """The header and the LZMA frames (not unpacked) of an `.osr` file of any age, stable or lazer.

    ValueError: not a replay; the text says what was met, and at which byte.
    """
    taker = _Taker(data)
    mode, game_version = taker.numbers("<Bi", "mode and version")
    if mode > 3:
        raise ValueError(f"Not a replay: the mode is 0 to 3, got {mode}.")
    beatmap_md5 = taker.string("beatmap MD5")
    player_name = taker.string("player name")
    replay_md5 = taker.string("replay MD5")
    n300, n100, n50, ngeki, nkatu, nmiss, score, max_combo, perfect, mods = taker.numbers("<6HiH?i", "counts and score")
    life_graph = taker.string("life graph")
    played_at, length = taker.numbers("<qi", "time and length")
    frames = taker.some(max(0, length), "frames")
    target = bool(mods & TARGET) and game_version < FIRST_WITH_TAIL
    online_id = _take_online_id(taker, game_version, 8 if target else 0)
    target_accuracy = taker.numbers("<d", "target accuracy")[0] if target and taker.left() >= 8 else None
    header = ReplayHeader(
        mode=mode,
        game_version=game_version,
        beatmap_md5=beatmap_md5,
        player_name=player_name,
        replay_md5=replay_md5,
        hits=HitCounts(n300=n300, n100=n100, n50=n50, ngeki=ngeki, nkatu=nkatu, nmiss=nmiss),
        score=score,
        max_combo=max_combo,
        perfect=perfect,
        mods=mods,
        played_at=played_at,
        online_id=online_id,
        life_graph=life_graph,
        target_accuracy=target_accuracy,
        tail=taker.some(taker.left(), "tail"),
    )
    return header, frames


def replay_md5(
    *,
    hits: HitCounts,
    beatmap_md5: str,
    max_combo: int,
    perfect: bool,
    player_name: str,
    score: int,
    grade: str,
    mods: int,
    passed: bool,
) -> str:
    """The checksum that the stable client computes over a play. `grade`: XH, X, SH, S, A, B, C, D or F."""
    text = (
        f"{hits.n100 + hits.n300}p{hits.n50}o{hits.ngeki}o{hits.nkatu}t{hits.nmiss}a{beatmap_md5}"
        f"r{max_combo}e{bool(perfect)}y{player_name}o{score}u{grade}{mods}{bool(passed)}"
    )
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def ticks(moment: datetime) -> int:
    """.NET ticks (100 ns since the year 1, UTC) of an aware moment; in whole numbers, since a float loses the last."""
    since = moment - YEAR_ONE
    return (since.days * 86400 + since.seconds) * 10_000_000 + since.microseconds * 10


def moment(count: int) -> datetime:
    """The aware UTC moment of .NET ticks, cut to microseconds. ValueError: outside the years 1 to 9999."""
    try:
        return YEAR_ONE + timedelta(microseconds=count // 10)
    except OverflowError:
        raise ValueError(f"No date has {count} ticks.") from None


def file_name(player: str, artist: str, title: str, version: str, date: date) -> str:
    """The name a downloaded replay gets, as bancho.py gives it; what no header takes becomes `_`."""
    name = f"{player} - {artist} - {title} [{version}] ({date:%Y-%m-%d}).osr"
    return re.sub(r"[\x00-\x1f\x7f]", "_", name)


def pack_frames(text: str) -> bytes:
    """Frames (`w|x|y|z`, joined by commas) as the LZMA stream of a replay file."""
    # Frames repeat what was just before; a greater dictionary makes them hardly smaller and all of it slower.
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 0, "dict_size": 1 << 16}]
    return lzma.compress(text.encode(), format=lzma.FORMAT_ALONE, filters=filters)


def _clamp(number: int, bits: int) -> int:
    return max(0, min(number, (1 << bits) - 1))


def _string(text: str) -> bytes:
    if not text:
        return b"\x00"
    encoded = text.encode()
    length = bytearray()
    left = len(encoded)
    while left > 0x7F:
        length.append(left & 0x7F | 0x80)
        left >>= 7
    length.append(left)
    return b"\x0b" + bytes(length) + encoded


def _online_id(header: ReplayHeader) -> bytes:
    number = header.online_id or 0
    if header.game_version >= FIRST_WITH_LONG_ID or number >= 1 << 31:
        return struct.pack("<q", number)
    if header.game_version >= FIRST_WITH_ID or header.online_id is not None:
        return struct.pack("<i", number)
    return b""


def _take_online_id(taker: "_Taker", game_version: int, after: int) -> int | None:
    """`after`: the bytes that the Target mod adds behind the id.

    Old files that were downloaded later have the long id, so the room tells more than the version.
    """
    room = taker.left() - after
    if game_version >= FIRST_WITH_LONG_ID or room >= 8:
        return int(taker.numbers("<q", "online id")[0])
    if room >= 4:
        return int(taker.numbers("<i", "online id")[0])
    if game_version >= FIRST_WITH_ID:
        raise ValueError(f"Not a whole replay: it ends at byte {len(taker.data)}, in the online id.")
    return None


class _Taker:
    """Takes one thing after the other off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def left(self) -> int:
        return len(self.data) - self.at

    def some(self, length: int, what: str) -> bytes:
        if length > self.left():
            raise ValueError(f"Not a whole replay: it ends at byte {len(self.data)}, in the {what}.")
        self.at += length
        return self.data[self.at - length : self.at]

    def numbers(self, layout: str, what: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.some(struct.calcsize(layout), what))

    def string(self, what: str) -> str:
        start = self.at
        marker = self.some(1, what)[0]
        if marker == 0x00:
            return ""
        if marker != 0x0B:
            raise ValueError(f"Not a replay: byte {start} begins the {what} and is 0x00 or 0x0b, got 0x{marker:02x}.")
        length = 0
        for shift in range(0, 35, 7):
            byte = self.some(1, what)[0]
            length |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        else:
            raise ValueError(f"Not a replay: the length of the {what} at byte {start} has no end.")
        try:
            return self.some(length, what).decode()
        except UnicodeDecodeError:
            raise ValueError(f"Not a replay: the {what} at byte {start} is not UTF-8.") from None
