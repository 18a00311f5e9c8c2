"""The history of multiplayer in SQL: how far it is recorded, and what is recorded.

Each transaction begins by moving the recorder's only row on, if it is still as it was read. Whoever comes second finds
it moved and writes nothing, so that everything is recorded once, also where two recorders work.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import orjson

from server.domain.live import Play
from server.domain.matches import LONGEST_GRADE, Chronicle, EventType, Match, MatchEvent, MatchGame, Said, milliseconds
from server.domain.problems import Unavailable
from server.storage.catalog import Catalog
from server.storage.database import Database, Row, Session
from server.storage.fences import moved

TABLES: Final = ("api_matches", "api_match_games", "api_match_scores", "api_match_events", "api_recorder")

# As late as an entry of a stream may be.
_ANY_ENTRY: Final = f"{2**64 - 1}-{2**64 - 1}"

# So many rows are changed or looked for in one statement at most.
_CHUNK: Final = 50

_MATCH: Final = "m.id, m.server, m.slot, m.opened_ms, m.ended_ms, m.name, m.host_id, m.is_public, m.state"

_GAME: Final = (
    "g.id, g.match_id, g.started_ms, g.ended_ms, g.map_id, g.map_md5, g.map_name, g.mode, g.mods, g.free_mods,"
    " g.win_condition, g.team_type, g.aborted, g.told"
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Position:
    """How far the stream is recorded.

    `turn` counts transactions. `run_id` is the Redis process that was read (`-`: none yet), `last_id` the last entry
    that is recorded, `known_to` the last one that may have been before reading began anew at `since_ms` (Unix
    milliseconds). `compare_ms` is when the open matches are to be compared with what stands, None once that is done.
    """

    turn: int = 0
    run_id: str = "-"
    last_id: str = "0-0"
    known_to: str = "0-0"
    since_ms: int = 0
    compare_ms: int | None = None


class History:
    """What the recorder asks and writes. All of it raises Unavailable where the database is away or read-only."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._missing = [table for table in TABLES if not catalog.has(table)]
        self._own = catalog.own
        self._or_nothing = "IGNORE" if catalog.engine == "mysql" else "OR IGNORE"

    def want_tables(self) -> None:
        """Raises Unavailable where `migrate` has not made the tables."""
        if self._missing:
            raise Unavailable(
                f"There is no table {', '.join(self._missing)} for the history; `python -m server migrate` makes it."
            )

    async def position(self) -> Position:
        """How far the stream is recorded: the start of it where nothing is, and where nobody knows how far."""
        text = f"SELECT turn, run_id, last_id, known_to, since_ms, compare_ms FROM {self._own}api_recorder WHERE id = 1"
        row = await self._db.one(text)
        if row is not None:
            return Position(*row)
        recorded = await self._db.one(f"SELECT 1 FROM {self._own}api_matches LIMIT 1")
        first = Position() if recorded is None else Position(known_to=_ANY_ENTRY)
        await self._db.run(
            f"""
            INSERT {self._or_nothing} INTO {self._own}api_recorder
                   (id, turn, run_id, last_id, known_to, since_ms, compare_ms)
            VALUES (1, 0, :run_id, :last_id, :known_to, 0, NULL)
            """,
            run_id=first.run_id,
            last_id=first.last_id,
            known_to=first.known_to,
        )
        return first

    async def move(self, was: Position, to: Position) -> Position:
        """Only move on; where to, with its turn. Raises Overtaken, as all that follow here."""
        async with self._moved(was, to) as (_, now):
            return now

    async def record(self, was: Position, to: Position, said: Sequence[tuple[Said, bool]]) -> Position:
        """Record what was said, each with whether it may be known already, and move on."""
        async with self._moved(was, to) as (session, now):
            chronicle = await self._load(session, [each for each, _ in said])
            for each, known in said:
                chronicle.hear(each, known)
            await self._save(session, chronicle)
        return now

    async def compare(self, was: Position, to: Position, standing: Sequence[Said]) -> Position:
        """Bring the open matches to what stands."""
        async with self._moved(was, to) as (session, now):
            chronicle = await self._load(session, standing, everything=True)
            chronicle.stand(standing, was.since_ms)
            await self._save(session, chronicle)
        return now

    async def settle(self, was: Position, now_ms: int) -> Position:
        """Record what follows from nothing having been said until `now_ms`; where nothing does, nothing is written."""
        if await self._db.one(f"SELECT 1 FROM {self._own}api_matches WHERE due_ms <= :now LIMIT 1", now=now_ms) is None:
            return was
        async with self._moved(was, was) as (session, now):
            rows = await session.all(f"SELECT {_MATCH} FROM {self._own}api_matches m WHERE due_ms <= :now", now=now_ms)
            matches = [_match(row) for row in rows]
            chronicle = Chronicle(matches, await self._games(session, matches, ()))
            chronicle.settle(now_ms)
            await self._save(session, chronicle)
        return now

    @asynccontextmanager
    async def _moved(self, was: Position, to: Position) -> AsyncIterator[tuple[Session, Position]]:
        async with moved(
            self._db,
            f"{self._own}api_recorder",
            was.turn,
            run_id=to.run_id,
            last_id=to.last_id,
            known_to=to.known_to,
            since_ms=to.since_ms,
            compare_ms=to.compare_ms,
        ) as session:
            yield session, replace(to, turn=was.turn + 1)

    async def _load(self, session: Session, said: Sequence[Said], everything: bool = False) -> Chronicle:
        """What is recorded of that which is spoken of. `everything`: and all other open matches."""
        table = f"{self._own}api_matches"
        rows = []
        if everything:
            rows += await session.all(f"SELECT {_MATCH} FROM {table} m WHERE m.ended_ms IS NULL")
        elif said:
            rows += await session.all(
                f"""
                SELECT {_MATCH}
                  FROM {table} m
                 WHERE m.ended_ms IS NULL AND m.server IN :servers AND m.slot IN :slots
                """,
                servers=sorted({each.server for each in said}),
                slots=sorted({each.slot for each in said}),
            )
        openings = sorted({each.opening for each in said})
        if openings:
            rows += await session.all(
                f"SELECT {_MATCH} FROM {table} m WHERE m.opened_ms IN :openings", openings=openings
            )
        matches = list({row[0]: _match(row) for row in rows}.values())
        return Chronicle(matches, await self._games(session, matches, said))

    async def _games(self, session: Session, matches: Iterable[Match], said: Iterable[Said]) -> list[MatchGame]:
        """The games of these matches that are not over or are spoken of."""
        by_id = {match.id: match for match in matches}
        wanted = {(match.id, match.playing) for match in by_id.values() if match.playing is not None}
        by_slot: dict[tuple[str, int], list[Match]] = {}
        for match in by_id.values():
            by_slot.setdefault((match.server, match.slot), []).append(match)
        for each in said:
            of_slot = by_slot.get((each.server, each.slot), ())
            wanted |= {(match.id, each.start) for match in of_slot if each.opened_ms in (0, match.opened_ms)}
        rows = await self._games_of(session, _GAME, sorted(wanted))
        return [_game(row, by_id[row[1]]) for row in rows]

    async def _games_of(self, session: Session, columns: str, wanted: Sequence[tuple[int, int]]) -> list[Row]:
        """Games by match and start."""
        rows: list[Row] = []
        for chunk in _chunks(wanted):
            either = " OR ".join(
                f"(g.match_id = :match_{at} AND g.started_ms = :start_{at})" for at in range(len(chunk))
            )
            values = {f"match_{at}": match_id for at, (match_id, _) in enumerate(chunk)}
            values |= {f"start_{at}": start for at, (_, start) in enumerate(chunk)}
            rows += await session.all(f"SELECT {columns} FROM {self._own}api_match_games g WHERE {either}", **values)
        return rows

    async def _save(self, session: Session, chronicle: Chronicle) -> None:
        reopened = sorted({match.id for match in chronicle.reopened})
        if reopened:
            await session.run(
                f"DELETE FROM {self._own}api_match_events WHERE match_id IN :ids AND type = :type",
                ids=reopened,
                type=EventType.DISBANDED.value,
            )
        await self._save_matches(session, chronicle)
        await self._save_games(session, chronicle)
        await self._insert(session, "api_match_events", map(_event_row, chronicle.events))
        await self._insert(session, "api_match_scores", (_score_row(*each) for each in chronicle.told_plays()))

    async def _save_matches(self, session: Session, chronicle: Chronicle) -> None:
        new = chronicle.new_matches()
        if new:
            await self._insert(session, "api_matches", (_match_row(match) for match in new))
            ids = {
                tuple(key): match_id
                for match_id, *key in await session.all(
                    f"SELECT id, server, slot, opened_ms FROM {self._own}api_matches WHERE opened_ms IN :openings",
                    openings=sorted({match.opened_ms for match in new}),
                )
            }
            for match in new:
                match.id = ids[match.key]
        await self._update(session, "api_matches", chronicle.changed_matches(), _match_facts)

    async def _save_games(self, session: Session, chronicle: Chronicle) -> None:
        new = chronicle.new_games()
        if new:
            await self._insert(session, "api_match_games", (_game_row(game) for game in new))
            rows = await self._games_of(
                session, "g.match_id, g.started_ms, g.id", [(game.match.id, game.started_ms) for game in new]
            )
            ids = {(match_id, start): game_id for match_id, start, game_id in rows}
            for game in new:
                game.id = ids[game.match.id, game.started_ms]
        await self._update(session, "api_match_games", chronicle.changed_games(), _game_facts)

    async def _insert(self, session: Session, table: str, rows: Iterable[dict[str, Any]]) -> None:
        await session.insert_many(f"{self._own}{table}", list(rows))

    async def _update(
        self, session: Session, table: str, changed: Sequence[Any], facts_of: Callable[[Any], dict[str, Any]]
    ) -> None:
        """Write rows that are there anew, by their ids."""
        for chunk in _chunks(changed):
            rows = [facts_of(each) for each in chunk]
            values: dict[str, Any] = {f"id_{at}": each.id for at, each in enumerate(chunk)}
            for at, row in enumerate(rows):
                values |= {f"{name}_{at}": value for name, value in row.items()}
            sets = ", ".join(
                f"{name} = CASE id {' '.join(f'WHEN :id_{at} THEN :{name}_{at}' for at in range(len(chunk)))} END"
                for name in rows[0]
            )
            await session.run(
                f"UPDATE {self._own}{table} SET {sets} WHERE id IN :ids", ids=[each.id for each in chunk], **values
            )


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _match(row: Row) -> Match:
    match_id, server, slot, opened, ended, name, host_id, is_public, state = row
    known = orjson.loads(state)
    return Match(
        server=server,
        slot=slot,
        opened_ms=opened,
        name=name,
        is_public=bool(is_public),
        host_id=host_id,
        ended_ms=ended,
        players=tuple(known["players"]),
        in_progress=known["in_progress"],
        playing=known["playing"],
        gone_ms=known["gone_ms"],
        lost_ms=known["lost_ms"],
        id=match_id,
    )


