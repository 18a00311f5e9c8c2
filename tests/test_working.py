"""Work that is told to stop, and stores that hang."""

import asyncio

import pytest

from server import working
from tests.engines import opened


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "STOPS_SECONDS", 0.1)
    monkeypatch.setattr(working, "ENDS_SECONDS", 0.1)


async def test_it_ends_by_itself() -> None:
    stop, done = asyncio.Event(), []

    async def work() -> None:
        await stop.wait()
        done.append(1)

    task = asyncio.create_task(working.until_told(work(), stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(task, 1)
    assert done == [1]


async def test_what_it_raises_is_raised() -> None:
    async def work() -> None:
        raise ValueError("no tables")

    with pytest.raises(ValueError, match="no tables"):
        await working.until_told(work(), asyncio.Event())


@pytest.mark.parametrize("stubborn", [False, True])
async def test_what_hangs_is_given_up(stubborn: bool) -> None:
    stop = asyncio.Event()
    stop.set()
    let_go = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if stubborn:
                await let_go.wait()
            raise

    await asyncio.wait_for(working.until_told(work(), stop), 1)
    let_go.set()


async def test_a_store_that_does_not_let_itself_be_closed() -> None:
    await asyncio.wait_for(working.closed(asyncio.Event().wait()), 1)  # type: ignore[arg-type]


async def test_a_transaction_that_is_cancelled_says_so(engine_url: str) -> None:
    """Not what the driver says of undoing it."""
    begun = asyncio.Event()
    async with opened(engine_url) as db:
        await db.run("CREATE TABLE things (id INT)")

        async def work() -> None:
            async with db.transaction() as session:
                await session.run("INSERT INTO things (id) VALUES (1)")
                begun.set()
                if db.engine == "mysql":
                    await session.all("SELECT SLEEP(5)")
                await asyncio.sleep(5)

        task = asyncio.create_task(work())
        await begun.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await db.all("SELECT id FROM things") == []
