"""The osu!track API, answer by answer, the same on every engine. `--write-golden` writes what is answered now."""

import pytest

from tests.golden.house import House
from tests.golden.osutrack_cases import CASES, FOLDER, MOUNT, WRITING, golden


@pytest.mark.parametrize("name", CASES)
def test_golden(house: House, name: str, request: pytest.FixtureRequest) -> None:
    if name in WRITING:
        request.getfixturevalue("mended")
    case = CASES[name]
    told = golden(case, house.ask(case.path, mount=MOUNT, method=case.method))
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--write-golden"):
        path.write_bytes(told)
    assert told.decode() == path.read_text()


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
