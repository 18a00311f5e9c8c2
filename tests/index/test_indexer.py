"""The indexer: every file once, whatever is in it, whenever it was interrupted and however many work."""

import asyncio
import os
import signal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import osu_file
from server.domain.beatmap_files import COMBINATIONS, UNRATED, BeatmapFile, facts_of
from server.domain.problems import Unavailable
from server.services import calculating, indexer
from server.services.calculating import Calculating
from server.services.indexer import Indexer, Tally, read_and_rate, read_facts
from server.storage import catalog
from server.storage.beatmap_files import BeatmapFiles
from server.storage.files import Files
from tests.index import pretended
from tests.index.stage import AKATSUKI, CATCH, ENDLESS, GREEDY, MANIA, OSU, ROSU, SAMPLES, TAIKO, Stage, rated


@pytest.fixture(scope="module")
def processes(process: Calculating) -> Any:
    other = Calculating()
    yield [process, other]
    other.close()


async def index(
    stage: Stage, workers: list[Calculating], calculator: str = ROSU, usual: bool = False, tell: Any = lambda _: None
) -> Tally:
    return await Indexer(stage.stored, Files(stage.data), calculator, workers, usual).run(tell)


def kept_of(content: bytes) -> BeatmapFile:
    return facts_of(osu_file.read(content))


async def with_everything(stage: Stage) -> list[bytes]:
    """Beatmaps of each kind; gives the contents that are to be indexed."""
    contents = [OSU, TAIKO, CATCH, MANIA]
    for number, content in enumerate(contents, 1):
        await stage.put(number, number - 1, content)
    await stage.put(5, 0, None)
    await stage.put(6, 0, OSU, "e" * 32)
    await stage.put(7, 0, b"<html>502</html>")
    # A beatmap that rosu-pp-py does not take: there is nothing in it.
    await stage.put(8, 0, b"osu file format v14\n[Metadata]\nTags: empty\n")
    return contents


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
async def test_what_files_say(stage: Stage, processes: list[Calculating]) -> None:
    contents = await with_everything(stage)
    tally = await index(stage, processes)
    assert tally == Tally(of=8, looked_at=8, indexed=5, no_file=1, other_version=1, unreadable=1, unrated=1)
    expected = {facts.md5: facts for facts in map(kept_of, contents)}
    md5s = [*expected, "e" * 32]
    assert await stage.stored.many(md5s) == expected
    assert (expected[md5s[0]].title_unicode, expected[md5s[0]].tags) == ("osu 曲 😀", "a b")
    assert await stage.stored.difficulties(md5s, ROSU, None, 0) == {
        (md5, ruleset): rated(ROSU, content, ruleset, 0)
        for ruleset, (md5, content) in enumerate(zip(md5s, contents, strict=False))
    }
    before = await stage.tables()
    assert [len(rows) for rows in before] == [6, 5]
    assert await index(stage, processes) == Tally(of=8, looked_at=8, no_file=1, other_version=1)
    assert await stage.tables() == before


async def test_mods_and_converts(small_stage: Stage, processes: list[Calculating]) -> None:
    contents = await with_everything(small_stage)
    await index(small_stage, processes)
    md5s = [kept_of(content).md5 for content in contents]
    tally = await index(small_stage, processes, usual=True)
    assert (tally.indexed, tally.unrated) == (5, 1)
    found = await small_stage.stored.rated(md5s, ROSU)
    own = {(md5, ruleset, mods) for ruleset, md5 in enumerate(md5s) for mods in COMBINATIONS}
    assert found == own | {(md5s[0], ruleset, 0) for ruleset in (1, 2, 3)}
    for mods in COMBINATIONS:
        assert await small_stage.stored.difficulties(md5s, ROSU, 2, mods) == (
            {(md5s[2], 2): rated(ROSU, CATCH, 2, mods)} | ({(md5s[0], 2): rated(ROSU, OSU, 2, 0)} if not mods else {})
        )
    assert (await index(small_stage, processes, usual=True)).indexed == 0
    assert (await index(small_stage, processes)).indexed == 0


