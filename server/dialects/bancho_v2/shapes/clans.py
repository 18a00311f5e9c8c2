"""Clans as bancho.py v2 tells them."""

from datetime import datetime
from typing import Annotated, TypedDict

from server.domain.clans import Clan, RankedClan


class ClanShape(TypedDict):
    id: int
    name: str
    tag: str
    owner: Annotated[int, "a player's id, also where that player may not be seen"]
    created_at: Annotated[datetime, "the game server's wall clock"]


class RankedClanShape(TypedDict):
    """A line of the clans' leaderboard: sums over the `members` who have played in the mode and may be seen."""

    rank: int
    clan_id: int
    name: str
    tag: str
    owner: int
    members: int
    tscore: int
    rscore: int
    pp: int
    average_pp: Annotated[float, "`pp` / `members`"]
    plays: int
    playtime: Annotated[int, "seconds"]


def clan_shape(clan: Clan) -> ClanShape:
    return {
        "id": clan.id,
        "name": clan.name.strip(),
        "tag": clan.tag.strip(),
        "owner": clan.owner,
        "created_at": clan.created_at,
    }


def ranked_clan_shape(rank: int, clan: RankedClan) -> RankedClanShape:
    return {
        "rank": rank,
        "clan_id": clan.clan_id,
        "name": clan.name.strip(),
        "tag": clan.tag.strip(),
        "owner": clan.owner,
        "members": clan.members,
        "tscore": clan.tscore,
        "rscore": clan.rscore,
        "pp": clan.pp,
        "average_pp": round(clan.pp / clan.members, 3),
        "plays": clan.plays,
        "playtime": clan.playtime,
    }
