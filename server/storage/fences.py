"""Work that several may do and one at a time does: each transaction moves the work's only row on, or is called off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.storage.database import Database, Session


class Overtaken(Exception):
    """Somebody else has written since."""


@asynccontextmanager
async def moved(db: Database, table: str, turn: int, **columns: Any) -> AsyncIterator[Session]:
    """A transaction that gives the row of `table` these values and the next turn, if its turn is still this one.

    `table` with its schema if need be. Raises Overtaken.
    """
    async with db.transaction() as session:
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        # First of all: whoever waits here for another's transaction reads what that one has written.
        found = await session.run(
            f"UPDATE {table} SET turn = turn + 1, {sets} WHERE id = 1 AND turn = :turn", turn=turn, **columns
        )
        if not found:
            raise Overtaken
        yield session
