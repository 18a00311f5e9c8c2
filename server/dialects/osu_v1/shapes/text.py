"""Everything is text here: numbers, dates, yes and no."""

from datetime import UTC, datetime
from decimal import Decimal

from server.domain.beatmaps import BeatmapStatus

# `maps.status` in the API's own numbering; WIP (-1) and graveyard (-2) are pending in bancho.py.
APPROVED: dict[int, int] = {
    BeatmapStatus.PENDING: 0,
    BeatmapStatus.UPDATE_AVAILABLE: 0,
    BeatmapStatus.RANKED: 1,
    BeatmapStatus.APPROVED: 2,
    BeatmapStatus.QUALIFIED: 3,
    BeatmapStatus.LOVED: 4,
}


def number(value: float) -> str:
    """The shortest decimal that means this value, without an exponent."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def some(value: float | None) -> str | None:
    """A number, or null where it is not known."""
    return None if value is None else number(value)


def flag(value: object) -> str:
    return "1" if value else "0"


def date(moment: datetime) -> str:
    """A moment in UTC."""
    return moment.isoformat(" ")[:19]


def date_of(seconds: float) -> str:
    """A Unix time."""
    return date(datetime.fromtimestamp(seconds, UTC))
