"""What has happened to a player since the last snapshot."""

from datetime import datetime
from math import floor
from typing import Annotated, Final, TypedDict

from server.domain.players import Player
from server.domain.rulesets import Mode
from server.domain.scores import shown_grade
from server.domain.snapshots import Figures, NewTopPlay, Update
from server.web.text import date, flag, number

# Of differences so many decimals are told: what is left behind them comes from counting in halves.
_DECIMALS: Final = 6

_NOTHING: Final = Figures(*[0] * len(Figures._fields))


class NewHiscoreShape(TypedDict):
    """A play among the player's best that had not been recorded before."""

    beatmap_id: str
    score_id: str
    score: str
    maxcombo: str
    count50: str
    count100: str
    count300: str
    countmiss: str
    countkatu: str
    countgeki: str
    perfect: str
    enabled_mods: str
    user_id: str
    date: Annotated[str, "UTC"]
    rank: str
    pp: str
    replay_available: str
    ranking: Annotated[int, "its place in the list of best plays, from 0"]


class UpdateShape(TypedDict):
    """The differences to the last snapshot."""

    username: Annotated[str | None, "null of nobody"]
    mode: int
    playcount: int
    pp_rank: Annotated[int, "negative: climbed"]
    pp_raw: float
    accuracy: float
    total_score: int
    ranked_score: int
    count300: int
    count50: int
    count100: int
    level: float
    count_rank_a: int
    count_rank_s: int
    count_rank_ss: int
    levelup: bool
    first: Annotated[bool, "whether there was no snapshot to compare with"]
    exists: Annotated[bool, "whether there is such a player"]
    newhs: list[NewHiscoreShape]


def of_nobody(mode: Mode) -> UpdateShape:
    """There is no such player."""
    return _update(None, mode, _NOTHING, _NOTHING, [])


def of_idler(player: Player, mode: Mode) -> UpdateShape:
    """A player who has no figures in this mode."""
    return _update(player.name, mode, None, _NOTHING, [])


def of_player(player: Player, mode: Mode, update: Update, new: list[NewHiscoreShape]) -> UpdateShape:
    return _update(player.name, mode, update.before, update.now, new)


def new_hiscore(new: NewTopPlay, set_at: datetime, has_replay: bool) -> NewHiscoreShape:
    score = new.score
    return {
        "beatmap_id": str(new.beatmap_id),
        "score_id": str(score.id),
        "score": str(score.score),
        "maxcombo": str(score.max_combo),
        "count50": str(score.n50),
        "count100": str(score.n100),
        "count300": str(score.n300),
        "countmiss": str(score.nmiss),
        "countkatu": str(score.nkatu),
        "countgeki": str(score.ngeki),
        "perfect": flag(score.perfect),
        "enabled_mods": str(score.mods),
        "user_id": str(score.userid),
        "date": date(set_at),
        "rank": shown_grade(score),
        "pp": number(score.pp),
        "replay_available": flag(has_replay),
        "ranking": new.place,
    }


def _update(
    name: str | None, mode: Mode, before: Figures | None, now: Figures, new: list[NewHiscoreShape]
) -> UpdateShape:
    then = now if before is None else before
    return {
        "username": name,
        "mode": int(mode),
        "playcount": now.playcount - then.playcount,
        # A rank of 0 is none, and not better than the first.
        "pp_rank": now.pp_rank - then.pp_rank if now.pp_rank and then.pp_rank else 0,
        "pp_raw": _difference(now.pp_raw, then.pp_raw),
        "accuracy": _difference(now.accuracy, then.accuracy),
        "total_score": now.total_score - then.total_score,
        "ranked_score": now.ranked_score - then.ranked_score,
        "count300": now.count300 - then.count300,
        "count50": now.count50 - then.count50,
        "count100": now.count100 - then.count100,
        "level": _difference(now.level, then.level),
        "count_rank_a": now.count_rank_a - then.count_rank_a,
        "count_rank_s": now.count_rank_s - then.count_rank_s,
        "count_rank_ss": now.count_rank_ss - then.count_rank_ss,
        "levelup": floor(now.level) > floor(then.level),
        "first": before is None,
        "exists": name is not None,
        "newhs": new,
    }


def _difference(now: float, then: float) -> float:
    return round(now - then, _DECIMALS) + 0.0  # there is no -0
