"""Pages of long lists: in the order of ids each costs what the first does, however deep it is, and totals cost little.

Up to EXACT rows a list is counted anew each time, and a page's rows are found by leaving out those before it. A longer
one is tallied once a minute: how many rows each block of ids holds. The tally says in which block a page begins. Only
what is in the table's last block, or came after it, is counted anew: new rows at the end are there at once. Rows that
come to fit elsewhere, or fit no more, move the pages behind them with the next tally: until then as many rows are on no
page, or on two.
"""

import asyncio
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

from server.domain.listing import BY_ID, Listing, Window
from server.domain.problems import Unavailable
from server.storage.conditions import Conditions
from server.storage.database import Database, Row
from server.storage.outages import BUSY

EXACT: Final = 10_000
BLOCK: Final = 1024
KEPT_SECONDS: Final = 60.0
# A tally so old is made anew beside, so that of a list that is asked for all the time nobody waits for it.
RENEWED_SECONDS: Final = 45.0
MOST_KEPT: Final = 32

# More tallies are not even waited for: the last would not be there before whoever asked has given up.
MOST_WANTED: Final = 8

# A tally reads through a whole table, and others want to be answered meanwhile.
_AT_ONCE: Final = 2

# Ids below 0, which bancho.py does not give, are in it too.
_FIRST: Final = 0
_LEAST: Final = -(2**63)

# A page whose rows are spread over more blocks takes long to read: they are rare there.
_NEAR: Final = 64


class Source(NamedTuple):
    """What is listed, in SQL: a table, the column of its ids, what is told of a row, and what it can be ordered by.

    `hints` force an index that has the order; "" where there is none.
    """

    table: str
    id: str
    columns: str
    orders: Mapping[str, str]
    hints: Mapping[str, str]


class _Question(NamedTuple):
    """Which rows are wanted: what is joined to the table, also where all are counted, the condition and its values."""

    joined: str
    tallied: str
    where: str
    values: Mapping[str, Any]
    narrow: bool

    @property
    def key(self) -> Hashable:
        return self.joined, self.where, tuple(sorted(self.values.items()))


class _Place(NamedTuple):
    """Where a page begins: after `offset` of the rows that fit. In all there are `total`, `long`: more than EXACT.

    `near`: few rows of the table have to be read for it.
    """

    total: int
    long: bool
    near: bool
    offset: int
    asked: _Question


class _Tally(NamedTuple):
    """Blocks of ids with rows in them, the lowest first, and how many rows are before each.

    The last is the one that was the table's last; how many rows are in it and after it is not known.
    """

    made: float
    blocks: "array[int]"
    before: "array[int]"


@dataclass
class _Making:
    """A tally that is wanted: how many wait for it, and whether the database is at it."""

    task: asyncio.Task[_Tally]
    waiting: int = 0
    begun: bool = False


