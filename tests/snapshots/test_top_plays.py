"""The best plays of all players: in order and complete, page by page."""

import random
from typing import Any

import pytest

from server.domain.privileges import PUBLIC
from server.domain.rulesets import Mode
from server.domain.snapshots import EARLIEST_MS, LATEST_MS, TopPlay
from server.storage import catalog, top_plays
from server.storage.top_plays import TopPlays
from tests.engines import opened
from tests.snapshots.stage import PLAYERS

HIDDEN = 5
START = 1_740_000_000_000


def some(count: int) -> list[TopPlay]:
    """Plays that often are worth the same, or were played at the same moment."""
    chance = random.Random(7)
    return [
        TopPlay(
            score_id=1000 + number,
            user_id=chance.choice(PLAYERS),
            beatmap_id=21,
            score=5,
            pp=chance.choice((0.0, 10.5, 99.999, 123.456, 727.27)),
            mods=0,
            grade="A",
            score_ms=START + chance.randrange(12),
            update_ms=START + 99,
        )
        for number in range(count)
    ]


async def listed(plays: TopPlays, from_ms: int, to_ms: int, limit: int) -> list[TopPlay]:
    found: list[TopPlay] = []
    async for page in plays.best(Mode.OSU, from_ms, to_ms, PUBLIC, limit):
        assert 0 < len(page) <= 7
        found += page
    return found


@pytest.mark.parametrize("few", [True, False])
async def test_pages_are_the_whole_in_order(url: str, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def judged(*given: Any) -> bool:
        return few

    monkeypatch.setattr(top_plays, "_PAGE", 7)
    monkeypatch.setattr(TopPlays, "_few", judged)
    async with opened(url) as db:
        stored = TopPlays(db, await catalog.read(db))
        everything = some(120)
        async with db.transaction() as session:
            await stored.add(session, 0, everything)
            await stored.add(session, 4, everything[:20])
        await db.run("UPDATE users SET priv = 2 WHERE id = :id", id=HIDDEN)
        seen = sorted(
            (each for each in everything if each.user_id != HIDDEN),
            key=lambda each: (-each.pp, each.score_ms, each.score_id),
        )
        whole = await listed(stored, EARLIEST_MS, LATEST_MS, 500)
        assert whole == seen
        for first, last in ((3, 3), (3, 9), (0, 0), (11, 20), (9, 3)):
            within = [each for each in seen if START + first <= each.score_ms <= START + last]
            assert await listed(stored, START + first, START + last, 500) == within
        for limit in (0, 1, 6, 7, 8, 14, len(seen), len(seen) + 1):
            assert await listed(stored, EARLIEST_MS, LATEST_MS, limit) == seen[:limit]
        of_one = await stored.of_player(3, Mode.OSU, START + 2, START + 8)
        assert of_one == sorted(
            (each for each in everything if each.user_id == 3 and 2 <= each.score_ms - START <= 8),
            key=lambda each: (each.score_ms, each.score_id),
        )
        assert await stored.are_there(HIDDEN, Mode.OSU)
        assert not await stored.are_there(3, Mode.MANIA)