def _match_row(match: Match) -> dict[str, Any]:
    return {"server": match.server, "slot": match.slot, "opened_ms": match.opened_ms} | _match_facts(match)


def _match_facts(match: Match) -> dict[str, Any]:
    """What may change of a match."""
    state = {
        "players": match.players,
        "in_progress": match.in_progress,
        "playing": match.playing,
        "gone_ms": match.gone_ms,
        "lost_ms": match.lost_ms,
    }
    return {
        "ended_ms": match.ended_ms,
        "name": match.name,
        "host_id": match.host_id,
        "is_public": match.is_public,
        "state": orjson.dumps(state).decode(),
        "due_ms": match.due_ms,
    }


def _game(row: Row, match: Match) -> MatchGame:
    game_id, _, started, ended, map_id, map_md5, map_name, mode, mods, free_mods, *kinds, aborted, told = row
    win_condition, team_type = kinds
    return MatchGame(
        match=match,
        started_ms=started,
        ended_ms=ended,
        map_id=map_id,
        map_md5=map_md5,
        map_name=map_name,
        mode=mode,
        mods=mods,
        free_mods=bool(free_mods),
        win_condition=win_condition,
        team_type=team_type,
        aborted=bool(aborted),
        told=bool(told),
        id=game_id,
    )


def _game_row(game: MatchGame) -> dict[str, Any]:
    return {"match_id": game.match.id, "started_ms": game.started_ms} | _game_facts(game)


