"""What is kept of beatmap files: every column, texts of any length, and what is known without the tables."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.domain.beatmap_files import UNRATED, BeatmapFile, Difficulty
from server.domain.problems import Unavailable
from server.storage import catalog
from server.storage.beatmap_files import BeatmapFiles, NumberedMap, Rating, ReadFile
from server.storage.migrate import migrate
from tests.engines import MariaDB, opened
from tests.index.stage import Stage

MD5 = "0123456789abcdef0123456789abcdef"
OTHER = "ffffffffffffffffffffffffffffffff"

FACTS = BeatmapFile(MD5, "芸術家 😀", "曲", "Ünïcödé", "tag other_tag", -1, 98, 3, 2, 1, True, False)


async def test_every_column(stage: Stage) -> None:
    second = FACTS._replace(md5=OTHER, preview_time=2**31 - 1, video=False, storyboard=True)
    ratings = [
        Rating(MD5, "rosu-pp-py", 0, 0, Difficulty(5.25, 2.5, 2.125, 909)),
        Rating(MD5, "rosu-pp-py", 1, 0, Difficulty(4.5, None, None, 2**31 - 1)),
        Rating(MD5, "akatsuki-pp-py", 0, 0, UNRATED),
        Rating(MD5, "rosu-pp-py", 0, 64, Difficulty(7.0, None, None, 909)),
    ]
    await stage.stored.keep([ReadFile(MD5, 1, FACTS), ReadFile(OTHER, 2, second)], ratings)
    assert await stage.stored.many([MD5.upper(), OTHER, "é" * 32]) == {MD5: FACTS, OTHER: second}
    of = stage.stored.difficulties
    assert await of([MD5.upper(), OTHER], "rosu-pp-py", None, 0) == {
        (MD5, 0): ratings[0].difficulty,
        (MD5, 1): ratings[1].difficulty,
    }
    assert await of([MD5], "rosu-pp-py", 0, 64) == {(MD5, 0): ratings[3].difficulty}
    assert await of([MD5], "akatsuki-pp-py", 0, 0) == {(MD5, 0): UNRATED}
    assert await of([MD5], "rosu-pp-py", 2, 0) == {}
    assert await stage.stored.rated([MD5, "é"], "rosu-pp-py") == {(MD5, 0, 0), (MD5, 1, 0), (MD5, 0, 64)}
    assert await stage.stored.read_with([MD5, OTHER], 1) == {MD5: True}
    for nothing in ([], ["é"]):
        assert await stage.stored.many(nothing) == {}
        assert await of(nothing, "rosu-pp-py", None, 0) == {}
        assert await stage.stored.read_with(nothing, 1) == {}
        assert await stage.stored.rated(nothing, "rosu-pp-py") == set()


async def test_what_is_kept_anew_takes_the_place_of_the_old(stage: Stage) -> None:
    rating = Rating(MD5, "rosu-pp-py", 0, 0, Difficulty(5.25, 2.5, 2.125, 909))
    await stage.stored.keep([ReadFile(MD5, 1, FACTS)], [rating])
    await stage.stored.keep([ReadFile(MD5, 2, None)], [rating._replace(difficulty=UNRATED)])
    assert await stage.stored.many([MD5]) == {}
    assert await stage.stored.read_with([MD5], 2) == {MD5: False}
    assert await stage.stored.difficulties([MD5], "rosu-pp-py", 0, 0) == {(MD5, 0): UNRATED}
    await stage.stored.keep([ReadFile(MD5, 2, FACTS)], [])
    assert await stage.stored.many([MD5]) == {MD5: FACTS}


async def test_many_rows_in_any_order(stage: Stage) -> None:
    md5s = [f"{number:032x}" for number in range(130)]
    files = [ReadFile(md5, 1, FACTS._replace(md5=md5)) for md5 in reversed(md5s)]
    await stage.stored.keep(files, [Rating(md5, "rosu-pp-py", 0, 0, UNRATED) for md5 in md5s])
    assert len(await stage.stored.many(md5s)) == 130
    assert len(await stage.stored.rated(md5s, "rosu-pp-py")) == 130


async def test_pages_of_maps(stage: Stage) -> None:
    for map_id in (7, 2**31 - 1, 3):
        await stage.put(map_id, map_id % 4, None, f"{map_id:032X}")
    pages = [await stage.stored.maps_after(after, 2) for after in (-(2**63), 7, 2**31 - 1)]
    expected = [NumberedMap(map_id, f"{map_id:032x}", map_id % 4) for map_id in (3, 7, 2**31 - 1)]
    assert pages == [expected[:2], expected[2:], []]
    assert await stage.stored.count_maps() == 3


LONG = "長" * 21_845 + "é" + "x" * 70_000


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.text(st.characters(exclude_categories=["Cs"]))
)
@example("😀" * 256, LONG)
@example(" " * 256, "x" * 65_534 + "😀")
@example("\0'\\%", "\0 :md5_0 %s ?")
async def test_any_text_is_taken_and_cut_to_fit(stage: Stage, text: str, tags: str) -> None:
    facts = FACTS._replace(artist_unicode=text, title_unicode=text[::-1], source=text, tags=tags)
    await stage.stored.keep([ReadFile(MD5, 1, facts)], [])
    found = (await stage.stored.many([MD5]))[MD5]
    assert (found.artist_unicode, found.title_unicode, found.source) == (text[:255], text[::-1][:255], text[:255])
    assert tags.startswith(found.tags)
    # No whole character more would have had room.
    assert found.tags == tags or len(tags[: len(found.tags) + 1].encode()) > 65_535


async def test_without_the_tables(engine_url: str) -> None:
    async with opened(engine_url) as db:
        await migrate(db)
        await db.run("DROP TABLE api_difficulties")
        stored = BeatmapFiles(db, await catalog.read(db))
        assert await stored.many([MD5]) == {}
        assert await stored.difficulties([MD5], "rosu-pp-py", None, 0) == {}
        with pytest.raises(Unavailable, match=r"no table api_difficulties .*`python -m server migrate` makes it"):
            await stored.keep([], [])


async def test_in_a_schema_of_their_own_as_a_user_with_few_rights(mariadb: MariaDB) -> None:
    """The rights are those that the page on indexing names."""
    with mariadb.database() as main, mariadb.database() as own, mariadb.reader(main) as url:
        async with opened(mariadb.url(main)) as db:
            await migrate(db, own)
        user = url.split("//")[1].split(":")[0]
        for table in ("api_beatmap_files", "api_difficulties"):
            mariadb.run(f"GRANT SELECT, INSERT, DELETE ON {own}.{table} TO '{user}'@'%'")
        async with opened(url) as db:
            stored = BeatmapFiles(db, await catalog.read(db, own))
            for _ in range(2):
                await stored.keep([ReadFile(MD5, 1, FACTS)], [Rating(MD5, "rosu-pp-py", 0, 0, UNRATED)])
            assert await stored.many([MD5]) == {MD5: FACTS}
            mariadb.run(f"REVOKE INSERT, DELETE ON {own}.api_beatmap_files FROM '{user}'@'%'")
            with pytest.raises(Unavailable, match="may only read"):
                await stored.keep([ReadFile(MD5, 1, FACTS)], [])
