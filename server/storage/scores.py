"""Scores, of a player and on a beatmap."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from server.domain.beatmaps import GIVES_PP, Beatmap, BeatmapStatus, PlayedBeatmap
from server.domain.mods import ModFilter
from server.domain.rulesets import Mode
from server.domain.scores import ReplayFacts, Score, ScoreOfPlayer, ScoreOnBeatmap, ScoreStatus
from server.domain.snapshots import Month
from server.storage.catalog import Catalog
from server.storage.database import Asks, Database, Row
from server.storage.score_lists import ScoreLists

_SCORE_WIDTH = len(Score._fields)

_PASSED = f"({ScoreStatus.SUBMITTED:d}, {ScoreStatus.BEST:d})"


class Scores:
    """Questions about scores."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self.lists = ScoreLists(db, catalog)
        self._score = catalog.select("scores", "s", Score._fields)
        self._beatmap = catalog.select("maps", "m", Beatmap._fields)
        self._best_hint = catalog.first_hint("scores", ("userid", "mode", "status", "pp"), ("userid",))
        self._recent_hint = catalog.first_hint("scores", ("userid", "mode", "play_time"), ("userid",))
        self._months_hint = catalog.first_hint("scores", ("userid", "mode", "play_time"), ("userid",))
        # For a heavy player MariaDB would rather walk all of `maps` than what was played.
        self._then = catalog.then
        # Without one, MariaDB starts from all users and sorts.
        self._board_hints = {
            column: catalog.first_hint(
                "scores", ("map_md5", "mode", "status", column), ("map_md5", "status", "mode"), ("map_md5",)
            )
            for column in ("score", "pp", "play_time")
        }
        self._played_hint = catalog.first_hint("scores", ("userid", "mode", "map_md5"), ("userid",))

    async def best_of(
        self,
        player_id: int,
        mode: Mode,
        mods: ModFilter | None,
        loved: bool,
        limit: int,
        offset: int,
        ask: Asks | None = None,
    ) -> list[ScoreOnBeatmap]:
        """A player's best scores on ranked and approved (with `loved`, also loved) beatmaps, most pp first."""
        where, values = _with_mods(mods)
        statuses = (*GIVES_PP, BeatmapStatus.LOVED) if loved else GIVES_PP
        rows = await (ask or self._db).all(
            f"""
            SELECT {self._score}, {self._beatmap}
              FROM scores s {self._best_hint}
              JOIN maps m ON m.md5 = s.map_md5
             WHERE s.userid = :player AND s.mode = :mode AND s.status = {ScoreStatus.BEST:d}
               AND m.status IN ({", ".join(f"{status:d}" for status in statuses)}) {where}
             ORDER BY s.pp DESC, s.id
             LIMIT :limit OFFSET :offset
            """,
            player=player_id,
            mode=int(mode),
            limit=limit,
            offset=offset,
            **values,
        )
        return [_on_beatmap(row) for row in rows]

    async def recent_of(
        self,
        player_id: int,
        mode: Mode,
        mods: ModFilter | None,
        failed: bool,
        limit: int,
        offset: int,
        since: datetime | None = None,
    ) -> list[ScoreOnBeatmap]:
        """A player's latest plays on any known beatmap, newest first; failed ones only if asked for.

        `since` is a moment of the game server's wall clock.
        """
        where, values = _with_mods(mods)
        if since is not None:
            where += " AND s.play_time >= :since"
            values["since"] = since
        if not failed:
            where += f" AND s.status <> {ScoreStatus.FAILED:d}"
        rows = await self._db.all(
            f"""
            SELECT {self._score}, {self._beatmap}
              FROM scores s {self._recent_hint}
              JOIN maps m ON m.md5 = s.map_md5
             WHERE s.userid = :player AND s.mode = :mode {where}
             ORDER BY s.play_time DESC, s.id DESC
             LIMIT :limit OFFSET :offset
            """,
            player=player_id,
            mode=int(mode),
            limit=limit,
            offset=offset,
            **values,
        )
        return [_on_beatmap(row) for row in rows]

    async def months_of(self, player_id: int, mode: Mode | None) -> list[Month]:
        """How often a player has played in each month of the game server's clock, oldest first; None: in all modes."""
        rows = await self._db.all(
            f"""
            SELECT SUBSTR(s.play_time, 1, 7) AS month, COUNT(*)
              FROM scores s {self._months_hint}
             WHERE s.userid = :player {"" if mode is None else "AND s.mode = :mode"}
             GROUP BY month
             ORDER BY month
            """,
            player=player_id,
            mode=None if mode is None else int(mode),
        )
        return [Month(start, plays) for month, plays in rows if (start := _first_day(month)) is not None]

    async def most_played_of(self, player_id: int, mode: Mode, limit: int, offset: int) -> list[PlayedBeatmap]:
        """The known beatmaps a player has most plays on, failed ones counted."""
        rows = await self._db.all(
            f"""
            SELECT m.md5, m.id, m.set_id, m.status, m.artist, m.title, m.version, m.creator, played.plays
              FROM (SELECT s.map_md5, COUNT(*) AS plays
                      FROM scores s {self._played_hint}
                     WHERE s.userid = :player AND s.mode = :mode
                     GROUP BY s.map_md5) played
              {self._then} maps m ON m.md5 = played.map_md5
             ORDER BY played.plays DESC, m.id
             LIMIT :limit OFFSET :offset
            """,
            player=player_id,
            mode=int(mode),
            limit=limit,
            offset=offset,
        )
        return [PlayedBeatmap._make(row) for row in rows]

    async def best_on(
        self, md5: str, mode: Mode, mods: ModFilter | None, mask: int, limit: int, offset: int
    ) -> list[ScoreOfPlayer]:
        """A beatmap's leaderboard: each player's best, by score, or by pp under Relax and Autopilot."""
        column = _ranked_by(mode)
        return await self._on(md5, mode, mods, mask, column, f"s.{column} DESC, s.id", limit, offset)

    async def recent_on(
        self, md5: str, mode: Mode, mods: ModFilter | None, mask: int, limit: int, offset: int
    ) -> list[ScoreOfPlayer]:
        """The same scores as the leaderboard's, newest first."""
        return await self._on(md5, mode, mods, mask, "play_time", "s.play_time DESC, s.id DESC", limit, offset)

    async def _on(
        self,
        md5: str,
        mode: Mode,
        mods: ModFilter | None,
        mask: int,
        column: str,
        order: str,
        limit: int,
        offset: int,
    ) -> list[ScoreOfPlayer]:
        where, values = _with_mods(mods)
        rows = await self._db.all(
            f"""
            SELECT {self._score}, u.name, u.country, c.id, c.name, c.tag
              FROM scores s {self._board_hints[column]}
              JOIN users u ON u.id = s.userid
              LEFT JOIN clans c ON c.id = u.clan_id
             WHERE s.map_md5 = :md5 AND s.mode = :mode AND s.status = {ScoreStatus.BEST:d}
               AND u.priv & :mask = :mask {where}
             ORDER BY {order}
             LIMIT :limit OFFSET :offset
            """,
            md5=md5,
            mode=int(mode),
            mask=mask,
            limit=limit,
            offset=offset,
            **values,
        )
        return [ScoreOfPlayer(Score._make(row[:_SCORE_WIDTH]), *row[_SCORE_WIDTH:]) for row in rows]

    async def exactly_on(self, md5: str, mode: Mode, mods: int, mask: int, limit: int) -> list[ScoreOfPlayer]:
        """Each player's best on a beatmap among passes with exactly these mods."""
        column = _ranked_by(mode)
        rows = await self._db.all(
            f"""
            SELECT {self._score}, u.name, u.country, c.id, c.name, c.tag
              FROM (SELECT {self._score},
                           ROW_NUMBER() OVER (PARTITION BY s.userid ORDER BY s.{column} DESC, s.id) AS place
                      FROM scores s {self._board_hints[column]}
                     WHERE s.map_md5 = :md5 AND s.mode = :mode AND s.status IN {_PASSED} AND s.mods = :mods) s
              JOIN users u ON u.id = s.userid
              LEFT JOIN clans c ON c.id = u.clan_id
             WHERE s.place = 1 AND u.priv & :mask = :mask
             ORDER BY s.{column} DESC, s.id
             LIMIT :limit
            """,
            md5=md5,
            mode=int(mode),
            mods=mods,
            mask=mask,
            limit=limit,
        )
        return [ScoreOfPlayer(Score._make(row[:_SCORE_WIDTH]), *row[_SCORE_WIDTH:]) for row in rows]

    async def by_mods(self, player_id: int, md5: str, mode: Mode, mods: int | None, limit: int) -> list[Score]:
        """A player's best pass on a beatmap with each combination of mods, or only with exactly these, best first."""
        column = _ranked_by(mode)
        rows = await self._db.all(
            f"""
            SELECT {self._score}
              FROM (SELECT {self._score},
                           ROW_NUMBER() OVER (PARTITION BY s.mods ORDER BY s.{column} DESC, s.id) AS place
                      FROM scores s {self._played_hint}
                     WHERE s.userid = :player AND s.map_md5 = :md5 AND s.mode = :mode AND s.status IN {_PASSED}
                           {"" if mods is None else "AND s.mods = :mods"}) s
             WHERE s.place = 1
             ORDER BY s.{column} DESC, s.id
             LIMIT :limit
            """,
            player=player_id,
            md5=md5,
            mode=int(mode),
            limit=limit,
            **({} if mods is None else {"mods": mods}),
        )
        return [Score._make(row) for row in rows]

    async def best_pass(self, player_id: int, md5: str, mode: Mode) -> Score | None:
        """The score that stands for a player on a beatmap."""
        row = await self._db.one(
            f"""
            SELECT {self._score}
              FROM scores s {self._played_hint}
             WHERE s.userid = :player AND s.map_md5 = :md5 AND s.mode = :mode AND s.status = {ScoreStatus.BEST:d}
             ORDER BY s.pp DESC, s.id
             LIMIT 1
            """,
            player=player_id,
            md5=md5,
            mode=int(mode),
        )
        return Score._make(row) if row else None

    async def find(self, score_id: int) -> tuple[Score, int] | None:
        """A score, and the `priv` of who set it."""
        row = await self._db.one(
            f"SELECT {self._score}, u.priv FROM scores s JOIN users u ON u.id = s.userid WHERE s.id = :id", id=score_id
        )
        return (Score._make(row[:-1]), row[-1]) if row else None

    async def replay_facts(self, score_id: int) -> ReplayFacts | None:
        """A score with its player's and beatmap's names, if all three are known."""
        row = await self._db.one(
            f"""
            SELECT {self._score}, u.name, m.artist, m.title, m.version, u.priv
              FROM scores s
              JOIN users u ON u.id = s.userid
              JOIN maps m ON m.md5 = s.map_md5
             WHERE s.id = :id
            """,
            id=score_id,
        )
        return ReplayFacts(Score._make(row[:_SCORE_WIDTH]), *row[_SCORE_WIDTH:]) if row else None


def _ranked_by(mode: Mode) -> str:
    return "pp" if mode.ranked_by_pp else "score"


def _with_mods(mods: ModFilter | None) -> tuple[str, dict[str, Any]]:
    if mods is None or mods.lets_all_through():
        return "", {}
    return f"AND s.mods & :mods {'= :mods' if mods.every else '<> 0'}", {"mods": mods.bits}


_score: Callable[[Row], Score] = Score._make
_map: Callable[[Row], Beatmap] = Beatmap._make


def _on_beatmap(row: Row) -> ScoreOnBeatmap:
    return ScoreOnBeatmap(_score(row[:_SCORE_WIDTH]), _map(row[_SCORE_WIDTH:]))


def _first_day(month: str) -> date | None:
    """The day that a month as `2024-01` begins with; None where that is none."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
