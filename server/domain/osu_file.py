"""Reads `.osu` beatmap files: the facts that the database does not hold, and the objects to hit.

The format: https://osu.ppy.sh/wiki/en/Client/File_formats/osu_%28file_format%29
"""

import hashlib
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from server.domain.rulesets import Ruleset
from server.domain.slider_path import Point, end_of

HEADER = re.compile(r"osu file format v(\d{1,9})")

# The game reads no number beyond these; a file that has one is broken there.
MOST_MS = float(2**31 - 1)
MOST_PIXELS = 131072.0
MOST_REPEATS = 9000


class Kind(Enum):
    CIRCLE = auto()
    SLIDER = auto()
    SPINNER = auto()
    HOLD = auto()  # mania


class HitObject(NamedTuple):
    """One object to hit: positions in osu!pixels (512 x 384), times in ms of the song.

    `end_x`, `end_y`: the far end of a slider's path (where it is left only if `repeats` is odd), else `x`, `y`.
    `repeats`: how often the path is gone along, 1 there, 2 there and back; 0 for all but sliders.
    `ticks`: on one way along the path, `tick_gap` ms from each other. `sound`: bits 2 whistle, 4 finish, 8 clap.
    """

    x: int
    y: int
    time: int
    kind: Kind
    end_time: int
    end_x: int
    end_y: int
    repeats: int
    ticks: int
    tick_gap: float
    sound: int
    new_combo: bool


@dataclass(frozen=True, slots=True, eq=False)
class OsuFile:
    """What an `.osu` file says. Files are the same if their `md5` is: comparing all objects would be slow.

    `title_unicode` and `artist_unicode` are the romanised ones where the file has none; ids are 0 where it has none.
    `bpm`: the one that lasts longest, 2 decimals, 0 without timing. `total_length`: whole seconds of the song at which
    the last object ends. `hit_length`: seconds from first object to last end, less the breaks. `preview_time`: ms, -1
    if the game chooses. `sliders` counts mania's holds too. `storyboard`: one inside this file; an `.osb` is not seen.
    No whole number is beyond 32 bits, whatever is in the file.
    """

    md5: str
    format_version: int
    ruleset: Ruleset
    artist: str
    artist_unicode: str
    title: str
    title_unicode: str
    version: str
    creator: str
    source: str
    tags: str
    beatmap_id: int
    set_id: int
    preview_time: int
    cs: float
    ar: float
    od: float
    hp: float
    bpm: float
    total_length: int
    hit_length: int
    circles: int
    sliders: int
    spinners: int
    background: bool
    video: bool
    storyboard: bool
    objects: tuple[HitObject, ...]


class _Timing(NamedTuple):
    """Parallel lists, in time order: from `starts[i]` on a beat lasts `beats[i]` ms, at `speeds[i]` times the speed."""

    starts: list[float]
    beats: list[float]
    speeds: list[float]

    def at(self, time: float) -> tuple[float, float]:
        if not self.starts:
            return 1000.0, 1.0
        i = max(0, bisect_right(self.starts, time) - 1)
        return self.beats[i], self.speeds[i]


class _Sliding(NamedTuple):
    """What a slider's time and ticks depend on beside its own line."""

    timing: _Timing
    multiplier: float
    tick_rate: float
    ticks_follow_speed: bool
    paths: bool


