"""Problems in bancho.py v1's words: `{"status": "<sentence>"}`, and pydantic's list for parameters (422)."""

from typing import TypedDict

from server.domain.problems import (
    BadParameters,
    BadRequest,
    Forbidden,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from server.web.details import Detail, detail
from server.web.respond import Answer, json_answer


class Refusal(TypedDict):
    """Why a request was refused, in a sentence."""

    status: str


class Unreadable(TypedDict):
    """Every parameter that could not be read."""

    detail: list[Detail]


ERRORS = (
    (400, Refusal, "The parameters make no sense together."),
    (401, Refusal, "A key is needed, and none that is known was given."),
    (403, Refusal, "The key does not allow this."),
    (404, Refusal, "There is no such thing, or nobody may know of it."),
    (422, Unreadable, "Parameters that could not be read, all of them at once."),
    (503, Refusal, "Something the server leans on is away."),
)


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case NotFound(what):
            return json_answer({"status": f"{what.capitalize()} not found."}, 404)
        case BadRequest(message):
            return json_answer({"status": message}, 400)
        case BadParameters(faults):
            return json_answer({"detail": [detail(fault) for fault in faults]}, 422)
        case Unauthenticated():
            return json_answer({"status": "Invalid API key."}, 401, [(b"www-authenticate", b"Bearer")])
        case Forbidden(message):
            return json_answer({"status": message}, 403)
        case Unavailable(message):
            return json_answer({"status": message}, 503, [(b"retry-after", b"1")])
    raise problem


def unknown_path() -> Answer:
    return json_answer({"detail": "Not Found"}, 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    return json_answer({"detail": "Method Not Allowed"}, 405, [(b"allow", ", ".join(allowed).encode())])


def broken() -> Answer:
    return Answer(b"Internal Server Error", 500, b"text/plain; charset=utf-8")
