"""Clans."""

from dataclasses import dataclass

from server.dialects.bancho_v2 import kinds, params
from server.dialects.bancho_v2.shapes import clans, players
from server.dialects.bancho_v2.shapes.envelope import Listed, PagedMeta, Success, listed, success
from server.domain.clans import CLAN_ORDERS
from server.web.dialect import Context


@dataclass(frozen=True)
class AskClans:
    ids: tuple[int, ...] | None = params.ids("Only these clans.")
    order: str = params.order(*CLAN_ORDERS)
    page: int = params.page()
    page_size: int = params.page_size()


@dataclass(frozen=True)
class AskClan:
    clan_id: int = params.id_in_path("The clan's id.", 1)


@dataclass(frozen=True)
class AskMembers(AskClan):
    page: int = params.page()
    page_size: int = params.page_size()


async def get_clans(asked: AskClans, ctx: Context) -> Listed[clans.ClanShape, PagedMeta]:
    """All clans."""
    window = kinds.ordered(asked.page, asked.page_size, asked.order)
    total, found = await ctx.world.clans.page(asked.ids, window, asked.order)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([clans.clan_shape(each) for each in found], meta)


async def get_clan(asked: AskClan, ctx: Context) -> Success[clans.ClanShape]:
    """A clan by its id."""
    return success(clans.clan_shape(await ctx.world.clans.clan(asked.clan_id)))


async def get_clan_members(asked: AskMembers, ctx: Context) -> Listed[players.PlayerShape, PagedMeta]:
    """Who is in a clan: the owner first, then officers, each by name. Hidden players are left out."""
    clan = await ctx.world.clans.clan(asked.clan_id)
    window = kinds.window(asked.page, asked.page_size)
    total, found = await ctx.world.players.members(clan.id, ctx.viewer, window)
    meta: PagedMeta = {"total": total, "page": asked.page, "page_size": asked.page_size}
    return listed([players.player_shape(each) for each in found], meta)
