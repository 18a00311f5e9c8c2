"""What the doctor says, and how it is printed."""

import sqlite3
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from server.domain.problems import Unavailable
from server.storage import mysql

Level = Literal["ok", "advice", "warning", "error"]

_WIDTH: Final = 9


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` in a sentence or two; `fix` is what to do about it, statements on lines of their own, or empty.

    advice: works, could be better. warning: some answers are wrong or missing. error: the server cannot start.
    """

    level: Level
    topic: str
    what: str
    fix: str = ""


def render(findings: Sequence[Finding]) -> str:
    """All findings in the order in which they were made, and a last line that counts them."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:{_WIDTH}}{finding.topic}: {finding.what}")
        lines += [" " * _WIDTH + f"  {line}" for line in finding.fix.splitlines()]
    return "\n".join([*lines, "", _summary(findings)])


def _summary(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    if set(levels) <= {"ok"}:
        return "Nothing to mend."
    counts = [
        (levels.count("error"), "error", "errors"),
        (levels.count("warning"), "warning", "warnings"),
        (levels.count("advice"), "piece of advice", "pieces of advice"),
    ]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count) + "."


async def tried(topic: str, check: Awaitable[list[Finding]]) -> list[Finding]:
    """What a check finds, or that it could not be made."""
    try:
        return await check
    except Exception as error:
        return [Finding("warning", topic, f"This could not be checked: {reason(error)}")]


def reason(error: BaseException) -> str:
    """An error in words that hold no secret: those of the servers, never those of whoever read an address."""
    cause = error.__cause__ if isinstance(error, Unavailable) and error.__cause__ else error
    if mysql.code(cause) and len(cause.args) > 1:
        return str(cause.args[1])
    if isinstance(cause, sqlite3.Error):
        return str(cause)
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    return error.message if isinstance(error, Unavailable) else type(error).__name__
