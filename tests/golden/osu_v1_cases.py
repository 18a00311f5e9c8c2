"""What is asked of the osu! API v1 for golden answers."""

from pathlib import Path
from typing import Final

import orjson

from tests.golden.bancho_v1_cases import Case
from tests.golden.client import Answered
from tests.golden.maps import (
    APPROVED,
    BY_HIDDEN,
    CATCH,
    LOVED,
    NO_FILE,
    PENDING,
    PRIVATE,
    QUALIFIED,
    QUOTED,
    STANDARD,
    TAIKO,
    UNSUBMITTED,
    md5_of,
)
from tests.golden.own import MATCH, MATCH_OPEN, MATCH_PRIVATE, MATCH_UNPLAYED
from tests.golden.people import AIKO_KEY, RESTRICTED_KEY
from tests.golden.plays import FAILED, GRADELESS, HUGE_ID, NON_ASCII, OF_RESTRICTED, ON_UNKNOWN_MAP

MOUNT: Final = "/api"

FOLDER: Final = Path(__file__).parent / "osu_v1"

_BEATMAPS: Final = {
    "get_beatmaps": Case("/get_beatmaps?limit=6"),
    "get_beatmaps-by-id": Case(f"/get_beatmaps?b={STANDARD}"),
    "get_beatmaps-not-indexed": Case(f"/get_beatmaps?b={NO_FILE}"),
    "get_beatmaps-quoted": Case(f"/get_beatmaps?b={QUOTED}"),
    "get_beatmaps-private": Case(f"/get_beatmaps?b={PRIVATE}"),
    "get_beatmaps-unsubmitted": Case(f"/get_beatmaps?b={UNSUBMITTED}"),
    "get_beatmaps-unknown": Case("/get_beatmaps?b=404"),
    "get_beatmaps-of-a-set": Case("/get_beatmaps?s=101"),
    "get_beatmaps-by-md5": Case(f"/get_beatmaps?h={md5_of(QUALIFIED).upper()}"),
    "get_beatmaps-all-at-once": Case(f"/get_beatmaps?b={STANDARD}&s=101&h={md5_of(STANDARD)}&m=0&u=NOBODY&since="),
    "get_beatmaps-that-do-not-fit": Case(f"/get_beatmaps?b={STANDARD}&s=102"),
    "get_beatmaps-in-a-mode": Case("/get_beatmaps?m=2"),
    "get_beatmaps-converted": Case(f"/get_beatmaps?b={STANDARD}&m=1&a=1"),
    "get_beatmaps-not-converted": Case(f"/get_beatmaps?b={STANDARD}&m=1"),
    "get_beatmaps-with-mods": Case(f"/get_beatmaps?b={STANDARD}&mods={512 | 8 | 1}"),
    "get_beatmaps-with-mods-not-calculable": Case(f"/get_beatmaps?b={NO_FILE}&mods=64"),
    "get_beatmaps-with-tiny-stars": Case(f"/get_beatmaps?b={QUOTED}&mods=64"),
    "get_beatmaps-with-mods-that-change-nothing": Case(f"/get_beatmaps?b={STANDARD}&mods=8"),
    "get_beatmaps-with-contradictory-mods": Case(f"/get_beatmaps?b={STANDARD}&mods={64 | 256}"),
    "get_beatmaps-since": Case("/get_beatmaps?since=2024-01-13"),
    "get_beatmaps-since-a-moment": Case("/get_beatmaps?since=2024-01-14%2013:40:01"),
    "get_beatmaps-of-a-creator": Case("/get_beatmaps?u=%C3%89_[X]-y"),
    "get_beatmaps-of-a-player": Case("/get_beatmaps?u=4&type=id"),
    "get_beatmaps-of-a-player-by-name": Case("/get_beatmaps?u=two_words&type=string"),
    "get_beatmaps-of-a-player-who-made-none": Case("/get_beatmaps?u=3&type=id"),
    "get_beatmaps-of-somebody-elsewhere": Case("/get_beatmaps?u=Aiko"),
    "get_beatmaps-of-a-hidden-player": Case(f"/get_beatmaps?b={BY_HIDDEN}"),
    "get_beatmaps-of-a-name-as-id": Case("/get_beatmaps?u=nobody&type=id"),
    "get_beatmaps-of-somebody-with-many": Case("/get_beatmaps?u=nobody&limit=3"),
    "get_beatmaps-non-ascii-md5": Case("/get_beatmaps?h=%E6%97%A5"),
    "get_beatmaps-of-nobody": Case("/get_beatmaps?u=999&type=id"),
    "get_beatmaps-mode-unread": Case(f"/get_beatmaps?b={TAIKO}&m=mania"),
    "get_beatmaps-every-fault": Case("/get_beatmaps?b=-1&s=1.5&mods=HDX&since=yesterday"),
}

