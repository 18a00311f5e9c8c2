"""Redis or Valkey: reached, new enough, and filled as the ranking sets should be."""

from collections.abc import Callable
from typing import Any, Final

from redis.exceptions import AuthenticationError, ResponseError

from server.doctor.findings import Finding
from server.domain.rulesets import MODES
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.presence import Presence
from server.sections import Redis
from server.services.ranks import FILLED

_OLDEST: Final = (6, 2)

# What bancho.py's keys began with before March 2022.
_OLD_PREFIX: Final = "gulag:leaderboard:"

_REFILL: Final = "bancho.py's own tools/recalc.py fills them. Until then ranks are counted in SQL."


async def examine(settings: Redis, ranked: dict[int, int] | None) -> list[Finding]:
    """What is found. `ranked`: how many players have pp in SQL, by mode."""
    if not settings.url:
        what = "None is named: ranks are counted in SQL, and who is online is told by their last activity."
        return [Finding("advice", "redis", what, "[redis] url: the game server's Redis, if it has one.")]
    try:
        connection = Connection(
            settings.url,
            cluster=settings.cluster,
            sentinels=settings.sentinels,
            sentinel_master=settings.sentinel_master,
            timeout=settings.timeout_ms / 1000,
        )
    except Exception:  # the library's words may hold the password
        fix = "[redis] url: redis://user:password@host:port/db, special characters percent-encoded."
        return [Finding("error", "redis", "The address cannot be understood.", fix)]
    try:
        version, rankings = await _version(connection), await _rankings(connection, ranked)
        return [*version, *rankings, await _speaking(connection), *await _recorded(connection)]
    except Exception as error:  # more than Away: a cluster that cannot be reached fails in a way of its own
        return [_away(error.__cause__ or error)]
    finally:
        await connection.close()


async def _version(connection: Connection) -> list[Finding]:
    info = await connection.ask(_info)
    name = "Valkey" if "valkey_version" in info else "Redis"
    # Valkey says under redis_version which Redis it is compatible with.
    compatible = str(info.get("redis_version", ""))
    version = str(info.get("valkey_version", compatible))
    if not compatible:
        return [Finding("ok", "redis", "It answers, but does not tell its version.")]
    if tuple(int(part) for part in compatible.split(".")[:2] if part.isdecimal()) < _OLDEST:
        what = f"{name} {version} is older than 6.2, the oldest that is tested."
        return [Finding("warning", "redis", what, "Upgrade it.")]
    return [Finding("ok", "redis", f"{name} {version} answers.")]


async def _info(client: Any) -> dict[str, Any]:
    try:
        info: dict[str, Any] = await client.info("server")
    except ResponseError:  # not allowed to this user
        return {}
    return info


async def _rankings(connection: Connection, ranked: dict[int, int] | None) -> list[Finding]:
    sizes = await connection.ask(lambda client: _sizes(client, keys.ranking))
    if ranked is None:
        return [Finding("ok", "ranking sets", f"They hold {sum(sizes.values())} players; SQL was not asked.")]
    if not any(sizes.values()) and any(ranked.values()):
        old = await connection.ask(lambda client: _sizes(client, lambda mode: f"{_OLD_PREFIX}{mode}"))
        if any(old.values()):
            what = "They are under gulag:, as bancho.py wrote them before March 2022, and are not read."
            return [Finding("warning", "ranking sets", what, f"Upgrade bancho.py. {_REFILL}")]
        return [Finding("warning", "ranking sets", "They are empty although players have pp.", _REFILL)]
    thin = [mode for mode, size in sizes.items() if size < FILLED * ranked[mode]]
    if thin:
        what = f"They lack players: {'; '.join(f'mode {mode}: {sizes[mode]} of {ranked[mode]}' for mode in thin)}."
        return [Finding("warning", "ranking sets", what, _REFILL)]
    return [Finding("ok", "ranking sets", f"{sum(sizes.values())} entries; SQL has {sum(ranked.values())}.")]


async def _speaking(connection: Connection) -> Finding:
    """Which game servers tell of their players."""
    servers = sorted(await Presence(Batch(connection)).servers())
    if servers:
        return Finding("ok", "game servers", f"Who is online is told by {', '.join(servers)}.")
    what = "None tells who is online and which lobbies are open."
    return Finding("advice", "game servers", what, "docs/bridge.md has two lines for bancho.py, docs/live.md the rest.")


async def _recorded(connection: Connection) -> list[Finding]:
    """Whether what becomes history is kept."""
    told, working = await connection.ask(_history)
    if not told:
        return []
    if working:
        return [Finding("ok", "recorder", "One works.")]
    what = f"Nothing records finished games and lobbies; their stream holds {told} entries, of at most about 100,000."
    return [Finding("advice", "recorder", what, "Run `python -m server record` beside the server.")]


async def _history(client: Any) -> tuple[int, bool]:
    return int(await client.xlen(keys.HISTORY)), bool(await client.exists(keys.RECORDER))


async def _sizes(client: Any, key: Callable[[int], str]) -> dict[int, int]:
    return {int(mode): int(await client.zcard(key(int(mode)))) for mode in MODES}


def _away(cause: BaseException) -> Finding:
    if isinstance(cause, AuthenticationError):
        what = "It does not let this server in: user or password are others than it has."
        fix = "Compare [redis] url with the game server's REDIS_USER and REDIS_PASS."
    else:
        what = f"It does not answer: {cause or type(cause).__name__}"
        fix = "Is it running, and are host, port and number of the database in [redis] url right?"
    return Finding("warning", "redis", what, f"{fix} Until then ranks are counted in SQL.")
