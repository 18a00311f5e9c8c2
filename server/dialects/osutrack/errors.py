"""Problems as osu!track words them: plain text."""

from dataclasses import replace

from server.dialects.osutrack.params import EXPECTED
from server.domain.problems import (
    BadParameters,
    BadRequest,
    Fault,
    Problem,
    TooFast,
    Unavailable,
)
from server.web import rates, text
from server.web.respond import Answer, text_answer

ERRORS = (
    (400, str, "Parameters that cannot be understood: which, what was expected and what came."),
    (429, str, "Too many updates within a minute."),
    (503, str, "Something the server leans on is away, or it keeps no history."),
)


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case BadParameters(faults):
            return text_answer(" ".join(_worded(fault) for fault in faults), 400)
        case BadRequest(message):
            return text_answer(message, 400)
        case TooFast(what, wait, limit):
            return text_answer(f"Too many {what}: at most {limit} a minute.", 429, rates.later(wait, limit))
        case Unavailable(message):
            return text_answer(message, 503, [(b"retry-after", b"1")])
    raise problem


def unknown_path() -> Answer:
    return text_answer("There is no such endpoint.", 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    names = ", ".join(allowed)
    return text_answer(f"This endpoint takes {names}.", 405, [(b"allow", names.encode())])


def broken() -> Answer:
    return text_answer("The server could not answer; its log says why.", 500)


def _worded(fault: Fault) -> str:
    """Also where nothing came it is said what was expected."""
    expected = EXPECTED.get(fault.name, fault.expected) if fault.came is None else fault.expected
    return text.refusal(replace(fault, expected=expected))
