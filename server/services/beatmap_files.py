"""What is known of beatmaps beyond the database: from their indexed files, or calculated now."""

import asyncio
import hashlib
import logging
import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple

from server.domain.beatmap_files import UNRATED, BeatmapFile, Difficulty, converts, difficulty_mods
from server.domain.beatmaps import Beatmap
from server.domain.problems import FileUnreadable, Unavailable
from server.services.calculating import BrokeDown, Calculating, TookTooLong
from server.services.calculators import Unreadable, rate
from server.storage.beatmap_files import BeatmapFiles as StoredFiles
from server.storage.beatmap_files import Rating
from server.storage.files import Files

log = logging.getLogger(__name__)

# For how long a request begins to calculate difficulties; the last one may take its own time (below) beyond that.
# Whoever wants more of them asks again.
CALCULATE_SECONDS: Final = 10.0

# How long one file may take; some were made to keep a calculator busy for ever.
PATIENCE_SECONDS: Final = 5.0

# A file that took too long or broke a calculator down may have met a busy machine; then it is tried again.
UNSURE_SECONDS: Final = 600.0


class _Asked(NamedTuple):
    """A beatmap in a ruleset with mods that change its difficulty."""

    beatmap_id: int
    md5: str
    ruleset: int
    mods: int


class BeatmapFiles:
    """Reads what is indexed; what of difficulties is not, is calculated, kept where it may be, and remembered."""

    def __init__(
        self, stored: StoredFiles, files: Files, calculating: Calculating, calculator: str, cached: int
    ) -> None:
        self._stored = stored
        self._files = files
        self._calculating = calculating
        self._calculator = calculator
        self._cached = cached
        self._remembered: OrderedDict[_Asked, tuple[Difficulty, float]] = OrderedDict()  # and until when

    async def many(self, md5s: Sequence[str]) -> dict[str, BeatmapFile]:
        """What the files of these beatmaps say, by md5 in lower case; those that are not indexed are left out."""
        return await self._stored.many(md5s)

    async def known(self, beatmaps: Sequence[Beatmap]) -> dict[str, Difficulty]:
        """How difficult these are as they are, by md5 in lower case: as indexed, nothing is calculated."""
        rated = await self._stored.difficulties([beatmap.md5 for beatmap in beatmaps], self._calculator, None, 0)
        own = ((beatmap.md5.lower(), beatmap.mode) for beatmap in beatmaps)
        return {key[0]: rated[key] for key in own if key in rated}

    async def calculated(self, beatmaps: Sequence[Beatmap], ruleset: int | None, mods: int) -> dict[str, Difficulty]:
        """How difficult each of these is with mods in a ruleset (None: its own), by md5 in lower case.

        Whatever cannot be said is UNRATED: the ruleset is none it converts to, the mods contradict each other, its
        file is not there or no calculator can take it. Raises Unavailable where it takes too long; asking again goes
        on with what is left.
        """
        found = {beatmap.md5.lower(): UNRATED for beatmap in beatmaps}
        bits = difficulty_mods(mods)
        if bits is None:
            return found
        asked = [
            _Asked(beatmap.id, beatmap.md5.lower(), beatmap.mode if ruleset is None else ruleset, bits)
            for beatmap in beatmaps
            if ruleset is None or converts(beatmap.mode, ruleset)
        ]
        stored = await self._stored.difficulties([each.md5 for each in asked], self._calculator, ruleset, bits)
        found |= {each.md5: stored[each.md5, each.ruleset] for each in asked if (each.md5, each.ruleset) in stored}
        lacking = [each for each in asked if (each.md5, each.ruleset) not in stored]
        return found | await self._calculate(lacking)

    async def _calculate(self, lacking: Sequence[_Asked]) -> dict[str, Difficulty]:
        """Each of these, remembered or calculated. Raises Unavailable if the time is up."""
        clock = asyncio.get_running_loop().time
        until = clock() + CALCULATE_SECONDS
        found: dict[str, Difficulty] = {}
        sure: list[Rating] = []
        try:
            for done, each in enumerate(lacking):
                remembered, until_then = self._remembered.get(each, (None, 0.0))
                if remembered is not None and clock() < until_then:
                    self._remembered.move_to_end(each)
                    found[each.md5] = remembered
                    continue
                content = await self._content(each)
                if content is None:
                    continue
                if clock() >= until:
                    raise _unfinished(done, len(lacking))
                try:
                    async with asyncio.timeout_at(until + PATIENCE_SECONDS):
                        found[each.md5], is_sure = await self._rate(each, content)
                except TimeoutError as error:
                    raise _unfinished(done, len(lacking)) from error
                self._remember(each, found[each.md5], math.inf if is_sure else clock() + UNSURE_SECONDS)
                if is_sure:
                    sure.append(Rating(each.md5, self._calculator, each.ruleset, each.mods, found[each.md5]))
        finally:
            await self._keep(sure)
        return found

    async def _content(self, asked: _Asked) -> bytes | None:
        """The file as `maps` knows it: another version would be something else."""
        try:
            content = await self._files.beatmap(asked.beatmap_id)
        except FileUnreadable:
            return None
        if content is None or hashlib.md5(content, usedforsecurity=False).hexdigest() != asked.md5:
            return None
        return content

    async def _rate(self, asked: _Asked, content: bytes) -> tuple[Difficulty, bool]:
        """What a calculator says, and whether it would always say so."""
        wanted = ((asked.ruleset, asked.mods),)
        try:
            (rated,) = await self._calculating.ask(PATIENCE_SECONDS, rate, self._calculator, content, wanted)
            return rated, True
        except Unreadable:
            return UNRATED, True
        except (TookTooLong, BrokeDown) as error:
            log.warning("Beatmap %d could not be rated: %s", asked.beatmap_id, type(error).__name__)
            return UNRATED, False

    def _remember(self, asked: _Asked, difficulty: Difficulty, until: float) -> None:
        self._remembered[asked] = difficulty, until
        self._remembered.move_to_end(asked)
        if len(self._remembered) > self._cached:
            self._remembered.popitem(last=False)

    async def _keep(self, ratings: Sequence[Rating]) -> None:
        if not ratings:
            return
        try:
            await self._stored.keep((), ratings)
        except Unavailable as problem:
            log.info("Difficulties are remembered but not kept: %s", problem.message)


def _unfinished(done: int, of: int) -> Unavailable:
    return Unavailable(f"Difficulties were calculated for {done} of {of} beatmaps; ask again for the rest.")