_USERS: Final = {
    "get_user": Case("/get_user?u=Aiko"),
    "get_user-31-days": Case("/get_user?u=3&event_days=31"),
    "get_user-2-days": Case("/get_user?u=3&event_days=2"),
    "get_user-taiko": Case("/get_user?u=3&m=1"),
    "get_user-relax": Case("/get_user?u=3&m=4"),
    "get_user-mode-7": Case("/get_user?u=3&m=7"),
    "get_user-never-played": Case("/get_user?u=3&m=2"),
    "get_user-no-stats": Case("/get_user?u=20"),
    "get_user-giant": Case("/get_user?u=Giant&m=0"),
    "get_user-unranked": Case("/get_user?u=10&m=6"),
    "get_user-digits": Case("/get_user?u=12345678"),
    "get_user-digits-as-id": Case("/get_user?u=12345678&type=id"),
    "get_user-id-as-name": Case("/get_user?u=3&type=string"),
    "get_user-two-words": Case("/get_user?u=Two%20Words&t=string"),
    "get_user-kanji": Case("/get_user?u=%E6%97%A5%E6%9C%AC%E8%AA%9E"),
    "get_user-restricted": Case("/get_user?u=11"),
    "get_user-restricted-to-self": Case("/get_user?u=11", RESTRICTED_KEY),
    "get_user-bot": Case("/get_user?u=1"),
    "get_user-nobody": Case("/get_user?u=nobody_at_all"),
    "get_user-neither": Case("/get_user"),
    "get_user-no-key": Case("/get_user?u=3", ""),
    "get_user-wrong-key": Case("/get_user?u=3", "0a1b2c3d-1111-4aaa-8bbb-00000000000f"),
    "get_user-nothing-in-it": Case("/get_user?u=&m=&type=&event_days="),
}

