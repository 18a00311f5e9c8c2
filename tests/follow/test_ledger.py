"""The ledger: whatever the pieces in which scores are worked through, all of them count, and each of them once."""

import asyncio
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.problems import Unavailable
from server.storage.database import Database, Session
from server.storage.fences import Overtaken
from server.storage.ledger import Ledger, Place, Round
from server.storage.migrate import migrate
from tests.engines import MariaDB, opened
from tests.follow.stage import (
    BEGAN,
    MD5,
    PLAYERS,
    Playing,
    due,
    emptied,
    kept,
    ledger,
    play,
    playings,
    prepared,
    summed,
    told,
)

NOW_MS = 1_790_000_000_000

STEPS = st.lists(st.sampled_from(("play", "follow", "part", "fill", "look", "audit")), max_size=12)


async def step(db: Database, book: Ledger, name: str, waiting: list[Playing]) -> None:
    """One step of a follower, or of a player."""
    if name == "play" and waiting:
        await play(db, waiting.pop(0))
    place = await book.place()
    if name == "begin":
        await book.begin(await book.arrivals.newest())
    elif place is None:
        return
    elif name in ("follow", "part"):
        ids = await book.arrivals.after(place.last_id, 1 if name == "part" else 500)
        await book.follow(place, ids[-1] if ids else place.last_id)
    elif name == "fill" and place.behind:
        await (book.fill_totals(place) if place.totals_to is not None else book.fill_boards(place, NOW_MS))
    elif name == "look":
        await book.look(place, sorted(MD5.values()))
    elif name == "audit" and not place.behind:
        await book.audit(place, Round())


async def finish(db: Database, book: Ledger, waiting: list[Playing]) -> None:
    while waiting:
        await step(db, book, "play", waiting)
    await step(db, book, "begin", [])
    while (place := await book.place()) is None or place.behind:
        await step(db, book, "fill", [])
    await step(db, book, "follow", [])


async def exact(db: Database, book: Ledger) -> None:
    """What is kept is what the scores up to that place add up to; what is told, what all of them do."""
    place = await book.place()
    found = (await kept(db))["totals"]
    if place is None:
        assert found == []
    else:
        to = 2**31 if place.totals_to is None else place.totals_to
        assert found == [each for each in await summed(db, place.last_id) if each[0] <= to]
        for table in ("firsts", "rank_events"):
            assert await db.all(f"SELECT 1 FROM api_{table} WHERE score_id > :last", last=place.last_id) == []
    everything = await summed(db)
    assert await told(db, everything) == everything


