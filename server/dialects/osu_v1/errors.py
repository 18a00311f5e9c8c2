"""Problems as the osu! API v1 words them: `{"error": "<sentence>"}`, and of what is not there an empty answer."""

from typing import TypedDict

from server.domain.problems import (
    BadParameters,
    BadRequest,
    Forbidden,
    NotFound,
    Problem,
    TooFast,
    Unauthenticated,
    Unavailable,
)
from server.web import rates, text
from server.web.respond import Answer, Headers, json_answer


class Refusal(TypedDict):
    """Why there is no answer, in a sentence."""

    error: str


ERRORS = (
    (400, Refusal, "Parameters that cannot be understood."),
    (401, Refusal, "There is no key, or nobody has it."),
    (429, Refusal, "Too many calls within a minute."),
    (503, Refusal, "Something the server leans on is away."),
)

# Libraries compare these word by word.
NO_KEY = "Please provide a valid API key."
TOO_FAST = "Requesting too fast! Slow your operation, cap'n!"
NO_REPLAY = "Replay not available."
BROKEN_REPLAY = "Replay retrieval failed."


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case NotFound("match"):
            return json_answer({"match": 0, "games": []})
        case NotFound("replay"):
            return refusal(NO_REPLAY, 200)
        case NotFound():
            return json_answer([])
        case BadRequest(message):
            return refusal(message, 400)
        case BadParameters(faults):
            return refusal(" ".join(text.refusal(fault) for fault in faults), 400)
        case Unauthenticated():
            return refusal(NO_KEY, 401)
        case TooFast(what, wait, limit):
            # Libraries look for the words; with another status some never read them of a replay.
            return refusal(TOO_FAST, 200 if what == "replays" else 429, rates.later(wait, limit))
        case Forbidden(message):
            return refusal(message, 403)
        case Unavailable(message):
            return refusal(message, 503, [(b"retry-after", b"1")])
    raise problem


def refusal(message: str, status: int, headers: Headers | None = None) -> Answer:
    return json_answer({"error": message}, status, headers)


def unknown_path() -> Answer:
    return refusal("There is no such endpoint.", 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    return refusal("This endpoint is asked with GET.", 405, [(b"allow", ", ".join(allowed).encode())])


def broken() -> Answer:
    return refusal("The server could not answer; its log says why.", 500)
