"""Asking the osu!track API, and looking at what it has written."""

from typing import Any

from tests.golden.client import Answered
from tests.golden.house import House

MOUNT = "/osutrack"

# What an update tells in numbers.
NUMBERS = (
    *("playcount", "pp_rank", "pp_raw", "accuracy", "total_score", "ranked_score", "count300", "count50", "count100"),
    *("level", "count_rank_a", "count_rank_s", "count_rank_ss"),
)


def ask(house: House, path: str, **options: Any) -> Answered:
    return house.ask(path, **({"mount": MOUNT} | options))


def updated(house: House, user: int, mode: int = 0) -> dict[str, Any]:
    """What an update answers."""
    answered = ask(house, f"/update?user={user}&mode={mode}", method="POST")
    assert answered.status == 200
    told: dict[str, Any] = answered.json
    return told


def changes(told: dict[str, Any]) -> dict[str, float]:
    """Its numbers that are not 0."""
    return {name: told[name] for name in NUMBERS if told[name]}


def rows(house: House, table: str, user: int, mode: int = 0) -> list[tuple[Any, ...]]:
    """What a table holds of a player, in the order of its key."""
    text = f"SELECT * FROM {table} WHERE user_id = :user AND mode = :mode ORDER BY 1, 2, 3"
    return [tuple(row) for row in house.run(house.db.all(text, user=user, mode=mode))]
