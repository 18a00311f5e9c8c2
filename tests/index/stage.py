"""Beatmaps with files of every sort, for the indexer's tests."""

import hashlib
from pathlib import Path
from typing import Any, Final

from server.domain.beatmap_files import Difficulty
from server.services.calculators import rate
from server.storage import catalog
from server.storage.beatmap_files import BeatmapFiles
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.golden import maps as golden

ROOT: Final = Path(__file__).resolve().parents[2]

SAMPLES: Final = ROOT.parent / "shared" / "samples" / "osu"

AKATSUKI, ROSU = "akatsuki-pp-py", "rosu-pp-py"

PLAIN: Final = golden.osu_file(0)

# The calculators ask for more and more memory for these, until the process is ended.
GREEDY: Final = PLAIN.replace("SliderTickRate:1", "SliderTickRate:1e9").encode()

# A slider, after it a circle, that lasts for 560 years at the lowest speed, longest and most often gone along.
ENDLESS: Final = (
    PLAIN.partition("[TimingPoints]")[0].replace("SliderMultiplier:1.4", "SliderMultiplier:0.4")
    + "[TimingPoints]\n0,60000,4,2,0,70,1,0\n0,-1000,4,2,0,70,0,0\n"
    + "[HitObjects]\n0,0,0,2,0,L|100:0,9000,131072\n9,9,100,1,0\n"
).encode()

# To a beatmap's length in ms, so that each file has another one: its md5, ruleset and content.
OSU, TAIKO, CATCH, MANIA = (
    golden.osu_file(ruleset).replace("Title:Golden", f"Title:{name}\nTitleUnicode:{name} 曲 😀\nTags:a b").encode()
    for ruleset, name in enumerate(("osu", "taiko", "catch", "mania"))
)


def md5_of(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def beatmap(map_id: int, mode: int, md5: str) -> dict[str, Any]:
    """A row of `maps`."""
    return golden.MAPS[0] | {"id": map_id, "mode": mode, "md5": md5, "filename": f"{map_id}.osu"}


def rated(calculator: str, content: bytes, ruleset: int, mods: int) -> Difficulty:
    (difficulty,) = rate(calculator, content, ((ruleset, mods),))
    return difficulty


class Stage:
    """A database with beatmaps, and a folder with their files."""

    def __init__(self, db: Database, data: Path) -> None:
        self.db = db
        self.data = data
        self.stored: BeatmapFiles

    async def prepare(self) -> None:
        (self.data / "osu").mkdir(parents=True)
        await migrate(self.db)
        self.stored = BeatmapFiles(self.db, await catalog.read(self.db))

    async def put(self, map_id: int, mode: int, content: bytes | None, md5: str | None = None) -> str:
        """A beatmap with this file, or without one; `md5` where `maps` names another. Gives what `maps` names."""
        named = md5 or md5_of(content or f"nothing {map_id}".encode())
        if content is not None:
            (self.data / "osu" / f"{map_id}.osu").write_bytes(content)
        async with self.db.transaction() as session:
            await session.insert_many("maps", [beatmap(map_id, mode, named)])
        return named

    async def tables(self) -> tuple[list[Any], list[Any]]:
        """All that is kept."""
        files = await self.db.all("SELECT * FROM api_beatmap_files ORDER BY md5")
        ratings = await self.db.all("SELECT * FROM api_difficulties ORDER BY md5, calculator, ruleset, mods")
        return [tuple(row) for row in files], [tuple(row) for row in ratings]
