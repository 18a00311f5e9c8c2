"""What the operator's `.osu` files say, by the md5 of their content, and how difficult they are."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from server.domain.beatmap_files import BeatmapFile, Difficulty
from server.domain.problems import Unavailable
from server.storage.catalog import Catalog
from server.storage.database import Database, Session

TABLES: Final = ("api_beatmap_files", "api_difficulties")

# So many rows are written in one statement at most: with the longest tags, all of it quoted, it is less than the 4 MB
# that some servers take.
_CHUNK: Final = 25

# What a VARCHAR(255) takes in characters, and a TEXT in bytes.
_MOST_CHARACTERS: Final = 255
_MOST_BYTES: Final = 65_535

_FILE: Final = ", ".join(f"f.{name}" for name in BeatmapFile._fields)

_DIFFICULTY: Final = ", ".join(f"d.{name}" for name in Difficulty._fields)

Item = TypeVar("Item")


class Rating(NamedTuple):
    """How difficult a calculator finds a file in a ruleset with mods."""

    md5: str
    calculator: str
    ruleset: int
    mods: int
    difficulty: Difficulty


class ReadFile(NamedTuple):
    """What one version of the reader makes of a file; `facts` is None where it is no beatmap."""

    md5: str
    reader: int
    facts: BeatmapFile | None


class NumberedMap(NamedTuple):
    """Of a row of `maps` what finding and rating its file takes; `md5` in lower case."""

    id: int
    md5: str
    mode: int


class BeatmapFiles:
    """Questions about files that were read, and their answers. Without the tables nothing is known."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._missing = [table for table in TABLES if not catalog.has(table)]
        self._own = catalog.own

    def want_tables(self) -> None:
        """Raises Unavailable where `migrate` has not made the tables."""
        if self._missing:
            raise Unavailable(
                f"There is no table {', '.join(self._missing)} for beatmap files; `python -m server migrate` makes it."
            )

    async def many(self, md5s: Sequence[str]) -> dict[str, BeatmapFile]:
        """Those of these files that were read and are beatmaps, by md5 in lower case."""
        asked = _askable(md5s)
        if self._missing or not asked:
            return {}
        rows = await self._db.all(
            f"SELECT {_FILE} FROM {self._own}api_beatmap_files f WHERE f.md5 IN :md5s AND f.readable = 1", md5s=asked
        )
        return {row[0]: BeatmapFile._make((*row[:-2], bool(row[-2]), bool(row[-1]))) for row in rows}

    async def difficulties(
        self, md5s: Sequence[str], calculator: str, ruleset: int | None, mods: int
    ) -> dict[tuple[str, int], Difficulty]:
        """What is known of these files with mods, by md5 in lower case and ruleset; None: in any ruleset."""
        asked = _askable(md5s)
        if self._missing or not asked:
            return {}
        rows = await self._db.all(
            f"""
            SELECT d.md5, d.ruleset, {_DIFFICULTY}
              FROM {self._own}api_difficulties d
             WHERE d.md5 IN :md5s AND d.calculator = :calculator AND d.mods = :mods
               {"" if ruleset is None else "AND d.ruleset = :ruleset"}
            """,
            md5s=asked,
            calculator=calculator,
            mods=mods,
            **({} if ruleset is None else {"ruleset": ruleset}),
        )
        return {(md5, of): Difficulty._make(values) for md5, of, *values in rows}

    async def maps_after(self, map_id: int, limit: int) -> list[NumberedMap]:
        """A page of all beatmaps, by id."""
        rows = await self._db.all(
            "SELECT m.id, m.md5, m.mode FROM maps m WHERE m.id > :after ORDER BY m.id LIMIT :limit",
            after=map_id,
            limit=limit,
        )
        return [NumberedMap(beatmap_id, md5.lower(), mode) for beatmap_id, md5, mode in rows]

    async def count_maps(self) -> int:
        """How many beatmaps there are."""
        row = await self._db.one("SELECT COUNT(*) FROM maps")
        return int(row[0]) if row else 0

    async def read_with(self, md5s: Sequence[str], reader: int) -> dict[str, bool]:
        """Which of these files this version of the reader has read, each with whether it is a beatmap."""
        asked = _askable(md5s)
        if not asked:
            return {}
        rows = await self._db.all(
            f"SELECT f.md5, f.readable FROM {self._own}api_beatmap_files f WHERE f.md5 IN :md5s AND f.reader = :reader",
            md5s=asked,
            reader=reader,
        )
        return {md5: bool(readable) for md5, readable in rows}

    async def rated(self, md5s: Sequence[str], calculator: str) -> set[tuple[str, int, int]]:
        """What of these files a calculator has rated: md5, ruleset and mods."""
        asked = _askable(md5s)
        if not asked:
            return set()
        rows = await self._db.all(
            f"""
            SELECT d.md5, d.ruleset, d.mods
              FROM {self._own}api_difficulties d
             WHERE d.md5 IN :md5s AND d.calculator = :calculator
            """,
            md5s=asked,
            calculator=calculator,
        )
        return {(md5, ruleset, mods) for md5, ruleset, mods in rows}

    async def keep(self, files: Sequence[ReadFile], ratings: Sequence[Rating]) -> None:
        """Keep all of it or nothing, in place of what was known. Raises Unavailable, also where it may not write."""
        self.want_tables()
        # In one order everywhere, so that of two who write the same rows neither waits for the other for ever.
        file_rows = [_file_row(each) for each in sorted(files, key=lambda each: each.md5)]
        rating_rows = [_rating_row(each) for each in sorted(ratings, key=lambda each: each[:-1])]
        async with self._db.transaction() as session:
            await self._replace(session, "api_beatmap_files", file_rows)
            await self._replace(session, "api_difficulties", rating_rows)

    async def _replace(self, session: Session, table: str, rows: Sequence[dict[str, Any]]) -> None:
        for chunk in _chunks(rows):
            names = list(chunk[0])
            values = ", ".join(f"({', '.join(f':{name}_{at}' for name in names)})" for at in range(len(chunk)))
            await session.run(
                f"REPLACE INTO {self._own}{table} ({', '.join(names)}) VALUES {values}",
                **{f"{name}_{at}": value for at, row in enumerate(chunk) for name, value in row.items()},
            )


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _askable(md5s: Sequence[str]) -> list[str]:
    """In the form in which they are kept; others the column's character set could not be compared with."""
    return sorted({md5.lower() for md5 in md5s if md5.isascii()})


def _file_row(read: ReadFile) -> dict[str, Any]:
    row: dict[str, Any] = {"md5": read.md5, "reader": read.reader, "readable": read.facts is not None}
    if read.facts is None:
        return row | dict.fromkeys(BeatmapFile._fields[1:])
    facts = read.facts._asdict() | {
        "artist_unicode": read.facts.artist_unicode[:_MOST_CHARACTERS],
        "title_unicode": read.facts.title_unicode[:_MOST_CHARACTERS],
        "source": read.facts.source[:_MOST_CHARACTERS],
        "tags": read.facts.tags.encode()[:_MOST_BYTES].decode(errors="ignore"),
    }
    return facts | row


def _rating_row(rating: Rating) -> dict[str, Any]:
    row = {"md5": rating.md5, "calculator": rating.calculator, "ruleset": rating.ruleset, "mods": rating.mods}
    return row | rating.difficulty._asdict()
