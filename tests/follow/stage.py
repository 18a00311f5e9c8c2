"""Scores to follow, put where bancho.py puts them, and what has to come of them, told in the plainest way."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from server.domain.privileges import PUBLIC
from server.domain.rulesets import Mode
from server.storage import catalog
from server.storage.achievements import Achievements
from server.storage.database import Database
from server.storage.ledger import Ledger
from server.storage.migrate import migrate
from tests.engines import opened

PLAYERS: Final = (3, 4, 5, 6)

# With each beatmap's status and passes: two on which little counts, one without a leaderboard.
MAPS: Final = {number: (f"{number:032x}", status, passes) for number, status, passes in
               ((11, 2, 251), (12, 3, 250), (13, 5, 1000), (14, 0, 1000))}  # fmt: skip
MD5: Final = {number: md5 for number, (md5, _, _) in MAPS.items()}

BEGAN: Final = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)

OWN: Final = ("totals", "firsts", "rank_events", "map_statuses", "hidden", "follower")

Tables = dict[str, list[Any]]


class Playing(NamedTuple):
    """A play that somebody is about to submit."""

    user_id: int
    map_id: int = 11
    mode: int = 0
    score: int = 100
    pp: float = 1.0
    passed: bool = True
    days: float = 0  # after BEGAN
    id: int | None = None


def playings(most: int = 12) -> st.SearchStrategy[list[Playing]]:
    """Plays that get into each other's way as often as may be."""
    few = st.integers(0, 5)
    each = st.builds(
        Playing,
        user_id=st.sampled_from(PLAYERS),
        map_id=st.sampled_from((11, 11, 11, 12, 13, 14)),
        mode=st.sampled_from((0, 0, 3, 4)),
        score=few,
        pp=few,
        passed=st.sampled_from((True, True, True, False)),
        days=st.just(0),
        id=st.none(),
    )
    return st.lists(each, max_size=most)


async def prepared(url: str) -> None:
    """All tables, four players and four beatmaps."""
    async with opened(url) as db:
        await migrate(db)
    await reset(url)


async def reset(url: str) -> None:
    """Players and beatmaps as they should be, and nothing else, whatever was there."""
    async with opened(url) as db:
        await emptied(db)
        async with db.transaction() as session:
            await session.run("DELETE FROM users WHERE id > 1")
            await session.run("UPDATE users SET priv = 1")
            await session.run("DELETE FROM maps")
            people = [
                {"id": each, "name": f"p{each}", "safe_name": f"p{each}", "email": f"p{each}", "pw_bcrypt": "x"}
                for each in PLAYERS
            ]
            await session.insert_many("users", [{**each, "priv": PUBLIC} for each in people])
            await session.insert_many("maps", [_map(number) for number in MAPS])


def _map(number: int) -> dict[str, Any]:
    md5, status, passes = MAPS[number]
    words = dict.fromkeys(("artist", "title", "version", "creator", "filename"), "x")
    numbers = {"total_length": 1, "max_combo": 1, "plays": 1, "passes": passes}
    return {"id": number, "set_id": 1, "status": status, "md5": md5, "last_update": BEGAN, **words, **numbers}


async def emptied(db: Database) -> None:
    """No scores, and nobody has ever followed."""
    await db.run("DELETE FROM scores")
    await db.run("DELETE FROM sqlite_sequence" if db.engine == "sqlite" else "ALTER TABLE scores AUTO_INCREMENT = 1")
    for table in OWN:
        await db.run(f"DELETE FROM api_{table}")


async def play(db: Database, *plays: Playing) -> None:
    """Submit plays one after the other, as bancho.py does: the best before is one no longer, then there is another."""
    for each in plays:
        status = 0
        if each.passed:
            where = "userid = :user AND map_md5 = :md5 AND mode = :mode AND status = 2"
            whose = {"user": each.user_id, "md5": MD5[each.map_id], "mode": each.mode}
            best = await db.one(f"SELECT pp FROM scores WHERE {where}", **whose)
            status = 2 if best is None or each.pp > best[0] else 1
            if best is not None and status == 2:
                await db.run(f"UPDATE scores SET status = 1 WHERE {where}", **whose)
        async with db.session() as session:
            await session.insert_many("scores", [row(each, status)])


