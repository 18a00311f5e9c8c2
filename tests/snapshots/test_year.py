"""A year that goes by: whatever players and operators do, what is kept of it is true."""

import random
import shutil
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.domain.problems import NotFound
from server.domain.rulesets import Mode
from server.domain.snapshots import DayPoint, same
from server.storage import tracking
from tests.engines import opened
from tests.snapshots import stage
from tests.snapshots.stage import MAPS, MODES, PLAYERS, Clock, Playing, Stage

# Of the best list so much is kept here, so that plays fall out of it.
BEST = 3


class Known(NamedTuple):
    """A player on a day, when its ladder was made."""

    pp: int
    country: str
    seen: bool
    played: bool


class World:
    """What was done, and what is remembered of it by the side."""

    def __init__(self, made: Stage) -> None:
        self.stage = made
        self.days: dict[date, dict[tuple[int, int], Known]] = {}
        self.asked: set[tuple[int, int, int]] = set()
        self.ever: set[tuple[int, int, int]] = set()
        self.dirty: set[int] = set()

    async def do(self, what: str, *given: Any) -> None:
        self.stage.clock.go(seconds=61)
        await getattr(self, f"_{what}")(*given)

    async def _play(self, *given: Any) -> None:
        await stage.play(self.stage.db, self.stage.clock.now, Playing(*given))

    async def _wipe(self, player_id: int, mode: int) -> None:
        await stage.wipe(self.stage.db, player_id, mode)
        self.dirty.add(player_id)

    async def _recalculate(self, by: float) -> None:
        await stage.recalculate(self.stage.db, by)
        self.dirty.update(PLAYERS)

    async def _show(self, player_id: int, priv: int) -> None:
        await self.stage.db.run("UPDATE users SET priv = :priv WHERE id = :id", id=player_id, priv=priv)
        self.dirty.add(player_id)

    async def _move(self, player_id: int, country: str) -> None:
        await self.stage.db.run("UPDATE users SET country = :country WHERE id = :id", id=player_id, country=country)

    async def _wait(self, hours: int) -> None:
        self.stage.clock.go(hours=hours)

    async def _update(self, player_id: int, mode: int) -> None:
        """Somebody asks for it: told is what was there before, and what is new."""
        player, key = await self.stage.player(player_id), (player_id, mode)
        before, plays = (await stage.told(self.stage.db)).get(key), set(await stage.recorded(self.stage.db))
        try:
            update = await self.stage.tracking.update(player, Mode(mode))
        except NotFound:
            plays = await self.stage.db.one(
                "SELECT plays FROM stats WHERE id = :id AND mode = :mode", id=player_id, mode=mode
            )
            assert player.priv & 3 != 3 or (plays == (0,) and before is None)
            return
        after = (await stage.told(self.stage.db))[key]
        assert (update.before is None) == (before is None)
        assert _shown(update.now) == after[-1][1:]
        if before:
            assert update.before is not None
            assert _shown(update.before) == before[-1][1:]
            assert (len(after) == len(before)) == same(update.before, update.now)
        if len(after) > len(before or []):
            self.asked.add((*key, after[-1][0]))
        assert after[-1][1:4] + after[-1][4:7] == (await stage.standing(self.stage.db))[key][:6]
        new = {(*key, each.score.id) for each in update.plays}
        assert new == set(await stage.recorded(self.stage.db)) - plays
        assert {each for each in await stage.best_plays(self.stage.db, BEST) if each[:2] == key} <= plays | new

    async def _catch_up(self) -> None:
        db, day = self.stage.db, self.stage.clock.day
        await self.stage.catch_up()
        if day not in self.days:
            self.dirty.clear()
            rows = await db.all(
                "SELECT s.id, s.mode, s.pp, u.country, u.priv, s.plays FROM stats s JOIN users u ON u.id = s.id"
            )
            self.days[day] = {(row[0], row[1]): Known(row[2], row[3], row[4] & 3 == 3, row[5] > 0) for row in rows}
        # What is no play is seen in the next round.
        kept, stands = await stage.newest(db), await stage.standing(db)
        for pair, row in stands.items():
            if pair[0] not in self.dirty and (pair in kept or row[3]):
                assert kept[pair] == row
        best = {each for each in await stage.best_plays(db, BEST) if each[0] not in self.dirty}
        found = await stage.recorded(db)
        assert len(found) == len(set(found))
        assert best <= set(found)

    async def hold(self) -> None:
        """What has to be true of all that was kept."""
        made, clock = self.stage, self.stage.clock
        assert {day for (day,) in await made.db.all("SELECT day FROM api_days")} == {
            (day - date(1970, 1, 1)).days for day in self.days
        }
        for pair, rows in (await stage.told(made.db)).items():
            for one, other in pairwise(rows):
                assert one[0] < other[0]
                assert one[1:] != other[1:]
                rank = 7  # is in the way of others only when it was asked for
                assert (
                    one[1:rank] + one[rank + 1 :] != other[1:rank] + other[rank + 1 :]
                    or (
                        *pair,
                        other[0],
                    )
                    in self.asked
                )
            peak = await made.progress.peak(await made.player(pair[0]), Mode(pair[1]))
            ranks = [(row[7], row[0]) for row in rows if row[7]]
            rank_at = max(((-rank, at) for rank, at in ranks), default=None)
            assert (peak.rank, peak.rank_ms) == ((-rank_at[0], rank_at[1]) if rank_at else (None, None))
            assert (peak.accuracy, peak.accuracy_ms) == max((row[10], row[0]) for row in rows)
        for player_id in PLAYERS:
            if (player := await made.player(player_id)).priv & 3 == 3:
                for mode in MODES:
                    points = await made.progress.days(player, Mode(mode))
                    assert points[-1].at_ms == clock.ms - clock.ms % 60_000
                    assert points[-1].pp == (await stage.standing(made.db))[player_id, mode][6]
                    await self._agree(player_id, mode, player.country, points[:-1])

    async def _agree(self, player_id: int, mode: int, country: str, points: list[DayPoint]) -> None:
        """Each point is what the day's ladder was, worked out from everybody, or the last snapshot of the day."""
        pair, found = (player_id, mode), {each.day: each for each in points}
        today = self.stage.clock.now.date()
        assert sorted(found) == [each.day for each in points]
        own: dict[date, list[Any]] = {}
        for row in (await stage.told(self.stage.db)).get(pair, []):
            own.setdefault(datetime.fromtimestamp(row[0] / 1000, UTC).date(), []).append(row)
        since = today - timedelta(days=89)
        for day, known in self.days.items():
            me = known[pair]
            if not since <= day < today or not me.seen or not me.played:
                continue
            others = [each for (_, in_mode), each in known.items() if in_mode == mode and each.seen and each.pp]
            point = found.pop(day)
            if me.pp == 0:
                assert day in own or (point.pp, point.rank, point.country_rank) == (0, None, None)
                continue
            assert (point.pp, point.rank) == (me.pp, stage.rank_among(me.pp, [each.pp for each in others])), day
            # Whoever has moved since is compared with those whose countryman they are now.
            home = [each.pp for each in others if each.country == country]
            assert point.country_rank == (stage.rank_among(me.pp, home) if me.pp in home else None)
        for day, point in found.items():
            assert since <= day < today
            known_then = self.days.get(day, {}).get(pair)
            if known_then is None:
                assert (point.pp, point.rank) == (own[day][-1][9], own[day][-1][7] or None)
            else:
                assert not (known_then.seen and known_then.played)


