"""The indexer put together: from settings to stores, and what it says meanwhile and at the end."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from server.config import Settings
from server.domain.problems import Unavailable
from server.services.calculating import Calculating
from server.services.calculators import chosen
from server.services.indexer import Indexer, Tally
from server.storage import catalog
from server.storage.beatmap_files import BeatmapFiles
from server.storage.database import Database
from server.storage.files import Files


async def index(settings: Settings, jobs: int, usual: bool, tell: Callable[[Tally], None]) -> Tally:
    """Index every beatmap's file that is not indexed, with so many processes. Raises Unavailable where it cannot."""
    data = Path(settings.files.data)
    if not (data / "osu").is_dir():
        raise Unavailable(f"There is no folder {data / 'osu'}: [files] data is the game server's data directory.")
    calculator = chosen(settings.performance.calculator)
    workers = [Calculating() for _ in range(jobs)]
    db = Database(settings.database.url, 1, create=False)
    try:
        await db.connect()
        stored = BeatmapFiles(db, await catalog.read(db, settings.database.own_schema))
        return await Indexer(stored, Files(data), calculator, workers, usual).run(tell)
    finally:
        for worker in workers:
            worker.close()
        await db.disconnect()


class Progress:
    """A line on the terminal that tells how far it is, while it is long; nothing where nobody looks."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._told = self._begun
        self._shown = False

    def tell(self, tally: Tally) -> None:
        """Show it anew, once a second at most."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._told < 1:
            return
        self._told, self._shown = now, True
        text = f"{tally.looked_at} of {tally.of} beatmaps, {tally.indexed} files indexed, {self._rate(tally)} a second"
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self._shown:
            print(file=sys.stderr)

    def summary(self, tally: Tally) -> str:
        """What was done, in a few lines."""
        seconds = time.monotonic() - self._begun
        lines = [f"{tally.indexed} files indexed in {seconds:.1f} s ({self._rate(tally)} a second)."]
        counts = (
            (tally.no_file, "have no file"),
            (tally.other_version, "have a file of another version than the database names, which says nothing of them"),
            (tally.unreadable, "have a file that is no beatmap"),
            (tally.unrated, "are indexed, but the calculator cannot take them"),
            (tally.failed, "have a file that could not be looked at to its end; the next run tries it again"),
        )
        return "\n".join(lines + [f"{count} of {tally.of} beatmaps {what}." for count, what in counts if count])

    def _rate(self, tally: Tally) -> int:
        return round(tally.indexed / max(time.monotonic() - self._begun, 0.001))