_SCORES: Final = {
    "get_scores": Case(f"/get_scores?b={STANDARD}"),
    "get_scores-limit": Case(f"/get_scores?b={STANDARD}&limit=3"),
    "get_scores-limit-0": Case(f"/get_scores?b={STANDARD}&limit=0"),
    "get_scores-relax": Case(f"/get_scores?b={STANDARD}&m=4"),
    "get_scores-with-mods": Case(f"/get_scores?b={STANDARD}&mods=64"),
    "get_scores-with-mods-in-letters": Case(f"/get_scores?b={STANDARD}&mods=hdnc"),
    "get_scores-without-mods": Case(f"/get_scores?b={STANDARD}&mods=0"),
    "get_scores-of-a-player": Case(f"/get_scores?b={NO_FILE}&u=Aiko&type=string"),
    "get_scores-of-a-player-with-mods": Case(f"/get_scores?b={NO_FILE}&u=3&mods=64"),
    "get_scores-misleading": Case(f"/get_scores?b={PRIVATE}&u=18"),
    "get_scores-misleading-with-mods": Case(f"/get_scores?b={PRIVATE}&mods=0"),
    "get_scores-of-a-restricted-player": Case(f"/get_scores?b={STANDARD}&u=11"),
    "get_scores-loved": Case(f"/get_scores?b={LOVED}"),
    "get_scores-qualified": Case(f"/get_scores?b={QUALIFIED}"),
    "get_scores-pending": Case(f"/get_scores?b={PENDING}"),
    "get_scores-gradeless": Case(f"/get_scores?b={NO_FILE}&u=9&limit=1"),
    "get_scores-huge-id": Case(f"/get_scores?b={APPROVED}&limit=100"),
    "get_scores-unknown": Case("/get_scores?b=404"),
    "get_scores-neither": Case("/get_scores?m=0"),
    "get_user_best": Case("/get_user_best?u=3"),
    "get_user_best-more": Case("/get_user_best?u=two%20words&limit=1000&type=string"),
    "get_user_best-relax": Case("/get_user_best?u=4&m=4&limit=1"),
    "get_user_best-nobody": Case("/get_user_best?u=999"),
    "get_user_best-neither": Case("/get_user_best"),
    "get_user_recent": Case("/get_user_recent?u=3&limit=50"),
    "get_user_recent-limit": Case("/get_user_recent?u=4&limit=2"),
    "get_user_recent-taiko": Case("/get_user_recent?u=8&m=1"),
    "get_user_recent-restricted": Case("/get_user_recent?u=11"),
}

_MATCHES: Final = {
    "get_match": Case(f"/get_match?mp={MATCH}"),
    "get_match-open": Case(f"/get_match?mp={MATCH_OPEN}"),
    "get_match-private": Case(f"/get_match?mp={MATCH_PRIVATE}"),
    "get_match-unplayed": Case(f"/get_match?mp={MATCH_UNPLAYED}"),
    "get_match-unknown": Case("/get_match?mp=404"),
    "get_match-neither": Case("/get_match"),
    "get_match-fault": Case("/get_match?mp=first"),
    "get_match-no-key": Case(f"/get_match?mp={MATCH}", ""),
    "get_replay": Case(f"/get_replay?b={STANDARD}&u=3"),
    "get_replay-by-score": Case(f"/get_replay?s={HUGE_ID}"),
    "get_replay-misleading": Case(f"/get_replay?b={PRIVATE}&u=18"),
    "get_replay-of-a-failed-play": Case(f"/get_replay?s={FAILED}"),
    "get_replay-with-mods": Case(f"/get_replay?b={QUOTED}&u=7&m=0&mods=72"),
    "get_replay-with-other-mods": Case(f"/get_replay?b={QUOTED}&u=7&m=0&mods=8"),
    "get_replay-non-ascii": Case(f"/get_replay?s={NON_ASCII}&m=&type=&mods="),
    "get_replay-no-file": Case("/get_replay?s=3"),
    "get_replay-no-score": Case("/get_replay?s=424242"),
    "get_replay-failed": Case(f"/get_replay?b={LOVED}&u=3&mods=3"),
    "get_replay-restricted": Case(f"/get_replay?s={OF_RESTRICTED}"),
    "get_replay-unknown-map": Case(f"/get_replay?s={ON_UNKNOWN_MAP}"),
    "get_replay-gradeless": Case(f"/get_replay?s={GRADELESS}"),
    "get_replay-no-user": Case(f"/get_replay?b={STANDARD}"),
    "get_replay-other-mode": Case(f"/get_replay?b={CATCH}&u=3&m=2"),
    "get_replay-neither": Case("/get_replay"),
}

CASES: Final = _BEATMAPS | _USERS | _SCORES | _MATCHES


def asked(case: Case) -> str:
    """The question with its key."""
    key = AIKO_KEY if case.key is None else case.key
    return f"{case.path}{'&' if '?' in case.path else '?'}k={key}"


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    told = {"asked": f"GET {MOUNT}{case.path}", "status": answered.status}
    if "x-ignored-params" in answered.headers:
        told |= {"ignored": answered.headers["x-ignored-params"]}
    return orjson.dumps(told | {"body": answered.json}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