def test_pieces_make_no_difference(url: str) -> None:
    """Also where it begins late, so that some scores are old ones, and is asked while it is under way."""

    async def check(plays: list[Playing], steps: list[str]) -> None:
        async with opened(url) as db:
            await emptied(db)
            book, waiting = await ledger(db), list(plays)
            for name in ["play"] * (len(plays) // 2) + ["begin"] + steps:
                await step(db, book, name, waiting)
                await exact(db, book)
            await finish(db, book, waiting)
            await exact(db, book)
            assert await kept(db) == await due(db)

    @settings(max_examples=10 if "sqlite" in url else 25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(playings(), STEPS)
    def tried(plays: list[Playing], steps: list[str]) -> None:
        asyncio.run(check(plays, steps))

    tried()


EVERYTHING = [
    Playing(3, score=500, pp=5),
    Playing(4, score=400, pp=6),
    Playing(4, score=900, pp=1),
    Playing(5, map_id=12, mode=4, score=1, pp=7),
    Playing(6, passed=False),
    Playing(6, map_id=14, pp=9),
    Playing(4, score=800, pp=8),
    Playing(3, map_id=12, mode=4, score=9, pp=6),
    Playing(3, map_id=12, mode=4, score=1, pp=8),
    Playing(5, map_id=13, mode=3, score=5, pp=0),
]


async def test_what_is_kept(url: str) -> None:
    """Once without `due`, which could be wrong with everything else."""
    async with opened(url) as db:
        book = await ledger(db, "Europe/Berlin")
        await play(db, *EVERYTHING)
        await finish(db, book, [])
        found = await kept(db)
        assert found["firsts"] == [(MD5[11], 0, 4, 7), (MD5[12], 4, 3, 9), (MD5[13], 3, 5, 10)]
        at = int(BEGAN.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) * 1000
        assert {each[8] for each in found["events"]} == {at}
        assert [each[:8] for each in found["events"]] == [
            (1, "rank", 3, MD5[11], 0, 1, "A", 8),
            (2, "rank", 4, MD5[11], 0, 2, "A", 4),
            (4, "rank", 5, MD5[12], 4, 1, "A", 4),
            (7, "lost_first", 3, MD5[11], 0, 1, "A", 2),
            (7, "rank", 4, MD5[11], 0, 1, "A", 8),
            (8, "rank", 3, MD5[12], 4, 2, "A", 4),
            (9, "lost_first", 5, MD5[12], 4, 1, "A", 2),
            (9, "rank", 3, MD5[12], 4, 1, "A", 4),
            (10, "rank", 5, MD5[13], 3, 1, "A", 4),
        ]
        assert (4, 0, 401 + 901 + 801, 3 * 50, 3 * 1011) in found["totals"]
        assert (6, 0, 101 + 101, 2 * 70, 1011 + 1014) in found["totals"]
        statuses = await db.all("SELECT map_id, status, approved_ms FROM api_map_statuses ORDER BY map_id")
        assert statuses == [(11, 2, None), (12, 3, None), (13, 5, None), (14, 0, None)]


async def test_new_plays_between_old_ones(url: str) -> None:
    """Those of players whose old ones do not count yet count together with these."""
    async with opened(url) as db:
        book = await ledger(db)
        await play(db, *(Playing(player) for player in PLAYERS))
        for name in ("begin", "fill", "follow", "fill", "fill", "fill", "fill", "fill"):
            await step(db, book, name, [])
            await play(db, *(Playing(player, mode=4) for player in PLAYERS))
            await exact(db, book)
            await step(db, book, "part", [])
            await exact(db, book)
        await finish(db, book, [])
        assert await kept(db) == await due(db)


async def test_old_plays_are_no_news_but_count(url: str) -> None:
    async with opened(url) as db:
        book = await ledger(db)
        await play(db, Playing(3, score=9, pp=9, days=-40), Playing(4, score=5, pp=5), Playing(5, score=10, pp=5))
        await finish(db, book, [])
        assert [(each[0], each[1], each[2], each[5]) for each in (await kept(db))["events"]] == [
            (2, "rank", 4, 2),
            (3, "lost_first", 3, 1),
            (3, "rank", 5, 1),
        ]


async def test_who_comes_second_writes_nothing(url: str) -> None:
    """Also where both begin before either has ended."""
    async with opened(url) as db, opened(url) as other:
        book, rival = await ledger(db), await ledger(other)
        await asyncio.gather(book.begin(0), rival.begin(0))
        await play(db, *EVERYTHING)
        was = await book.place()
        assert was == Place(0, 0, 0, 0) == await rival.place()
        done = await asyncio.gather(*(each.follow(was, 10) for each in (book, rival)), return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Overtaken", "Place"]
        for late in (rival.follow(was, 10), rival.fill_totals(was), rival.audit(was, Round())):
            with pytest.raises(Overtaken):
                await late
        await finish(db, book, [])
        await exact(db, book)
        assert await kept(db) == await due(db)


async def test_what_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever statement of a transaction fails: neither the place nor anything else has moved, and all goes on."""
    async with opened(url) as db:
        await play(db, *EVERYTHING[:5])
        book = await ledger(db)
        await book.begin(5)
        await play(db, *EVERYTHING[5:])
        failed = 0
        for name in ("fill", "fill", "fill", "fill", "fill", "follow", "audit"):
            for fatal in range(1, 60):
                before = await book.place(), await kept(db)
                with monkeypatch.context() as patched:
                    failing(patched, fatal)
                    try:
                        await step(db, book, name, [])
                        break
                    except Fatal:
                        failed += 1
                assert (await book.place(), await kept(db)) == before
            await exact(db, book)
        assert failed > 40
        await finish(db, book, [])
        assert await kept(db) == await due(db)


class Fatal(Exception):
    """What the statement fails with."""


def failing(patched: pytest.MonkeyPatch, fatal: int) -> None:
    """Let the statement of this number fail, before it is asked or (every other one) after it has been."""
    count = 0
    for name in ("all", "run", "insert_many"):
        real = getattr(Session, name)

        async def counted(self: Session, *given: Any, real: Any = real, **values: Any) -> Any:
            nonlocal count
            count += given[0] not in ("BEGIN", "ROLLBACK")
            if count == fatal and fatal % 2:
                count += 1
                raise Fatal
            done = await real(self, *given, **values)
            if count == fatal and given[0] != "COMMIT":
                count += 1
                raise Fatal
            return done

        patched.setattr(Session, name, counted)


async def test_without_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bancho.db'}"
    await prepared(url)
    async with opened(url) as db:
        await db.run("DROP TABLE api_firsts")
        with pytest.raises(Unavailable, match=r"api_firsts .*`python -m server migrate`"):
            await (await ledger(db)).want_tables()


async def test_who_may_only_read_is_told_so(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        await prepared(mariadb.url(name))
        async with opened(reading) as db:
            with pytest.raises(Unavailable, match="only read"):
                await (await ledger(db)).want_tables()
            assert await told(db, [(3, 0)]) == [(3, 0, 0, 0, 0)]


async def test_in_a_second_schema(mariadb: MariaDB) -> None:
    with mariadb.database() as main, mariadb.database() as own:
        async with opened(mariadb.url(main)) as db:
            await migrate(db, own)
            await db.run(
                "INSERT INTO users (id, name, safe_name, email, pw_bcrypt, priv) VALUES (3, '', '', '', '', 3)"
            )
            book = await ledger(db, own=own)
            await book.want_tables()
            await play(db, *EVERYTHING)
            await finish(db, book, [])
            assert (await kept(db, f"`{own}`."))["totals"] == await summed(db)
            assert await told(db, await summed(db), own) == await summed(db)


async def test_play_times_that_are_none(mariadb: MariaDB) -> None:
    with mariadb.database() as name:
        await prepared(mariadb.url(name))
        async with opened(mariadb.url(name)) as db:
            await play(db, Playing(3))
            async with db.session() as session:
                await session.run("SET SESSION sql_mode = ''")
                await session.run("UPDATE scores SET play_time = '0000-00-00 00:00:00'")
            await finish(db, await ledger(db), [])
            assert [len(each) for each in (await kept(db)).values()] == [1, 1, 0]
