"""A line through the days that are known. Between days that are not known there is none."""

from datetime import date
from typing import Final, NamedTuple

from server.site.cards.scene import Area, Circle, Line, Point, Rect, Role, Shape, Text
from server.site.cards.wording import width as wide

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_PAD: Final = 14.0
_SMALL: Final = 10.5


# Left, top, width and height.
Frame = tuple[float, float, float, float]


class Series(NamedTuple):
    """Figures by day, oldest first. `falling`: less is better. `form` is how one is said.

    The chart is of so many `days` up to `end`.
    """

    title: str
    best: str
    points: tuple[tuple[date, int], ...]
    form: str
    falling: bool
    end: date
    days: int


def chart(series: Series, box: Frame) -> tuple[list[Shape], list[Text]]:
    """A panel with a series in it."""
    left, top, width, height = box
    shapes: list[Shape] = [Rect(*box, Role.RAISED, 9)]
    texts = [Text(left + _PAD, top + 19, series.title, 11.5, Role.QUIET)]
    plot = (left + _PAD, top + 32, width - 2 * _PAD, height - 32 - 30)
    if len(series.points) < 2:
        middle = top + height / 2 + 10
        return shapes, [*texts, Text(left + width / 2, middle, "no history yet", 12, Role.QUIET, anchor="middle")]
    figures = [figure for _, figure in series.points]
    best = min(figures) if series.falling else max(figures)
    right, foot = left + width - _PAD, top + height - 10
    began, now = (f"{_day(day)}: {series.form.format(figure)}" for day, figure in (series.points[0], series.points[-1]))
    # Below where the line begins, as far as the other end leaves room.
    start = min(_across(series, series.points[0][0], plot), right - (wide(began) + wide(now)) * _SMALL - 8)
    texts += [
        Text(right, top + 19, f"{series.best} {series.form.format(best)}", _SMALL, Role.QUIET, anchor="end"),
        Text(max(left + _PAD, round(start, 2)), foot, began, _SMALL, Role.QUIET),
        Text(right, foot, now, _SMALL, Role.TEXT, True, "end"),
    ]
    return shapes + _curve(series, plot), texts


def _across(series: Series, day: date, plot: Frame) -> float:
    """Where a day is from left to right."""
    left, _, width, _ = plot
    return round(left + (1 - (series.end - day).days / (series.days - 1)) * width, 2)


def _curve(series: Series, plot: Frame) -> list[Shape]:
    """The lines with what is below them, each from one gap to the next."""
    left, top, width, height = plot
    bottom = top + height
    figures = [figure for _, figure in series.points]
    least, most = min(figures), max(figures)

    def place(day: date, figure: int) -> Point:
        up = 0.5 if least == most else (figure - least) / (most - least)
        return _across(series, day, plot), round(top + (up if series.falling else 1 - up) * height, 2)

    runs = [[place(*point) for point in run] for run in _runs(series.points)]
    base = bottom + 4
    shapes: list[Shape] = [Area(((run[0][0], base), *run, (run[-1][0], base)), Role.SOFT) for run in runs if run[1:]]
    shapes.append(Line(((left, base), (left + width, base)), Role.LINE, 1))
    shapes += [Line(tuple(run), Role.ACCENT, 2) if run[1:] else Circle(*run[0], 1.5, Role.ACCENT) for run in runs]
    return [*shapes, Circle(*runs[-1][-1], 3.2, Role.ACCENT)]


def _runs(points: tuple[tuple[date, int], ...]) -> list[list[tuple[date, int]]]:
    """The points parted where a day is missing."""
    runs: list[list[tuple[date, int]]] = []
    for point in points:
        if runs and (point[0] - runs[-1][-1][0]).days <= 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
