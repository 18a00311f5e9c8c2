"""What the golden world's tables of our own hold: files that were indexed, scores that were followed, matches."""

from datetime import UTC, datetime
from typing import Any, Final

from server.domain import osu_file
from server.domain.beatmap_files import READER, facts_of
from server.domain.ladders import rungs
from server.services.calculators import chosen
from tests.golden.maps import (
    APPROVED,
    LOVED,
    NO_FILE,
    OSU_FILES,
    PENDING,
    QUOTED,
    STANDARD,
    TAIKO,
    UNKNOWN_MD5,
    md5_of,
)
from tests.golden.people import AIKO, BRACKETS, DIGITS, GIANT, RESTRICTED, TWO_WORDS, UNDER_SCORE, Row
from tests.golden.plays import DT, EZ, HD, HDDT, HR, NC, SCORES

# What time it is in the golden world.
CLOCK: Final = int(datetime(2024, 1, 15, 13, 40, tzinfo=UTC).timestamp())

HOUR_MS: Final = 3_600_000
NOW_MS: Final = CLOCK * 1000

# The follower is in the middle of the scores, so that what is kept and what is not add up.
FOLLOWED_TO: Final = 60

MATCH, MATCH_OPEN, MATCH_PRIVATE, MATCH_UNPLAYED = 1, 2, 3, 4


def _file_row(map_id: int) -> Row:
    file = facts_of(osu_file.read(OSU_FILES[map_id].encode()))
    return {**file._asdict(), "md5": md5_of(map_id), "reader": READER, "readable": True}


FILES: Final = (
    *(_file_row(map_id) for map_id in (STANDARD, TAIKO)),
    # Of a file that is not here any more.
    _file_row(STANDARD)
    | {
        "md5": md5_of(QUOTED),
        "artist_unicode": "カフェ",
        "title_unicode": "音 & <b>",
        "source": "ゲーム",
        "tags": "a b é",
    }
    | {"hit_length": 61, "circles": 5, "sliders": 4, "spinners": 3, "video": True, "storyboard": True},
)

# Numbers that no calculator gave, to be told apart from those that one does.
DIFFICULTIES: Final = tuple(
    {
        "md5": md5_of(map_id),
        "calculator": chosen("auto"),
        "ruleset": ruleset,
        "mods": mods,
        "stars": stars,
        "aim": stars / 2 if ruleset == 0 else None,
        "speed": stars / 4 if ruleset == 0 else None,
        "max_combo": combo,
    }
    for map_id, ruleset, mods, stars, combo in (
        (STANDARD, 0, 0, 5.25, 242),
        (STANDARD, 0, DT, 7.5, 242),
        (STANDARD, 1, 0, 3.5, 121),
        (QUOTED, 0, DT, 1e-05, 77),
        (TAIKO, 1, 0, 4.125, 120),
    )
)


def _totals() -> tuple[Row, ...]:
    found: dict[tuple[int, int], list[int]] = {}
    for score in SCORES:
        if score["id"] <= FOLLOWED_TO:
            sums = found.setdefault((score["userid"], score["mode"]), [0, 0, 0])
            found[score["userid"], score["mode"]] = [
                total + score[name] for total, name in zip(sums, ("n300", "n100", "n50"), strict=True)
            ]
    return tuple(
        {"user_id": user, "mode": mode, "n300": n300, "n100": n100, "n50": n50}
        for (user, mode), (n300, n100, n50) in found.items()
    )


FOLLOWER: Final = ({"id": 1, "turn": 5, "last_id": FOLLOWED_TO, "totals_to": None, "boards_to": None},)


def _first(map_id: int, mode: int, user_id: int, score_id: int) -> Row:
    return {"map_md5": md5_of(map_id), "mode": mode, "user_id": user_id, "score_id": score_id}


FIRSTS: Final = (
    _first(LOVED, 0, AIKO, 27),
    _first(NO_FILE, 0, AIKO, 23),
    _first(APPROVED, 0, AIKO, 25),
    _first(PENDING, 0, AIKO, 28),  # the map is no longer ranked
    _first(STANDARD, 8, AIKO, 60),
    _first(STANDARD, 0, TWO_WORDS, 3),
    _first(QUOTED, 0, AIKO, 20),  # not their best any more
)


