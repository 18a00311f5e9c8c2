"""What is told on a card, and where it comes from."""

import asyncio
import re
from typing import Final, NamedTuple

from server.domain.players import Player, PlayerRef, RankedStats
from server.domain.privileges import NOBODY, Privileges
from server.domain.problems import NotFound
from server.domain.rulesets import MODES, Mode
from server.domain.snapshots import DayPoint
from server.site.cards.wording import shown
from server.world import World

DAYS: Final = 90

MODE_WORDS: Final = {
    Mode.OSU: "osu!",
    Mode.TAIKO: "osu!taiko",
    Mode.CATCH: "osu!catch",
    Mode.MANIA: "osu!mania",
    Mode.RELAX_OSU: "osu! Relax",
    Mode.RELAX_TAIKO: "osu!taiko Relax",
    Mode.RELAX_CATCH: "osu!catch Relax",
    Mode.AUTOPILOT_OSU: "osu! Autopilot",
}

_MOST_ID: Final = 2**31 - 1
_LONGEST_NAME: Final = 255


class Facts(NamedTuple):
    """`name` can be shown as it is. `standing` is None for who has no row in the mode, `days` are oldest first."""

    player_id: int
    name: str
    country: str
    online: bool
    mode: Mode
    standing: RankedStats | None
    days: tuple[DayPoint, ...]


async def facts_of(world: World, who: str, mode: Mode | None) -> Facts:
    """The facts of a player's card in a mode, None: in the one they prefer. Raises NotFound and Unavailable."""
    player = await _find(world, who)
    chosen = mode if mode is not None else _preferred(player)
    standing, online, days = await asyncio.gather(
        world.players.stats_in(player, int(chosen)),
        world.online.of((player.id,)),
        world.progress.days(player, chosen, DAYS),
    )
    return Facts(
        player_id=player.id,
        name=shown(player.name) or f"player {player.id}",
        country="" if player.country.lower() == "xx" else shown(player.country).upper(),
        online=player.id in online,
        mode=chosen,
        standing=standing,
        days=tuple(days),
    )


async def _find(world: World, who: str) -> Player:
    """The player with this id or, where there is none, with this name."""
    if re.fullmatch("[0-9]{1,10}", who) and int(who) <= _MOST_ID:
        try:
            return await _shown(world, PlayerRef(id=int(who)))
        except NotFound:
            pass  # a name may be digits too
    if len(who) > _LONGEST_NAME:
        raise NotFound("player")
    return await _shown(world, PlayerRef(name=who))


async def _shown(world: World, ref: PlayerRef) -> Player:
    """A player anybody may see. Who is restricted has no card, also where `[players] visibility` shows them."""
    player = await world.players.find(ref, NOBODY)
    if not player.priv & Privileges.UNRESTRICTED:
        raise NotFound("player")
    return player


def _preferred(player: Player) -> Mode:
    return Mode(player.preferred_mode) if player.preferred_mode in MODES else Mode.OSU


def summary(told: Facts) -> str:
    """A player's figures in a line."""
    if told.standing is None:
        return f"{MODE_WORDS[told.mode]}: nothing played yet"
    stats, rank = told.standing
    places = [f"#{rank.world:,}"] if rank.world else ["not ranked"]
    if rank.country and told.country:
        places.append(f"#{rank.country:,} in {told.country}")
    figures = [f"{stats.pp:,} pp", f"{stats.acc:.2f}% accuracy", f"{stats.plays:,} plays"]
    return f"{MODE_WORDS[told.mode]}: {' · '.join(places + figures)}"
