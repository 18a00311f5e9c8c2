"""The live dialect, answer by answer, the same on every engine. `--write-golden` writes what is answered now."""

import pytest

from tests.golden.house import House
from tests.golden.live_cases import CASES, FOLDER, MOUNT, golden


@pytest.mark.parametrize("name", CASES)
def test_golden(house: House, name: str, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    answered = house.ask(case.path, mount=MOUNT, method=case.method, key=case.key, **(case.body or {}))
    told = golden(case, answered)
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--write-golden"):
        path.write_bytes(told)
    assert told.decode() == path.read_text()


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
