"""The indexer: every beatmap's `.osu` file is read and rated once, whatever is in it and whenever it is interrupted."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.domain import osu_file
from server.domain.beatmap_files import COMBINATIONS, READER, UNRATED, BeatmapFile, Difficulty, converts, facts_of
from server.domain.problems import Unavailable
from server.domain.rulesets import Ruleset
from server.services.calculating import Calculating, Given, Killed, NotBegun, Result
from server.services.calculators import Unreadable, rate
from server.storage.beatmap_files import BeatmapFiles, NumberedMap, Rating, ReadFile
from server.storage.files import Files

log = logging.getLogger(__name__)

# How long one file may take; some were made to keep a calculator busy for ever.
PATIENCE_SECONDS: Final = 20

# So often, with a pause between, it is tried to begin a process before nothing is tried any more.
_BEGIN_TRIES: Final = 3
_BEGIN_PAUSE_SECONDS: Final = 1.0

# So many beatmaps are looked at together; of those that lack something so many are kept together. What is not kept
# when it ends is to be done again.
_LOOK_AT: Final = 500
_KEEP: Final = 100

Wanted = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Tally:
    """What became of the beatmaps so far. `looked_at`: all of them, the others are of those that lacked something.

    `other_version`: the stored file is not the one that `maps` names. `unreadable`: it is no beatmap. `unrated`: it is
    one, and no calculator can take it. `failed`: nobody knows what it is; nothing is kept, the next run tries it again.
    """

    of: int
    looked_at: int = 0
    indexed: int = 0
    no_file: int = 0
    other_version: int = 0
    unreadable: int = 0
    unrated: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Page:
    """What is to be kept of a few beatmaps."""

    files: list[ReadFile] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)


class Indexer:
    """Goes through `maps` once. `usual`: also rate the usual mods, and osu! beatmaps in the other rulesets."""

    def __init__(
        self, stored: BeatmapFiles, files: Files, calculator: str, workers: Sequence[Calculating], usual: bool
    ) -> None:
        self._stored = stored
        self._files = files
        self._calculator = calculator
        self._workers = workers
        self._usual = usual

    async def run(self, tell: Callable[[Tally], None]) -> Tally:
        """Index what is not indexed; `tell` is told now and then how it goes.

        Raises Unavailable where the tables are missing or may not be written, and where no process begins.
        """
        self._stored.want_tables()
        tally = Tally(await self._stored.count_maps())
        last_id = -(2**63)
        while maps := await self._stored.maps_after(last_id, _LOOK_AT):
            lacking = await self._lacking(maps)
            tally.looked_at += len(maps) - len(lacking)
            for start in range(0, len(lacking), _KEEP):
                few = lacking[start : start + _KEEP]
                page = await self._read_all(few, tally)
                await self._stored.keep(page.files, page.ratings)
                tally.looked_at += len(few)
                tell(tally)
            last_id = maps[-1].id
        return tally

    async def _lacking(self, maps: Sequence[NumberedMap]) -> list[tuple[NumberedMap, Wanted]]:
        """Which of these this reader has not read, or the calculator not rated as it is wanted now."""
        md5s = [each.md5 for each in maps]
        read = await self._stored.read_with(md5s, READER)
        rated = await self._stored.rated(md5s, self._calculator)
        lacking = []
        for each in maps:
            wanted = self._wanted(each)
            if each.md5 in read:  # and if it is no beatmap there is nothing to rate
                wanted = tuple(one for one in wanted if read[each.md5] and (each.md5, *one) not in rated)
            if wanted:
                lacking.append((each, wanted))
        return lacking

    def _wanted(self, beatmap: NumberedMap) -> Wanted:
        """The rulesets and mods in which a beatmap is to be rated."""
        if not self._usual:
            return ((beatmap.mode, 0),)
        others = tuple((int(each), 0) for each in Ruleset if each != beatmap.mode and converts(beatmap.mode, each))
        return (*((beatmap.mode, mods) for mods in COMBINATIONS), *others)

    async def _read_all(self, lacking: Sequence[tuple[NumberedMap, Wanted]], tally: Tally) -> _Page:
        page, left = _Page(), iter(lacking)
        try:
            async with asyncio.TaskGroup() as at_work:
                for worker in self._workers:
                    at_work.create_task(self._work(worker, left, page, tally))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one is enough to end it all
        return page

    async def _work(
        self, worker: Calculating, left: Iterator[tuple[NumberedMap, Wanted]], page: _Page, tally: Tally
    ) -> None:
        """Take the next one until nothing is left."""
        for beatmap, wanted in left:
            content = await self._content(beatmap)
            if content is None:
                tally.no_file += 1
                continue
            if hashlib.md5(content, usedforsecurity=False).hexdigest() != beatmap.md5:
                tally.other_version += 1
                continue
            try:
                facts, ratings = await self._look(worker, beatmap, content, wanted)
            except Unavailable:
                raise
            except Exception as error:  # whatever it is, all the other files are to be read
                log.warning("The file of beatmap %d is left for the next time: %r", beatmap.id, error)
                tally.failed += 1
                continue
            page.files.append(ReadFile(beatmap.md5, READER, facts))
            if facts is None:
                tally.unreadable += 1
                continue
            rated = zip(wanted, ratings, strict=True)
            page.ratings += (Rating(beatmap.md5, self._calculator, *asked, of) for asked, of in rated)
            tally.indexed += 1
            tally.unrated += all(of == UNRATED for of in ratings)

    async def _content(self, beatmap: NumberedMap) -> bytes | None:
        try:
            return await self._files.beatmap(beatmap.id)
        except Unavailable:  # which the log tells of
            return None

    async def _look(
        self, worker: Calculating, beatmap: NumberedMap, content: bytes, wanted: Wanted
    ) -> tuple[BeatmapFile | None, list[Difficulty]]:
        """What a file says and how difficult it is. What ends the calculator twice, or has no end, is UNRATED.

        Raises whatever kept the file from being read, Killed where nobody knows what it would have said, Unavailable.
        """
        try:
            return await self._ask(worker, read_and_rate, self._calculator, content, wanted)
        except (Killed, Unavailable):
            raise
        except Exception as error:
            log.warning("The file of beatmap %d is looked at bit by bit: %r", beatmap.id, error)
        worker.close()  # so that a fresh process looks at it
        facts = await self._ask(worker, read_facts, content)
        if facts is None:
            return None, []
        rated: list[Difficulty] = []
        try:
            for one in wanted:
                rated += await self._ask(worker, rate, self._calculator, content, (one,))
        except (Killed, Unavailable):
            raise
        except Exception as error:
            log.warning("The file of beatmap %d cannot be rated as it is wanted: %r", beatmap.id, error)
        # The rest is not tried: a file that was made to take time would take all of it.
        return facts, rated + [UNRATED] * (len(wanted) - len(rated))

    async def _ask(self, worker: Calculating, work: Callable[[*Given], Result], *given: *Given) -> Result:
        """What a worker says in time. Raises what it raises, and Unavailable where its process does not begin."""
        for _ in range(_BEGIN_TRIES):
            try:
                return await worker.ask(PATIENCE_SECONDS, work, *given)
            except NotBegun as error:
                log.warning("A process does not begin: %r", error.__cause__)
            await asyncio.sleep(_BEGIN_PAUSE_SECONDS)
        raise Unavailable(
            f"No process can be begun to read beatmap files, {_BEGIN_TRIES} times in a row; "
            "where memory or processes are short, fewer `--jobs` may help."
        )


def read_and_rate(calculator: str, content: bytes, wanted: Wanted) -> tuple[BeatmapFile | None, list[Difficulty]]:
    """What a file says, None if it is no beatmap, and its difficulties, UNRATED where the calculator cannot take it."""
    facts = read_facts(content)
    if facts is None:
        return None, []
    try:
        return facts, rate(calculator, content, wanted)
    except Unreadable:
        return facts, [UNRATED] * len(wanted)


def read_facts(content: bytes) -> BeatmapFile | None:
    """What a file says, None if it is no beatmap."""
    try:
        return facts_of(osu_file.read(content, paths=False))
    except ValueError:
        return None
