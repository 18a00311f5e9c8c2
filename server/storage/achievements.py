"""What players achieved, in SQL: as the follower has worked it out, and totals without it from the scores alone."""

from typing import Final

from server.domain.achievements import EventKind, RankEvent, Totals
from server.domain.beatmaps import HAS_LEADERBOARD, Beatmap
from server.domain.rulesets import Mode
from server.domain.scores import Score, ScoreOnBeatmap, ScoreStatus
from server.storage.catalog import Catalog
from server.storage.database import Asks, Database

_SCORE_WIDTH: Final = len(Score._fields)

_STATUSES: Final = ", ".join(f"{status:d}" for status in HAS_LEADERBOARD)


class Achievements:
    """Questions about totals, first places and what happened on boards. Without our own tables the last two are empty.

    A player who is hidden is not hidden here: whoever asks knows whom they may ask for.
    """

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._own = catalog.own
        self._totals_are_kept = catalog.has("api_totals") and catalog.has("api_follower")
        self._firsts_are_kept = catalog.has("api_firsts")
        self._events_are_kept = catalog.has("api_rank_events")
        self._score = catalog.select("scores", "s", Score._fields)
        self._beatmap = catalog.select("maps", "m", Beatmap._fields)
        self._player_hint = catalog.first_hint("scores", ("userid", "mode"), ("userid",))
        self._newer_hint = _newer_hint(catalog)
        # From our own few rows to theirs, not the other way round.
        self._then = catalog.then

    async def totals(self, player_id: int, mode: Mode, ask: Asks | None = None) -> Totals:
        """The hits of all of a player's plays in a mode, exact at this moment."""
        ask = ask or self._db
        row = None
        if self._totals_are_kept:
            # What is kept and up to which score it is are read at once, so that nothing is missed or counted twice.
            row = await ask.one(
                f"""
                SELECT COALESCE(t.n300, 0) + COALESCE(SUM(s.n300), 0),
                       COALESCE(t.n100, 0) + COALESCE(SUM(s.n100), 0),
                       COALESCE(t.n50, 0) + COALESCE(SUM(s.n50), 0)
                  FROM {self._own}api_follower f
                  LEFT JOIN {self._own}api_totals t ON t.user_id = :player AND t.mode = :mode
                  LEFT JOIN scores s {self._newer_hint}
                    ON s.userid = :player AND s.mode = :mode AND s.id > f.last_id
                 WHERE f.id = 1 AND (f.totals_to IS NULL OR f.totals_to >= :player)
                 GROUP BY t.n300, t.n100, t.n50
                """,
                player=player_id,
                mode=int(mode),
            )
        if row is None:
            row = await ask.one(
                f"""
                SELECT COALESCE(SUM(s.n300), 0), COALESCE(SUM(s.n100), 0), COALESCE(SUM(s.n50), 0)
                  FROM scores s {self._player_hint}
                 WHERE s.userid = :player AND s.mode = :mode
                """,
                player=player_id,
                mode=int(mode),
            )
        return Totals(*map(int, row or (0, 0, 0)))

    async def firsts(self, player_id: int, mode: Mode, limit: int, offset: int) -> list[ScoreOnBeatmap]:
        """The scores with which a player is first on a beatmap in a mode, newest first."""
        if not self._firsts_are_kept:
            return []
        rows = await self._db.all(
            f"""
            SELECT {self._score}, {self._beatmap}
              FROM {self._own}api_firsts f
              {self._then} scores s ON s.id = f.score_id
              {self._then} maps m ON m.md5 = s.map_md5
             WHERE f.user_id = :player AND f.mode = :mode
               AND s.userid = :player AND s.mode = :mode AND s.status = {ScoreStatus.BEST:d}
               AND m.status IN ({_STATUSES})
             ORDER BY f.score_id DESC
             LIMIT :limit OFFSET :offset
            """,
            player=player_id,
            mode=int(mode),
            limit=limit,
            offset=offset,
        )
        return [ScoreOnBeatmap(Score._make(row[:_SCORE_WIDTH]), Beatmap._make(row[_SCORE_WIDTH:])) for row in rows]

    async def events(self, player_id: int, since_ms: int, limit: int = 100) -> list[RankEvent]:
        """What happened to a player in any mode since then (Unix milliseconds), newest first.

        Left out is what came of scores or beatmaps that are gone.
        """
        if not self._events_are_kept:
            return []
        rows = await self._db.all(
            f"""
            SELECT e.kind, e.score_id, e.mode, e.position, e.grade, e.epic, e.at_ms, {self._beatmap}
              FROM {self._own}api_rank_events e
              {self._then} scores s ON s.id = e.score_id
              {self._then} maps m ON m.md5 = s.map_md5
             WHERE e.user_id = :player AND e.at_ms >= :since
             ORDER BY e.at_ms DESC, e.id DESC
             LIMIT :limit
            """,
            player=player_id,
            since=since_ms,
            limit=limit,
        )
        return [RankEvent._make((EventKind(row[0]), *row[1:7], Beatmap._make(row[7:]))) for row in rows]


def _newer_hint(catalog: Catalog) -> str:
    """What makes MySQL walk a player's scores from an id on: the index of players alone, which goes on with the id."""
    if catalog.engine == "mysql":
        for index in catalog.tables["scores"].indexes:
            if index.columns in (("userid",), ("userid", "id")):
                return f"FORCE INDEX (`{index.name}`)"
    return ""
