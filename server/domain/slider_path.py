"""Where a slider ends: its path is drawn from control points and cut, or drawn on, to its stated length."""

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]

# Drawing a curve costs the square of its control points: more than these are a joke or an attack, and make it lines.
MOST_BEZIER_POINTS = 100


def end_of(curve: str, points: Sequence[Point], length: float) -> Point:
    """The far end of a path, in osu!pixels.

    `curve`: B (Bezier, parts split where a point is repeated), C (Catmull-Rom), L (lines) or P (arc through three
    points). `points`: the head first. `length`: in osu!pixels; 0 or less takes the path as it is drawn.
    """
    line = _drawn(curve, points)
    left = length
    if length <= 0:
        return line[-1]
    last: tuple[Point, Point] | None = None
    for start, stop in pairwise(line):
        step = math.dist(start, stop)
        if step == 0:
            continue
        if step >= left:
            return _along(start, stop, left / step)
        left -= step
        last = start, stop
    if last is None:
        return line[-1]
    start, stop = last
    return _along(start, stop, 1 + left / math.dist(start, stop))


def _along(start: Point, stop: Point, share: float) -> Point:
    return start[0] + (stop[0] - start[0]) * share, start[1] + (stop[1] - start[1]) * share


def _drawn(curve: str, points: Sequence[Point]) -> list[Point]:
    if curve == "P" and len(points) == 3:
        return _arc(points)
    if curve == "C":
        return _catmull(points)
    if curve in ("B", "P"):
        return _bezier(points)
    return list(points)


def _bezier(points: Sequence[Point]) -> list[Point]:
    line: list[Point] = []
    part = [points[0]]
    for before, point in pairwise(points):
        if point == before:
            line += _bezier_part(part)
            part = []
        part.append(point)
    return line + _bezier_part(part)


def _bezier_part(points: list[Point]) -> list[Point]:
    if len(points) < 3 or len(points) > MOST_BEZIER_POINTS:
        return points
    steps = max(6, min(32, 640 // len(points)))
    return [_bezier_at(points, step / steps) for step in range(steps + 1)]


def _bezier_at(points: list[Point], share: float) -> Point:
    while len(points) > 1:
        points = [_along(start, stop, share) for start, stop in pairwise(points)]
    return points[0]


def _arc(points: Sequence[Point]) -> list[Point]:
    (ax, ay), (bx, by), (cx, cy) = points
    twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(twice) < 1e-3:  # in one line: no circle goes through them
        return list(points)
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (a2 * (by - cy) + b2 * (cy - ay) + c2 * (ay - by)) / twice
    y = (a2 * (cx - bx) + b2 * (ax - cx) + c2 * (bx - ax)) / twice
    radius = math.dist((x, y), (ax, ay))
    start, middle, stop = (math.atan2(py - y, px - x) for px, py in points)
    turn = (stop - start) % math.tau
    if (middle - start) % math.tau > turn:
        turn -= math.tau
    steps = 64
    angles = (start + turn * step / steps for step in range(steps + 1))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _catmull(points: Sequence[Point]) -> list[Point]:
    line = [points[0]]
    for i in range(len(points) - 1):
        second, third = points[i], points[i + 1]
        first = points[i - 1] if i else second
        fourth = points[i + 2] if i + 2 < len(points) else _along(second, third, 2)
        line += [_catmull_at(first, second, third, fourth, step / 16) for step in range(1, 17)]
    return line


def _catmull_at(first: Point, second: Point, third: Point, fourth: Point, t: float) -> Point:
    x, y = (
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(first, second, third, fourth, strict=True)
    )
    return x, y