class Listings:
    """Pages of one table. `clock` gives seconds that only ever grow."""

    def __init__(
        self,
        db: Database,
        source: Source,
        clock: Callable[[], float] = time.monotonic,
        exact: int = EXACT,
        block: int = BLOCK,
    ) -> None:
        self._db = db
        self._source = source
        self._clock = clock
        self._exact = exact
        self._block = block
        self._kept: OrderedDict[Hashable, _Tally] = OrderedDict()
        self._under_way: dict[Hashable, _Making] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def page(
        self,
        conditions: Conditions,
        window: Window,
        order: str,
        joined: str = "",
        tallied: str = "",
        narrow: bool = False,
        hint: str = "",
    ) -> Listing[Row]:
        """A page of the rows that fit.

        `joined`: what the conditions need beside the table; `tallied`: the same as it is best joined to count all rows.
        `narrow`: the conditions leave few rows, which an index finds; others may be spread over the whole table, and
        many of them are best read in the list's order, off its index or the one that `hint` forces.
        Raises Unavailable where too much is wanted at once.
        """
        asked = _Question(joined, tallied or joined, conditions.text, conditions.values, narrow)
        source = self._source
        hint = hint or source.hints[order]
        total, long, near, offset, found = await self._place(asked, window, order, bool(hint))
        if window.offset >= total:
            return Listing(total, [])
        rows = await (self._db.all if narrow or near else self._db.slowly)(
            f"""
            SELECT {source.columns}
              FROM {source.table} {hint if long and not narrow else ""} {joined}
             WHERE {found.where}
             ORDER BY {source.orders[order]}
             LIMIT :limit OFFSET :offset
            """,
            **found.values,
            limit=window.size,
            offset=offset,
        )
        return Listing(total, rows)

    async def _place(self, asked: _Question, window: Window, order: str, indexed: bool) -> _Place:
        tally = self._known(asked)
        if tally is None:
            count = await self._count(asked, "", self._exact + 1, slow=not asked.narrow)
            if count <= self._exact:
                return _Place(count, False, False, window.offset, asked)
            tally = await self._awaited(asked)
        newest = self._within(asked, f"{self._source.id} >= :newest", newest=tally.blocks[-1])
        hint = "" if asked.narrow else self._source.hints["id"]
        total = tally.before[-1] + await self._count(newest, hint)
        if order not in BY_ID or window.offset >= total:
            # By an index they are found among so many others as there are in the whole table.
            near = indexed and (window.offset + window.size) * tally.blocks[-1] <= _NEAR * total
            return _Place(total, True, near, window.offset, asked)
        return self._place_by_id(asked, tally, total, window, order)

    def _place_by_id(self, asked: _Question, tally: _Tally, total: int, window: Window, order: str) -> _Place:
        blocks, before = tally.blocks, tally.before
        found, offset = self._between_ends(asked, tally), window.offset
        if order == "id":
            start = offset
            at = bisect_right(before, offset) - 1
            found = self._within(found, f"{self._source.id} >= :bound", bound=blocks[at])
            offset -= before[at]
        else:
            # From the end, the page begins with the row after which `offset` come.
            row = total - offset
            start = max(0, row - window.size)
            at = bisect_left(before, row) - 1
            if at < len(blocks) - 1:
                found = self._within(found, f"{self._source.id} < :bound", bound=blocks[at] + 1)
                offset = before[at + 1] - row
        tallied = len(blocks) - 2  # nothing is read between this one and the last
        first, last = (min(tallied, bisect_right(before, row) - 1) for row in (start, start + window.size - 1))
        return _Place(total, True, first < 0 or blocks[last] - blocks[first] <= _NEAR, offset, found)

    def _between_ends(self, asked: _Question, tally: _Tally) -> _Question:
        """The same without what is before all rows, and between the last tallied and the newest.

        A page that is not full would be looked for there, row by row.
        """
        column, blocks = self._source.id, tally.blocks
        ends = f"{column} >= :first AND ({column} < :end OR {column} >= :newest)"
        end = blocks[-2] + 1 if len(blocks) > 1 else blocks[-1]
        return self._within(asked, ends, first=blocks[0], end=end, newest=blocks[-1])

    def _within(self, asked: _Question, condition: str, **blocks: int) -> _Question:
        """The same under a further condition of ids; what is in it stands for where these blocks begin."""
        starts = {name: block * self._block if block > _FIRST else _LEAST for name, block in blocks.items()}
        return asked._replace(where=f"{asked.where} AND {condition}", values={**asked.values, **starts})

    async def _count(self, asked: _Question, hint: str, most: int | None = None, slow: bool = False) -> int:
        ((count,),) = await (self._db.slowly if slow else self._db.all)(
            f"""
            SELECT COUNT(*)
              FROM (SELECT 1 AS found
                      FROM {self._source.table} {hint} {asked.joined}
                     WHERE {asked.where}
                     {"" if most is None else f"LIMIT {most}"}) found
            """,
            **asked.values,
        )
        return int(count)

    def _known(self, asked: _Question) -> _Tally | None:
        """The tally there is, if it is not too old."""
        tally = self._kept.get(asked.key)
        age = KEPT_SECONDS if tally is None else self._clock() - tally.made
        if age >= KEPT_SECONDS:
            return None
        self._kept.move_to_end(asked.key)
        if age >= RENEWED_SECONDS and len(self._under_way) < MOST_WANTED:
            self._tallying(asked).waiting += 1  # nobody does, but it is wanted
        return tally

    async def _awaited(self, asked: _Question) -> _Tally:
        """A new tally. What nobody waits for any more is not begun; what is begun the engine would do anyway."""
        making = self._tallying(asked)
        making.waiting += 1
        try:
            return await asyncio.shield(making.task)
        finally:
            making.waiting -= 1
            if not making.waiting and not making.begun:
                making.task.cancel()
                self._under_way.pop(asked.key, None)

    def _tallying(self, asked: _Question) -> _Making:
        """One tally for all who want it."""
        making = self._under_way.get(asked.key)
        if making is None:
            if len(self._under_way) >= MOST_WANTED:
                raise Unavailable(BUSY)
            making = _Making(asyncio.create_task(self._tally(asked)))
            self._under_way[asked.key] = making
            making.task.add_done_callback(partial(self._keep, asked.key))
        return making

    def _keep(self, key: Hashable, made: asyncio.Task[_Tally]) -> None:
        if made.cancelled():
            return  # and another may be under way
        del self._under_way[key]
        if made.exception() is None:
            self._kept[key] = made.result()
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    async def _tally(self, asked: _Question) -> _Tally:
        source, divided = self._source, "DIV" if self._db.engine == "mysql" else "/"
        async with self._room, self._db.slow:
            self._under_way[asked.key].begun = True
            made = self._clock()
            ((newest,),) = await self._db.all(f"SELECT MAX({source.id}) FROM {source.table}")
            rows = await self._db.all(
                f"""
                SELECT {source.id} {divided} {self._block} AS block, COUNT(*)
                  FROM {source.table} {asked.tallied}
                 WHERE {asked.where}
                 GROUP BY block
                 ORDER BY block
                """,
                **asked.values,
            )
        last = max(_FIRST, (newest or 0) // self._block)
        counts: dict[int, int] = {}
        for block, count in rows:
            at = max(_FIRST, int(block))
            counts[at] = counts.get(at, 0) + int(count)
        blocks = [block for block in counts if block < last]
        before = accumulate((counts[block] for block in blocks), initial=0)
        return _Tally(made, array("q", [*blocks, last]), array("q", before))
