"""Asking bancho.py's API v2, and looking at what it has written as bancho.py would."""

import hashlib
import time
from typing import Any, Final

import bcrypt

from tests.golden.client import Answered
from tests.golden.house import House

PASSWORD: Final = "correct horse"

SIGN_IN: Final = "Authentication required."


def ask(house: House, method: str, path: str, session: str | None = None, **options: Any) -> Answered:
    return house.ask(path, method=method, mount="/v2", session=session, **options)


def refusal(answered: Answered) -> tuple[int, str]:
    """The status of a refusal, and its sentence."""
    return answered.status, answered.json["error"]


def faults(answered: Answered) -> list[tuple[str, list[Any]]]:
    """What could not be read: of each its type and place."""
    assert answered.status == 422
    return [(each["type"], each["loc"]) for each in answered.json["detail"]]


def rows(house: House, text: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in house.run(house.db.all(text, **values))]


def redis(house: House, *words: Any) -> Any:
    """What Redis answers to a command."""

    async def command(client: Any) -> Any:
        return await client.execute_command(*words)

    return house.run(house.redis.ask(command))


def into_a_new_minute(house: House, seconds: float = 15) -> None:
    """Wait, if this minute of the store's clock ends sooner than that: what is counted next is to be within one."""
    now, micros = redis(house, "TIME")
    left = 60 - (int(now) + int(micros) / 1e6) % 60
    if left < seconds:
        time.sleep(left + 0.01)


def md5(password: str) -> bytes:
    """What the game sends for a password."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().encode()


def give_password(house: House, player_id: int, password: str = PASSWORD) -> None:
    """One that is quickly checked."""
    hashed = bcrypt.hashpw(md5(password), bcrypt.gensalt(4)).decode()
    house.sql("UPDATE users SET pw_bcrypt = :hash WHERE id = :id", hash=hashed, id=player_id)


def opens(house: House, player_id: int, password: str) -> bool:
    """Would bancho.py let them in?"""
    ((stored,),) = rows(house, "SELECT pw_bcrypt FROM users WHERE id = :id", id=player_id)
    return len(stored) == 60 and stored.startswith("$2b$") and bcrypt.checkpw(md5(password), stored.encode())
