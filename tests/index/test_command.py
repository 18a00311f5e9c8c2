"""`python -m server index-maps` as a process, what ends with it, and what the doctor says of it."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from server import __main__, config, sections
from server.doctor import Finding, examine
from server.indexing import Progress
from server.services.calculating import BrokeDown, Calculating, Killed, NotBegun, TookTooLong
from server.services.indexer import Tally
from tests.index import pretended
from tests.index.stage import OSU, ROOT, TAIKO, Stage, beatmap, md5_of

ENOUGH = 60


def environment(stage: Stage) -> dict[str, str]:
    mine = {"BANCHO_API_DATABASE_URL": f"sqlite:///{stage.db.name}", "BANCHO_API_FILES_DATA": str(stage.data)}
    mine["PYTHONPATH"] = str(ROOT)
    return {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_"))} | mine


def index_maps(stage: Stage, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "server", "index-maps", *options]
    # A group of its own, as a terminal gives it: Ctrl-C goes to all of it.
    return subprocess.Popen(
        command,
        env=environment(stage),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


async def done(stage: Stage, *options: str) -> tuple[int, str, str]:
    process = index_maps(stage, *options)
    said, complained = await asyncio.to_thread(process.communicate, timeout=ENOUGH)
    return process.returncode, said, complained


async def findings(stage: Stage) -> list[Finding]:
    settings = config.Settings(
        database=sections.Database(url=f"sqlite:///{stage.db.name}"), files=sections.Files(data=str(stage.data))
    )
    return [each for each in await examine(settings) if each.topic == "beatmap files"]


async def test_from_nothing_to_everything(small_stage: Stage) -> None:
    await small_stage.put(1, 0, OSU)
    await small_stage.put(2, 1, TAIKO)
    await small_stage.put(3, 0, None)
    await small_stage.put(4, 0, OSU + b"//", "e" * 32)
    (found,) = await findings(small_stage)
    assert (found.level, found.what[:27]) == ("advice", "3 stored .osu files are not")
    assert "index-maps" in found.fix
    code, said, complained = await done(small_stage, "--jobs", "1", "--mods")
    assert (code, complained) == (0, "")
    lines = said.splitlines()
    assert re.fullmatch(r"2 files indexed in [0-9.]+ s \(\d+ a second\)\.", lines[0])
    assert lines[1:] == [
        "1 of 4 beatmaps have no file.",
        "1 of 4 beatmaps have a file of another version than the database names, which says nothing of them.",
    ]
    assert len((await small_stage.tables())[1]) == 9 + 9 + 3
    (found,) = await findings(small_stage)
    assert (found.level, found.what[:27]) == ("advice", "1 stored .osu files are not")
    (small_stage.data / "osu" / "4.osu").unlink()
    (found,) = await findings(small_stage)
    assert (found.level, found.what) == ("ok", "2 of 4 beatmaps are indexed.")
    await small_stage.db.run("DROP TABLE api_difficulties")
    assert await findings(small_stage) == []


def test_what_is_to_be_tried_again_is_said() -> None:
    said = Progress().summary(Tally(of=3, looked_at=3, indexed=2, failed=1))
    assert said.splitlines()[1:] == [
        "1 of 3 beatmaps have a file that could not be looked at to its end; the next run tries it again."
    ]


@pytest.mark.parametrize("option", ["0", "-1", "1e3", "257", ""])
def test_jobs_that_make_no_sense(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        __main__._parser().parse_args(["index-maps", f"--jobs={option}"])
    assert "expected a whole number from 1 to 256" in capsys.readouterr().err


async def test_what_stands_in_its_way_is_said(small_stage: Stage) -> None:
    (small_stage.data / "osu").rmdir()
    code, _, complained = await done(small_stage)
    assert (code, complained.count("\n")) == (1, 1)
    assert complained.startswith(f"There is no folder {small_stage.data / 'osu'}")


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda each: each.name)
async def test_stopped_in_the_middle(small_stage: Stage, sign: signal.Signals) -> None:
    # Enough of them to be in the middle of whenever it is looked.
    for number in range(1, 5000):
        (small_stage.data / "osu" / f"{number}.osu").write_bytes(OSU + b"// %d" % number)
    async with small_stage.db.transaction() as session:
        rows = [beatmap(number, 0, md5_of(OSU + b"// %d" % number)) for number in range(1, 5000)]
        await session.insert_many("maps", rows)
    process = index_maps(small_stage, "--jobs", "2")
    try:
        deadline = time.monotonic() + ENOUGH
        while not (await small_stage.tables())[0]:
            assert time.monotonic() < deadline
            assert process.poll() is None
            await asyncio.sleep(0.02)
        (os.killpg if sign == signal.SIGINT else os.kill)(process.pid, sign)
        said, complained = await asyncio.to_thread(process.communicate, timeout=ENOUGH)
        assert process.returncode == (-signal.SIGKILL if sign == signal.SIGKILL else 130)
        if sign != signal.SIGKILL:
            assert (said, complained) == ("", "")
        # Nobody is left behind.
        while alive(process.pid):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
    finally:
        if alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    files, ratings = await small_stage.tables()
    assert 0 < len(files) < 4999
    assert len(files) % 100 == 0
    assert len(ratings) == len(files)


async def test_work_that_fails_and_work_after_it(process: Calculating) -> None:
    assert await process.ask(20, pretended.grows, 1_000_000) == 1_000_000
    with pytest.raises(BrokeDown):
        await process.ask(20, pretended.grows, 3 * 1024**3)
    with pytest.raises(BrokeDown) as own_fault:
        await process.ask(20, pretended.ends)
    assert not isinstance(own_fault.value, Killed | NotBegun)
    with pytest.raises(LookupError, match="what the work raises"):
        await process.ask(20, pretended.wrong)
    first = await process.ask(20, os.getpid)
    with pytest.raises(TookTooLong):
        await process.ask(0.2, time.sleep, 600.0)
    first, before = await process.ask(20, os.getpid), first
    assert first != before
    # Killed while it works, and while it has nothing to do.
    working = asyncio.create_task(process.ask(20, time.sleep, 600.0))
    await asyncio.sleep(0.1)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Killed):
        await working
    os.kill(await process.ask(20, os.getpid), signal.SIGKILL)
    await asyncio.sleep(0.1)
    with pytest.raises(Killed):
        await process.ask(20, os.getpid)
    assert await process.ask(20, os.getpid)


def full(*_: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


async def test_a_process_that_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Calculating()
    for name, instead in (
        ("server.services.calculating._begin", pretended.ends),
        ("multiprocessing.util.spawnv_passfds", full),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(name, instead)
            with pytest.raises(NotBegun):
                await process.ask(20, os.getpid)
    assert await process.ask(20, os.getpid) != os.getpid()
    process.close()
