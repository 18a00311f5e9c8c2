"""A drawing as plain data, in units of its own: what the writers of SVG and PNG both go by.

Shapes lie below texts. Colours are roles, which a theme fills.
"""

from enum import StrEnum
from typing import Literal, NamedTuple


class Role(StrEnum):
    """What a colour is for."""

    GROUND = "ground"
    RAISED = "raised"
    LINE = "line"
    TEXT = "text"
    QUIET = "quiet"
    ACCENT = "accent"
    SOFT = "soft"  # the accent, faint on what is raised
    ONLINE = "online"
    SILVER = "silver"
    GOLD = "gold"
    GREEN = "green"
    ON_GRADE = "on-grade"


Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    fill: Role
    radius: float = 0


class Line(NamedTuple):
    points: tuple[Point, ...]
    stroke: Role
    width: float


class Area(NamedTuple):
    """A polygon."""

    points: tuple[Point, ...]
    fill: Role


class Circle(NamedTuple):
    x: float
    y: float
    radius: float
    fill: Role


class Text(NamedTuple):
    """One line of text at its baseline. What goes beyond `most` units of width is cut off."""

    x: float
    y: float
    text: str
    size: float
    fill: Role = Role.TEXT
    bold: bool = False
    anchor: Anchor = "start"
    most: float | None = None

    @property
    def window(self) -> tuple[float, float, float, float]:
        """What may be drawn on, as x, y, width and height."""
        width = self.most or 0.0
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - 1.15 * self.size, width, 1.45 * self.size


Shape = Rect | Line | Area | Circle


class Scene(NamedTuple):
    """`title` says in words what is drawn."""

    title: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    texts: tuple[Text, ...]
