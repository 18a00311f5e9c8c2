"""The way to Redis or Valkey, alone, behind Sentinels or as a cluster.

Redis is never needed: whoever asks gets `Away` when it does not answer, and falls back.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import Redis, RedisCluster, Sentinel
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
    """One client for the whole process."""

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
        self._client: Any = None
        self._away_until = 0.0
        if not url:
            return
        options: dict[str, Any] = {
            "decode_responses": True,
            "encoding_errors": "replace",  # whatever others wrote, reading it is no failure
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
        }
        if cluster:
            self._client = RedisCluster.from_url(url, **options)
        elif sentinels:
            template = Redis.from_url(url)
            given = template.connection_pool.connection_kwargs
            hosts = [(host, int(port or 26379)) for host, _, port in (each.partition(":") for each in sentinels)]
            kept = {name: given[name] for name in ("username", "password", "db") if name in given}
            watchers: Any = Sentinel(hosts, socket_timeout=timeout)  # type: ignore[no-untyped-call]
            self._client = watchers.master_for(sentinel_master, **kept, **options)
        else:
            self._client = Redis.from_url(url, retry=Retry(NoBackoff(), 1), **options)

    @property
    def configured(self) -> bool:
        return self._client is not None

    async def ask(self, question: Callable[[Any], Awaitable[Result]]) -> Result:
        """What `question` gets from the client. Raises Away."""
        if self._client is None or time.monotonic() < self._away_until:
            raise Away
        try:
            return await question(self._client)
        except (RedisError, RedisClusterException, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            log.warning("Redis does not answer: %s", type(error).__name__)
            raise Away from error

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
