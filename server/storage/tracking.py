"""Snapshots are taken here, whoever wants them: what stands is compared with what was last kept, in one transaction."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.players import UNRANKED, Player, Stats
from server.domain.problems import ReadOnly
from server.domain.rulesets import Mode
from server.domain.scores import set_at, shown_grade
from server.domain.snapshots import BEST, Figures, NewTopPlay, Snapshot, TopPlay, Update, blank, figures, same, stirred
from server.storage.achievements import Achievements
from server.storage.catalog import Catalog
from server.storage.database import Database, Session
from server.storage.ladders import Ladders
from server.storage.outages import GaveWay
from server.storage.players import Players, Standing
from server.storage.scores import Scores
from server.storage.snapshots import Pair, Snapshots
from server.storage.top_plays import TopPlays

TABLES: Final = ("api_snapshots", "api_snapshot_checks", "api_top_plays")

# Of more players than so many, to read the whole ladder once costs less than to count for each who is above.
_FEW: Final = 3

# Where nobody has looked at a player yet, those who wait for one that is called off wait for each other then.
_TRIES: Final = 20


class Tracking:
    """Takes snapshots. All of it raises Unavailable where tables are missing, or the database is away or read-only.

    `mask`: the bits of `priv` that players on boards have; `zone` that of the game server's wall clock.
    """

    def __init__(self, db: Database, catalog: Catalog, mask: int, zone: ZoneInfo) -> None:
        self._db = db
        self._missing = [table for table in TABLES if not catalog.has(table)]
        self._own = catalog.own
        self._mask = mask
        self._zone = zone
        self._players = Players(db, catalog)
        self._scores = Scores(db, catalog)
        self._achievements = Achievements(db, catalog)
        self._snapshots = Snapshots(db, catalog)
        self._top_plays = TopPlays(db, catalog)
        self._ladders = Ladders(db, catalog, mask)

    async def update(self, player_id: int, mode: Mode, now_ms: int) -> Update | None:
        """Take a snapshot of one player, also if only the rank is another one; None of who never played."""
        self.want_tables()
        pair = (player_id, int(mode))
        if not await self._has_played(pair):
            return None
        for _ in range(_TRIES - 1):
            with suppress(GaveWay):
                return await self._update(pair, now_ms)
        return await self._update(pair, now_ms)

    async def _has_played(self, pair: Pair) -> bool:
        """Is there anything to keep? Asked before anything is locked: in most modes most players have nothing."""
        stats = await self._players.stats((pair[0],))
        if any(not blank(row) for row in stats[pair[0]] if row.mode == pair[1]):
            return True
        async with self._db.session() as session:
            return bool(await self._snapshots.newest(session, [pair]))

    async def _update(self, pair: Pair, now_ms: int) -> Update | None:
        async with self._db.transaction() as session:
            return (await self.take(session, [pair], now_ms, alone=True)).get(pair)

    async def take(
        self, session: Session, pairs: Sequence[Pair], now_ms: int, *, alone: bool = False
    ) -> dict[Pair, Update]:
        """Take snapshots of these players in these modes, and record what is new among their best plays.

        Nothing comes of those who are hidden or have never played. If nothing but a rank has changed, only one who was
        asked about `alone` is told of it: others are passed every day, and ladders say by whom.
        """
        await self._snapshots.lock(session, pairs, now_ms)
        # Only now: whoever waited for the lock has to see what was written meanwhile.
        players, stats = await self._standing(session, pairs)
        last = await self._snapshots.newest(session, list(stats))
        stats = {pair: row for pair, row in stats.items() if pair in last or not blank(row)}
        if not alone:
            stats = {pair: row for pair, row in stats.items() if pair not in last or stirred(row, last[pair].figures)}
        kept: dict[Pair, Snapshot] = {}
        updates: dict[Pair, Update] = {}
        for pair, now in (await self._figures(session, players, stats)).items():
            before = last.get(pair)
            if before is None or not same(before.figures, now):
                kept[pair] = Snapshot(max(now_ms, before.at_ms + 1 if before else 0), now)
            updates[pair] = Update(before.figures if before else None, now, await self._record(session, pair, now_ms))
        await self._snapshots.add(session, kept)
        return updates

    async def players_after(self, player_id: int, limit: int) -> list[int]:
        """The next players who have ever played and whom anybody may see."""
        # Of EXISTS, MariaDB would first make lists of all who have played.
        rows = await self._db.all(
            f"""
            SELECT u.id
              FROM users u
             WHERE u.id > :after AND u.priv & :mask = :mask
               AND COALESCE((SELECT 1
                               FROM stats s
                              WHERE s.id = u.id AND (s.plays > 0 OR s.pp > 0 OR s.tscore > 0 OR s.rscore > 0)
                              LIMIT 1),
                            (SELECT 1 FROM {self._own}api_snapshots t WHERE t.user_id = u.id LIMIT 1)) = 1
             ORDER BY u.id
             LIMIT :limit
            """,
            after=player_id,
            mask=self._mask,
            limit=limit,
        )
        return [each for (each,) in rows]

    async def changed(self, player_ids: Sequence[int]) -> list[Pair]:
        """In which modes these players are not what they were at their last snapshot."""
        async with self._db.session() as session:
            stats = await self._players.stats(tuple(player_ids), session)
            now = {(row.id, row.mode): row for rows in stats.values() for row in rows}
            last = await self._snapshots.newest(session, list(now))
        # Whose plays were undone has none, and was something else before.
        return [
            pair for pair, row in now.items() if (stirred(row, last[pair].figures) if pair in last else not blank(row))
        ]

    def want_tables(self) -> None:
        """Raises ReadOnly where `migrate` has not made the tables."""
        if self._missing:
            raise ReadOnly(
                f"There is no table {', '.join(self._missing)} to keep snapshots in;"
                " `python -m server migrate` makes it."
            )

    async def _standing(self, session: Session, pairs: Sequence[Pair]) -> tuple[dict[int, Player], dict[Pair, Stats]]:
        """Those of the players whom anybody may see, and their stats."""
        players = await self._players.many(tuple(sorted({player_id for player_id, _ in pairs})), session)
        seen = {each.id: each for each in players.values() if each.priv & self._mask == self._mask}
        stats = await self._players.stats(tuple(seen), session)
        wanted = set(pairs)
        return seen, {
            (row.id, row.mode): row for rows in stats.values() for row in rows if (row.id, row.mode) in wanted
        }

    async def _figures(
        self, session: Session, players: dict[int, Player], stats: dict[Pair, Stats]
    ) -> dict[Pair, Figures]:
        standings = [
            Standing(row.id, players[row.id].country, row.mode, row.pp) for row in stats.values() if row.pp > 0
        ]
        if len(standings) > _FEW:
            ranks = await self._ladders.ranks(session, standings)
        else:
            ranks = await self._players.ranks(standings, self._mask, session)
        found = {}
        for pair, row in stats.items():
            totals = await self._achievements.totals(row.id, Mode(row.mode), session)
            found[pair] = figures(row, ranks.get(pair, UNRANKED), totals)
        return found

    async def _record(self, session: Session, pair: Pair, now_ms: int) -> tuple[NewTopPlay, ...]:
        """Record what is new among a player's best plays."""
        player_id, mode = pair
        best = await self._scores.best_of(player_id, Mode(mode), None, False, BEST, 0, session)
        new = await self._top_plays.unrecorded(session, player_id, mode, [each.score.id for each in best])
        plays = [
            NewTopPlay(place, each.beatmap.id, each.score) for place, each in enumerate(best) if each.score.id in new
        ]
        await self._top_plays.add(session, mode, [self._top_play(each, now_ms) for each in plays])
        return tuple(plays)

    def _top_play(self, new: NewTopPlay, now_ms: int) -> TopPlay:
        score = new.score
        return TopPlay(
            score_id=score.id,
            user_id=score.userid,
            beatmap_id=new.beatmap_id,
            score=score.score,
            pp=score.pp,
            mods=score.mods,
            grade=shown_grade(score),
            score_ms=int(set_at(score.play_time, self._zone).timestamp() * 1000),
            update_ms=now_ms,
        )
