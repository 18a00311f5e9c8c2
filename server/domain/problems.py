"""What can go wrong, without a word of HTTP. Each dialect says it in its own form."""

# Exceptions are not frozen: the interpreter and contextlib write their traceback into them.

from dataclasses import dataclass
from typing import Any


class Problem(Exception):
    """Base of everything that a service or an endpoint may raise on purpose."""


@dataclass(eq=False)
class NotFound(Problem):
    """Nothing there, or nothing this viewer may know of. `what`: player, map, score, replay, match, clan, pool..."""

    what: str


@dataclass(eq=False)
class BadRequest(Problem):
    """Well formed, but it makes no sense; `message` says which parameter, what was expected and what came."""

    message: str


@dataclass(frozen=True)
class Fault:
    """One parameter that could not be read.

    `kind` is one of missing, whole, real, flag, below, above, choice, pattern, short, long, list, value, and in bodies
    also text, object, unknown, json; `expected` says in words what was wanted, `limit` holds the bound, pattern or
    choices that was not met, of a value the complaint. `place` is query, path, header or body. `secret`: what came is
    not to be told.
    """

    name: str
    kind: str
    expected: str
    came: Any = None
    limit: Any = None
    place: str = "query"
    index: int | None = None  # which of several values, or where in a text
    secret: bool = False


@dataclass(eq=False)
class BadParameters(Problem):
    """Parameters that could not be read: all of them at once."""

    faults: tuple[Fault, ...]


@dataclass(eq=False)
class Unauthenticated(Problem):
    """It must be known who asks, and it is not; `message` says why, where there is more to say than that."""

    message: str = ""


@dataclass(eq=False)
class Forbidden(Problem):
    """The key is good but does not allow this."""

    message: str


@dataclass(eq=False)
class TooFast(Problem):
    """More was asked than may be within a minute: `limit` of `what` (calls, replays). `wait` in seconds."""

    what: str
    wait: int
    limit: int


@dataclass(eq=False)
class Unavailable(Problem):
    """Something this server leans on is away or switched off; `message` names it."""

    message: str


@dataclass(eq=False)
class ReadOnly(Unavailable):
    """Nothing can be written here, as things are: it may not be, or there is nowhere to."""


@dataclass(eq=False)
class FileUnreadable(Unavailable):
    """A file is there but cannot be read."""


@dataclass(eq=False)
class LiveAway(Unavailable):
    """What is happening now cannot be known: Redis does not answer, or there is none."""

    message: str = "The live layer (Redis) does not answer."