def _event(user_id: int, kind: str, score_id: int, map_id: int, hours_ago: float, **changes: Any) -> Row:
    return {
        "user_id": user_id,
        "kind": kind,
        "score_id": score_id,
        "map_md5": md5_of(map_id) if map_id else UNKNOWN_MD5,
        "mode": 0,
        "position": 1,
        "grade": "S",
        "epic": 1,
        "at_ms": NOW_MS - int(hours_ago * HOUR_MS),
    } | changes


EVENTS: Final = (
    _event(AIKO, "rank", 32, QUOTED, 1, position=1, grade="SH", epic=8),
    _event(AIKO, "rank", 50, TAIKO, 2, position=12, grade="X", epic=2, mode=1),
    _event(AIKO, "lost_first", 3, STANDARD, 23.5, epic=2),
    _event(AIKO, "rank", 53, STANDARD, 30, position=3, grade="A", mode=4, epic=4),
    _event(AIKO, "rank", 46, 0, 1.5),  # on a beatmap that is gone
    _event(AIKO, "rank", 20, STANDARD, 24 * 30.9, position=999),
    _event(AIKO, "rank", 21, STANDARD, 24 * 31.1, position=1000),
    _event(TWO_WORDS, "rank", 3, STANDARD, 23.5),
)

STATUSES: Final = tuple(
    {"map_id": map_id, "status": status, "approved_ms": approved}
    for map_id, status, approved in (
        (STANDARD, 2, NOW_MS - 48 * HOUR_MS),
        (LOVED, 5, NOW_MS - 24 * HOUR_MS),
        (TAIKO, 2, NOW_MS - 72 * HOUR_MS),
        (PENDING, 0, None),
        (APPROVED, 3, None),
    )
)

FAVOURITES: Final = tuple({"userid": user, "setid": 101, "created_at": 0} for user in (AIKO, TWO_WORDS, DIGITS))

RATINGS: Final = tuple(
    {"userid": user, "map_md5": md5_of(map_id), "rating": rating}
    for user, map_id, rating in ((AIKO, STANDARD, 10), (TWO_WORDS, STANDARD, 9), (AIKO, NO_FILE, 7), (AIKO, QUOTED, 8))
)

_OPENED: Final = NOW_MS - 5 * HOUR_MS


def _match(match_id: int, name: str, **changes: Any) -> Row:
    return {
        "id": match_id,
        "server": "golden",
        "slot": match_id,
        "opened_ms": _OPENED + match_id,
        "ended_ms": _OPENED + HOUR_MS,
        "name": name,
        "host_id": AIKO,
        "is_public": True,
        "state": '{"players": [], "in_progress": false, "playing": null, "gone_ms": null, "lost_ms": null}',
        "due_ms": None,
    } | changes


MATCHES: Final = (
    _match(MATCH, 'Cup: "(A) vs (B)" 日本'),
    _match(MATCH_OPEN, "still open", ended_ms=None),
    _match(MATCH_PRIVATE, "nobody's business", is_public=False),
    _match(MATCH_UNPLAYED, "nothing played"),
)


def _game(game_id: int, match_id: int, minute: int, map_id: int, **changes: Any) -> Row:
    started = _OPENED + minute * 60_000
    return {
        "id": game_id,
        "match_id": match_id,
        "started_ms": started,
        "ended_ms": started + 90_999,
        "map_id": map_id,
        "map_md5": md5_of(map_id),
        "map_name": f"Made up - Song [Map {map_id}]",
        "mode": 0,
        "mods": 0,
        "free_mods": False,
        "win_condition": 0,
        "team_type": 0,
        "aborted": False,
        "told": True,
    } | changes


