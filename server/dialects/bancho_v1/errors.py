"""Problems in bancho.py v1's words: `{"status": "<sentence>"}`, and pydantic's list for parameters (422)."""

from typing import Any, NotRequired, TypedDict

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
from server.web.respond import Answer, json_answer


class Refusal(TypedDict):
    """Why a request was refused, in a sentence."""

    status: str


class FaultShape(TypedDict):
    """One parameter that could not be read."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any
    ctx: NotRequired[dict[str, Any]]


class Unreadable(TypedDict):
    """Every parameter that could not be read."""

    detail: list[FaultShape]


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
            return json_answer({"detail": [_fault(fault) for fault in faults]}, 422)
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


def _fault(fault: Fault) -> dict[str, Any]:
    kind, message, context = _worded(fault)
    place = [fault.place, fault.name] + ([] if fault.index is None else [fault.index])
    shape: dict[str, Any] = {"type": kind, "loc": place, "msg": message, "input": fault.came}
    return shape | {"ctx": context} if context else shape


def _worded(fault: Fault) -> tuple[str, str, dict[str, Any] | None]:
    """pydantic's type, message and context for a fault: clients match on them."""
    limit = fault.limit
    match fault.kind:
        case "missing":
            return "missing", "Field required", None
        case "whole":
            return "int_parsing", "Input should be a valid integer, unable to parse string as an integer", None
        case "real":
            return "float_parsing", "Input should be a valid number, unable to parse string as a number", None
        case "flag":
            return "bool_parsing", "Input should be a valid boolean, unable to interpret input", None
        case "below":
            return "greater_than_equal", f"Input should be greater than or equal to {limit}", {"ge": limit}
        case "above":
            return "less_than_equal", f"Input should be less than or equal to {limit}", {"le": limit}
        case "choice":
            quoted = [f"'{word}'" for word in limit]
            words = " or ".join([", ".join(quoted[:-1]), quoted[-1]])
            return "literal_error", f"Input should be {words}", {"expected": words}
        case "pattern":
            return "string_pattern_mismatch", f"String should match pattern '{limit}'", {"pattern": limit}
        case "short":
            return "string_too_short", f"String should have at least {limit} characters", {"min_length": limit}
        case "long":
            return "string_too_long", f"String should have at most {limit} characters", {"max_length": limit}
    return "value_error", f"Input should be {fault.expected}", {"expected": fault.expected}
