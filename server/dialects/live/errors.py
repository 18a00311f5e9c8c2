"""Problems in this dialect's words: `{"error": "<sentence>"}`, with every fault beside it where parameters are bad."""

from typing import Annotated, Any, TypedDict

import orjson

from server.domain.problems import (
    BadParameters,
    BadRequest,
    Fault,
    Forbidden,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from server.web.bodies import shown
from server.web.respond import Answer, json_answer

# `in` is a word of the language.
FaultShape = TypedDict(
    "FaultShape",
    {
        "parameter": Annotated[str, "its name, or its place in the body: `slots[0].team`; `body` is all of it"],
        "in": Annotated[str, "body, query, path or header"],
        "expected": str,
        "came": Annotated[Any, "null where nothing came"],
    },
)


class Refusal(TypedDict):
    """Why a request was refused, in a sentence."""

    error: str


class Unreadable(TypedDict):
    """Everything that could not be read; the sentence tells the first."""

    error: str
    faults: list[FaultShape]


ERRORS = (
    (400, Refusal, "What was sent makes no sense as a whole."),
    (401, Refusal, "A key is needed, and none that is known was given."),
    (403, Refusal, "The key does not allow this."),
    (404, Refusal, "There is no such thing, or nobody may know of it."),
    (422, Unreadable, "Parameters or parts of the body that could not be read, all of them at once."),
    (503, Refusal, "Something the server leans on is away."),
)


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case NotFound(what):
            return json_answer({"error": f"{what.capitalize()} not found."}, 404)
        case BadRequest(message):
            return json_answer({"error": message}, 400)
        case BadParameters(faults):
            return json_answer({"error": _sentence(faults), "faults": [_fault(fault) for fault in faults]}, 422)
        case Unauthenticated():
            return json_answer({"error": "Invalid API key."}, 401, [(b"www-authenticate", b"Bearer")])
        case Forbidden(message):
            return json_answer({"error": message}, 403)
        case Unavailable(message):
            return json_answer({"error": message}, 503, [(b"retry-after", b"1")])
    raise problem


def unknown_path() -> Answer:
    return json_answer({"error": "There is nothing at this address."}, 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    methods = ", ".join(allowed)
    return json_answer({"error": f"This address takes {methods}."}, 405, [(b"allow", methods.encode())])


def broken() -> Answer:
    return json_answer({"error": "The server has made a mistake."}, 500)


def _sentence(faults: tuple[Fault, ...]) -> str:
    first, *others = faults
    came = "nothing" if first.kind == "missing" else orjson.dumps(shown(first.came)).decode()
    more = f" And {len(others)} more." if others else ""
    return f"{first.name}: expected {first.expected}, got {came}.{more}"


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "parameter": fault.name,
        "in": fault.place,
        "expected": fault.expected,
        "came": shown(fault.came),
    }
