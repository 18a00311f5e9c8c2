"""What the indexer's tests may ask for."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.services.calculating import Calculating
from tests.engines import opened
from tests.index.stage import Stage


@pytest.fixture
async def stage(engine_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with nothing on it, on each engine and driver in turn."""
    async with opened(engine_url) as db:
        made = Stage(db, tmp_path / "data")
        await made.prepare()
        yield made


@pytest.fixture
async def small_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The same, on SQLite alone: where the engine makes no difference."""
    async with opened(f"sqlite:///{tmp_path / 'test.db'}") as db:
        made = Stage(db, tmp_path / "data")
        await made.prepare()
        yield made


@pytest.fixture(scope="module")
def process() -> Iterator[Calculating]:
    """A process for calculators, which takes a while to begin."""
    made = Calculating()
    yield made
    made.close()
