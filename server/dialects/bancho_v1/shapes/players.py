"""Players and clans as bancho.py v1 tells them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from server.domain.clans import ClanMember, ClanTag, ClanWithMembers
from server.domain.players import Counts, FoundPlayer, FriendNow, Leader, Player, RankedStats


class ClanShape(TypedDict):
    id: int
    name: str
    tag: str


class ClanSize(ClanShape):
    members: Annotated[int, "how many"]


class InfoShape(TypedDict):
    """A player's account. Times are Unix seconds; `clan_id` 0: no clan; `clan_priv`: 1 member, 2 officer, 3 owner."""

    id: int
    name: str
    safe_name: str
    priv: int
    country: str
    silence_end: int
    donor_end: int
    creation_time: int
    latest_activity: int
    clan_id: int
    clan_priv: int
    preferred_mode: int
    play_style: int
    custom_badge_name: str | None
    custom_badge_icon: str | None
    userpage_content: str | None


class StatsShape(TypedDict):
    """A player in one mode. Ranks: 0 is not ranked."""

    id: Annotated[int, "the player's"]
    mode: int
    tscore: int
    rscore: int
    pp: int
    plays: int
    playtime: Annotated[int, "seconds"]
    acc: Annotated[float, "percent"]
    max_combo: int
    total_hits: int
    replay_views: int
    xh_count: int
    x_count: int
    sh_count: int
    s_count: int
    a_count: int
    rank: int
    country_rank: int


class PlayerShape(TypedDict):
    info: NotRequired[InfoShape]
    stats: NotRequired[Annotated[dict[str, StatsShape], "by mode"]]


class PlayerInfoAnswer(TypedDict):
    status: Literal["success"]
    player: PlayerShape


class PlayerOfSeveral(PlayerShape):
    id: int


class PlayersInfoAnswer(TypedDict):
    status: Literal["success"]
    players: list[PlayerOfSeveral]


class FoundShape(TypedDict):
    id: int
    name: str


class SearchAnswer(TypedDict):
    status: Literal["success"]
    results: Annotated[int, "how many are in `result`"]
    result: list[FoundShape]


class CountsShape(TypedDict):
    online: int
    total: int


class CountAnswer(TypedDict):
    status: Literal["success"]
    counts: CountsShape


class LeaderShape(TypedDict):
    player_id: int
    name: str
    country: str
    tscore: int
    rscore: int
    pp: int
    plays: int
    playtime: int
    acc: float
    max_combo: int
    xh_count: int
    x_count: int
    sh_count: int
    s_count: int
    a_count: int
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None


class LeaderboardAnswer(TypedDict):
    status: Literal["success"]
    leaderboard: list[LeaderShape]


class MemberShape(TypedDict):
    id: int
    name: str
    country: str
    rank: Annotated[str, "Member, Officer or Owner"]


class ClanAnswer(TypedDict):
    """No `status`, as bancho.py gives none here."""

    id: int
    name: str
    tag: str
    members: list[MemberShape]
    owner: MemberShape | None


class FriendShape(TypedDict):
    id: int
    name: str
    country: str
    online: bool
    last_seen: Annotated[int, "Unix time"]


class FriendsAnswer(TypedDict):
    status: Literal["success"]
    friends: list[FriendShape]


def clan_shape(clan: ClanTag) -> ClanShape:
    return {"id": clan.id, "name": clan.name, "tag": clan.tag}


def info_shape(player: Player) -> InfoShape:
    return {
        "id": player.id,
        "name": player.name,
        "safe_name": player.safe_name,
        "priv": player.priv,
        "country": player.country,
        "silence_end": player.silence_end,
        "donor_end": player.donor_end,
        "creation_time": player.creation_time,
        "latest_activity": player.latest_activity,
        "clan_id": player.clan_id,
        "clan_priv": player.clan_priv,
        "preferred_mode": player.preferred_mode,
        "play_style": player.play_style,
        "custom_badge_name": player.custom_badge_name,
        "custom_badge_icon": player.custom_badge_icon,
        "userpage_content": player.userpage_content,
    }


def stats_shape(ranked: RankedStats) -> StatsShape:
    stats, rank = ranked
    return {
        "id": stats.id,
        "mode": stats.mode,
        "tscore": stats.tscore,
        "rscore": stats.rscore,
        "pp": stats.pp,
        "plays": stats.plays,
        "playtime": stats.playtime,
        "acc": stats.acc,
        "max_combo": stats.max_combo,
        "total_hits": stats.total_hits,
        "replay_views": stats.replay_views,
        "xh_count": stats.xh_count,
        "x_count": stats.x_count,
        "sh_count": stats.sh_count,
        "s_count": stats.s_count,
        "a_count": stats.a_count,
        "rank": rank.world,
        "country_rank": rank.country,
    }


def player_shape(info: Player | None, stats: list[RankedStats] | None) -> PlayerShape:
    """What was asked for of a player; None leaves the part out."""
    shape: PlayerShape = {}
    if info is not None:
        shape["info"] = info_shape(info)
    if stats is not None:
        shape["stats"] = {str(each.stats.mode): stats_shape(each) for each in stats}
    return shape


def players_answer(players: list[Player], shapes: list[PlayerShape]) -> PlayersInfoAnswer:
    """Several players, each with the id it was asked by: stats alone would not say whose they are."""
    several: list[PlayerOfSeveral] = [{"id": player.id, **shape} for player, shape in zip(players, shapes, strict=True)]
    return {"status": "success", "players": several}


def search_answer(found: list[FoundPlayer]) -> SearchAnswer:
    return {
        "status": "success",
        "results": len(found),
        "result": [{"id": each.id, "name": each.name} for each in found],
    }


def count_answer(counts: Counts) -> CountAnswer:
    return {"status": "success", "counts": {"online": counts.online, "total": counts.total}}


def leaderboard_answer(leaders: list[Leader]) -> LeaderboardAnswer:
    return {"status": "success", "leaderboard": [_leader(each) for each in leaders]}


def _leader(leader: Leader) -> LeaderShape:
    return {
        "player_id": leader.player_id,
        "name": leader.name,
        "country": leader.country,
        "tscore": leader.tscore,
        "rscore": leader.rscore,
        "pp": leader.pp,
        "plays": leader.plays,
        "playtime": leader.playtime,
        "acc": leader.acc,
        "max_combo": leader.max_combo,
        "xh_count": leader.xh_count,
        "x_count": leader.x_count,
        "sh_count": leader.sh_count,
        "s_count": leader.s_count,
        "a_count": leader.a_count,
        "clan_id": leader.clan_id,
        "clan_name": leader.clan_name,
        "clan_tag": leader.clan_tag,
    }


def clan_answer(found: ClanWithMembers) -> ClanAnswer:
    clan = found.clan
    return {
        "id": clan.id,
        "name": clan.name,
        "tag": clan.tag,
        "members": [_member(member, _RANKS.get(member.clan_priv, "Member")) for member in found.members],
        "owner": _member(found.owner, "Owner") if found.owner else None,
    }


_RANKS = {1: "Member", 2: "Officer", 3: "Owner"}


def _member(member: ClanMember, rank: str) -> MemberShape:
    return {"id": member.id, "name": member.name, "country": member.country, "rank": rank}


def friends_answer(friends: list[FriendNow]) -> FriendsAnswer:
    return {
        "status": "success",
        "friends": [
            {
                "id": each.friend.id,
                "name": each.friend.name,
                "country": each.friend.country,
                "online": each.online,
                "last_seen": each.friend.latest_activity,
            }
            for each in friends
        ],
    }
