"""Clans and who is in them."""

from datetime import datetime
from typing import Final, NamedTuple

from server.domain.listing import BY_ID

# What a list of clans can be ordered by.
CLAN_ORDERS: Final = (*BY_ID, "name")

# What a leaderboard of clans can be ordered by.
CLAN_SORTS: Final = ("pp", "rscore", "tscore", "plays")


class ClanTag(NamedTuple):
    """What is shown of a clan beside a player's name."""

    id: int
    name: str
    tag: str


class Clan(NamedTuple):
    """`owner` is a player's id, `created_at` the game server's wall clock."""

    id: int
    name: str
    tag: str
    owner: int
    created_at: datetime


class ClanMember(NamedTuple):
    """`clan_priv`: 1 member, 2 officer, 3 owner. `clan_id` can differ for an owner whose row was changed by hand."""

    id: int
    name: str
    country: str
    clan_priv: int
    priv: int
    clan_id: int


class ClanWithMembers(NamedTuple):
    """A clan and those of its members whom the viewer may see; `owner` is None where they may not."""

    clan: Clan
    members: list[ClanMember]
    owner: ClanMember | None


class RankedClan(NamedTuple):
    """A line of the clans' leaderboard of a mode: sums over the `members` who have played in it and may be seen."""

    clan_id: int
    name: str
    tag: str
    owner: int
    members: int
    tscore: int
    rscore: int
    pp: int
    plays: int
    playtime: int
