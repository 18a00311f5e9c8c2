"""A small game server to take snapshots of: people who play, and what bancho.py would make of it, at a clock's pace."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from server.domain.players import Player
from server.domain.privileges import PUBLIC, Visibility
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence
from server.live.ranks import Ranks as RankingSets
from server.services.online import Online
from server.services.players import Players
from server.services.progress import Progress
from server.services.ranks import Ranks
from server.services.snapshotter import Snapshotter
from server.services.tracking import Tracking
from server.storage import beatmaps, catalog, ladders, players, scores, snapshots, top_plays, tracking
from server.storage.database import Database, Row
from server.storage.migrate import migrate
from server.storage.snapshotting import Snapshotting
from tests.engines import opened

PLAYERS: Final = (3, 4, 5, 6, 7)
MODES: Final = (0, 4)

# With each beatmap's status: two that give pp, one loved, one that nobody has heard of.
MAPS: Final = {21: 2, 22: 3, 23: 2, 24: 2, 25: 5, 26: -1}

BEGAN: Final = datetime(2025, 3, 1, 12, tzinfo=UTC)
UTC_ZONE: Final = ZoneInfo("UTC")
HOUR: Final = 4

OWN: Final = ("snapshots", "snapshot_checks", "top_plays", "days", "ladders", "snapshotter")

FIGURES: Final = """count300, count100, count50, playcount, ranked_score, total_score, pp_rank, level, pp_raw, accuracy,
    count_rank_ss, count_rank_s, count_rank_a"""


class Clock:
    """A clock that goes when it is told to. Unix seconds."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> float:
        return self.now.timestamp()

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)

    @property
    def ms(self) -> int:
        return int(self() * 1000)

    @property
    def day(self) -> date:
        """The day that a round made now is of."""
        return (self.now - timedelta(hours=HOUR)).date()


class Stage(NamedTuple):
    """Everything put together over one database."""

    db: Database
    clock: Clock
    stored: Snapshotting
    tracking: Tracking
    progress: Progress

    async def catch_up(self) -> None:
        await Snapshotter(self.stored, HOUR, self.clock, settle_seconds=0, due_seconds=0, rest_seconds=0).catch_up()

    async def player(self, player_id: int) -> Player:
        columns = ", ".join(Player._fields)
        row = await self.db.one(f"SELECT {columns} FROM users WHERE id = :id", id=player_id)
        assert row is not None
        return Player._make(row)


async def stage(db: Database, clock: Clock | None = None) -> Stage:
    clock = clock or Clock()
    tables = await catalog.read(db)
    stored, visible, batch = players.Players(db, tables), Visibility(), Batch(Connection("", timeout=1))
    online = Online(Presence(batch), stored, beatmaps.Beatmaps(db, tables), visible, "auto")
    people = Players(stored, online, Ranks(stored, RankingSets(batch, True), visible, "sql"), visible)
    progress = Progress(
        snapshots.Snapshots(db, tables),
        top_plays.TopPlays(db, tables),
        ladders.Ladders(db, tables, PUBLIC),
        scores.Scores(db, tables),
        people,
        visible,
        clock,
    )
    own_tracking = Tracking(tracking.Tracking(db, tables, PUBLIC, UTC_ZONE), clock, 3)
    return Stage(db, clock, Snapshotting(db, tables, PUBLIC, UTC_ZONE), own_tracking, progress)


async def prepared(url: str) -> None:
    async with opened(url) as db:
        await migrate(db)
    await reset(url)


async def reset(url: str) -> None:
    """The players, the beatmaps, and nothing else, whatever was there."""
    async with opened(url) as db, db.transaction() as session:
        for table in (*(f"api_{each}" for each in OWN), "scores", "stats", "maps"):
            await session.run(f"DELETE FROM {table}")
        await session.run("DELETE FROM users WHERE id > 1")
        await session.insert_many("users", [person(each) for each in PLAYERS])
        await session.insert_many(
            "stats", [{"id": each, "mode": mode} for each in PLAYERS for mode in (0, 1, 2, 3, 4, 5, 6, 8)]
        )
        words = dict.fromkeys(("artist", "title", "version", "creator", "filename"), "x")
        numbers = {"set_id": 1, "total_length": 1, "max_combo": 1, "last_update": datetime(2020, 1, 1)}
        await session.insert_many(
            "maps",
            [{"id": each, "status": status, "md5": md5(each), **words, **numbers} for each, status in MAPS.items()],
        )


