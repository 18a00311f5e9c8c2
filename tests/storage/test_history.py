"""History in SQL: exactly what follows from what was said, in whatever pages it came and whoever recorded it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.live import Game, Lobby, Play, Slot, order
from server.domain.matches import LOST_MS, RESULT_MS, Chronicle, Closing, Said
from server.domain.problems import Unavailable
from server.storage import catalog
from server.storage.database import Database, Session
from server.storage.fences import Overtaken
from server.storage.history import History, Position
from server.storage.migrate import migrate
from tests.engines import MariaDB, opened
from tests.record.rows import remembered, stored
from tests.record.saying import NOW, closed, game, lobby, sayings

MD5 = "1a033316f0025f2523d94e18ae5626e8"


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        # Somebody's table: of the migration only our own tables are wanted here, and bancho.py's take their time.
        await database.run("CREATE TABLE users (id INT)")
        await migrate(database)
        yield database


@pytest.fixture
async def history(db: Database) -> History:
    return History(db, await catalog.read(db))


async def recorded(history: History, *said: Said) -> Position:
    """Record one page more."""
    was = await history.position()
    return await history.record(was, replace(was, last_id=f"{was.turn + 1}-0"), [(each, False) for each in said])


async def test_every_column(db: Database, history: History) -> None:
    free = {"mode": 3, "mods": 64, "free_mods": True, "win_condition": 3, "team_type": 2}
    what = {"map_id": 900003, "map_md5": MD5, "map_name": "芸術家 - 曲 [Insane]"}
    slots = (Slot(0, 3), Slot(5, 4))
    moments = {"opened_at": NOW / 1000, "started_at": NOW / 1000 + 1.25}
    seen = Lobby(7, "部屋 😀", 3, slots=slots, in_progress=True, has_public_history=False, **free, **what, **moments)
    play = Play(
        4, 987_654_321_012, 3, 72, 98.76, 1234, 5, 4, 3, 2, 1, 6, "XH", True, False, 123.45, 77, 900003, MD5, 1.5, 5, 2
    )
    over = Game(
        7, "", ended_at=NOW / 1000 + 90, has_public_history=False, plays=(play, Play(3, 0)), **free, **what, **moments
    )
    await recorded(history, Said(NOW + 2000, "a.B-_9", 7, seen))
    await recorded(history, Said(NOW + 91_000, "a.B-_9", 7, over))
    assert await db.all("SELECT id, server, slot, opened_ms, ended_ms, name, host_id, is_public FROM api_matches") == [
        (1, "a.B-_9", 7, NOW, None, "部屋 😀", 3, 0)
    ]
    columns = (
        "id, match_id, started_ms, ended_ms, map_id, map_md5, map_name, mode, mods, free_mods, win_condition,"
        " team_type, aborted, told"
    )
    assert await db.all(f"SELECT {columns} FROM api_match_games") == [
        (1, 1, NOW + 1250, NOW + 90_000, 900003, MD5, "芸術家 - 曲 [Insane]", 3, 64, 1, 3, 2, 0, 1)
    ]
    columns = (
        "game_id, user_id, slot, team, score, accuracy, max_combo, n300, n100, n50, nmiss, ngeki, nkatu, mode, mods,"
        " grade, perfect, passed, pp, score_id, played_ms"
    )
    assert await db.all(f"SELECT {columns} FROM api_match_scores ORDER BY user_id") == [
        (1, 3, None, 0, 0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 0, 1, None, None, None),
        (1, 4, 5, 2, 987_654_321_012, 98.76, 1234, 5, 4, 3, 2, 1, 6, 3, 72, "XH", 1, 0, 123.45, 77, 1500),
    ]
    assert await db.all("SELECT match_id, type, at_ms, user_id, game_id FROM api_match_events ORDER BY id") == [
        (1, "match-created", NOW, 3, None),
        (1, "player-joined", NOW + 2000, 3, None),
        (1, "player-joined", NOW + 2000, 4, None),
        (1, "other", NOW + 1250, None, 1),
    ]


async def in_pages(url: str, said: list[Said], cuts: list[int], again: int) -> None:
    """Record it in pages, each by a recorder of its own; before the page `again`, all that went before once more."""
    async with opened(url) as db:
        for table in ("matches", "match_games", "match_scores", "match_events", "recorder"):
            await db.run(f"DELETE FROM api_{table}")
        if db.engine == "sqlite":
            await db.run("DELETE FROM sqlite_sequence")
        else:
            await db.run("ALTER TABLE api_matches AUTO_INCREMENT = 1")
        tables = await catalog.read(db)
        edges = [0, *sorted(cuts), len(said)]
        for number, (start, end) in enumerate(pairwise(edges)):
            if number == again:
                was = await History(db, tables).position()
                await History(db, tables).record(was, was, [(each, True) for each in said[:start]])
            await recorded(History(db, tables), *said[start:end])
        assert await stored(db) == remembered(heard(said))


def heard(said: list[Said]) -> Chronicle:
    chronicle = Chronicle()
    for each in said:
        chronicle.hear(each)
    return chronicle


def test_pages_make_no_difference(engine_url: str) -> None:
    async def prepare() -> None:
        async with opened(engine_url) as db:
            await db.run("CREATE TABLE users (id INT)")
            await migrate(db)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sayings(), st.data())
    def check(said: list[Said], data: st.DataObject) -> None:
        cuts = data.draw(st.lists(st.integers(0, len(said)), max_size=5))
        asyncio.run(in_pages(engine_url, said, cuts, data.draw(st.integers(0, 5))))

    asyncio.run(prepare())
    check()


async def test_openings_that_are_not_said(db: Database, history: History) -> None:
    """Each word in a page of its own, and again."""
    said = [
        lobby(0, opened=None),
        lobby(100, opened=None, started=100),
        game(900, opened=None, started=100),
        lobby(950, opened=None, started=100),
        game(960, opened=None, started=100),
        game(970, opened=None, started=None),
        game(980, opened=None, started=None, ended=970),
        closed(1000),
        lobby(2000, opened=None, started=None, in_progress=True),
    ]
    for each in said:
        await recorded(history, each)
    story = await stored(db)
    assert story == remembered(heard(said))
    assert [each[1] for each in story["games"]] == [NOW + 100, NOW + 970, NOW + 2000]
    was = await history.position()
    await history.record(was, was, [(each, True) for each in said])
    assert await stored(db) == story


async def test_silence(db: Database, history: History) -> None:
    await recorded(history, lobby(0, started=5), lobby(1000), lobby(0, slot=2), closed(2000, Closing.LOST, slot=2))
    was = await history.position()
    assert await history.settle(was, NOW + 1000) == was
    await history.settle(was, NOW + 2000 + LOST_MS)
    assert await db.all("SELECT slot, ended_ms, due_ms FROM api_matches ORDER BY slot") == [
        (1, None, NOW + 1000 + RESULT_MS),
        (2, NOW + 2000, None),
    ]
    await history.settle(await history.position(), NOW + 1000 + RESULT_MS)
    assert await db.all("SELECT ended_ms, aborted, told FROM api_match_games") == [(NOW + 1000, 1, 0)]
    assert await db.all("SELECT due_ms FROM api_matches WHERE slot = 1") == [(None,)]


async def test_a_stored_end_is_taken_back(db: Database, history: History) -> None:
    await recorded(history, lobby(0), closed(1000, Closing.LOST))
    await history.settle(await history.position(), NOW + 1000 + LOST_MS)
    assert ("match-disbanded",) in await db.all("SELECT type FROM api_match_events")
    await recorded(history, lobby(90_000))
    assert ("match-disbanded",) not in await db.all("SELECT type FROM api_match_events")
    assert await db.all("SELECT id, ended_ms FROM api_matches") == [(1, None)]


async def test_what_stands(db: Database, history: History) -> None:
    was = await recorded(history, lobby(0, started=5), lobby(0, slot=2), lobby(0, slot=9, server="other"))
    now = await history.compare(
        replace(was, since_ms=NOW + 500),
        replace(was, compare_ms=None),
        [lobby(900, started=5, players=(4,)), lobby(900, slot=3)],
    )
    assert now.turn == was.turn + 1
    assert await db.all("SELECT id, slot, ended_ms FROM api_matches ORDER BY id") == [
        (1, 1, None),
        (2, 2, NOW + 500),
        (3, 9, NOW + 500),
        (4, 3, None),
    ]


async def test_who_comes_second_writes_nothing(engine_url: str, db: Database, history: History) -> None:
    """Also where both begin before either has ended."""
    page = [(lobby(0, started=5), False), (game(900, started=5), False), (closed(1000), False)]
    was = await history.position()
    to = replace(was, last_id="3-0")
    async with opened(engine_url) as other:
        rival = History(other, await catalog.read(other))
        done = await asyncio.gather(*(each.record(was, to, page) for each in (history, rival)), return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Overtaken", "Position"]
        with pytest.raises(Overtaken):
            await rival.record(was, to, page)
        with pytest.raises(Overtaken):
            await rival.move(was, to)
        assert await rival.position() == replace(to, turn=1)
    assert await stored(db) == remembered(heard([said for said, _ in page]))


async def test_what_fails_leaves_nothing(db: Database, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    await recorded(history, lobby(0))
    before, was = await stored(db), await history.position()
    insert = Session.insert_many

    async def broken(self: Session, table: str, rows: Any) -> None:
        await insert(self, table, rows)
        if table == "api_match_scores":
            raise RuntimeError("ours")

    with monkeypatch.context() as patched:
        patched.setattr(Session, "insert_many", broken)
        with pytest.raises(RuntimeError, match="ours"):
            await recorded(history, lobby(100, started=90, players=(3, 4)), game(900, started=90))
    assert await stored(db) == before
    assert await history.position() == was


async def statements(db: Database, history: History, monkeypatch: pytest.MonkeyPatch, said: list[Said]) -> int:
    """How many statements one page costs."""
    seen: list[str] = []
    insert = Session.insert_many

    async def counted(self: Session, table: str, rows: list[Any]) -> None:
        # As many as MariaDB gets.
        seen.extend([f"INSERT INTO {table}"] * -(-len(rows) // 500))
        await insert(self, table, rows)

    was = await history.position()
    with monkeypatch.context() as patched:
        patched.setattr(Session, "insert_many", counted)
        db.watch = seen.append
        await history.record(was, replace(was, last_id="1-0"), [(each, False) for each in said])
        db.watch = None
    return len(seen)


async def test_what_a_page_costs(db: Database, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some statements for the page, and one more for each fifty rows that change: never as many as entries."""

    def page(at: int, slots: int) -> list[Said]:
        return [
            each
            for slot in range(slots)
            for each in (lobby(at, slot=slot, started=at, players=(3, 4)), game(at + 9, slot=slot, started=at))
        ]

    pages = [page(0, 1), page(1000, 1), page(2000, 50), page(3000, 50), [lobby(4000, slot=slot) for slot in range(200)]]
    assert [await statements(db, history, monkeypatch, each) for each in pages] == [11, 10, 12, 10, 10]


