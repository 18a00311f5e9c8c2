"""How a player stood on past days, from what was kept: snapshots of their own figures, and the ladders of all."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from server.domain.ladders import STEP, WORLD, Rung, rank
from server.domain.snapshots import DayPoint, Snapshot

# Rungs by day, country and step.
Rungs = Mapping[tuple[date, str, int], Rung]


def pps(snapshots: Iterable[Snapshot]) -> set[int]:
    """The numbers of pp that a player has had."""
    return {int(each.figures.pp_raw) for each in snapshots}


def day_points(
    snapshots: Sequence[Snapshot], days: Mapping[date, int], rungs: Rungs, country: str, since: date
) -> list[DayPoint]:
    """A point for each day from `since` on of which something is known, oldest first.

    On a day that has a ladder the player had the pp of the last snapshot before it, and the rank that the ladder
    gives. On any other, and where the ladder knows nobody with these pp, what the day's last snapshot said counts.
    `days` says when each day's ladder was made, `country` is the player's.
    """
    moments = [each.at_ms for each in snapshots]
    own = {each: snapshot for snapshot in snapshots if (each := day_of(snapshot.at_ms)) >= since}
    found = []
    for day in sorted(own.keys() | {each for each in days if each >= since}):
        place = bisect_right(moments, days[day]) if day in days else 0
        if place:
            point = _on_ladder(snapshots[place - 1], day, days[day], rungs, country)
            if point.rank is not None or day not in own:
                found.append(point)
                continue
        if day in own:
            figures = own[day].figures
            ranks = (figures.pp_rank or None, figures.country_rank or None)
            found.append(DayPoint(day, own[day].at_ms, figures.pp_raw, *ranks))
    return found


def _on_ladder(snapshot: Snapshot, day: date, at_ms: int, rungs: Rungs, country: str) -> DayPoint:
    pp = int(snapshot.figures.pp_raw)
    world, nation = (rungs.get((day, where, pp // STEP)) for where in (WORLD, country))
    return DayPoint(day, at_ms, snapshot.figures.pp_raw, world and rank(pp, world), nation and rank(pp, nation))


def day_of(at_ms: int) -> date:
    """The day (UTC) that a moment is on."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