def row(each: Playing, status: int) -> dict[str, Any]:
    """A row of scores. Its hits tell which play it is, whatever they are added to."""
    made = {
        "map_md5": MD5[each.map_id],
        "score": each.score,
        "pp": each.pp,
        "acc": 99,
        "max_combo": 1,
        "mods": 0,
        "n300": 1 + each.score,
        "n100": 10 * (1 + each.user_id),
        "n50": 1000 + each.map_id,
        "nmiss": 0,
        "ngeki": 0,
        "nkatu": 0,
        "grade": "A",
        "status": status,
        "mode": each.mode,
        "play_time": BEGAN + timedelta(days=each.days),
        "time_elapsed": 1,
        "client_flags": 0,
        "userid": each.user_id,
        "perfect": 0,
        "online_checksum": "x",
    }
    return made if each.id is None else {"id": each.id, **made}


async def ledger(db: Database, zone: str = "UTC", own: str = "") -> Ledger:
    return Ledger(db, await catalog.read(db, own), PUBLIC, ZoneInfo(zone))


async def kept(db: Database, own: str = "") -> Tables:
    """What is worked out."""
    return {
        "totals": await db.all(f"SELECT user_id, mode, n300, n100, n50 FROM {own}api_totals ORDER BY user_id, mode"),
        "firsts": await db.all(f"SELECT map_md5, mode, user_id, score_id FROM {own}api_firsts ORDER BY map_md5, mode"),
        "events": await db.all(
            f"""
            SELECT score_id, kind, user_id, map_md5, mode, position, grade, epic, at_ms
              FROM {own}api_rank_events
             ORDER BY score_id, kind, user_id
            """
        ),
    }


async def due(db: Database) -> Tables:
    """What has to be: all scores at once, looked at by somebody who is in no hurry."""
    scores = await db.all("SELECT id, userid, map_md5, mode, score, pp, status, play_time FROM scores ORDER BY id")
    seen = {user for (user,) in await db.all("SELECT id FROM users WHERE priv & 3 = 3")}
    maps = {row[0]: row[1] for row in await db.all("SELECT md5, passes FROM maps WHERE status IN (2, 3, 5)")}
    boards = [each for each in scores if each[1] in seen and each[2] in maps and each[6] > 0]
    boards.sort(key=lambda each: (each[2], each[3], each[0]))
    firsts, events = [], []
    for (md5, mode), group in groupby(boards, key=lambda each: (each[2], each[3])):
        plays = list(group)
        best = sorted((each for each in plays if each[6] == 2), key=lambda each: value(each, mode))
        firsts += [(md5, mode, best[0][1], best[0][0])] if best else []
        events += [event for number in range(len(plays)) for event in _events(plays[: number + 1], mode, maps[md5])]
    return {"totals": await summed(db), "firsts": sorted(firsts), "events": sorted(events)}


def value(score: Sequence[Any], mode: int) -> tuple[float, int]:
    return (-score[5] if mode >= 4 else -score[4], score[0])


def standing(plays: Iterable[Sequence[Any]], mode: int) -> list[Sequence[Any]]:
    """The board after these plays: of each player the first of those with most pp, best first."""
    players = {each[1] for each in plays}
    return sorted(
        (
            min((each for each in plays if each[1] == player), key=lambda each: (-each[5], each[0]))
            for player in players
        ),
        key=lambda each: value(each, mode),
    )


def _events(plays: list[Any], mode: int, passes: int) -> list[Any]:
    """What the last of these plays did."""
    last, before, after = plays[-1], standing(plays[:-1], mode), standing(plays, mode)
    if last not in after:
        return []
    position = after.index(last) + 1
    facts = (last[2], mode)
    tail = ("A", int(last[7].replace(tzinfo=UTC).timestamp()) * 1000)
    epic = 8 if position == 1 and mode % 4 == 0 and passes > 250 else 4
    told = [(last[0], "rank", last[1], *facts, position, tail[0], epic, tail[1])]
    if position == 1 and before and before[0][1] != last[1]:
        told.append((last[0], "lost_first", before[0][1], *facts, 1, tail[0], 2, tail[1]))
    return told


async def summed(db: Database, last_id: int = 2**62) -> list[Any]:
    """What the hits of the scores up to this one add up to."""
    rows = await db.all(
        """
        SELECT userid, mode, SUM(n300), SUM(n100), SUM(n50)
          FROM scores
         WHERE id <= :last
         GROUP BY userid, mode
         ORDER BY userid, mode
        """,
        last=last_id,
    )
    return [tuple(map(int, each)) for each in rows]


async def told(db: Database, asked: Iterable[Sequence[int]], own: str = "") -> list[Any]:
    """What readers are told of the totals of these players and modes, in the form of `summed`."""
    reading = Achievements(db, await catalog.read(db, own))
    return [(each[0], each[1], *await reading.totals(each[0], Mode(each[1]))) for each in asked]
