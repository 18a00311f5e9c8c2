"""Passwords as bancho.py stores them: bcrypt of the lower-case hex md5, which is what the game sends as well."""

import asyncio
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import bcrypt

from server.domain.problems import Unavailable

Result = TypeVar("Result")

COST: Final = 12

# Each takes a core for a quarter of a second; more of them at once would only wait for each other.
THREADS: Final = 2

# Whoever comes after so many is told to come again: they would wait for longer than anybody does.
MOST_WAITING: Final = 40

# No password fits it, yet that takes as long to find out as with any other.
NOBODYS: Final = f"$2b${COST:02}$" + "." * 53

# Each step more doubles the time: what nobody would have made is not tried.
_HASH: Final = re.compile(r"\$2[abxy]?\$(?:0[4-9]|1[0-5])\$[./0-9A-Za-z]{53}")


class Passwords:
    """Hashes and checks in threads of its own: neither the event loop nor what else works in threads waits for it.

    They start with the first password, also with the first one after `close`. All of it raises Unavailable, where too
    many wait.
    """

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """What is stored for a password: 60 characters."""
        return await self._run(lambda: bcrypt.hashpw(_md5(password), bcrypt.gensalt(COST)).decode())

    async def fits(self, password: str, stored: str | None) -> bool:
        """Is this the password behind what is stored? None, or what is no hash: never, and as slowly as if it were."""
        known = stored is not None and _HASH.fullmatch(stored) is not None
        against = stored if stored is not None and known else NOBODYS
        fits = await self._run(lambda: _fits(password, against))
        return known and fits

    def close(self) -> None:
        """Let go of those who still wait."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "passwords")
        if self._waiting >= MOST_WAITING:
            raise Unavailable("Too many passwords are being looked at; try again.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _md5(password: str) -> bytes:
    return hashlib.md5(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().encode()


def _fits(password: str, stored: str) -> bool:
    try:
        return bcrypt.checkpw(_md5(password), stored.encode())
    except ValueError:  # of the right form, but a salt that is none
        return False
