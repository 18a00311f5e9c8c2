"""Difficulties that dialects ask for: as indexed, or calculated within bounds, kept and remembered."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.domain.beatmap_files import UNRATED, BeatmapFile, Difficulty
from server.domain.beatmaps import Beatmap
from server.domain.mods import bits_of
from server.domain.problems import Unavailable
from server.services import beatmap_files
from server.services.beatmap_files import BeatmapFiles
from server.services.calculating import Calculating
from server.storage import catalog
from server.storage.beatmap_files import BeatmapFiles as StoredFiles
from server.storage.beatmap_files import Rating, ReadFile
from server.storage.beatmaps import Beatmaps
from server.storage.files import Files
from tests.engines import MariaDB, opened
from tests.index import pretended
from tests.index.stage import AKATSUKI, CATCH, GREEDY, MANIA, OSU, ROSU, TAIKO, Stage, rated

DT = bits_of("DT")


async def beatmaps(stage: Stage) -> list[Beatmap]:
    found = await Beatmaps(stage.db, await catalog.read(stage.db)).many(tuple(range(1, 20)))
    return [found[map_id] for map_id in sorted(found)]


def service(stage: Stage, process: Calculating, calculator: str = ROSU, cached: int = 100) -> BeatmapFiles:
    return BeatmapFiles(stage.stored, Files(stage.data), process, calculator, cached)


async def of_each_ruleset(stage: Stage) -> list[str]:
    return [await stage.put(number + 1, number, content) for number, content in enumerate((OSU, TAIKO, CATCH, MANIA))]


async def test_what_is_known_is_as_indexed_and_nothing_else(stage: Stage, process: Calculating) -> None:
    md5s = [*await of_each_ruleset(stage), await stage.put(5, 0, None, "ABCDEF" + "0" * 26)]
    facts = BeatmapFile(md5s[0], "a", "t", "s", "x", 1, 2, 3, 4, 5, False, True)
    own = {md5: Difficulty(number + 0.5, None, None, number) for number, md5 in enumerate(md5s[1:], 1)}
    own["abcdef" + "0" * 26] = own.pop(md5s[4])
    kept = [Rating(md5, ROSU, int(each.stars or 0) % 4, 0, each) for md5, each in own.items()]
    # None of these is of the beatmap as it is.
    kept += [
        Rating(md5s[0], *other, Difficulty(9.0, 9.0, 9.0, 9))
        for other in ((AKATSUKI, 0, 0), (ROSU, 1, 0), (ROSU, 0, DT))
    ]
    await stage.stored.keep([ReadFile(md5s[0], 1, facts)], kept)
    asked = service(stage, process)
    assert await asked.many([*md5s, "nothing"]) == {md5s[0]: facts}
    assert await asked.known(await beatmaps(stage)) == own
    assert await asked.known([]) == {}
    assert await asked.many([]) == {}


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
async def test_calculated_with_mods_and_as_converts(stage: Stage, process: Calculating) -> None:
    osu, taiko, catch, mania = await of_each_ruleset(stage)
    lacking = await stage.put(5, 0, None)
    other = await stage.put(6, 0, OSU + b"// another version", "e" * 32)
    maps = await beatmaps(stage)
    asked = service(stage, process)
    none = dict.fromkeys((lacking, other), UNRATED)
    nightcore = await asked.calculated(maps, None, bits_of("NCHDFL"))
    contents = {osu: OSU, taiko: TAIKO, catch: CATCH, mania: MANIA}
    own = {md5: rated(ROSU, content, ruleset, DT) for ruleset, (md5, content) in enumerate(contents.items())}
    assert nightcore == own | none
    as_taiko = await asked.calculated(maps, 1, 0)
    taiko_plain = {osu: rated(ROSU, OSU, 1, 0), taiko: rated(ROSU, TAIKO, 1, 0)}
    assert as_taiko == taiko_plain | dict.fromkeys((catch, mania), UNRATED) | none
    assert await asked.calculated(maps, 1, bits_of("EZHR")) == dict.fromkeys((*contents, lacking, other), UNRATED)
    # What was calculated is in the table, for others too: of what does not convert and has no file nothing.
    assert await stage.stored.rated(list(contents), ROSU) == {
        *((md5, ruleset, DT) for ruleset, md5 in enumerate(contents)),
        *((osu, 1, 0), (taiko, 1, 0)),
    }
    for path in (stage.data / "osu").iterdir():
        path.unlink()
    assert await service(stage, process).calculated(maps, None, DT) == nightcore
    # Another calculator has another opinion, and no file to have it from.
    assert set((await service(stage, process, AKATSUKI).calculated(maps, None, DT)).values()) == {UNRATED}


async def test_a_user_who_may_only_read(mariadb: MariaDB, tmp_path: Path, process: Calculating) -> None:
    with mariadb.database() as name, mariadb.reader(name) as url:
        async with opened(mariadb.url(name)) as db, opened(url) as reader:
            stage = Stage(db, tmp_path / "data")
            await stage.prepare()
            md5 = await stage.put(1, 0, OSU)
            stage.stored = StoredFiles(reader, await catalog.read(reader))
            asked = service(stage, process)
            expected = {md5: rated(ROSU, OSU, 3, DT)}
            assert await asked.calculated(await beatmaps(stage), 3, DT) == expected
            assert await stage.tables() == ([], [])
            # Remembered: without the file nobody could say it again.
            (stage.data / "osu" / "1.osu").unlink()
            assert await asked.calculated(await beatmaps(stage), 3, DT) == expected


Pretending = Callable[..., BeatmapFiles]


@pytest.fixture
def pretending(small_stage: Stage, process: Calculating, monkeypatch: pytest.MonkeyPatch) -> Pretending:
    """The service with a pretended calculator, and patience that tests can wait for."""
    monkeypatch.setattr(beatmap_files, "rate", pretended.rate)
    monkeypatch.setattr(beatmap_files, "PATIENCE_SECONDS", 1)
    return lambda **given: service(small_stage, process, **given)


async def test_what_takes_too_long_goes_on_when_it_is_asked_again(
    small_stage: Stage, pretending: Pretending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beatmap_files, "CALCULATE_SECONDS", 0.5)
    md5s = [await small_stage.put(number, 0, f"sleeps 0.15 {number}".encode()) for number in range(1, 13)]
    maps, asked = await beatmaps(small_stage), pretending()
    with pytest.raises(Unavailable, match=r"calculated for \d of 12 beatmaps; ask again"):
        await asked.calculated(maps, None, 0)
    done, found = [len(await small_stage.stored.rated(md5s, ROSU))], None
    while found is None:
        with contextlib.suppress(Unavailable):
            found = await asked.calculated(maps, None, 0)
        done.append(len(await small_stage.stored.rated(md5s, ROSU)))
        assert done[-1] > done[-2]
    assert 0 < done[0] < done[-1] == 12
    assert {md5: each.stars for md5, each in found.items()} == {
        md5: float(len(f"sleeps 0.15 {number}")) for number, md5 in enumerate(md5s, 1)
    }


async def test_one_that_never_ends_holds_nobody_up_twice(small_stage: Stage, pretending: Pretending) -> None:
    md5s = [
        await small_stage.put(number, 0, text.encode())
        for number, text in enumerate(("good", "sleeps 600", "dies", "bad", "fine"), 1)
    ]
    maps, asked = await beatmaps(small_stage), pretending()
    found = await asked.calculated(maps, None, 0)
    assert [found[md5].stars for md5 in md5s] == [4.0, None, None, None, 4.0]
    # What its own process could not stand may be no fault of the file's: that is not kept for good.
    assert await small_stage.stored.rated(md5s, ROSU) == {(md5s[number], 0, 0) for number in (0, 3, 4)}
    begun = time.monotonic()
    assert await asked.calculated(maps, None, 0) == found
    assert time.monotonic() - begun < 0.5


async def test_what_broke_down_is_tried_again_in_time(
    small_stage: Stage, pretending: Pretending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beatmap_files, "UNSURE_SECONDS", 0.5)
    md5 = await small_stage.put(1, 0, b"good")
    maps, asked = await beatmaps(small_stage), pretending()
    with monkeypatch.context() as patched:
        patched.setattr(beatmap_files, "rate", pretended.ends)
        assert await asked.calculated(maps, None, 0) == {md5: UNRATED}
    assert await asked.calculated(maps, None, 0) == {md5: UNRATED}
    assert await small_stage.stored.rated([md5], ROSU) == set()
    await asyncio.sleep(0.5)
    assert (await asked.calculated(maps, None, 0))[md5].stars == 4.0
    assert await small_stage.stored.rated([md5], ROSU) == {(md5, 0, 0)}


async def test_who_gives_up_has_what_was_done_kept(small_stage: Stage, pretending: Pretending) -> None:
    md5s = [await small_stage.put(number, 0, text) for number, text in ((1, b"quick"), (2, b"sleeps 0.35"))]
    waiting = asyncio.create_task(pretending().calculated(await beatmaps(small_stage), None, 0))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await small_stage.stored.rated(md5s, ROSU) == {(md5s[0], 0, 0)}


async def test_no_more_is_remembered_than_there_is_room_for(small_stage: Stage, pretending: Pretending) -> None:
    for number in range(1, 6):
        await small_stage.put(number, 0, f"file {number}".encode())
    await small_stage.db.run("DROP TABLE api_difficulties")
    small_stage.stored = StoredFiles(small_stage.db, await catalog.read(small_stage.db))
    maps, asked = await beatmaps(small_stage), pretending(cached=3)
    await asked.calculated(maps, None, 0)
    for path in (small_stage.data / "osu").iterdir():
        path.unlink()
    found = await asked.calculated(maps, None, 0)
    assert [each.stars is not None for each in found.values()] == [False, False, True, True, True]


async def test_a_file_that_eats_memory(small_stage: Stage, process: Calculating) -> None:
    greedy, fine = await small_stage.put(1, 0, GREEDY), await small_stage.put(2, 0, OSU)
    found = await service(small_stage, process, AKATSUKI).calculated(await beatmaps(small_stage), None, 0)
    assert found == {greedy: UNRATED, fine: rated(AKATSUKI, OSU, 0, 0)}