def _shown(figures: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in figures._asdict().items() if name != "country_rank")


_players, _modes = st.sampled_from(PLAYERS), st.sampled_from(MODES)
_few_pp = st.sampled_from((1, 50, 100, 100, 1023, 1024, 1500))
_play = st.tuples(
    *(st.just("play"), _players, st.sampled_from(tuple(MAPS)), _modes, _few_pp, st.sampled_from((True, True, False))),
    st.sampled_from(("A", "X", "XH")),
)
_step = st.one_of(
    *([_play] * 4),
    *([st.tuples(st.just("update"), _players, _modes)] * 2),
    *([st.tuples(st.just("catch_up"))] * 3),
    st.tuples(st.just("wait"), st.sampled_from((1, 5, 24, 60))),
    st.tuples(st.just("wait"), st.just(24)),
    st.tuples(st.just("wipe"), _players, _modes),
    st.tuples(st.just("recalculate"), st.sampled_from((0.5, 1.1))),
    st.tuples(st.just("show"), _players, st.sampled_from((2, 3, 3))),
    st.tuples(st.just("move"), _players, st.sampled_from(("de", "jp", "FR"))),
)


@pytest.fixture(autouse=True)
def _few_are_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "BEST", BEST)


@settings(
    max_examples=15,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_step, min_size=8, max_size=40))
async def test_whatever_happens(steps: list[tuple[Any, ...]], sqlite_file: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_file, tmp_path / "any.db")
    for leftover in tmp_path.glob("any.db-*"):
        leftover.unlink()
    async with opened(f"sqlite:///{tmp_path / 'any.db'}") as db, db.session():  # of SQLite, closing is what costs
        world = World(await stage.stage(db))
        for step in [*steps, ("wait", 24), ("catch_up",)]:
            await world.do(*step)
        await world.hold()


def _a_day(chance: random.Random) -> list[tuple[Any, ...]]:
    """What happens on a day: mostly a little play by some, seldom anything else."""
    some = lambda things: chance.choice(tuple(things))  # noqa: E731
    plays = [
        ("play", some(PLAYERS), some(MAPS), some(MODES), chance.randrange(1, 3000), chance.random() < 0.8, "A")
        for _ in range(chance.choice((0, 0, 1, 2, 3)))
    ]
    others = [
        (0.10, ("update", some(PLAYERS), some(MODES))),
        (0.03, ("show", some(PLAYERS), some((2, 3, 3, 3)))),
        (0.01, ("wipe", some(PLAYERS), some(MODES))),
        (0.01, ("recalculate", some((0.9, 1.05)))),
        (0.02, ("move", some(PLAYERS), some(("de", "jp", "FR")))),
        (0.75, ("catch_up",)),
    ]
    steps = [*plays, *(step for share, step in others if chance.random() < share)]
    chance.shuffle(steps)
    return steps


async def test_a_year(url: str) -> None:
    chance, days = random.Random(20250301), 365 if url.startswith("sqlite") else 40
    async with opened(url) as db, db.session():
        world = World(await stage.stage(db, clock := Clock()))
        for number in range(days):
            first = datetime.combine(stage.BEGAN.date() + timedelta(days=1 + number), time(), UTC)
            clock.now = max(clock.now, first + timedelta(minutes=chance.randrange(24 * 60)))
            for step in _a_day(chance):
                await world.do(*step)
            if number % 120 == 119:
                await world.hold()
        await world.do("catch_up")
        await world.hold()
        assert len(world.days) > days / 2