GAMES: Final = (
    _game(12, MATCH, 20, STANDARD, mods=HDDT, win_condition=3, team_type=2),
    _game(11, MATCH, 25, QUOTED, mods=NC | HR, free_mods=True, mode=4),
    _game(13, MATCH, 30, TAIKO, mode=1, aborted=True, told=False, team_type=1),
    _game(14, MATCH_OPEN, 1, STANDARD, ended_ms=None, told=False, win_condition=2),
    _game(15, MATCH_PRIVATE, 1, STANDARD),
)


def _made(game_id: int, user_id: int, slot: int | None, **changes: Any) -> Row:
    return {
        "game_id": game_id,
        "user_id": user_id,
        "slot": slot,
        "team": 0,
        "score": 1000 * user_id,
        "accuracy": 98.5,
        "max_combo": 100 + user_id,
        "n300": 90,
        "n100": 8,
        "n50": 1,
        "nmiss": 0,
        "ngeki": 20,
        "nkatu": 6,
        "mode": 0,
        "mods": 0,
        "grade": "A",
        "perfect": False,
        "passed": True,
        "pp": None,
        "score_id": None,
        "played_ms": None,
    } | changes


MATCH_SCORES: Final = (
    _made(12, AIKO, 15, team=1, mods=HDDT, perfect=True, score=2**31 - 1),
    _made(12, TWO_WORDS, 0, team=2, mods=HDDT, passed=False, nmiss=44),
    _made(12, RESTRICTED, 3, team=2, mods=HDDT),
    _made(11, UNDER_SCORE, 2, mods=NC | HR | EZ | HD),
    _made(11, BRACKETS, 1, mods=NC | HR),
    _made(11, DIGITS, None, mods=NC | HR),
    _made(15, AIKO, 0),
)

DAY_MS: Final = 24 * HOUR_MS


def _snapshot(user_id: int, mode: int, at_ms: int, **changes: Any) -> Row:
    return {
        "user_id": user_id,
        "mode": mode,
        "at_ms": at_ms,
        "count300": 1000,
        "count100": 90,
        "count50": 8,
        "playcount": 100,
        "ranked_score": 4_306_096_061,
        "total_score": 19_326_454_144,
        "pp_rank": 3,
        "country_rank": 1,
        "level": 99.1757,
        "pp_raw": 4006.24,
        "accuracy": 98.70355224609375,
        "count_rank_ss": 1,
        "count_rank_s": 4,
        "count_rank_a": 5,
    } | changes


# Noon of the day before.
_YESTERDAY: Final = NOW_MS - DAY_MS - 100 * 60_000

SNAPSHOTS: Final = (
    # The best accuracy of all while there was no rank; the best rank twice.
    _snapshot(AIKO, 0, NOW_MS - 200 * DAY_MS, pp_rank=0, country_rank=0, pp_raw=0.0, accuracy=99.5, playcount=7),
    _snapshot(AIKO, 0, NOW_MS - 40 * DAY_MS, pp_rank=2, country_rank=2, pp_raw=8800.0),
    _snapshot(AIKO, 0, NOW_MS - 10 * DAY_MS, pp_rank=1, pp_raw=8900.0, playcount=1100),
    _snapshot(AIKO, 0, NOW_MS - 5 * DAY_MS, pp_rank=2, country_rank=2, pp_raw=8900.0, playcount=1150),
    # A moment before the year ends, and the moment it has.
    _snapshot(TWO_WORDS, 0, 1_704_067_199_999, pp_rank=2, pp_raw=7950.0, accuracy=100.0),
    _snapshot(TWO_WORDS, 0, 1_704_067_200_000, pp_rank=2, pp_raw=8000.0, accuracy=100.0),
    # More than there is now of everything.
    _snapshot(
        *(AIKO, 0, _YESTERDAY),
        **{"pp_rank": 1, "pp_raw": 9000.5, "accuracy": 98.9, "playcount": 1300, "level": 101.25},
        **{"count300": 99_999, "ranked_score": 99_000_000_000, "total_score": 124_000_000_000, "count_rank_ss": 9},
    ),
    _snapshot(AIKO, 4, NOW_MS - 3 * DAY_MS, pp_rank=0, country_rank=0, level=4.9, total_score=999_999),
    _snapshot(GIANT, 0, _YESTERDAY, pp_rank=0, ranked_score=2**53 + 1, total_score=2**53 + 1, playcount=2**32 - 1),
    _snapshot(RESTRICTED, 0, _YESTERDAY, pp_rank=1, pp_raw=9500.0),
)

