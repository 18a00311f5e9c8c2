"""Places the notes of osu! and catch: a cursor that wanders, turns and never leaves the field."""

import math
from collections.abc import Iterator
from random import Random

from server.demo.rhythms import CALM, CELLS, LOUD, NOTES, SPIN, Note, bars, ms, notes, speed
from server.demo.songs import Difficulty, Song
from server.domain.slider_path import Point, end_of

FIELD = (48, 464, 48, 336)  # least and most x, least and most y: room for a whole circle

# Distance in osu!pixels for one cell, for two, for more, by level.
STEPS = {1: (30, 60, 100), 2: (34, 92, 130), 3: (40, 128, 170), 4: (46, 165, 215)}

WHISTLE, FINISH, CLAP = 2, 4, 8


def osu_lines(song: Song, difficulty: Difficulty, rng: Random) -> Iterator[str]:
    """The `[HitObjects]` lines of an osu! difficulty."""
    here: Point = (256.0, 192.0)
    heading, bend = rng.uniform(0, math.tau), 1
    last_cell, bar_seen = -CELLS, -1
    for bar in bars(song, difficulty.level, NOTES, SPIN, rng):
        for note in notes(bar):
            gap = note.cell - last_cell
            if gap > 1:
                # A jump turns back on itself, and now and then changes its mind about the side.
                bend = -bend if rng.random() < 0.35 else bend
                heading += bend * rng.uniform(1.6, 2.5)
            else:
                heading += bend * 0.22
            here, heading = _step(here, heading, _distance(difficulty, note.section, gap))
            new_bar = note.cell // CELLS // (2 if difficulty.level == 1 else 1)
            new_combo = new_bar != bar_seen or note.sign == "Z"
            bar_seen = new_bar
            line, here = _written(song, difficulty, note, here, heading, new_combo, rng)
            yield line
            last_cell = note.cell + note.length


def catch_lines(song: Song, difficulty: Difficulty, rng: Random) -> Iterator[str]:
    """The `[HitObjects]` lines of a catch difficulty: only x matters, and how far the plate has to go."""
    x, way, last_cell = 256.0, 1, -CELLS
    for bar in bars(song, difficulty.level, NOTES, SPIN, rng):
        first = True
        for note in notes(bar):
            if rng.random() < 0.4:
                way = -way
            step = _distance(difficulty, note.section, note.cell - last_cell) * 0.8 * rng.uniform(0.5, 1.3)
            if not 40 <= x + way * step <= 472:
                way = -way
            x = min(max(x + way * step, 24), 488)
            heading = 0.0 if way > 0 else math.pi
            line, (x, _) = _written(song, difficulty, note, (x, 192.0), heading, first or note.sign == "Z", rng)
            yield line
            first, last_cell = False, note.cell + note.length


def _distance(difficulty: Difficulty, section: str, gap: int) -> float:
    one, two, more = STEPS[difficulty.level]
    mood = 1.15 if section in LOUD else 0.85 if section in CALM else 1.0
    return (one if gap <= 1 else two if gap == 2 else more) * mood * difficulty.spread


def _inside(point: Point) -> bool:
    left, right, top, bottom = FIELD
    return left <= point[0] <= right and top <= point[1] <= bottom


def _step(here: Point, heading: float, distance: float) -> tuple[Point, float]:
    """The next place, turning away from the edge as little as will do."""
    for turn in range(16):
        for side in (1, -1):
            angle = heading + side * turn * math.pi / 16
            there = here[0] + distance * math.cos(angle), here[1] + distance * math.sin(angle)
            if _inside(there):
                return there, angle
    return (256.0, 192.0), heading


def _written(
    song: Song, difficulty: Difficulty, note: Note, here: Point, heading: float, new_combo: bool, rng: Random
) -> tuple[str, Point]:
    """The line of one object, and where it leaves the cursor."""
    x, y = round(here[0]), round(here[1])
    time, combo = ms(song, note.cell), 4 if new_combo else 0
    in_bar = note.cell % CELLS
    sound = (CLAP if in_bar in (4, 12) else 0) | (FINISH if note.cell % (4 * CELLS) == 0 else 0)
    sound = sound or (WHISTLE if rng.random() < 0.2 else 0)
    if note.sign == "Z":
        return f"256,192,{time},{8 | combo},{sound},{ms(song, note.cell + note.length)},0:0:0:0:", (256.0, 192.0)
    if note.sign == "x":
        return f"{x},{y},{time},{1 | combo},{sound},0:0:0:0:", here
    repeats = 2 if note.length >= 5 else 1
    length = 25 * difficulty.slider_multiplier * speed(note.section) * note.length / repeats
    curve, points, end = _path((x, y), heading, length, rng)
    corners = "|".join(f"{px}:{py}" for px, py in points)
    edges = "|".join([str(sound)] + ["0"] * repeats)
    sets = "|".join(["0:0"] * (repeats + 1))
    line = f"{x},{y},{time},{2 | combo},{sound},{curve}|{corners},{repeats},{length:.10g},{edges},{sets},0:0:0:0:"
    return line, end if repeats == 1 else here


def _path(
    head: tuple[int, int], heading: float, length: float, rng: Random
) -> tuple[str, list[tuple[int, int]], Point]:
    """A slider that stays on the field: curve letter, corners behind the head, and its end."""
    curve, bend = rng.choice("LPPB"), rng.choice((-1, 1)) * rng.uniform(0.3, 0.9)
    for turn in range(32):
        angle = heading + (turn + 1) // 2 * (1 if turn % 2 else -1) * math.pi / 16
        aims = {
            "L": ((1.0, 0.0),),
            "P": ((0.5, bend * 0.5), (1.0, 0.0)),
            "B": ((0.35, bend), (0.7, -bend), (1.05, 0.0)),
        }[curve]
        points = [
            (
                round(head[0] + length * out * math.cos(angle + aside)),
                round(head[1] + length * out * math.sin(angle + aside)),
            )
            for out, aside in aims
        ]
        end = end_of(curve, [head, *points], length)
        if _inside(end) and all(_inside(point) for point in points):
            break
    return curve, points, end