def _game_facts(game: MatchGame) -> dict[str, Any]:
    """What may change of a game."""
    return {
        "ended_ms": game.ended_ms,
        "map_id": game.map_id,
        "map_md5": game.map_md5,
        "map_name": game.map_name,
        "mode": game.mode,
        "mods": game.mods,
        "free_mods": game.free_mods,
        "win_condition": game.win_condition,
        "team_type": game.team_type,
        "aborted": game.aborted,
        "told": game.told,
    }


def _event_row(event: MatchEvent) -> dict[str, Any]:
    return {
        "match_id": event.match.id,
        "type": event.type.value,
        "at_ms": event.at_ms,
        "user_id": event.user_id,
        "game_id": None if event.game is None else event.game.id,
    }


def _score_row(game: MatchGame, play: Play) -> dict[str, Any]:
    return {
        "game_id": game.id,
        "user_id": play.player_id,
        "slot": play.slot,
        "team": play.team,
        "score": play.score,
        "accuracy": play.accuracy,
        "max_combo": play.max_combo,
        "n300": play.n300,
        "n100": play.n100,
        "n50": play.n50,
        "nmiss": play.nmiss,
        "ngeki": play.ngeki,
        "nkatu": play.nkatu,
        "mode": play.mode,
        "mods": play.mods,
        "grade": play.grade[:LONGEST_GRADE],
        "perfect": play.perfect,
        "passed": play.passed,
        "pp": play.pp,
        "score_id": play.score_id or None,
        "played_ms": milliseconds(play.played_at) or None,
    }