def person(player_id: int, country: str = "") -> dict[str, Any]:
    names = dict.fromkeys(("name", "safe_name", "email"), f"p{player_id}")
    land = country or ("de", "jp")[player_id % 2]
    return {"id": player_id, **names, "pw_bcrypt": "x", "priv": PUBLIC, "country": land}


def md5(map_id: int) -> str:
    return f"{map_id:032x}"


class Playing(NamedTuple):
    """A play that somebody is about to submit."""

    player_id: int
    map_id: int = 21
    mode: int = 0
    pp: int = 100
    passed: bool = True
    grade: str = "A"


async def play(db: Database, at: datetime, *plays: Playing) -> None:
    """Submit plays one after the other as bancho.py does: the score first, then what it makes of the figures."""
    for each in plays:
        whose = {"user": each.player_id, "mode": each.mode}
        async with db.transaction() as session:
            status = 0
            if each.passed:
                best = await session.one(
                    "SELECT id, pp FROM scores WHERE userid = :user AND mode = :mode AND map_md5 = :md5 AND status = 2",
                    **whose,
                    md5=md5(each.map_id),
                )
                status = 2 if best is None or each.pp > best[1] else 1
                if best is not None and status == 2:
                    await session.run("UPDATE scores SET status = 1 WHERE id = :id", id=best[0])
            await session.insert_many("scores", [score_row(each, status, at)])
            await session.run(
                "UPDATE stats SET plays = plays + 1, tscore = tscore + :score WHERE id = :user AND mode = :mode",
                **whose,
                score=score_of(each),
            )
            await _add_up(session, **whose)


async def _add_up(session: Any, user: int, mode: int) -> None:
    best = await session.all(
        """
        SELECT s.pp, s.score, s.grade
          FROM scores s
          JOIN maps m ON m.md5 = s.map_md5
         WHERE s.userid = :user AND s.mode = :mode AND s.status = 2 AND m.status IN (2, 3)
         ORDER BY s.pp DESC
        """,
        user=user,
        mode=mode,
    )
    grades = [grade for _, _, grade in best]
    await session.run(
        """
        UPDATE stats
           SET pp = :pp, rscore = :rscore, acc = :acc, x_count = :x, xh_count = :xh, a_count = :a
         WHERE id = :user AND mode = :mode
        """,
        user=user,
        mode=mode,
        pp=round(sum(pp * 0.95**place for place, (pp, _, _) in enumerate(best))),
        rscore=sum(score for _, score, _ in best),
        acc=round(90 + len(best) / 3, 3) if best else 0,
        x=grades.count("X"),
        xh=grades.count("XH"),
        a=grades.count("A"),
    )


async def recalculate(db: Database, by: float) -> None:
    """All pp are worth so many times as much."""
    async with db.transaction() as session:
        await session.run("UPDATE scores SET pp = ROUND(pp * :by, 1)", by=by)
        for user, mode in await session.all("SELECT id, mode FROM stats WHERE plays > 0"):
            await _add_up(session, user, mode)


async def wipe(db: Database, player_id: int, mode: int) -> None:
    """What a player has done in a mode is undone."""
    async with db.transaction() as session:
        await session.run("DELETE FROM scores WHERE userid = :id AND mode = :mode", id=player_id, mode=mode)
        zeros = ", ".join(f"{each} = 0" for each in ("tscore", "rscore", "pp", "plays", "acc", "x_count", "xh_count"))
        await session.run(
            f"UPDATE stats SET {zeros}, a_count = 0 WHERE id = :id AND mode = :mode", id=player_id, mode=mode
        )


def score_of(each: Playing) -> int:
    return 1000 * each.pp + each.player_id


