"""Two ways to the same ranks: counting for each player who is above, and reading the ladder once for many."""

from random import Random

from server.domain.privileges import PUBLIC
from server.storage import catalog
from server.storage.ladders import Ladders
from server.storage.players import Players, Standing
from tests.engines import opened
from tests.snapshots.stage import person

COUNTRIES = ("de", "jp", "xx", "nz")
MODES = (0, 1, 8)


async def test_both_give_the_same(url: str) -> None:
    drawn = Random(5)
    people = [person(number, drawn.choice(COUNTRIES)) for number in range(100, 220)]
    hidden = [each | {"priv": each["priv"] - drawn.randint(1, 3) * (drawn.random() < 0.2)} for each in people]
    pps = [0, 1, 2, 1023, 1024, 1025, 5000, 5001, 2**32 - 1]
    stats = [{"id": each["id"], "mode": mode, "pp": drawn.choice(pps)} for each in hidden for mode in MODES]
    async with opened(url) as db:
        async with db.transaction() as session:
            await session.insert_many("users", hidden)
            await session.insert_many("stats", stats)
        countries = {each["id"]: each["country"] for each in hidden}
        standings = [
            Standing(each["id"], countries[each["id"]], each["mode"], each["pp"]) for each in stats if each["pp"]
        ]
        tables = await catalog.read(db)
        counted = await Players(db, tables).ranks(standings, PUBLIC)
        async with db.session() as session:
            read = await Ladders(db, tables, PUBLIC).ranks(session, standings)
        assert read == counted
        assert len({rank.world for rank in counted.values()}) > 10
