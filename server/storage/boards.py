"""Boards in SQL: the plays on beatmaps as bancho.py has them, and what is kept of first places and events.

All of it is asked and written within a transaction of the ledger's, of which there is one at a time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from server.domain.beatmaps import HAS_LEADERBOARD
from server.domain.boards import Happening, Play, approved_ms, epic, happenings, holder
from server.domain.rulesets import MODES, Mode
from server.domain.scores import ScoreStatus
from server.storage.catalog import Catalog
from server.storage.database import Session
from server.storage.moments import UNKNOWN

# Of so many beatmaps the plays are fetched at once, and so many values are in one list at most.
_MAPS: Final = 20
_VALUES: Final = 500

_LONGEST_GRADE: Final = 8

Item = TypeVar("Item")


class Ground(NamedTuple):
    """A beatmap as far as boards go by it."""

    id: int
    md5: str
    status: int
    passes: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """Of which plays it is to be told what they did: those after this id, at this wall-clock time or later."""

    after: int
    since: datetime


class Boards:
    """What the follower asks and writes of boards. `mask` as in Visibility, `zone` that of the wall clock."""

    def __init__(self, catalog: Catalog, mask: int, zone: ZoneInfo) -> None:
        self._own = catalog.own
        self._mask = mask
        self._zone = zone
        self._board_hint = catalog.first_hint(
            "scores", ("map_md5", "mode", "status"), ("map_md5", "status", "mode"), ("map_md5",)
        )
        self._then = catalog.then

    async def grounds(self, session: Session, md5s: Iterable[str]) -> list[Ground]:
        """Those of these files that are beatmaps."""
        found = []
        for chunk in _chunks(sorted(set(md5s)), _VALUES):
            found += await session.all(
                "SELECT m.id, m.md5, m.status, m.passes FROM maps m WHERE m.md5 IN :md5s", md5s=chunk
            )
        return [_ground(*row) for row in found]

    async def grounds_between(self, session: Session, after: int, to: int) -> list[Ground]:
        """The beatmaps whose ids are greater than the one and not greater than the other."""
        rows = await session.all(
            "SELECT m.id, m.md5, m.status, m.passes FROM maps m WHERE m.id > :after AND m.id <= :to", after=after, to=to
        )
        return [_ground(*row) for row in rows]

    async def look(
        self,
        session: Session,
        grounds: Sequence[Ground],
        last_id: int,
        fresh: Fresh | None = None,
        modes: Iterable[int] = MODES,
    ) -> None:
        """Look at boards anew, with the scores up to `last_id`: write who is first, and what the fresh plays did."""
        modes = sorted({mode for mode in modes if mode in MODES})
        if not modes:
            return
        for chunk in _chunks(grounds, _MAPS):
            ranked = {ground.md5: ground for ground in chunk if ground.status in HAS_LEADERBOARD}
            boards = await self._plays(session, list(ranked), modes, last_id, fresh)
            first = {key: best for key, plays in boards.items() if (best := holder(plays, Mode(key[1])))}
            await self._keep_firsts(session, [ground.md5 for ground in chunk], modes, first)
            if fresh is not None:
                told = [
                    (ranked[md5], mode, each) for (md5, mode), plays in boards.items() for each in _told(plays, mode)
                ]
                await self._keep_events(session, told)

    async def _plays(
        self, session: Session, md5s: list[str], modes: list[int], last_id: int, fresh: Fresh | None
    ) -> dict[tuple[str, int], list[Play]]:
        """The plays of visible players by beatmap and mode; without anything to be told, only their best ones."""
        if not md5s:
            return {}
        rows = await session.all(
            f"""
            SELECT s.map_md5, s.mode, s.id, s.userid, s.score, s.pp, s.status,
                   s.id > :after AND s.play_time >= :since
              FROM scores s {self._board_hint}
              {self._then} users u ON u.id = s.userid
             WHERE s.map_md5 IN :md5s AND s.mode IN :modes AND s.status >= :least AND s.id <= :last
               AND u.priv & :mask = :mask
            """,
            after=fresh.after if fresh else last_id,
            since=fresh.since if fresh else UNKNOWN,
            md5s=md5s,
            modes=modes,
            least=int(ScoreStatus.SUBMITTED if fresh else ScoreStatus.BEST),
            last=last_id,
            mask=self._mask,
        )
        boards: dict[tuple[str, int], list[Play]] = {}
        for md5, mode, *facts in rows:
            boards.setdefault((md5.lower(), mode), []).append(Play(*facts))
        return boards

    async def _keep_firsts(
        self, session: Session, md5s: list[str], modes: list[int], first: dict[tuple[str, int], Play]
    ) -> None:
        known = {
            (md5, mode): (user_id, score_id)
            for md5, mode, user_id, score_id in await session.all(
                f"""
                SELECT map_md5, mode, user_id, score_id
                  FROM {self._own}api_firsts
                 WHERE map_md5 IN :md5s AND mode IN :modes
                """,
                md5s=md5s,
                modes=modes,
            )
        }
        wanted = {key: (play.user_id, play.id) for key, play in first.items()}
        changed = sorted({key[0] for key in known.keys() | wanted.keys() if known.get(key) != wanted.get(key)})
        if not changed:
            return
        await session.run(
            f"DELETE FROM {self._own}api_firsts WHERE map_md5 IN :md5s AND mode IN :modes", md5s=changed, modes=modes
        )
        await session.insert_many(
            f"{self._own}api_firsts",
            [
                {"map_md5": md5, "mode": mode, "user_id": user_id, "score_id": score_id}
                for (md5, mode), (user_id, score_id) in wanted.items()
                if md5 in changed
            ],
        )

    async def _keep_events(self, session: Session, told: Sequence[tuple[Ground, int, Happening]]) -> None:
        """Write what is not written yet. All that a play did is written at once, or it was before, whatever that is.

        Seen now, with other players hidden than then, it might have done something else.
        """
        known: set[int] = set()
        for chunk in _chunks(told, _VALUES):
            ids = sorted({each.score_id for _, _, each in chunk})
            text = f"SELECT DISTINCT score_id FROM {self._own}api_rank_events WHERE score_id IN :ids"
            known |= {score_id for (score_id,) in await session.all(text, ids=ids)}
        for chunk in _chunks([each for each in told if each[2].score_id not in known], _VALUES):
            ids = sorted({each.score_id for _, _, each in chunk})
            rows = await session.all("SELECT s.id, s.grade, s.play_time FROM scores s WHERE s.id IN :ids", ids=ids)
            facts = {score_id: (grade, played) for score_id, grade, played in rows}
            await session.insert_many(
                f"{self._own}api_rank_events",
                [self._event_row(ground, mode, each, *facts[each.score_id]) for ground, mode, each in chunk],
            )

    def _event_row(self, ground: Ground, mode: int, what: Happening, grade: str, played: datetime) -> dict[str, Any]:
        return {
            "user_id": what.user_id,
            "kind": what.kind.value,
            "score_id": what.score_id,
            "map_md5": ground.md5,
            "mode": mode,
            "position": what.position,
            "grade": grade[:_LONGEST_GRADE],
            "epic": epic(what, Mode(mode), ground.passes),
            "at_ms": int(played.replace(tzinfo=self._zone).timestamp()) * 1000,
        }

    async def note_statuses(self, session: Session, grounds: Sequence[Ground], now_ms: int) -> None:
        """Write the status of each of these beatmaps, and when it was approved as far as that was seen."""
        for chunk in _chunks(grounds, _VALUES):
            ids = [ground.id for ground in chunk]
            known = {
                map_id: (status, since)
                for map_id, status, since in await session.all(
                    f"SELECT map_id, status, approved_ms FROM {self._own}api_map_statuses WHERE map_id IN :ids", ids=ids
                )
            }
            changed = [ground for ground in chunk if known.get(ground.id, (None,))[0] != ground.status]
            if not changed:
                continue
            await session.run(
                f"DELETE FROM {self._own}api_map_statuses WHERE map_id IN :ids", ids=[ground.id for ground in changed]
            )
            await session.insert_many(
                f"{self._own}api_map_statuses",
                [
                    {
                        "map_id": ground.id,
                        "status": ground.status,
                        "approved_ms": approved_ms(ground.status, *known.get(ground.id, (None, None)), now_ms),
                    }
                    for ground in changed
                ],
            )

    async def forget_gone(self, session: Session, after: str, limit: int) -> str:
        """Of so many beatmaps with a first after this md5, leave out those that are gone; the last md5, or ""."""
        rows = await session.all(
            f"SELECT DISTINCT map_md5 FROM {self._own}api_firsts WHERE map_md5 > :after ORDER BY map_md5 LIMIT :limit",
            after=after,
            limit=limit,
        )
        md5s = [md5 for (md5,) in rows]
        gone = sorted(set(md5s) - {ground.md5 for ground in await self.grounds(session, md5s)})
        if gone:
            await session.run(f"DELETE FROM {self._own}api_firsts WHERE map_md5 IN :md5s", md5s=gone)
        return md5s[-1] if len(md5s) == limit else ""


def _ground(map_id: int, md5: str, status: int, passes: int) -> Ground:
    return Ground(map_id, md5.lower(), status, passes)


def _told(plays: list[Play], mode: int) -> list[Happening]:
    # Most boards have nothing fresh, and playing them all over again costs.
    return happenings(plays, Mode(mode)) if any(play.fresh for play in plays) else []


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
