"""Where everything is on a card."""

from datetime import date
from typing import Final

from server.domain.levels import level
from server.domain.players import UNRANKED
from server.site.cards.charts import Series, chart
from server.site.cards.facts import DAYS, MODE_WORDS, Facts, summary
from server.site.cards.scene import Circle, Rect, Role, Scene, Shape, Text
from server.site.cards.wording import fitting, width

WIDTH: Final = 600
HEIGHT: Final = 315

_EDGE: Final = 22.0
_RIGHT: Final = WIDTH - _EDGE
_NONE: Final = "–"

# How wide the columns of figures are.
_COLUMNS: Final = (120, 108, 122, 104, 102)

# What does not fit at this size is smaller by itself.
_LEAST: Final = 15.0

# From the left of a grade's pill to its count, and from there to the next pill.
_PILL: Final = 33.0
_BETWEEN: Final = 9.0

Drawn = tuple[list[Shape], list[Text]]


def card(told: Facts, server: str) -> Scene:
    """A player's card. `server` is what the server is called."""
    parts = (_head(told, server), _figures(told), _level(told), _grades(told), _rank_chart(told), _pp_chart(told))
    return Scene(
        f"{told.name}, {summary(told)}",
        WIDTH,
        HEIGHT,
        (Rect(0, 0, WIDTH, HEIGHT, Role.GROUND), *(shape for shapes, _ in parts for shape in shapes)),
        tuple(text for _, texts in parts for text in texts),
    )


def notice(title: str, text: str, server: str) -> Scene:
    """A card that says why it is none."""
    named, size = fitting(server, WIDTH - 2 * _EDGE, 12, 12)
    return Scene(
        title,
        WIDTH,
        HEIGHT,
        (Rect(0, 0, WIDTH, HEIGHT, Role.GROUND), Rect(_EDGE, _EDGE, WIDTH - 2 * _EDGE, HEIGHT - 72, Role.RAISED, 9)),
        (
            Text(WIDTH / 2, 142, title, 26, bold=True, anchor="middle"),
            Text(WIDTH / 2, 170, text, 14, Role.QUIET, anchor="middle"),
            Text(_RIGHT, HEIGHT - 22, named, size, Role.QUIET, anchor="end", most=WIDTH - 2 * _EDGE),
        ),
    )


def _head(told: Facts, server: str) -> Drawn:
    dot: list[Shape] = [Circle(_EDGE + 7, 39, 7, Role.ONLINE if told.online else Role.QUIET)]
    if not told.online:
        dot.append(Circle(_EDGE + 7, 39, 4.6, Role.GROUND))
    mode = MODE_WORDS[told.mode]
    left = _EDGE + 24
    room = _RIGHT - left - width(mode) * 15 - 12
    name, size = fitting(told.name, room, 28, 19)
    under = " · ".join([*([told.country] if told.country else []), *(["online"] if told.online else [])])
    named, small = fitting(server, 300, 12, 12)
    return dot, [
        Text(left, 49, name, size, bold=True, most=room),
        Text(left, 69, under, 12.5, Role.QUIET),
        Text(_RIGHT, 45, mode, 15, bold=True, anchor="end"),
        Text(_RIGHT, 69, named, small, Role.QUIET, anchor="end", most=300),
    ]


def _figures(told: Facts) -> Drawn:
    stats = told.standing.stats if told.standing else None
    rank = told.standing.rank if told.standing else UNRANKED
    figures = (
        ("World rank", f"#{rank.world:,}" if rank.world else _NONE),
        (
            f"Rank in {told.country}" if told.country else "Country rank",
            f"#{rank.country:,}" if rank.country else _NONE,
        ),
        ("Performance", f"{stats.pp:,} pp" if stats else _NONE),
        ("Accuracy", f"{stats.acc:.2f}%" if stats else _NONE),
        ("Plays", f"{stats.plays:,}" if stats else _NONE),
    )
    # Each leaves room to the next. They are of one size, but for those that would make the others too small.
    sizes = [fitting(text, room - 10, 20, 9)[1] for (_, text), room in zip(figures, _COLUMNS, strict=True)]
    common = max(min(sizes), _LEAST)
    texts: list[Text] = []
    left = _EDGE
    for (label, text), size, room in zip(figures, sizes, _COLUMNS, strict=True):
        texts += [Text(left, 97, label, 11.5, Role.QUIET), Text(left, 120, text, min(size, common), bold=True)]
        left += room
    return [], texts


def _level(told: Facts) -> Drawn:
    left, length, top = _EDGE, 170.0, 155.0
    bar: list[Shape] = [Rect(left, top, length, 8, Role.LINE, 4)]
    if told.standing is None:
        return bar, [Text(left, 149, f"Level {_NONE}", 12, bold=True)]
    reached = level(told.standing.stats.tscore)
    whole, done = int(reached), reached % 1
    if done:  # never less than its own round ends
        bar.append(Rect(left, top, round(max(8.0, done * length), 2), 8, Role.ACCENT, 4))
    return bar, [
        Text(left, 149, f"Level {whole:,}", 12, bold=True),
        Text(left + length, 149, f"{int(done * 100)}%", 11.5, Role.QUIET, anchor="end"),
    ]


def _grades(told: Facts) -> Drawn:
    stats = told.standing.stats if told.standing else None
    grades = (
        ("SS", Role.SILVER, stats and stats.xh_count),
        ("SS", Role.GOLD, stats and stats.x_count),
        ("S", Role.SILVER, stats and stats.sh_count),
        ("S", Role.GOLD, stats and stats.s_count),
        ("A", Role.GREEN, stats and stats.a_count),
    )
    counts = [_NONE if count is None else f"{count:,}" for _, _, count in grades]
    room = 360 - len(grades) * _PILL - (len(grades) - 1) * _BETWEEN
    size = fitting("".join(counts), room, 13, 6)[1]
    shapes: list[Shape] = []
    texts: list[Text] = []
    left = _RIGHT - sum(_PILL + width(count) * size for count in counts) - (len(grades) - 1) * _BETWEEN
    for (letter, role, _), count in zip(grades, counts, strict=True):
        shapes.append(Rect(left, 143, 28, 19, role, 9.5))
        texts += [
            Text(left + 14, 157, letter, 12, Role.ON_GRADE, True, "middle"),
            Text(left + _PILL, 157, count, size),
        ]
        left += _PILL + width(count) * size + _BETWEEN
    return shapes, texts


def _rank_chart(told: Facts) -> Drawn:
    points = tuple((each.day, each.rank) for each in told.days if each.rank)
    return _panel(Series(f"World rank, {DAYS} days", "best", points, "#{:,}", True, _end(told), DAYS), _EDGE)


def _pp_chart(told: Facts) -> Drawn:
    points = tuple((each.day, round(each.pp)) for each in told.days)
    return _panel(Series(f"Performance, {DAYS} days", "most", points, "{:,} pp", False, _end(told), DAYS), 305)


def _end(told: Facts) -> date:
    """The last day of the charts."""
    return told.days[-1].day if told.days else date.min


def _panel(series: Series, left: float) -> Drawn:
    return chart(series, (left, 179, 273, 118))
