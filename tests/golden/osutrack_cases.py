"""What is asked of the osu!track API for golden answers."""

from pathlib import Path
from typing import Final

import orjson

from tests.golden.bancho_v1_cases import Case
from tests.golden.client import Answered

MOUNT: Final = "/osutrack"

FOLDER: Final = Path(__file__).parent / "osutrack"

_HISTORY: Final = {
    "stats_history": Case("/stats_history?user=3&mode=0"),
    "stats_history-window": Case("/stats_history?user=4&mode=0&from=2024-01-01&to=2024-01-02"),
    "stats_history-up-to": Case("/stats_history?user=4&mode=0&to=2024-01-01"),
    "stats_history-moment": Case("/stats_history?user=4&mode=0&to=2023-12-31T23:59:59.999Z"),
    "stats_history-zone": Case("/stats_history?user=4&mode=0&from=2024-01-01T02:00:00+02:00"),
    "stats_history-dates-that-are-none": Case("/stats_history?user=4&mode=0&from=yesterday&to=2024-02-30"),
    "stats_history-giant": Case("/stats_history?user=19&mode=0"),
    "stats_history-relax": Case("/stats_history?user=3&mode=4"),
    "stats_history-nothing": Case("/stats_history?user=3&mode=1"),
    "stats_history-restricted": Case("/stats_history?user=11&mode=0"),
    "stats_history-nobody": Case("/stats_history?user=99999999999999999999999&mode=0"),
    "stats_history-neither": Case("/stats_history"),
    "stats_history-every-fault": Case("/stats_history?user=Aiko&mode=7"),
    "hiscores": Case("/hiscores?user=3&mode=0"),
    "hiscores-no-mode": Case("/hiscores?user=3"),
    "hiscores-no-such-mode": Case("/hiscores?user=3&mode=osu"),
    "hiscores-taiko": Case("/hiscores?user=003&mode=1"),
    "hiscores-window": Case("/hiscores?user=6&mode=0&from=2024-01-01&to=2024-01-01"),
    "hiscores-window-without-any": Case("/hiscores?user=6&mode=0&from=2025-01-01"),
    "hiscores-by-name": Case("/hiscores?user=two%20words&userMode=username"),
    "hiscores-by-a-name-of-digits": Case("/hiscores?user=3&userMode=username"),
    "hiscores-by-something-else": Case("/hiscores?user=3&mode=1&userMode=email"),
    "hiscores-name-as-id": Case("/hiscores?user=Aiko"),
    "hiscores-restricted": Case("/hiscores?user=11&mode=0"),
    "hiscores-restricted-by-name": Case("/hiscores?user=Restricted&userMode=username"),
    "hiscores-nobody": Case("/hiscores?user=999"),
    "hiscores-no-user": Case("/hiscores?mode=0"),
    "hiscores-no-name": Case("/hiscores?userMode=username"),
    "hiscores-empty-user": Case("/hiscores?user="),
    "hiscores-id-of-300-digits": Case("/hiscores?user=" + "3" * 300),
    "peak": Case("/peak?user=3&mode=0"),
    "peak-of-ties": Case("/peak?user=4&mode=0"),
    "peak-without-a-rank": Case("/peak?user=3&mode=4"),
    "peak-nothing": Case("/peak?user=3&mode=1"),
    "peak-restricted": Case("/peak?user=11&mode=0"),
    "peak-nobody": Case("/peak?user=999&mode=0"),
    "peak-fault": Case("/peak?user=0&mode="),
    "bestplays": Case("/bestplays?mode=0"),
    "bestplays-limit": Case("/bestplays?mode=0&limit=2"),
    "bestplays-window": Case("/bestplays?mode=0&to=2024-01-01"),
    "bestplays-taiko": Case("/bestplays?mode=1&limit=10000"),
    "bestplays-nothing": Case("/bestplays?mode=3"),
    "bestplays-limit-0": Case("/bestplays?mode=0&limit=0"),
    "bestplays-every-fault": Case("/bestplays?limit=10001"),
}

# These write. Each is asked of the golden world as it is.
_UPDATES: Final = {
    "update": Case("/update?user=3&mode=0", method="POST"),
    "update-first": Case("/update?user=9&mode=0", method="POST"),
    "update-relax": Case("/update?user=3&mode=4", method="POST"),
    "update-giant": Case("/update?user=19&mode=0", method="POST"),
    "update-no-stats": Case("/update?user=20&mode=2", method="POST"),
    "update-restricted": Case("/update?user=11&mode=0", method="POST"),
    "update-nobody": Case("/update?user=999&mode=3", method="POST"),
    "update-fault": Case("/update?user=-1&mode=4.0", method="POST"),
    "update-neither": Case("/update", method="POST"),
    "hiscores-first": Case("/hiscores?user=9&mode=0"),
}

CASES: Final = _HISTORY | _UPDATES

WRITING: Final = frozenset(_UPDATES)


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    told = {"asked": f"{case.method} {MOUNT}{case.path}", "status": answered.status}
    if "x-ignored-params" in answered.headers:
        told |= {"ignored": answered.headers["x-ignored-params"]}
    body = answered.json if answered.status == 200 else answered.body.decode()
    return orjson.dumps(told | {"body": body}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
