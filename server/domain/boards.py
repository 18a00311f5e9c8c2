"""Boards: who is first on a beatmap, and what each play did to its player's position there."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, NamedTuple

from server.domain.achievements import EventKind
from server.domain.beatmaps import HAS_LEADERBOARD
from server.domain.rulesets import Mode, Ruleset
from server.domain.scores import ScoreStatus

# Worse positions are not told.
LAST_POSITION: Final = 1000

# A first place in osu! is worth more on a beatmap with more passes than this.
_MANY_PASSES: Final = 250


class Play(NamedTuple):
    """A play that was not failed, as far as boards go by it. `fresh`: what it did is asked for."""

    id: int
    user_id: int
    score: int
    pp: float
    status: int
    fresh: bool = False


class Happening(NamedTuple):
    """What a play did: `user_id` came to `position`, or lost the first place to somebody else's play."""

    kind: EventKind
    user_id: int
    score_id: int
    position: int


def holder(plays: Iterable[Play], mode: Mode) -> Play | None:
    """Who is first of the players' best plays on one beatmap in one mode."""
    best = (play for play in plays if play.status == ScoreStatus.BEST)
    return min(best, key=lambda play: _place(play, mode), default=None)


def happenings(plays: Iterable[Play], mode: Mode) -> list[Happening]:
    """What the fresh ones of all plays on one beatmap in one mode did, told by playing them all over again.

    A play counts if it has more pp than all earlier ones of its player, in modes that are ranked by score as well, or
    is their best now: pp that was worked out anew may have left older plays with more.
    """
    best: dict[int, Play] = {}
    board: list[tuple[float, int, int]] = []
    told = []
    for play in sorted(plays):
        before = best.get(play.user_id)
        if before is not None and play.pp <= before.pp and play.status != ScoreStatus.BEST:
            continue
        best[play.user_id] = play
        first = board[0][2] if board else play.user_id
        if before is not None:
            del board[bisect_left(board, _place(before, mode))]
        place = _place(play, mode)
        ahead = bisect_left(board, place)
        board.insert(ahead, place)
        if play.fresh and ahead < LAST_POSITION:
            told.append(Happening(EventKind.RANK, play.user_id, play.id, ahead + 1))
            if ahead == 0 and first != play.user_id:
                told.append(Happening(EventKind.LOST_FIRST, first, play.id, 1))
    return told


def _place(play: Play, mode: Mode) -> tuple[float, int, int]:
    """What boards are sorted by: more score (or pp) is before less, and of equals the older one."""
    return (-play.pp if mode.ranked_by_pp else -play.score, play.id, play.user_id)


def epic(what: Happening, mode: Mode, passes: int) -> int:
    """How remarkable it is, as osu! has it. `passes`: how often the beatmap was passed by anybody."""
    if what.kind is EventKind.LOST_FIRST:
        return 2
    if what.position == 1 and mode.ruleset is Ruleset.OSU and passes > _MANY_PASSES:
        return 8
    if what.position < 10:
        return 4
    return 2 if what.position < 40 else 1


def approved_ms(status: int, was: int | None, since_ms: int | None, now_ms: int) -> int | None:
    """When a beatmap was seen to get a leaderboard; None if it has none, or had one when it was first looked at.

    `was` and `since_ms`: the status and the answer when it was looked at last; None and None: it never was.
    """
    if was is None or status not in HAS_LEADERBOARD:
        return None
    return since_ms if was in HAS_LEADERBOARD else now_ms
