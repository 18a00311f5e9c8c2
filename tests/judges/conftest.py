"""A running server for clients that others have written."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC

import pytest

from server.sections import OsuV1
from server.services.calculators import chosen
from server.storage.database import Database
from tests.golden.house import fill, settings_for
from tests.golden.serving import serving
from tests.judges import world


@pytest.fixture(scope="session")
def base(golden_runner: asyncio.Runner, golden_valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server as `serve` runs it, over the judges' world."""
    folder = tmp_path_factory.mktemp("judges")
    settings = settings_for(f"sqlite:///{folder / 'judges.db'}", golden_valkey, folder / "data")
    settings = replace(settings, osu_v1=OsuV1())  # limits as they are
    fill(golden_runner, settings)

    async def change() -> None:
        db = Database(settings.database.url, 1)
        await db.connect()
        try:
            await world.change(db, folder / "data", chosen(settings.performance.calculator))
        finally:
            await db.disconnect()

    golden_runner.run(change())
    with serving(settings, lambda: world.NOW.replace(tzinfo=UTC).timestamp()) as address:
        yield address
