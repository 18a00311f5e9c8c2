"""Recorded multiplayer matches, read back: the tables are the recorder's."""

from itertools import count
from typing import Final

from server.domain.recorded import RecordedGame, RecordedMatch, RecordedScore
from server.storage.catalog import Catalog
from server.storage.database import Database

_GAME: Final = "g.id, g.started_ms, g.ended_ms, g.map_id, g.mode, g.mods, g.free_mods, g.win_condition, g.team_type"

_SCORE: Final = ", ".join(f"s.{column}" for column in RecordedScore._fields)


class Matches:
    """Questions about matches that are over or open; without the tables there are none."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._there = catalog.has("api_matches")
        self._own = catalog.own

    async def find(self, match_id: int) -> RecordedMatch | None:
        """A match whose history is public, with all its games, oldest first, and their scores by slot."""
        if not self._there:
            return None
        row = await self._db.one(
            f"""
            SELECT m.id, m.name, m.opened_ms, m.ended_ms
              FROM {self._own}api_matches m
             WHERE m.id = :id AND m.is_public = 1
            """,
            id=match_id,
        )
        return None if row is None else RecordedMatch._make((*row, await self._games(match_id)))

    async def _games(self, match_id: int) -> list[RecordedGame]:
        games = await self._db.all(
            f"SELECT {_GAME} FROM {self._own}api_match_games g WHERE g.match_id = :id ORDER BY g.started_ms, g.id",
            id=match_id,
        )
        scores: dict[int, list[RecordedScore]] = {game[0]: [] for game in games}
        if games:
            rows = await self._db.all(
                f"""
                SELECT {_SCORE}
                  FROM {self._own}api_match_scores s
                 WHERE s.game_id IN :games
                 ORDER BY s.game_id, s.id
                """,
                games=tuple(scores),
            )
            for row in rows:
                score = RecordedScore._make(row)
                scores[score.game_id].append(score._replace(perfect=bool(score.perfect), passed=bool(score.passed)))
        return [RecordedGame._make((*game[:6], bool(game[6]), *game[7:], _slotted(scores[game[0]]))) for game in games]


def _slotted(scores: list[RecordedScore]) -> list[RecordedScore]:
    """By slot; where nobody said which it was, it is the lowest that nobody else of the game has."""
    taken = {score.slot for score in scores}
    free = (slot for slot in count() if slot not in taken)
    told = [score if score.slot is not None else score._replace(slot=next(free)) for score in scores]
    return sorted(told, key=lambda score: score.slot)
