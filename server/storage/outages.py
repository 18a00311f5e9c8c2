"""What is said where the database, and not our statement, is at fault: the same on both engines."""

from typing import Final

from server.domain.problems import Unavailable

UNREACHABLE: Final = "The database is not reachable."
BUSY: Final = "The database is busy; try again."
READ_ONLY: Final = "This server may only read its database, so nothing can be changed here."
DENIED: Final = "This server may not read a table of its database that this needs."
LETTERS: Final = "This server's database has no place for some of these letters."
TOO_LONG: Final = "This server's database has no room for so long a text."
DEFAULTLESS: Final = "This server's database wants a value in a column of its own, which is not known here."
CHANGED: Final = "The database's tables have changed since this server started; restart it."


class Lost(Unavailable):
    """The connection went, so that another one may have the answer."""


class GaveWay(Unavailable):
    """Two waited for each other, and this one was called off with all that it had done, so that it can begin anew."""
