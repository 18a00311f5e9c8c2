"""bancho.py's API v1, answer by answer, the same on every engine.

`--write-golden` writes what is answered now; the files are to be read against what bancho.py answers.
"""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.golden.bancho_v1_cases import CASES, Case
from tests.golden.client import Answered
from tests.golden.house import House

FOLDER = Path(__file__).parent / "bancho_v1"


@pytest.mark.parametrize("name", CASES)
def test_golden(house: House, name: str, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    answered = house.ask(case.path, method=case.method, key=case.key, **(case.body or {}))
    told = golden(case, answered)
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--write-golden"):
        path.write_bytes(told)
    assert told.decode() == path.read_text()


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    asked = f"{case.method} /v1{case.path}"
    body = _rounded(answered.json) if case.rounded else answered.json
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({"asked": asked, "status": answered.status, "body": body}, option=options)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value