def read(data: bytes, paths: bool = True) -> OsuFile:
    """Read the bytes of an `.osu` file, leaving out every line that makes no sense.

    Without `paths` all sliders end where they begin: to follow their paths takes most of the time.

    ValueError: the first line with anything in it does not say that this is a beatmap.
    """
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", data.decode("utf-8-sig", errors="replace"))]
    header = HEADER.search(next(filter(None, lines), ""))
    if header is None:
        raise ValueError("Not a beatmap: the file does not begin with 'osu file format v' and a number.")
    sections = _sections(lines)
    general, words, difficulty = (_pairs(sections.get(name, [])) for name in ("general", "metadata", "difficulty"))
    uninherited, timing = _timing(sections.get("timingpoints", []))
    sliding = _Sliding(
        timing,
        multiplier=_within(difficulty.get("slidermultiplier"), 0.4, 3.6, 1.4),
        tick_rate=_within(difficulty.get("slidertickrate"), 0.5, 8, 1),
        ticks_follow_speed=int(header[1]) >= 8,
        paths=paths,
    )
    read_lines = (_hit_object(line, sliding) for line in sections.get("hitobjects", []))
    objects = tuple(sorted(filter(None, read_lines), key=lambda one: one.time))
    first, last = (objects[0].time, max(one.end_time for one in objects)) if objects else (0, 0)
    events = [line.split(",") for line in sections.get("events", []) if not line.startswith("_")]
    ruleset = int(_within(general.get("mode"), 0, 3, 0))
    od = _within(difficulty.get("overalldifficulty"), 0, 10, 5)
    kinds = [one.kind for one in objects]
    return OsuFile(
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        format_version=int(header[1]),
        ruleset=Ruleset(ruleset),
        artist=words.get("artist", ""),
        artist_unicode=words.get("artistunicode") or words.get("artist", ""),
        title=words.get("title", ""),
        title_unicode=words.get("titleunicode") or words.get("title", ""),
        version=words.get("version", ""),
        creator=words.get("creator", ""),
        source=words.get("source", ""),
        tags=words.get("tags", ""),
        beatmap_id=int(_number(words.get("beatmapid")) or 0),
        set_id=int(_number(words.get("beatmapsetid")) or 0),
        preview_time=int(_within(general.get("previewtime"), -1, MOST_MS, -1)),
        cs=_within(difficulty.get("circlesize"), 0, 18 if ruleset == Ruleset.MANIA else 10, 5),
        ar=_within(difficulty.get("approachrate"), 0, 10, od),
        od=od,
        hp=_within(difficulty.get("hpdrainrate"), 0, 10, 5),
        bpm=_main_bpm(uninherited, last),
        total_length=max(0, last) // 1000,
        hit_length=max(0, round((last - first - _resting(events)) / 1000)),
        circles=kinds.count(Kind.CIRCLE),
        sliders=kinds.count(Kind.SLIDER) + kinds.count(Kind.HOLD),
        spinners=kinds.count(Kind.SPINNER),
        background=any(event[0] in ("0", "Background") for event in events),
        video=any(event[0] in ("1", "Video") for event in events),
        storyboard=any(event[0] in ("4", "5", "6", "Sprite", "Sample", "Animation") for event in events),
        objects=objects,
    )


def _sections(lines: list[str]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].strip().lower(), [])
        elif line and not line.startswith("//"):
            current.append(line)
    return sections


def _pairs(lines: list[str]) -> dict[str, str]:
    split = (line.partition(":") for line in lines)
    return {key.strip().lower(): value.strip() for key, colon, value in split if colon}


