"""The stores that we have in common with bancho.py, read and written as it does, without any of our server."""

import asyncio
import hashlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import bcrypt
from redis import Redis

from benchmarks.processes import HOST, free_port, running
from server.config import Settings
from server.storage.database import Database
from server.storage.migrate import migrate
from tests.engines import opened
from tests.golden.house import settings_for

ROOT = Path(__file__).resolve().parents[1]

Found = TypeVar("Found")

SESSIONS = "bancho:web_sessions:"
MONTH = 30 * 24 * 3600

# Tables that the website's visitors change.
WRITTEN = {"users": "id", "stats": "id, mode", "relationships": "user1, user2", "favourites": "userid, setid"}


@dataclass(frozen=True)
class Stores:
    """A database, a Redis and a data folder."""

    url: str
    redis: Redis
    redis_url: str
    data: Path

    @property
    def settings(self) -> Settings:
        """Of a server over them."""
        return settings_for(self.url, self.redis_url, self.data)

    def rows(self, text: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        return [tuple(row) for row in self._ask(lambda db: db.all(text, **values))]

    def run(self, text: str, **values: Any) -> None:
        """Change the database."""
        self._ask(lambda db: db.run(text, **values))

    def add_player(self, player_id: int, name: str, password: str, priv: int = 3) -> None:
        """As bancho.py does it, of a password that is quickly checked."""
        values = {"id": player_id, "name": name, "safe": name.lower().replace(" ", "_"), "priv": priv}
        self.run(
            "INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, country)"
            " VALUES (:id, :name, :safe, :safe, :priv, :hash, 'de')",
            hash=quick_hash(password),
            **values,
        )

    def fits(self, player_id: int, password: str) -> bool:
        """Would bancho.py let them in?"""
        ((stored,),) = self.rows("SELECT pw_bcrypt FROM users WHERE id = :id", id=player_id)
        return len(stored) == 60 and bcrypt.checkpw(md5(password), stored.encode())

    def sessions(self) -> dict[str, str]:
        """Every session's token, and its value."""
        keys = sorted(self.redis.scan_iter(f"{SESSIONS}*"))
        return {key.removeprefix(SESSIONS): self.redis.get(key) for key in keys}

    def all_of_it(self) -> dict[str, Any]:
        """Whatever the website's visitors can change."""
        tables = {name: self.rows(f"SELECT * FROM {name} ORDER BY {key}") for name, key in WRITTEN.items()}
        files = {path.name: path.read_bytes() for path in sorted((self.data / "avatars").iterdir())}
        return {**tables, "sessions": self.sessions(), "avatars": files}

    @contextmanager
    def served(self, log: Path, **given: str) -> Iterator[str]:
        """The address of a server over them that is a process of its own. `given`: more of its settings."""
        port = free_port()
        given = {"DATABASE_URL": self.url, "REDIS_URL": self.redis_url, "FILES_DATA": str(self.data)} | given
        env = {name: each for name, each in os.environ.items() if not name.startswith(("BANCHO_API_", "DB_", "REDIS_"))}
        env |= {f"BANCHO_API_{name}": each for name, each in given.items()} | {"PYTHONPATH": str(ROOT)}
        with running([sys.executable, "-m", "server", "serve", "--port", str(port)], port, log, env):
            yield f"http://{HOST}:{port}"

    def _ask(self, question: Callable[[Database], Awaitable[Found]]) -> Found:
        async def ask() -> Found:
            async with opened(self.url) as db:
                return await question(db)

        return asyncio.run(ask())


@contextmanager
def stores(url: str, redis_url: str, data: Path) -> Iterator[Stores]:
    """Make an empty database ready, and empty the Redis."""
    (data / "avatars").mkdir(parents=True)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        redis.flushdb()
        made = Stores(url, redis, redis_url, data)
        made._ask(migrate)
        yield made


def md5(password: str) -> bytes:
    """What the game sends for a password."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().encode()


def quick_hash(password: str) -> str:
    return bcrypt.hashpw(md5(password), bcrypt.gensalt(4)).decode()
