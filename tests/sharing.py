"""How the tests are shared out where several processes run them, each with servers of its own."""

import re
from collections import Counter
from collections.abc import Sequence

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.golden.fixtures import ENGINES

# The folders where the tests that name an engine ask the golden server on it, which takes long to make.
_GOLDEN = ("tests/dialects/", "tests/golden/")


class Shares(LoadFileScheduling):
    """A file is a share, and so is all that asks one golden server. They are given out in the order of the files."""

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        super().add_node_collection(node, distinct(collection))

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)


def share(test: str) -> str:
    """The name of the share that a test belongs to."""
    file, _, name = test.partition("::")
    if file.startswith(_GOLDEN):
        engines = set(re.split(r"[\[\]-]", name)).intersection(ENGINES)
        if len(engines) == 1:
            return f"golden {engines.pop()}"
    return file


def distinct(tests: Sequence[str]) -> list[str]:
    """The tests' ids, numbered where several have the same: Schemathesis gives one to all tests of a document.

    A scheduler knows a test by its id, and would run only one of those.
    """
    times: Counter[str] = Counter()
    found = []
    for test in tests:
        times[test] += 1
        found.append(test if times[test] == 1 else f"{test} #{times[test]}")
    return found
