"""What the doctor says of the follower."""

from typing import Any

from server.doctor import followed
from server.storage import catalog
from server.storage.database import Database
from tests.engines import opened
from tests.follow.stage import Playing, play, row
from tests.follow.test_follower import caught_up


async def said(db: Database) -> list[Any]:
    return [(each.level, each.what) for each in await followed.scores(db, await catalog.read(db))]


async def test_how_far_it_is(url: str) -> None:
    async with opened(url) as db:
        assert await said(db) == []
        await play(db, Playing(3), Playing(4))
        assert [level for level, _ in await said(db)] == ["advice"]
        await caught_up(db)
        await play(db, Playing(5))
        assert await said(db) == [("ok", "It is at score 2, 1 behind.")]
        await db.run("UPDATE api_follower SET boards_to = 11")
        assert [level for level, _ in await said(db)] == ["advice"]
        async with db.session() as session:
            await session.insert_many("scores", [row(Playing(6, id=number), 0) for number in range(10, 1010)])
        level, what = (await said(db))[0]
        assert (level, "more than 1000 scores behind" in what) == ("warning", True)
