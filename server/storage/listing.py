"""Pages of long lists: in the order of ids each costs what the first does, however deep it is, and totals cost little.

Up to EXACT rows a list is counted anew each time, and a page's rows are found by leaving out those before it. A longer
one is tallied once a minute: how many rows each block of ids holds. The tally says in which block a page begins; only
the last block, where new rows come, is counted anew. What a page then holds is read from the tables as they are.
"""

import asyncio
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

from server.domain.listing import BY_ID, Listing, Window
from server.storage.conditions import Conditions
from server.storage.database import Database, Row

EXACT: Final = 10_000
BLOCK: Final = 1024
KEPT_SECONDS: Final = 60.0
# A tally so old is made anew beside, so that of a list that is asked for all the time nobody waits for it.
RENEWED_SECONDS: Final = 45.0
MOST_KEPT: Final = 32

# A tally reads through a whole table, and others want to be answered meanwhile.
_AT_ONCE: Final = 2


class Listed(NamedTuple):
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
    hinted: bool

    @property
    def key(self) -> Hashable:
        return self.joined, self.where, tuple(sorted(self.values.items()))


class _Place(NamedTuple):
    """Where a page begins: after `offset` of the rows that fit. In all there are `total`, `long`: more than EXACT."""

    total: int
    long: bool
    offset: int
    asked: _Question


class _Tally(NamedTuple):
    """Blocks of ids with rows in them, the lowest first, and how many rows are before each."""

    made: float
    blocks: "array[int]"
    before: "array[int]"


class Listings:
    """Pages of one table. `clock` gives seconds that only ever grow."""

    def __init__(
        self,
        db: Database,
        listed: Listed,
        clock: Callable[[], float] = time.monotonic,
        exact: int = EXACT,
        block: int = BLOCK,
    ) -> None:
        self._db = db
        self._listed = listed
        self._clock = clock
        self._exact = exact
        self._block = block
        self._kept: OrderedDict[Hashable, _Tally] = OrderedDict()
        self._under_way: dict[Hashable, asyncio.Task[_Tally]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def page(
        self,
        conditions: Conditions,
        window: Window,
        order: str,
        joined: str = "",
        tallied: str = "",
        hinted: bool = True,
    ) -> Listing[Row]:
        """A page of the rows that fit.

        `joined`: what the conditions need beside the table; `tallied`: the same as it is best joined to count all rows.
        `hinted`: whatever the conditions are, many rows are best read in the list's order.
        """
        asked = _Question(joined, tallied or joined, conditions.text, conditions.values, hinted)
        total, long, offset, found = await self._place(asked, window, order)
        if offset >= total:
            return Listing(total, [])
        listed = self._listed
        rows = await self._db.all(
            f"""
            SELECT {listed.columns}
              FROM {listed.table} {listed.hints[order] if long and hinted else ""} {joined}
             WHERE {found.where}
             ORDER BY {listed.orders[order]}
             LIMIT :limit OFFSET :offset
            """,
            **found.values,
            limit=window.size,
            offset=offset,
        )
        return Listing(total, rows)

    async def _place(self, asked: _Question, window: Window, order: str) -> _Place:
        tally = self._kept.get(asked.key)
        age = KEPT_SECONDS if tally is None else self._clock() - tally.made
        if tally is None or age >= KEPT_SECONDS:
            count = await self._count(asked, "", self._exact + 1)
            if count <= self._exact:
                return _Place(count, False, window.offset, asked)
            # Whoever asked first may leave before it is there.
            tally = await asyncio.shield(self._tallying(asked))
        elif age >= RENEWED_SECONDS:
            self._tallying(asked)
        if not tally.blocks:  # all has gone since it was counted
            return _Place(0, False, 0, asked)
        last = len(tally.blocks) - 1
        newest = self._within(asked, ">=", tally.blocks[last])
        total = tally.before[last] + await self._count(newest, self._listed.hints["id"] if asked.hinted else "")
        if order not in BY_ID or window.offset >= total:
            return _Place(total, True, window.offset, asked)
        if order == "id":
            at = bisect_right(tally.before, window.offset) - 1
            return _Place(total, True, window.offset - tally.before[at], self._within(asked, ">=", tally.blocks[at]))
        # From the end, the page begins with the row after which `offset` come.
        row = total - window.offset
        at = bisect_left(tally.before, row) - 1
        if at == last:
            return _Place(total, True, window.offset, asked)
        return _Place(total, True, tally.before[at + 1] - row, self._within(asked, "<", tally.blocks[at] + 1))

    def _within(self, asked: _Question, compared: str, block: int) -> _Question:
        """The same of ids from where a block begins on, or below that."""
        return asked._replace(
            where=f"{asked.where} AND {self._listed.id} {compared} :bound",
            values={**asked.values, "bound": block * self._block},
        )

    async def _count(self, asked: _Question, hint: str, most: int | None = None) -> int:
        row = await self._db.one(
            f"""
            SELECT COUNT(*)
              FROM (SELECT 1 AS found
                      FROM {self._listed.table} {hint} {asked.joined}
                     WHERE {asked.where}
                     {"" if most is None else f"LIMIT {most}"}) found
            """,
            **asked.values,
        )
        return int(row[0]) if row else 0

    def _tallying(self, asked: _Question) -> asyncio.Task[_Tally]:
        """One tally for all who want it."""
        making = self._under_way.get(asked.key)
        if making is None:
            making = self._under_way[asked.key] = asyncio.create_task(self._tally(asked))
            making.add_done_callback(partial(self._keep, asked.key))
        return making

    def _keep(self, key: Hashable, made: asyncio.Task[_Tally]) -> None:
        del self._under_way[key]
        if not made.cancelled() and made.exception() is None and made.result().blocks:
            self._kept[key] = made.result()
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    async def _tally(self, asked: _Question) -> _Tally:
        divided = "DIV" if self._db.engine == "mysql" else "/"
        async with self._room:
            made = self._clock()
            rows = await self._db.all(
                f"""
                SELECT {self._listed.id} {divided} {self._block} AS block, COUNT(*)
                  FROM {self._listed.table} {asked.tallied}
                 WHERE {asked.where}
                 GROUP BY block
                 ORDER BY block
                """,
                **asked.values,
            )
        blocks = array("q", (int(block) for block, _ in rows))
        before = array("q", accumulate((int(count) for _, count in rows[:-1]), initial=0))
        return _Tally(made, blocks, before)
