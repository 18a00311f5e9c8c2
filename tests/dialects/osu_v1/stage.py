"""Asking the osu! API v1."""

from typing import Any

from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import AIKO_KEY


def ask(house: House, path: str, key: str | None = AIKO_KEY, **options: Any) -> Answered:
    """Ask with a key, or with none."""
    if key is not None:
        path += f"{'&' if '?' in path else '?'}k={key}"
    return house.ask(path, **({"mount": "/api"} | options))
