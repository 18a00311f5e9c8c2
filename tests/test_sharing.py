"""How the tests are shared out among processes."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.sharing import Shares, distinct, share

TESTS = [
    "tests/dialects/live/test_readers.py::test_a[mysql+aiomysql]",
    "tests/test_fuzz.py::test_live",
    "tests/test_fuzz.py::test_live",
    "tests/dialects/live/test_refusals.py::test_b[/ws-sqlite]",
    "tests/test_fuzz.py::test_live",
    "tests/golden/test_live.py::test_c[mysql+aiomysql-/x]",
    "tests/storage/test_keys.py::test_d[mysql]",
]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("tests/golden/test_live.py::test_a[sqlite-/x]", "golden sqlite"),
        ("tests/dialects/osu_v1/test_access.py::test_a[/x-mysql]", "golden mysql"),
        ("tests/dialects/osu_v1/test_access.py::test_a[mysql+aiomysql]", "golden mysql+aiomysql"),
        ("tests/dialects/osu_v1/test_access.py::test_mysql", "tests/dialects/osu_v1/test_access.py"),
        ("tests/storage/test_keys.py::test_a[sqlite]", "tests/storage/test_keys.py"),
        ("tests/test_fuzz.py::test_live #2", "tests/test_fuzz.py"),
    ],
)
def test_what_stays_together(test: str, expected: str) -> None:
    assert share(test) == expected


def test_all_are_told_apart() -> None:
    assert distinct(["a", "b", "a", "a"]) == ["a", "b", "a #2", "a #3"]


class Worker:
    """Notes what it is told to run, and runs it at once."""

    shutting_down = False
    gateway = SimpleNamespace(id="a worker")

    def __init__(self) -> None:
        self.given: list[int] = []

    def send_runtest_some(self, tests: list[int]) -> None:
        self.given += tests

    def shutdown(self) -> None:
        self.shutting_down = True


def test_each_is_run_once(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytestconfig.option, "tx", ["2*popen"])
    monkeypatch.setattr(pytestconfig.option, "loadscopereorder", False)
    shares, workers = Shares(pytestconfig), [Worker(), Worker()]
    for worker in workers:
        shares.add_node(worker)
    for worker in workers:
        shares.add_node_collection(worker, TESTS)
    shares.schedule()
    done: Counter[int] = Counter()
    while shares.has_pending:
        for worker in workers:
            given, worker.given = worker.given, []
            for test in given:
                shares.mark_test_complete(worker, test)
            done.update(given)
    assert done == Counter(range(len(TESTS)))
