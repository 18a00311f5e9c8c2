"""Lists as values: they fill an `IN`, whatever is in them and however long they are."""

from pathlib import Path
from typing import Any

import pytest

from server.storage import sqlite
from server.storage.database import Database
from tests.engines import opened

TEXTS = ("Ünïcödé", "it's", "50%", "%s", ":ids", "back\\slash", "zero\0byte", "?", "x")


async def filled(db: Database) -> None:
    kind, end = ("TEXT COLLATE general_ci", "") if db.engine == "sqlite" else ("VARCHAR(32)", "CHARACTER SET utf8mb3")
    await db.run(f"CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, name {kind} NOT NULL) {end}")
    async with db.session() as session:
        names = [*TEXTS, *(f"n{number}" for number in range(5991))]
        await session.insert_many("t", [{"id": at, "name": name} for at, name in enumerate(names)])


async def test_a_list_fills_an_in(engine_url: str) -> None:
    async with opened(engine_url) as db:
        await filled(db)

        async def ids(where: str, **values: Any) -> list[int]:
            return [row[0] for row in await db.all(f"SELECT t.id FROM t WHERE {where} ORDER BY t.id", **values)]

        assert await ids("t.id IN :ids", ids=tuple(range(5, 10_000, 2))) == list(range(5, 6000, 2))
        assert await ids("t.id IN :ids", ids=[7]) == [7]
        for at, text in enumerate(TEXTS):
            assert await ids("t.name IN :names", names=(text, "nothing")) == [at]
        # Texts are compared as the column has it, alone or in a list.
        assert await ids("t.name IN :names", names=["UNICODE", "IT'S", "zero", "X"]) == [0, 1, 8]
        # Between other values and with lists of its own kind; a value may be wanted twice.
        where = "t.id >= :least AND t.name IN :names AND t.name LIKE 'n%' AND (t.id IN :ids OR t.id = :least + 1)"
        names = tuple(f"n{number}" for number in range(5000))
        assert await ids(where, names=names, ids=(9, 20, 30, 5999), least=10, unused=5) == [11, 20, 30]
        assert await db.run("DELETE FROM t WHERE id IN :ids AND id < :below", ids=tuple(range(100)), below=50) == 50


async def test_what_is_in_a_list_has_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite looks for each name among all that came before, and thousands of them take seconds."""
    given: list[Any] = []
    fetch = sqlite.fetch

    async def heard(raw: Any, sql: str, values: Any) -> list[Any]:
        given.append((sql, values))
        return await fetch(raw, sql, values)

    monkeypatch.setattr(sqlite, "fetch", heard)
    async with opened(f"sqlite:///{tmp_path / 'test.db'}") as db:
        given.clear()
        await db.one("SELECT 1 WHERE 5 IN :ids AND :more = 6", ids=tuple(range(1000)), more=6)
    assert given == [(f"SELECT 1 WHERE 5 IN ({', '.join('?' * 1000)}) AND ? = 6", [*range(1000), 6])]