def score_row(each: Playing, status: int, at: datetime) -> dict[str, Any]:
    zeros = dict.fromkeys(("nmiss", "ngeki", "nkatu", "client_flags", "perfect", "mods"), 0)
    return {
        "map_md5": md5(each.map_id),
        "score": score_of(each),
        "pp": each.pp,
        "acc": 99.123,
        "max_combo": 1,
        **zeros,
        "n300": 1 + each.pp,
        "n100": 10 + each.player_id,
        "n50": each.map_id,
        "grade": each.grade if each.passed else "F",
        "status": status,
        "mode": each.mode,
        "play_time": at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        "time_elapsed": 1,
        "userid": each.player_id,
        "online_checksum": "x",
    }


async def standing(db: Database) -> dict[tuple[int, int], Row]:
    """What stands of everybody whom anybody may see, by player and mode: own figures in the order of `newest`."""
    hits = {
        (user, mode): tuple(map(int, sums))
        for user, mode, *sums in await db.all(
            "SELECT userid, mode, SUM(n300), SUM(n100), SUM(n50) FROM scores GROUP BY userid, mode"
        )
    }
    rows = await db.all(
        """
        SELECT s.id, s.mode, s.plays, s.rscore, s.tscore, s.pp, s.acc, s.x_count, s.s_count, s.a_count
          FROM stats s
          JOIN users u ON u.id = s.id
         WHERE u.priv & 3 = 3
        """
    )
    return {(row[0], row[1]): (*hits.get((row[0], row[1]), (0, 0, 0)), *row[2:]) for row in rows}


async def newest(db: Database) -> dict[tuple[int, int], Row]:
    """The last snapshot of everybody, without ranks and level."""
    rows = await db.all(
        """
        SELECT user_id, mode, count300, count100, count50, playcount, ranked_score, total_score, pp_raw, accuracy,
               count_rank_ss, count_rank_s, count_rank_a
          FROM api_snapshots
         ORDER BY at_ms
        """
    )
    return {(row[0], row[1]): row[2:] for row in rows}


async def told(db: Database) -> dict[tuple[int, int], list[Row]]:
    """All snapshots, by player and mode, oldest first, with what is told of them."""
    found: dict[tuple[int, int], list[Row]] = {}
    for row in await db.all(f"SELECT user_id, mode, at_ms, {FIGURES} FROM api_snapshots ORDER BY at_ms"):
        found.setdefault((row[0], row[1]), []).append(row[2:])
    return found


async def best_plays(db: Database, limit: int) -> set[tuple[int, int, int]]:
    """What is among the best plays of those whom anybody may see: (player, mode, score)."""
    rows = await db.all(
        """
        SELECT s.userid, s.mode, s.id
          FROM scores s
          JOIN maps m ON m.md5 = s.map_md5
          JOIN users u ON u.id = s.userid
         WHERE s.status = 2 AND m.status IN (2, 3) AND u.priv & 3 = 3
         ORDER BY s.pp DESC, s.id
        """
    )
    kept: dict[tuple[int, int], list[int]] = {}
    for user, mode, score in rows:
        kept.setdefault((user, mode), []).append(score)
    return {(*pair, score) for pair, ids in kept.items() for score in ids[:limit]}


async def recorded(db: Database) -> list[tuple[int, int, int]]:
    return [tuple(row) for row in await db.all("SELECT user_id, mode, score_id FROM api_top_plays")]


def rank_among(mine: int, all_pp: Sequence[int]) -> int:
    """1 + how many have more."""
    return 1 + sum(pp > mine for pp in all_pp)


async def all_is_covered(db: Database) -> None:
    """Everybody's last snapshot is what stands, and their best plays are recorded; nothing comes twice."""
    kept, stands = await newest(db), await standing(db)
    assert {pair: row for pair, row in stands.items() if pair in kept or row[3]} == {
        pair: row for pair, row in kept.items() if pair in stands
    }
    assert await best_plays(db, 100) <= set(await recorded(db))
    for rows in (await told(db)).values():
        assert all(one[1:] != other[1:] for one, other in pairwise(rows))
