"""The way to Redis or Valkey, alone, behind Sentinels or as a cluster.

Redis is never needed: whoever asks gets `Away` when it does not answer, and falls back.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# After a failure nobody waits for Redis again before this has passed.
PAUSE_SECONDS = 1.0


class Away(Exception):
    """Redis is not configured or does not answer."""


class Connection:
    """One client for the whole process. `timeout`: seconds that one question may take, connecting included."""

    def __init__(
        self,
        url: str,
        *,
        cluster: bool = False,
        sentinels: tuple[str, ...] = (),
        sentinel_master: str = "mymaster",
        timeout: float = 0.5,
    ) -> None:
        self.cluster = cluster
        self._timeout = timeout
        self._client: Any = None
        self._sentinel: Any = None
        self._away_until = 0.0
        if not url:
            return
        sockets: dict[str, Any] = {
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
            # Once more at once, as a connection that was left idle may be dead; by itself redis-py waits in between.
            "retry": Retry(NoBackoff(), 1),
        }
        # Whatever others wrote, reading it is no failure.
        options = {"decode_responses": True, "encoding_errors": "replace", **sockets}
        if cluster:
            self._client = RedisCluster.from_url(url, **options)
        elif sentinels:
            self._sentinel = _sentinel(url, sentinels, sockets)
            self._client = self._sentinel.master_for(sentinel_master, **_given(url), **options)
        else:
            self._client = Redis.from_url(url, **options)

    @property
    def configured(self) -> bool:
        return self._client is not None

    async def ask(self, question: Callable[[Any], Awaitable[Result]]) -> Result:
        """What `question` gets from the client. Raises Away."""
        if self._client is None or time.monotonic() < self._away_until:
            raise Away
        cause: Exception
        try:
            # Each Sentinel, node and second attempt has a time limit of its own; this one is over all of them.
            async with asyncio.timeout(self._timeout):
                return await question(self._client)
        except TimeoutError:
            cause = TimeoutError(f"no answer within {self._timeout:g} s")
        except (RedisError, RedisClusterException, OSError) as error:
            cause = error
        self._away_until = time.monotonic() + PAUSE_SECONDS
        log.warning("Redis does not answer: %s", type(cause).__name__)
        await self._ask_the_way_anew()
        raise Away from cause

    async def _ask_the_way_anew(self) -> None:
        """Another node of the cluster may have taken over. By itself redis-py does not ask where nobody answers."""
        if self.cluster:
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await self._client.aclose()

    async def close(self) -> None:
        for opened in (self._client, self._sentinel):
            if opened is not None:
                await opened.aclose()


def _given(url: str) -> dict[str, Any]:
    """What an address says of how to connect, but not where to: that the Sentinels know."""
    given: dict[str, Any] = dict(parse_url(url))
    kept = {name: value for name, value in given.items() if name in ("username", "password", "db")}
    if given.get("connection_class") is SSLConnection:
        kept |= {"ssl": True} | {name: value for name, value in given.items() if name.startswith("ssl_")}
    return kept


def _sentinel(url: str, hosts: tuple[str, ...], sockets: dict[str, Any]) -> Any:
    """The Sentinels, spoken to as Redis is: encrypted or not, and with its password if it has one.

    Not with its user: Sentinels have users of their own, and one that wants no password takes any.
    """
    addresses = [(host, int(port or 26379)) for host, _, port in (each.partition(":") for each in hosts)]
    shared = {name: value for name, value in _given(url).items() if name not in ("username", "db")}
    return Sentinel(addresses, sentinel_kwargs={**sockets, **shared})  # type: ignore[no-untyped-call]
