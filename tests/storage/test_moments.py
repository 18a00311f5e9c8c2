"""Dates that are none, as a game server's MySQL stores them in a lax mode."""

from datetime import datetime

import pytest

from server.storage.moments import UNKNOWN
from tests.engines import opened


@pytest.mark.parametrize("stored", ["0000-00-00 00:00:00", "2020-00-00 00:00:00"])
async def test_dates_that_are_none_are_unknown(engine_url: str, stored: str) -> None:
    async with opened(engine_url) as db:
        await db.run("CREATE TABLE t (a DATETIME, b DATETIME, c DATETIME)")
        async with db.session() as session:
            if db.engine == "mysql":
                await session.run("SET SESSION sql_mode = ''")
            await session.run("INSERT INTO t VALUES (:stored, '2020-02-03 04:05:06', NULL)", stored=stored)
        assert await db.all("SELECT a, b, c FROM t") == [(UNKNOWN, datetime(2020, 2, 3, 4, 5, 6), None)]


async def test_values_of_every_kind_still_go_in_and_come_out(engine_url: str) -> None:
    """The drivers take one table for both ways."""
    moment = datetime(2020, 2, 3, 4, 5, 6)
    async with opened(engine_url) as db:
        await db.run("CREATE TABLE t (a DATETIME, b INTEGER, c DOUBLE, d VARCHAR(9))")
        values = {"a": moment, "b": 7, "c": 1.5, "d": "ünï'\\"}
        await db.run("INSERT INTO t VALUES (:a, :b, :c, :d)", **values)
        assert await db.all("SELECT a, b, c, d FROM t WHERE a = :a", a=moment) == [tuple(values.values())]
