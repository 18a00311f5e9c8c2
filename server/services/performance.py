"""pp of plays that were or were not made, from the stored `.osu` file."""

import hashlib
import logging
from collections import OrderedDict

import httpx

from server.domain.beatmaps import Beatmap, BeatmapRef
from server.domain.performance import Play, Worth
from server.domain.problems import BadRequest, NotFound, Unavailable
from server.services.calculating import BrokeDown, Calculating, TookTooLong
from server.services.calculators import Unreadable, calculate
from server.storage.beatmaps import Beatmaps as StoredBeatmaps
from server.storage.files import Files

log = logging.getLogger(__name__)

# Some files were made to keep a calculator busy for ever.
PATIENCE_SECONDS = 20

Question = tuple[str, tuple[Play, ...]]


class Performance:
    """Asks a calculator in a process of its own, and remembers what it said."""

    def __init__(
        self,
        stored: StoredBeatmaps,
        files: Files,
        calculating: Calculating,
        calculator: str,
        upstream: str,
        cached: int,
    ) -> None:
        self._stored = stored
        self._files = files
        self._calculating = calculating
        self._calculator = calculator
        self._upstream = upstream
        self._cached = cached
        self._known: OrderedDict[Question, list[Worth]] = OrderedDict()

    async def of(self, beatmap_id: int, plays: tuple[Play, ...]) -> list[Worth]:
        """What these plays on a beatmap are worth. Raises NotFound, BadRequest (no readable file), Unavailable."""
        beatmap = await self._stored.find(BeatmapRef(id=beatmap_id))
        if beatmap is None:
            raise NotFound("beatmap")
        question = (beatmap.md5, plays)
        if (known := self._known.get(question)) is not None:
            self._known.move_to_end(question)
            return known
        content = await self._file_of(beatmap)
        if content is None:
            raise BadRequest("Beatmap file could not be fetched.")
        worth = await self._ask(content, plays)
        self._known[question] = worth
        if len(self._known) > self._cached:
            self._known.popitem(last=False)
        return worth

    async def _ask(self, content: bytes, plays: tuple[Play, ...]) -> list[Worth]:
        try:
            return await self._calculating.ask(PATIENCE_SECONDS, calculate, self._calculator, content, plays)
        except Unreadable as error:
            raise BadRequest("Beatmap file could not be read.") from error
        except TookTooLong as error:
            raise Unavailable("The calculation took too long and was given up.") from error
        except BrokeDown as error:
            raise Unavailable("The calculator broke down; try again.") from error

    async def _file_of(self, beatmap: Beatmap) -> bytes | None:
        """The beatmap's file as the table knows it: another version would be worth something else."""
        content = await self._files.beatmap(beatmap.id)
        if content is not None and _md5(content) == beatmap.md5.lower():
            return content
        return await self._fetch(beatmap) if self._upstream else None

    async def _fetch(self, beatmap: Beatmap) -> bytes | None:
        """The file from the configured upstream, kept where bancho.py would keep it."""
        address = self._upstream.replace("{id}", str(beatmap.id))
        try:
            async with httpx.AsyncClient(timeout=10, follow_redirects=True) as client:
                response = await client.get(address)
        except httpx.HTTPError as error:
            log.warning("Beatmap %d could not be fetched: %s", beatmap.id, type(error).__name__)
            return None
        content = response.content
        if response.status_code != 200 or _md5(content) != beatmap.md5.lower():
            log.warning("Beatmap %d: the upstream has no such file (status %d)", beatmap.id, response.status_code)
            return None
        try:
            await self._files.keep_beatmap(beatmap.id, content)
        except Unavailable as problem:
            log.warning("Beatmap %d is used all the same: %s", beatmap.id, problem.message)
        return content

    def close(self) -> None:
        """Stop the calculator's process, in the middle of its work if need be."""
        self._calculating.close()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
