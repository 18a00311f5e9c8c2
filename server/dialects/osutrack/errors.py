"""Problems as osu!track words them: plain text."""

from server.domain.problems import (
    BadParameters,
    BadRequest,
    Problem,
    TooFast,
    Unavailable,
)
from server.web import rates, text
from server.web.respond import Answer, text_answer

ERRORS = (
    (400, str, "Parameters that cannot be understood: which, what was expected and what came."),
    (500, str, "The server could not answer; its log says why."),
    (503, str, "Something the server leans on is away, or the answer took too long."),
)

# What else an update may come to, and what asks for one.
_TOO_FAST = (429, str, "Too many updates within a minute.")
UPDATE_ERRORS = (
    _TOO_FAST,
    (503, str, "Something the server leans on is away, the answer took too long, or the server keeps no history."),
)
HISCORES_ERRORS = (_TOO_FAST,)


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case BadParameters(faults):
            return text_answer(" ".join(map(text.refusal, faults)), 400)
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
