"""Passwords: stored as bancho.py stores them, and never found out about by how long an answer takes."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from typing import Any

import bcrypt
import pytest

from server.domain.problems import Unavailable
from server.services import passwords
from server.services.passwords import NOBODYS, Passwords
from tests.engines import until

# Cheap to check; what is made anew costs as much as it should.
# Of "pässwörd".
STORED = "$2b$04$IvWhwQrKon4wp0tV05uG5uGkSOszZ53g0QUfVUafWEEalBrD1916y"


@pytest.fixture
def checking() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


async def test_what_is_stored(checking: Passwords) -> None:
    stored = await checking.hashed("pässwörd 🎵")
    assert len(stored) == 60
    assert stored.startswith("$2b$12$")
    assert bcrypt.checkpw(hashlib.md5("pässwörd 🎵".encode()).hexdigest().encode(), stored.encode())
    assert await checking.fits("pässwörd 🎵", stored)
    assert not await checking.fits("pässwörd 🎶", stored)
    assert await checking.hashed("pässwörd 🎵") != stored  # salted


@pytest.mark.parametrize("form", ["$2a$", "$2b$", "$2y$"])
async def test_forms_of_bcrypt(checking: Passwords, form: str) -> None:
    assert await checking.fits("pässwörd", form + STORED[4:])
    assert not await checking.fits("password", form + STORED[4:])


@pytest.mark.parametrize(
    "stored",
    [
        *(
            None,
            "",
            "x",
            "-" * 60,
            "$2b$04$",
            STORED[:-1],
            STORED + "x",
            STORED.replace("$2b", "$3b"),
            "$2b$04$" + "é" * 53,
        ),
        STORED.replace("$04", "$31"),  # would take days
        hashlib.md5("pässwörd".encode()).hexdigest(),
    ],
)
async def test_what_is_no_hash_takes_as_long_as_one(
    checking: Passwords, stored: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bytes] = []

    def check(password: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return True  # whatever comes of it does not count

    monkeypatch.setattr(passwords.bcrypt, "checkpw", check)
    assert not await checking.fits("pässwörd", stored)
    assert checked == [NOBODYS.encode()]


def test_nobodys_hash_costs_what_ours_do() -> None:
    assert NOBODYS[:7] == f"$2b${passwords.COST:02}$"
    assert not bcrypt.checkpw(b"", NOBODYS.encode())


async def test_neither_the_loop_nor_other_threads_wait(checking: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock, door = 0, 0, threading.Lock(), threading.Event()

    def check(*_: Any) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        assert threading.current_thread().name.startswith("passwords")
        door.wait(10)
        with lock:
            at_once -= 1
        return True

    monkeypatch.setattr(passwords.bcrypt, "checkpw", check)
    asked = [asyncio.create_task(checking.fits("x", STORED)) for _ in range(8)]
    for _ in range(20):  # more than the default threads there are would be held
        await asyncio.to_thread(lambda: None)
    assert not any(each.done() for each in asked)
    asked[-1].cancel()
    door.set()
    assert await asyncio.gather(*asked[:-1]) == [True] * 7
    assert most <= passwords.THREADS


async def test_it_can_be_closed_and_used_again(checking: Passwords) -> None:
    others = set(threading.enumerate())
    for _ in range(2):
        assert await checking.fits("pässwörd", STORED)
        assert any(each.name.startswith("passwords") for each in set(threading.enumerate()) - others)
        checking.close()
        checking.close()
        until(lambda: set(threading.enumerate()) <= others)


async def test_more_than_anybody_waits_for_are_told_to_come_again(
    checking: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    answers = await asyncio.gather(*(checking.fits("pässwörd", STORED) for _ in range(5)), return_exceptions=True)
    assert answers[:3] == [True] * 3
    assert [type(each) for each in answers[3:]] == [Unavailable] * 2
    assert await checking.fits("pässwörd", STORED)
