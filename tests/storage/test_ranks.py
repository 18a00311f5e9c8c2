"""Ranks counted in SQL: many at once, in texts that repeat."""

from server.domain.players import Rank
from server.storage import catalog, database
from server.storage.migrate import migrate
from server.storage.players import RANKS_AT_ONCE, Players, Standing
from tests.engines import opened

ROW = {"priv": 3, "pw_bcrypt": "x"}


async def test_ranks_of_more_than_one_statement_takes(engine_url: str) -> None:
    heard: list[str] = []
    async with opened(engine_url) as db:
        await migrate(db)
        countries = {player_id: ("de", "jp")[player_id % 2] for player_id in range(3, 9)}
        async with db.session() as session:
            await session.insert_many(
                "users",
                [
                    {"id": each, "country": country} | dict.fromkeys(("name", "safe_name", "email"), f"p{each}") | ROW
                    for each, country in countries.items()
                ],
            )
            await session.insert_many("stats", [{"id": each, "mode": 0, "pp": each * 100} for each in countries])
        db.watch = heard.append
        players = Players(db, await catalog.read(db))
        heard.clear()
        standings = [Standing(1000 + each, "de", 0, each) for each in range(RANKS_AT_ONCE + 1)]
        standings += [Standing(each, country, 0, each * 100) for each, country in countries.items()]
        found = await players.ranks(standings, 1)
        assert len(heard) == 2
        assert {each: found[each, 0] for each in countries} == {
            8: Rank(1, 1),
            7: Rank(2, 1),
            6: Rank(3, 2),
            5: Rank(4, 2),
            4: Rank(5, 3),
            3: Rank(6, 3),
        }
        assert found[1000, 0] == Rank(7, 4)
        assert found[1000 + RANKS_AT_ONCE, 0] == Rank(5, 3)
        heard.clear()
        await players.ranks([Standing(1, "xx", 4, 7)], 1)
        await players.ranks([Standing(2, "yy", 5, 9)], 1)
        assert len(set(heard)) == 1


def test_long_texts_are_not_kept() -> None:
    database._kept_pyformat.cache_clear()
    long = "SELECT :a " + "x" * 5000
    assert database._pyformat(long) == long.replace(":a", "%(a)s")
    assert database._kept_pyformat.cache_info().currsize == 0
    assert database._pyformat("SELECT :a, '%'") == "SELECT %(a)s, '%%'"
    assert database._kept_pyformat.cache_info().currsize == 1