async def test_what_is_out_of_date_is_done_anew(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_everything(small_stage)
    await index(small_stage, processes)
    assert (await index(small_stage, processes, AKATSUKI)).indexed == 5
    files, ratings = await small_stage.tables()
    assert len(ratings) == 10
    monkeypatch.setattr(indexer, "READER", 2)
    tally = await index(small_stage, processes)
    assert (tally.indexed, tally.unreadable) == (5, 1)
    newer, same = await small_stage.tables()
    assert same == ratings
    assert newer == [(md5, 2, *rest) for md5, _, *rest in files]
    # The game server has fetched the beatmap's new version.
    (small_stage.data / "osu" / "1.osu").write_bytes(OSU + b"// new")
    assert (await index(small_stage, processes)).indexed == 0
    await small_stage.db.run("UPDATE maps SET md5 = :md5 WHERE id = 1", md5=kept_of(OSU + b"// new").md5)
    assert (await index(small_stage, processes)).indexed == 1


async def test_no_table(small_stage: Stage, processes: list[Calculating]) -> None:
    await small_stage.db.run("DROP TABLE api_beatmap_files")
    small_stage.stored = BeatmapFiles(small_stage.db, await catalog.read(small_stage.db))
    with pytest.raises(Unavailable, match="migrate"):
        await index(small_stage, processes)


class Enough(Exception):
    """It is interrupted here."""


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
async def test_interrupted_anywhere_and_resumed(
    stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "_LOOK_AT", 5)
    monkeypatch.setattr(indexer, "_KEEP", 3)
    await with_everything(stage)
    for number in range(10, 30):
        await stage.put(number, 0, OSU + f"// {number}".encode())
    await index(stage, processes[:1])
    at_once = await stage.tables()
    await stage.db.run("DELETE FROM api_beatmap_files")
    await stage.db.run("DELETE FROM api_difficulties")
    kept = [0]
    real = BeatmapFiles._replace

    async def fails_between(self: BeatmapFiles, session: Any, table: str, rows: Any) -> None:
        if table == "api_difficulties" and rows:
            raise Enough
        await real(self, session, table, rows)

    def fails_after(tally: Tally) -> None:
        if tally.indexed:
            raise Enough

    while True:
        # In the middle of what is kept together nothing of it is kept ...
        with monkeypatch.context() as patched:
            patched.setattr(BeatmapFiles, "_replace", fails_between)
            try:
                await index(stage, processes)
            except Enough:
                assert len((await stage.tables())[0]) == kept[-1]
            else:
                break
        # ... and after it all of it.
        with pytest.raises(Enough):
            await index(stage, processes, tell=fails_after)
        kept.append(len((await stage.tables())[0]))
        # In the middle of the calculation, as Ctrl-C does.
        task = asyncio.create_task(index(stage, processes))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])
        kept.append(len((await stage.tables())[0]))
    assert len(set(kept)) > 3
    assert await stage.tables() == at_once


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
async def test_two_at_once(stage: Stage, processes: list[Calculating]) -> None:
    await with_everything(stage)
    await asyncio.gather(*(index(stage, [each]) for each in processes))
    both = await stage.tables()
    assert [len(rows) for rows in both] == [6, 5]
    assert (await index(stage, processes)).indexed == 0


