"""What players keep of others: friends, blocks, favourite beatmap sets."""

from dataclasses import dataclass

from server.dialects.bancho_v2 import access, params
from server.dialects.bancho_v2.shapes.envelope import CountMeta, Listed, Success, listed, success
from server.dialects.bancho_v2.shapes.players import PlayerShape, player_shape
from server.domain.players import Player
from server.domain.privileges import Viewer
from server.web.dialect import Context
from server.web.params import REQUIRED, Whole, param

_OWN = "The player's id, who must be the session's owner."


@dataclass(frozen=True)
class AskOwn:
    player_id: int = params.id_in_path(_OWN)


@dataclass(frozen=True)
class AskAnybodys:
    player_id: int = params.id_in_path("The player's id.")


@dataclass(frozen=True)
class AskTarget(AskOwn):
    target_id: int = params.id_in_path("The other player's id.", 4)


@dataclass(frozen=True)
class AskSet(AskOwn):
    set_id: int = param(Whole(-(2**31), 2**31 - 1), "The beatmap set's id.", REQUIRED, example=1)


async def friends(asked: AskOwn, ctx: Context) -> Listed[PlayerShape, CountMeta]:
    """Whom the session's owner has befriended, oldest account first. Hidden players are left out."""
    viewer = access.own(ctx, asked.player_id, "You may only view your own friends.")
    return _players(await ctx.world.social.friends(viewer))


async def befriend(asked: AskTarget, ctx: Context) -> Success[None]:
    """Make somebody a friend, in one direction; who was blocked is so no more."""
    await ctx.world.social.befriend(_friendly(asked, ctx), asked.target_id)
    return success(None)


async def unfriend(asked: AskTarget, ctx: Context) -> Success[None]:
    """End a friendship, if there is one."""
    await ctx.world.social.unfriend(_friendly(asked, ctx), asked.target_id)
    return success(None)


async def blocks(asked: AskOwn, ctx: Context) -> Listed[PlayerShape, CountMeta]:
    """Whom the session's owner has blocked, oldest account first. Hidden players are left out."""
    viewer = access.own(ctx, asked.player_id, "You may only view your own blocks.")
    return _players(await ctx.world.social.blocked(viewer))


async def block(asked: AskTarget, ctx: Context) -> Success[None]:
    """Block somebody; who was a friend is so no more."""
    await ctx.world.social.block(_blocking(asked, ctx), asked.target_id)
    return success(None)


async def unblock(asked: AskTarget, ctx: Context) -> Success[None]:
    """End a block, if there is one."""
    await ctx.world.social.unblock(_blocking(asked, ctx), asked.target_id)
    return success(None)


async def favourites(asked: AskAnybodys, ctx: Context) -> Listed[int, CountMeta]:
    """Ids of a player's favourite beatmap sets, in their order."""
    found = await ctx.world.social.favourites(asked.player_id, ctx.viewer)
    return listed(found, CountMeta(total=len(found)))


async def add_favourite(asked: AskSet, ctx: Context) -> Success[None]:
    """Make a set a favourite. The server need not know it."""
    await ctx.world.social.add_favourite(_favouring(asked, ctx), asked.set_id)
    return success(None)


async def remove_favourite(asked: AskSet, ctx: Context) -> Success[None]:
    """Make a set a favourite no more, if it is one."""
    await ctx.world.social.remove_favourite(_favouring(asked, ctx), asked.set_id)
    return success(None)


def _friendly(asked: AskTarget, ctx: Context) -> Viewer:
    return access.own(ctx, asked.player_id, "You may only manage your own friends.")


def _blocking(asked: AskTarget, ctx: Context) -> Viewer:
    return access.own(ctx, asked.player_id, "You may only manage your own blocks.")


def _favouring(asked: AskSet, ctx: Context) -> Viewer:
    return access.own(ctx, asked.player_id, "You may only manage your own favourites.")


def _players(found: list[Player]) -> Listed[PlayerShape, CountMeta]:
    return listed([player_shape(each) for each in found], CountMeta(total=len(found)))
