"""Leaderboards, of players and of clans: the same for everybody."""

from dataclasses import dataclass
from typing import Final

from server.dialects.bancho_v2 import kinds, params
from server.dialects.bancho_v2.shapes import clans, players
from server.dialects.bancho_v2.shapes.envelope import Listed, PagedMeta, PageMeta, listed
from server.domain.clans import CLAN_SORTS
from server.domain.rulesets import Mode
from server.web.dialect import Context
from server.web.params import REQUIRED, Choice, Text, param

# In the order in which bancho.py names them when it refuses another.
SORTS: Final = ("pp", "rscore", "tscore", "acc", "plays", "playtime")


@dataclass(frozen=True)
class AskLeaders:
    mode: Mode = param(params.MODE, "The mode's number.", REQUIRED, example=0)
    sort: str = param(Choice(SORTS), "What to order by.", "pp")
    country: str | None = param(Text(2, 2), "Only players of this country, two letters.")
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskClanLeaders:
    mode: Mode = params.mode()
    sort: str = param(Choice(CLAN_SORTS), "What to order by.", "pp")
    page: int = params.page()
    page_size: int = params.page_size()


async def get_leaderboard(asked: AskLeaders, ctx: Context) -> Listed[players.LeaderShape, PageMeta]:
    """The best players of a mode, of the whole server or of a country."""
    size, start = kinds.window(asked.page, asked.page_size)
    country = asked.country.lower() if asked.country else None
    found = await ctx.world.players.leaders(asked.mode, asked.sort, country, size, start)
    meta: PageMeta = {"page": asked.page, "page_size": asked.page_size}
    return listed([players.leader_shape(start + at, each) for at, each in enumerate(found, 1)], meta)


async def get_clan_leaderboard(asked: AskClanLeaders, ctx: Context) -> Listed[clans.RankedClanShape, PagedMeta]:
    """The best clans of a mode, by what their members add up to.

    Only members who may be seen and have played in the mode are added up; clans with nothing to be ordered by are left
    out, and of equal ones the older is first.
    """
    window = kinds.window(asked.page, asked.page_size)
    total, found = await ctx.world.clans.board(asked.mode, asked.sort, window)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([clans.ranked_clan_shape(window.offset + at, each) for at, each in enumerate(found, 1)], meta)
