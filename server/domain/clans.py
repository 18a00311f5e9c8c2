"""Clans and who is in them."""

from typing import NamedTuple


class ClanTag(NamedTuple):
    """What is shown of a clan beside a player's name."""

    id: int
    name: str
    tag: str


class Clan(NamedTuple):
    """`owner` is a player's id."""

    id: int
    name: str
    tag: str
    owner: int


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
