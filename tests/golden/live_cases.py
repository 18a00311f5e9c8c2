"""What is asked of the live dialect for golden answers."""

from pathlib import Path
from typing import Final

import orjson

from tests.golden.bancho_v1_cases import Case
from tests.golden.client import Answered
from tests.golden.people import AIKO_KEY, MODERATOR_KEY, RESTRICTED_KEY

MOUNT: Final = "/live"

FOLDER: Final = Path(__file__).parent / "live"

CASES: Final = {
    "players": Case("/players"),
    "players-as-moderator": Case("/players", MODERATOR_KEY),
    "players-as-one-of-the-hidden": Case("/players", RESTRICTED_KEY),
    "players-page": Case("/players?limit=2&offset=1"),
    "players-of-a-country": Case("/players?country=US"),
    "players-in-a-mode": Case("/players?mode=osurx"),
    "players-doing-something": Case("/players?action=13&server=golden"),
    "players-elsewhere": Case("/players?server=another"),
    "players-every-fault": Case("/players?mode=7&country=usa&action=14&server=a:b&limit=0&offset=x"),
    "matches": Case("/matches"),
    "matches-as-moderator": Case("/matches", MODERATOR_KEY),
    "match": Case("/matches/7"),
    "match-by-key": Case("/matches/golden:0"),
    "match-choosing": Case("/matches/63"),
    "match-of-another-server": Case("/matches/another:0"),
    "match-unknown": Case("/matches/1"),
    "match-fault": Case("/matches/golden:64"),
    "put_player-no-key": Case("/players/3", None, "PUT", {"json": {}}),
    "put_player-key-without-the-scope": Case("/players/3", AIKO_KEY, "PUT", {"json": {}}),
    "put_player-fault": Case("/players/0?server=a%20b", AIKO_KEY, "PUT", {"json": {}}),
    "no-such-path": Case("/nothing"),
    "no-such-method": Case("/players/3", None, "POST"),
}


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    told = {"asked": f"{case.method} {MOUNT}{case.path}", "status": answered.status, "body": answered.json}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