async def test_without_its_place_everything_counts_as_known(db: Database, history: History) -> None:
    assert await history.position() == Position()
    await recorded(history, lobby(0))
    await db.run("DELETE FROM api_recorder")
    lost = await history.position()
    assert lost == await history.position()
    assert order("1795308256518-19") < order(lost.known_to)


async def test_without_the_tables(engine_url: str) -> None:
    async with opened(engine_url) as db:
        with pytest.raises(Unavailable, match="migrate"):
            History(db, await catalog.read(db)).want_tables()
        await db.run("CREATE TABLE users (id INT)")
        await migrate(db)
        History(db, await catalog.read(db)).want_tables()


async def test_in_a_second_schema(mariadb: MariaDB) -> None:
    with mariadb.database() as main, mariadb.database() as own:
        async with opened(mariadb.url(main)) as db:
            await db.run("CREATE TABLE users (id INT)")
            await migrate(db, own)
            history = History(db, await catalog.read(db, own))
            history.want_tables()
            said = [lobby(0, started=5), closed(9, Closing.LOST), lobby(10), game(900, started=5), closed(1000)]
            for each in said:
                await recorded(history, each)
            assert await stored(db, f"`{own}`.") == remembered(heard(said))


async def test_who_may_only_read_is_told_so(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        async with opened(mariadb.url(name)) as db:
            await db.run("CREATE TABLE users (id INT)")
            await migrate(db)
        async with opened(reading) as db:
            with pytest.raises(Unavailable, match="only read"):
                await recorded(History(db, await catalog.read(db)), lobby(0))
