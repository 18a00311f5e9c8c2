"""Lists that are told page by page."""

from typing import Final, Generic, NamedTuple, TypeVar

Item = TypeVar("Item")

# Orders other than by id are followed no further, as each row before a page would have to be read.
DEEPEST: Final = 10_000

# Of scores: where few of them fit, so many more have to be read.
DEEPEST_SCORES: Final = 1_000

# What all lists can be ordered by, at whatever depth; `-` is descending.
BY_ID: Final = ("id", "-id")


class Window(NamedTuple):
    """Which rows of a list are wanted: `size` of them after leaving out `offset`."""

    size: int
    offset: int = 0


class Listing(NamedTuple, Generic[Item]):
    """A page of a list, and how many rows all its pages have."""

    total: int
    items: list[Item]