def _number(text: str | None, most: float = MOST_MS) -> float | None:
    """A number the game would read too; None for anything else, infinities included."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) <= most else None


def _within(text: str | None, least: float, most: float, missing: float) -> float:
    number = _number(text)
    return missing if number is None else min(max(number, least), most)


def _resting(events: list[list[str]]) -> float:
    """Milliseconds of breaks."""
    total = 0.0
    for event in events:
        if event[0] in ("2", "Break") and len(event) >= 3:
            start, stop = _number(event[1]), _number(event[2])
            if start is not None and stop is not None:
                total += max(0.0, stop - start)
    return total


def _timing(lines: list[str]) -> tuple[list[tuple[float, float]], _Timing]:
    """The uninherited points as (ms, ms of a beat), and what holds at any time."""
    points = sorted(_timing_points(lines), key=lambda point: point[0])
    uninherited = [(time, value) for time, value, red in points if red]
    timing = _Timing([], [], [])
    beat = uninherited[0][1] if uninherited else 1000.0
    for time, value, red in points:
        speed = 1.0
        if red:
            beat = value
        elif value < 0:
            speed = min(max(-100 / value, 0.1), 10.0)
        timing.starts.append(time)
        timing.beats.append(beat)
        timing.speeds.append(speed)
    return uninherited, timing


def _timing_points(lines: list[str]) -> Iterator[tuple[float, float, bool]]:
    for line in lines:
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < 2:
            continue
        time, value = _number(fields[0]), _number(fields[1])
        if time is None or value is None or value == 0:
            continue
        red = value > 0 and (len(fields) < 7 or fields[6] == "1")
        yield time, min(max(value, 6.0), 60000.0) if red else value, red


def _main_bpm(uninherited: list[tuple[float, float]], last: float) -> float:
    lasts: dict[float, float] = {}
    ends = [time for time, _ in uninherited[1:]] + [last]
    for (time, beat), end in zip(uninherited, ends, strict=True) if uninherited else ():
        key = round(beat, 3)
        lasts[key] = lasts.get(key, 0.0) + max(0.0, min(end, last) - time)
    if not lasts:
        return 0.0
    return round(60000 / max(lasts, key=lambda beat: lasts[beat]), 2)


def _hit_object(line: str, sliding: _Sliding) -> HitObject | None:
    fields = line.split(",")
    head = [_number(field) for field in fields[:5]]
    if len(head) < 4 or None in head[:4]:
        return None
    x, y, time, bits = (int(value) for value in head[:4] if value is not None)
    sound = int(head[4] or 0) if len(head) > 4 else 0
    if max(abs(x), abs(y)) > MOST_PIXELS:
        return None
    plain = HitObject(x, y, time, Kind.CIRCLE, time, x, y, 0, 0, 0.0, sound, bool(bits & 4))
    if bits & 1:
        return plain
    if bits & 2:
        return _slider(plain, fields, sliding)
    if bits & (8 | 128):
        end = _number(fields[5].split(":")[0]) if len(fields) > 5 else None
        kind = Kind.SPINNER if bits & 8 else Kind.HOLD
        return plain._replace(kind=kind, end_time=time if end is None else max(time, int(end)))
    return None


def _slider(plain: HitObject, fields: list[str], sliding: _Sliding) -> HitObject | None:
    if len(fields) < 7:
        return None
    curve, *corners = fields[5].strip().split("|")
    points: list[Point] = [(plain.x, plain.y)]
    for corner in corners:
        across, _, down = corner.partition(":")
        x, y = _number(across, MOST_PIXELS), _number(down, MOST_PIXELS)
        if x is not None and y is not None:
            points.append((x, y))
    repeats = _number(fields[6])
    length = _number(fields[7], MOST_PIXELS) if len(fields) > 7 else 0.0
    if repeats is None or repeats > MOST_REPEATS or length is None:
        return None
    times = max(1, int(repeats))
    end_x, end_y = end_of(curve[:1], points, length) if sliding.paths else points[0]
    beat, speed = sliding.timing.at(plain.time)
    # 100 osu!pixels a beat at multiplier and speed 1.
    velocity = 100 * sliding.multiplier * speed / beat
    tick_gap = beat / sliding.tick_rate / (1 if sliding.ticks_follow_speed else speed)
    one_way = max(0.0, length) / velocity
    # At the lowest speed the longest way, gone along most often, would take centuries.
    end_time = min(plain.time + int(one_way * times), int(MOST_MS))
    # The game leaves out a tick in the last 10 ms of the way.
    ticks = max(0, math.ceil((one_way - 10) / tick_gap) - 1)
    return plain._replace(
        kind=Kind.SLIDER,
        end_time=end_time,
        end_x=round(end_x),
        end_y=round(end_y),
        repeats=times,
        ticks=ticks,
        tick_gap=tick_gap,
    )
