"""What a player's figures were, and how they changed: the history that bancho.py does not keep."""

from datetime import date
from typing import Final, NamedTuple

from server.domain.achievements import Totals
from server.domain.levels import level
from server.domain.players import Rank, Stats
from server.domain.scores import Score

# Of a player's best list so many plays are kept, each as it was first seen there.
BEST: Final = 100

# Before and after these moments (2000 and 2800, in Unix milliseconds) there is nothing.
EARLIEST_MS: Final = 946_684_800_000
LATEST_MS: Final = 26_192_246_400_000


class Figures(NamedTuple):
    """A player's figures in a mode at one moment. `accuracy` in percent, ranks from 1, 0 where there is none.

    Silver grades count in none of the last three, as in the fields of the osu! API v1 of these names.
    """

    count300: int
    count100: int
    count50: int
    playcount: int
    ranked_score: int
    total_score: int
    pp_rank: int
    country_rank: int
    level: float
    pp_raw: float
    accuracy: float
    count_rank_ss: int
    count_rank_s: int
    count_rank_a: int


class Snapshot(NamedTuple):
    """Figures with the moment they were of, in Unix milliseconds. No two of a player and mode are of the same one."""

    at_ms: int
    figures: Figures


class TopPlay(NamedTuple):
    """A play as it was when it was first seen among a player's best. `score_ms`: played, `update_ms`: recorded."""

    score_id: int
    user_id: int
    beatmap_id: int
    score: int
    pp: float
    mods: int
    grade: str
    score_ms: int
    update_ms: int


class NewTopPlay(NamedTuple):
    """A play that had not been recorded before. `place` in the player's best list counts from 0."""

    place: int
    beatmap_id: int
    score: Score


class Update(NamedTuple):
    """What has happened to a player since the last snapshot (None: there was none)."""

    before: Figures | None
    now: Figures
    plays: tuple[NewTopPlay, ...]


class Peak(NamedTuple):
    """The best of all snapshots, each with the last moment it was so (Unix milliseconds). None: there is nothing."""

    rank: int | None
    rank_ms: int | None
    accuracy: float | None
    accuracy_ms: int | None


class DayPoint(NamedTuple):
    """How a player stood on a day (UTC). Ranks are None where they are not known."""

    day: date
    at_ms: int
    pp: float
    rank: int | None
    country_rank: int | None


class Month(NamedTuple):
    """How often a player has played in a month, given by its first day."""

    start: date
    plays: int


NO_PEAK: Final = Peak(None, None, None, None)


def figures(stats: Stats, rank: Rank, totals: Totals) -> Figures:
    """A player's figures as they are."""
    return Figures(
        count300=totals.n300,
        count100=totals.n100,
        count50=totals.n50,
        playcount=stats.plays,
        ranked_score=stats.rscore,
        total_score=stats.tscore,
        pp_rank=rank.world,
        country_rank=rank.country,
        level=round(level(stats.tscore), 4),
        pp_raw=float(stats.pp),
        accuracy=stats.acc,
        count_rank_ss=stats.x_count,
        count_rank_s=stats.s_count,
        count_rank_a=stats.a_count,
    )


def same(one: Figures, other: Figures) -> bool:
    """Is there nothing to tell between the two? A country's own ranking is told nowhere."""
    return one._replace(country_rank=0) == other._replace(country_rank=0)


def blank(stats: Stats) -> bool:
    """Has the player never done anything there? bancho.py makes a row for each mode with the account."""
    return not (stats.plays or stats.tscore or stats.rscore or stats.pp)


def stirred(stats: Stats, last: Figures) -> bool:
    """Has the player's own doing (or undoing) changed anything since? Others passing by does not."""
    then = Totals(last.count300, last.count100, last.count50)
    return not same(figures(stats, Rank(last.pp_rank, 0), then), last)