async def test_files_that_do_harm_stop_nothing(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(indexer, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(indexer, "read_and_rate", pretended.read_and_rate)
    monkeypatch.setattr(indexer, "rate", pretended.rate)
    head = b"osu file format v14\nTags: some\n// "
    texts = (b"good", b"sleeps 600", b"dies", b"bad", b"fine", b"sleeps 0.1")
    md5s = [await small_stage.put(number, 0, head + text) for number, text in enumerate(texts, 1)]
    md5s.append(await small_stage.put(7, 0, b"dies, and is no beatmap either"))
    tally = await index(small_stage, processes)
    assert (tally.indexed, tally.unrated, tally.unreadable) == (6, 3, 1)
    found = await small_stage.stored.difficulties(md5s, ROSU, 0, 0)
    assert [found[md5, 0] == UNRATED for md5 in md5s[:6]] == [False, True, True, True, False, False]
    assert await small_stage.stored.read_with(md5s, 1) == {md5: number < 6 for number, md5 in enumerate(md5s)}
    assert "bit by bit" in caplog.text
    # It is known now.
    assert (await index(small_stage, processes)).indexed == 0


async def test_what_comes_before_the_harm_is_kept(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "read_and_rate", pretended.read_and_rate)
    monkeypatch.setattr(indexer, "rate", pretended.rate)
    md5 = await small_stage.put(1, 0, b"osu file format v14\n// dies in 2")
    tally = await index(small_stage, processes[:1], usual=True)
    assert (tally.indexed, tally.unrated) == (1, 0)
    found = {ruleset: await small_stage.stored.difficulties([md5], ROSU, ruleset, 0) for ruleset in range(4)}
    assert [found[ruleset][md5, ruleset].stars is not None for ruleset in range(4)] == [True, True, False, False]
    assert (await small_stage.stored.difficulties([md5], ROSU, 0, 64))[md5, 0].stars is not None


@pytest.mark.parametrize(
    "instead",
    [
        {"read_and_rate": pretended.killed},
        {"read_and_rate": pretended.ends, "read_facts": pretended.ends},
        {"read_and_rate": pretended.wrong, "read_facts": pretended.wrong},
        {"read_and_rate": pretended.ends, "rate": pretended.killed},
    ],
    ids=lambda instead: " ".join(each.__name__ for each in instead.values()),
)
async def test_what_is_no_files_fault_is_done_the_next_time(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch, instead: dict[str, Any]
) -> None:
    md5 = await small_stage.put(1, 0, OSU)
    with monkeypatch.context() as patched:
        for name, work in instead.items():
            patched.setattr(indexer, name, work)
        assert await index(small_stage, processes[:1]) == Tally(of=1, looked_at=1, failed=1)
    assert await small_stage.tables() == ([], [])
    assert (await index(small_stage, processes[:1])).indexed == 1
    assert await small_stage.stored.difficulties([md5], ROSU, 0, 0) == {(md5, 0): rated(ROSU, OSU, 0, 0)}


async def test_processes_that_are_killed_from_outside(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "read_and_rate", pretended.read_and_rate)
    texts = [b"osu file format v14\n// sleeps 0.2, number %d" % number for number in range(20)]
    md5s = {await small_stage.put(number, 0, text): float(len(text)) for number, text in enumerate(texts)}
    running = asyncio.create_task(index(small_stage, processes))
    for _ in range(2):
        await asyncio.sleep(1)
        for each in processes:
            for process in list((each._pool and each._pool._processes) or ()):
                os.kill(process, signal.SIGKILL)
    first = await running
    assert 0 < first.failed <= 4
    assert (first.indexed, first.unreadable, first.unrated) == (20 - first.failed, 0, 0)
    second = await index(small_stage, processes)
    assert (second.indexed, second.failed) == (first.failed, 0)
    assert await small_stage.stored.read_with(list(md5s), 1) == dict.fromkeys(md5s, True)
    found = await small_stage.stored.difficulties(list(md5s), ROSU, 0, 0)
    assert {md5: each.stars for (md5, _), each in found.items()} == md5s


async def test_without_processes_it_ends(
    small_stage: Stage, processes: list[Calculating], monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_everything(small_stage)
    for each in processes:
        each.close()
    monkeypatch.setattr(indexer, "_BEGIN_PAUSE_SECONDS", 0)
    with monkeypatch.context() as patched:
        patched.setattr(calculating, "_begin", pretended.ends)
        with pytest.raises(Unavailable, match="No process can be begun"):
            await index(small_stage, processes)
    assert await small_stage.tables() == ([], [])
    assert (await index(small_stage, processes)).indexed == 5


@pytest.mark.parametrize("engine_url", ["mysql"], indirect=True)
async def test_a_file_with_numbers_beyond_all_bounds(stage: Stage, processes: list[Calculating]) -> None:
    await stage.put(1, 0, ENDLESS)
    await stage.put(2, 0, OSU)
    assert (await index(stage, processes, AKATSUKI)).indexed == 2
    facts = kept_of(ENDLESS)
    assert (facts.sliders, facts.circles, facts.hit_length) == (1, 1, round(osu_file.MOST_MS / 1000))
    assert (await stage.stored.many([facts.md5]))[facts.md5] == facts
    assert [len(rows) for rows in await stage.tables()] == [2, 2]


async def test_a_file_that_eats_memory(small_stage: Stage, processes: list[Calculating]) -> None:
    md5 = await small_stage.put(1, 0, GREEDY)
    tally = await index(small_stage, processes, AKATSUKI)
    assert (tally.indexed, tally.unrated) == (1, 1)
    assert await small_stage.stored.many([md5]) == {md5: kept_of(GREEDY)}
    assert await small_stage.stored.difficulties([md5], AKATSUKI, 0, 0) == {(md5, 0): UNRATED}


@pytest.mark.parametrize("engine_url", ["sqlite", "mysql"], indirect=True)
@pytest.mark.skipif(not SAMPLES.exists(), reason="there are no samples beside this repository")
async def test_real_files(stage: Stage, processes: list[Calculating]) -> None:
    rulesets = {2785319: 0, 1028484: 1, 2118524: 2, 1638954: 3}
    contents = {map_id: (SAMPLES / f"{map_id}.osu").read_bytes() for map_id in rulesets}
    for map_id, content in contents.items():
        await stage.put(map_id, rulesets[map_id], content)
    assert (await index(stage, processes, AKATSUKI)).indexed == 4
    found = await stage.stored.many([kept_of(content).md5 for content in contents.values()])
    told = {facts.title_unicode: facts for facts in found.values()}
    assert len(told) == 4
    counts = {(facts.circles, facts.sliders, facts.spinners) for facts in told.values()}
    assert counts == {
        tuple(sum(_kind(line) == kind for line in _objects(content)) for kind in ("circle", "slider", "spinner"))
        for content in contents.values()
    }


def _objects(content: bytes) -> list[str]:
    return [line for line in content.decode().partition("[HitObjects]")[2].splitlines() if line.strip()]


def _kind(line: str) -> str:
    bits = int(line.split(",")[3])
    return "circle" if bits & 1 else "spinner" if bits & 8 else "slider"


garbage = st.binary(max_size=300) | st.builds(
    lambda at, junk: OSU[: at % len(OSU)] + junk + OSU[at % len(OSU) :], st.integers(0), st.binary(max_size=60)
)


@settings(max_examples=150, deadline=None)
@given(garbage)
def test_anything_is_read_or_is_no_beatmap(content: bytes) -> None:
    facts = read_facts(content)
    assert facts is None or facts.md5 == kept_of(content).md5
    if facts is None:
        assert read_and_rate(ROSU, content, ((0, 0),)) == (None, [])
