"""What the home page tells of this moment, and what it has to say when it cannot know."""

import asyncio
from dataclasses import dataclass

from server.domain.players import Leader
from server.domain.problems import Unavailable
from server.world import World

DATABASE_AWAY = "The database does not answer. Until it does, requests for players, scores and beatmaps will fail."
LIVE_AWAY = "The live layer (Redis) does not answer. Until it does, lobbies and what players are doing are not known."
NO_LIVE = "This server has no live layer (Redis): lobbies and what players are doing are not known."
UNWRITTEN = "No game server tells of its lobbies at the moment."

TOP = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """Numbers are None where they are not known; `words` say why."""

    online: int | None = None
    registered: int | None = None
    lobbies: int | None = None
    leaders: tuple[Leader, ...] = ()
    words: tuple[str, ...] = ()


async def look(world: World, online: str) -> Moment:
    """How things stand. `online`: the setting of who counts as online."""
    health = await world.status.health()
    words = [] if health.redis else [NO_LIVE if health.redis is None else LIVE_AWAY]
    lobbies = await world.matches.count() if health.redis else None
    if health.redis and lobbies is None:
        words.append(UNWRITTEN)
    if not health.database:
        return Moment(lobbies=lobbies, words=(DATABASE_AWAY, *words))
    try:
        counts, leaders = await asyncio.gather(world.online.counts(), world.players.leaders(0, "pp", None, TOP, 0))
    except Unavailable:  # it went away since it was asked
        return Moment(lobbies=lobbies, words=(DATABASE_AWAY, *words))
    # Counted from the live layer alone, nobody is known to be online while there is none.
    known = bool(health.redis) or online != "live"
    return Moment(counts.online if known else None, counts.total, lobbies, tuple(leaders), tuple(words))
