"""Ladders of past days, in SQL: how many players had how many pp."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from server.domain.ladders import STEP, WORLD, Rung, ranks, rungs
from server.domain.players import Rank
from server.domain.rulesets import MODES, Mode
from server.storage.catalog import Catalog
from server.storage.database import Database, Row, Session
from server.storage.players import Standing

BEGINNING: Final = date(1970, 1, 1)


def number_of(day: date) -> int:
    """A day as it is kept: counted from 1970-01-01."""
    return (day - BEGINNING).days


class Ladders:
    """Questions about ladders; without our own tables there are none. `mask`: the bits that players on boards have."""

    def __init__(self, db: Database, catalog: Catalog, mask: int) -> None:
        self._db = db
        self._own = catalog.own
        self._are_kept = catalog.has("api_ladders") and catalog.has("api_days")
        self._mask = mask

    async def days(self, since: date) -> dict[date, int]:
        """The days from this one on whose ladders are kept, each with when they were made (Unix milliseconds)."""
        if not self._are_kept:
            return {}
        rows = await self._db.all(
            f"SELECT d.day, d.at_ms FROM {self._own}api_days d WHERE d.day >= :since ORDER BY d.day",
            since=number_of(since),
        )
        return {BEGINNING + timedelta(days=day): at_ms for day, at_ms in rows}

    async def near(
        self, mode: Mode, country: str, pps: Iterable[int], since: date
    ) -> dict[tuple[date, str, int], Rung]:
        """The rungs that these numbers of pp are on, of the world and a country, by day, country and step."""
        steps = sorted({pp // STEP for pp in pps})
        if not self._are_kept or not steps:
            return {}
        rows = await self._db.all(
            f"""
            SELECT l.day, l.country, l.step, l.above, l.packed
              FROM {self._own}api_ladders l
             WHERE l.mode = :mode AND l.country IN :countries AND l.step IN :steps AND l.day >= :since
            """,
            mode=int(mode),
            countries=[WORLD, country.lower()],
            steps=steps,
            since=number_of(since),
        )
        return {
            (BEGINNING + timedelta(days=day), there, step): Rung(step, above, packed)
            for day, there, step, above, packed in rows
        }

    async def keep(self, session: Session, day: date, at_ms: int) -> None:
        """Keep how everybody stood when they were last looked at as this day's.

        Of their last snapshots, not of what stands now: so what a player's snapshot says is surely on the ladder, and
        nobody is told a rank that they never had.
        """
        number = number_of(day)
        if await session.run(f"DELETE FROM {self._own}api_days WHERE day = :day", day=number):
            await session.run(f"DELETE FROM {self._own}api_ladders WHERE day = :day", day=number)
        await session.insert_many(f"{self._own}api_days", [{"day": number, "at_ms": at_ms}])
        for mode in MODES:
            standing = await self._last_known(session, mode)
            await session.insert_many(
                f"{self._own}api_ladders",
                [
                    {"mode": int(mode), "country": country, "step": each.step, "day": number}
                    | {"above": each.above, "packed": each.packed}
                    for country, players in standing.items()
                    for each in rungs(players)
                ],
            )

    async def ranks(self, session: Session, standings: Sequence[Standing]) -> dict[tuple[int, int], Rank]:
        """The positions that so much pp gives, by player and mode: what Players.ranks gives, at the price of reading
        each mode once, whoever many are asked about."""
        found: dict[tuple[int, int], Rank] = {}
        for mode in {each.mode for each in standings}:
            asked = [each for each in standings if each.mode == mode]
            players = await self._standing(session, Mode(mode), min(each.pp for each in asked))
            world = ranks(players.get(WORLD, {}), (each.pp for each in asked))
            for country in {each.country.lower() for each in asked}:
                there = [each for each in asked if each.country.lower() == country]
                nation = ranks(players.get(country, {}), (each.pp for each in there))
                found |= {(each.player_id, mode): Rank(world[each.pp], nation[each.pp]) for each in there}
        return found

    async def _standing(self, session: Session, mode: Mode, above: int = 0) -> dict[str, dict[int, int]]:
        """How many players have each number of pp above this one, by country and in the world."""
        rows = await session.all(
            """
            SELECT u.country, s.pp, COUNT(*)
              FROM stats s
              JOIN users u ON u.id = s.id
             WHERE s.mode = :mode AND s.pp > :above AND u.priv & :mask = :mask
             GROUP BY u.country, s.pp
            """,
            mode=int(mode),
            above=above,
            mask=self._mask,
        )
        return _by_country(rows)

    async def _last_known(self, session: Session, mode: Mode) -> dict[str, dict[int, int]]:
        """The same of everybody's last snapshot."""
        rows = await session.all(
            f"""
            SELECT last.country, last.pp, COUNT(*)
              FROM (SELECT u.country AS country,
                           (SELECT t.pp_raw
                              FROM {self._own}api_snapshots t
                             WHERE t.user_id = s.id AND t.mode = s.mode
                             ORDER BY t.at_ms DESC
                             LIMIT 1) AS pp
                      FROM stats s
                      JOIN users u ON u.id = s.id
                     WHERE s.mode = :mode AND (s.pp > 0 OR s.plays > 0) AND u.priv & :mask = :mask) last
             WHERE last.pp > 0
             GROUP BY last.country, last.pp
            """,
            mode=int(mode),
            mask=self._mask,
        )
        return _by_country(rows)


def _by_country(rows: Iterable[Row]) -> dict[str, dict[int, int]]:
    """How many players have each number of pp, by country and in the world."""
    found: dict[str, dict[int, int]] = {}
    for country, pp, players in rows:
        for where in {country.lower(), WORLD}:
            counted = found.setdefault(where, {})
            counted[int(pp)] = counted.get(int(pp), 0) + int(players)
    return found
