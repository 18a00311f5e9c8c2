"""What the doctor says of the snapshotter."""

from datetime import UTC, datetime, timedelta

from server.doctor import remembered
from server.storage import catalog
from server.storage.database import Database
from server.storage.ladders import number_of
from tests.engines import opened


async def said(db: Database) -> list[tuple[str, str]]:
    return [(each.level, each.what) for each in await remembered.snapshots(db, await catalog.read(db))]


async def test_when_everybody_was_last_looked_at(url: str) -> None:
    today = datetime.now(UTC).date()
    async with opened(url) as db:
        assert [level for level, _ in await said(db)] == ["advice"]
        await db.run("INSERT INTO api_snapshotter (id, turn, last_id, day) VALUES (1, 0, 0, 0)")
        assert await said(db) == [("advice", "The first round is not done yet.")]
        for days, level in ((0, "ok"), (2, "ok"), (3, "warning")):
            last = today - timedelta(days=days)
            await db.run("UPDATE api_snapshotter SET day = :day", day=number_of(last))
            ((found, what),) = await said(db)
            assert (found, str(last) in what) == (level, True)
