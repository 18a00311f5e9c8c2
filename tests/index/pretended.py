"""In the place of calculators, in their process: what they do stands in the file."""

import os
import re
import signal
import time
from typing import Any

from server.domain.beatmap_files import BeatmapFile, Difficulty
from server.services.calculators import Unreadable
from server.services.indexer import read_facts


def rate(calculator: str, content: bytes, wanted: Any) -> list[Difficulty]:
    """Takes the seconds that the content names; `dies` (in a ruleset) ends the process, `bad` is none."""
    if (found := re.search(rb"dies(?: in ([0-3]))?", content)) and (
        found[1] is None or int(found[1]) in [ruleset for ruleset, _ in wanted]
    ):
        os._exit(1)
    if b"bad" in content:
        raise Unreadable
    if found := re.search(rb"sleeps ([0-9.]+)", content):
        time.sleep(float(found[1]))
    return [Difficulty(len(content), ruleset, mods, os.getpid()) for ruleset, mods in wanted]


def read_and_rate(calculator: str, content: bytes, wanted: Any) -> tuple[BeatmapFile | None, list[Difficulty]]:
    """The indexer's own, with the calculator above."""
    difficulties = rate(calculator, content, wanted)
    return read_facts(content), difficulties


def grows(size: int) -> int:
    """Takes so many bytes of memory."""
    return len(bytearray(size))


def ends(*_: Any) -> Any:
    """Ends the process."""
    os._exit(3)


def killed(*_: Any) -> Any:
    """Somebody else ends the process meanwhile."""
    os.kill(os.getpid(), signal.SIGKILL)


def wrong(*_: Any) -> Any:
    """Fails in the way of a calculator."""
    raise LookupError("what the work raises")