CHECKS: Final = tuple(
    {
        "user_id": user_id,
        "mode": mode,
        "checked_ms": max(row["at_ms"] for row in SNAPSHOTS if row["user_id"] == user_id),
    }
    for user_id, mode in {(row["user_id"], row["mode"]): None for row in SNAPSHOTS}
)


def _top_play(user_id: int, score_id: int, map_id: int, minute: int, pp: float, **changes: Any) -> Row:
    """A play as it would be recorded soon after; minutes count from noon."""
    played = NOW_MS + (minute - 100) * 60_000
    return {
        "user_id": user_id,
        "mode": 0,
        "score_id": score_id,
        "beatmap_id": map_id,
        "score": 500_000 + score_id,
        "pp": pp,
        "mods": 0,
        "grade": "S",
        "score_ms": played,
        "update_ms": played + 12_345,
    } | changes


TOP_PLAYS: Final = (
    _top_play(AIKO, 2, STANDARD, 2, 300.5, grade="X"),
    _top_play(AIKO, 23, NO_FILE, 23, 200.0, mods=HDDT),
    # On the same beatmap once more; the score has been deleted since.
    _top_play(AIKO, 777, NO_FILE, -60 * 24 * 30, 190.25, mods=584, grade="SH"),
    _top_play(TWO_WORDS, 3, STANDARD, 3, 250.25, mods=DT),
    # As much pp as somebody else's, and older; and in the very same moment.
    _top_play(TWO_WORDS, 778, QUOTED, 1, 200.0, score=2**31 - 1),
    _top_play(UNDER_SCORE, 779, QUOTED, 23, 200.0),
    _top_play(AIKO, 50, TAIKO, 40, 80.0, mode=1),
    # Of the year before, at its last moment, and of this one, at its first.
    _top_play(BRACKETS, 780, STANDARD, 0, 150.0, score_ms=1_704_067_199_999),
    _top_play(BRACKETS, 781, STANDARD, 0, 151.0, score_ms=1_704_067_200_000),
    _top_play(RESTRICTED, 9, STANDARD, 9, 400.0),
)

# The ladders of two days: for days without a snapshot of their own.
_LADDER: Final = {9500: 1, 8900: 1, 8000: 1, 5000: 3, 1000: 2}

LADDER_DAYS: Final = tuple({"day": 19_737 - days, "at_ms": NOW_MS - days * DAY_MS - 9 * HOUR_MS} for days in (2, 4))

LADDERS: Final = tuple(
    {"mode": 0, "country": country, "day": day["day"], **rung._asdict()}
    for day in LADDER_DAYS
    for country, players in (("", _LADDER), ("jp", {8900: 1, 5000: 2}))
    for rung in rungs(players)
)

SNAPSHOTTER: Final = ({"id": 1, "turn": 9, "last_id": FOLLOWED_TO, "day": 19_735, "round_day": None, "round_to": None},)

TABLES: Final[dict[str, tuple[Row, ...]]] = {
    "favourites": FAVOURITES,
    "ratings": RATINGS,
    "api_beatmap_files": FILES,
    "api_difficulties": DIFFICULTIES,
    "api_totals": _totals(),
    "api_follower": FOLLOWER,
    "api_firsts": FIRSTS,
    "api_rank_events": EVENTS,
    "api_map_statuses": STATUSES,
    "api_matches": MATCHES,
    "api_match_games": GAMES,
    "api_match_scores": MATCH_SCORES,
    "api_snapshots": SNAPSHOTS,
    "api_snapshot_checks": CHECKS,
    "api_top_plays": TOP_PLAYS,
    "api_days": LADDER_DAYS,
    "api_ladders": LADDERS,
    "api_snapshotter": SNAPSHOTTER,
}
