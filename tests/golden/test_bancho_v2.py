"""bancho.py's API v2, answer by answer, the same on every engine.

`--write-golden` writes what is answered now; the files are to be read against what bancho.py answers.
"""

import pytest

from tests.golden.bancho_v2_cases import CASES, FOLDER, golden
from tests.golden.house import House


@pytest.mark.parametrize("name", CASES)
def test_golden(house: House, name: str, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    told = golden(case, house.ask(case.path, method=case.method, session=case.session, mount="/v2"))
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--write-golden"):
        path.write_bytes(told)
    assert told.decode() == path.read_text()


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
