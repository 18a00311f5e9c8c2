"""A game server that speaks HTTP, and what is told of it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from server.domain.keys import NewApiKey
from server.live import keys
from server.storage import catalog
from server.storage.keys import Keys
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import AIKO

MOUNT = "/live"


class Said(NamedTuple):
    """An entry of the stream of events, without its id."""

    kind: str
    server: str
    id: str
    data: Any


class Stage:
    """Asks a house, with a key that may write."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.key = made(house, AIKO, ["live:write"]).secret

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Answered:
        """Ask with a body, as JSON or as the bytes that are given."""
        if body is not None:
            options["content"] = body if isinstance(body, bytes) else orjson.dumps(body)
        return self.house.ask(path, mount=MOUNT, method=method, key=self.key if key is None else key, **options)

    def news(self, method: str, path: str, body: Any = None) -> int:
        """How much of it was news."""
        answered = self.ask(method, path, body)
        assert answered.status == 200, answered.body
        news: int = answered.json["news"]
        return news

    def players(self, query: str = "") -> list[Any]:
        """Who is online, as everybody is told."""
        told: list[Any] = self.house.ask(f"/players{query}", mount=MOUNT).json["players"]
        return told

    def match(self, which: str) -> Any:
        """A lobby as everybody is told, None if there is none."""
        answered = self.house.ask(f"/matches/{which}", mount=MOUNT)
        return answered.json if answered.status == 200 else None

    def raw(self, *words: Any) -> Any:
        """A command to Redis."""
        return self.house.run(self.house.redis.ask(lambda client: client.execute_command(*words)))

    def said(self) -> list[Said]:
        """All events so far. `data` as it was before it was JSON, or a word on why."""
        return [
            Said(
                fields["kind"],
                fields["server"],
                fields["id"],
                orjson.loads(fields["data"]) if fields["data"][:1] == "{" else fields["data"],
            )
            for _, fields in self.raw("XRANGE", keys.EVENTS, "-", "+")
        ]

    def kinds(self) -> list[str]:
        """Kinds and subjects of all events so far."""
        return [f"{each.kind} {each.id}" for each in self.said()]


def made(house: House, owner: int, scopes: Iterable[str]) -> NewApiKey:
    """A new key of this server's own."""

    async def create() -> NewApiKey:
        return await Keys(house.db, await catalog.read(house.db)).create("test", owner, scopes, 1, None)

    return house.run(create())
