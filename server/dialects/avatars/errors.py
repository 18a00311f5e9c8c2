"""Problems in plain text: nobody reads them but people."""

from server.domain.problems import BadParameters, NotFound, Problem, Unavailable
from server.web.respond import Answer, text_answer

ERRORS = (
    (404, str, "Neither has this player an avatar, nor is there one for such players; or the name is no player's id."),
    (500, str, "The server could not answer; its log says why."),
    (503, str, "The data folder cannot be read, or the answer took too long."),
)


def present(problem: Problem) -> Answer:
    """A problem as an answer."""
    match problem:
        case NotFound() | BadParameters():
            return unknown_path()
        case Unavailable(message):
            return text_answer(message, 503, [(b"retry-after", b"1")])
    raise problem


def unknown_path() -> Answer:
    return text_answer("There is no such avatar.", 404)


def unknown_method(allowed: tuple[str, ...]) -> Answer:
    names = ", ".join(allowed)
    return text_answer(f"Avatars take {names}.", 405, [(b"allow", names.encode())])


def broken() -> Answer:
    return text_answer("The server could not answer; its log says why.", 500)
