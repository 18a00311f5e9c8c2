"""Problems in bancho.py v2's words: `{"status": "error", "error": "<sentence>"}`, with pydantic's list for a 422."""

from typing import Final, Literal, TypedDict

from server.domain.accounts import MOST_USERPAGE, Rule, RulesBroken
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
from server.web import rates
from server.web.details import Detail, detail
from server.web.respond import Answer, Headers, json_answer
from server.web.text import refusal


class Refusal(TypedDict):
    """Why a request was refused, in a sentence."""

    status: Literal["error"]
    error: str


class Unreadable(Refusal):
    """Every value that could not be read."""

    detail: list[Detail]


ERRORS = (
    (400, Refusal, "It makes no sense, or a rule is against it."),
    (401, Refusal, "It must be known who asks, and the cookie does not say so."),
    (403, Refusal, "Whoever asks may not do this."),
    (404, Refusal, "There is no such thing, or whoever asks may not know of it."),
    (422, Unreadable, "Values that could not be read, all of them at once."),
    (429, Refusal, "Too many within a minute."),
    (503, Refusal, "Something the server leans on is away."),
)

_RULES: Final = {
    Rule.NAME_FORM: "Must be 2-15 characters in length.",
    Rule.NAME_SPACES: 'May contain "_" and " ", but not both.',
    Rule.NAME_DISALLOWED: "Disallowed username; pick another.",
    Rule.NAME_TAKEN: "Username already taken by another player.",
    Rule.EMAIL_FORM: "Invalid email syntax.",
    Rule.EMAIL_TAKEN: "Email already taken by another player.",
    Rule.PASSWORD_LENGTH: "Must be 8-32 characters in length.",
    Rule.PASSWORD_LETTERS: "Must have more than 3 unique characters.",
    Rule.PASSWORD_SIMPLE: "That password was deemed too simple.",
    Rule.COUNTRY: "Invalid country code.",
    Rule.USERPAGE_LENGTH: f"Must be at most {MOST_USERPAGE} characters in length.",
    Rule.USERPAGE_LETTERS: "May not contain emoji or other letters beyond U+FFFF.",
}


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case NotFound(what):
            return _refused(f"{what.capitalize()} not found.", 404)
        case BadRequest(message):
            return _refused(message, 400)
        case RulesBroken(rules):
            return _refused(" ".join(_RULES[rule] for rule in rules), 400)
        case BadParameters(faults):
            said = " ".join(map(refusal, faults))
            return json_answer({"status": "error", "error": said, "detail": [detail(each) for each in faults]}, 422)
        case Unauthenticated(message):
            return _refused(message or "Authentication required.", 401)
        case Forbidden(message):
            return _refused(message, 403)
        case TooFast(what, wait, limit):
            return _refused(f"Too many {what}; try again in {wait} seconds.", 429, rates.later(wait, limit))
        case Unavailable(message):
            return _refused(message, 503, [(b"retry-after", b"1")])
    raise problem


def _refused(sentence: str, status: int, headers: Headers | None = None) -> Answer:
    return json_answer({"status": "error", "error": sentence}, status, headers)


def unknown_path() -> Answer:
    return json_answer({"detail": "Not Found"}, 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    return json_answer({"detail": "Method Not Allowed"}, 405, [(b"allow", ", ".join(allowed).encode())])


def broken() -> Answer:
    return Answer(b"Internal Server Error", 500, b"text/plain; charset=utf-8")
