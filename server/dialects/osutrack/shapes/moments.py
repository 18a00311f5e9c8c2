"""Moments as osu!track tells them."""

from datetime import UTC, datetime


def moment(milliseconds: int) -> str:
    """A Unix time as `2021-02-04T23:24:42.000Z`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{rest:03}Z"
