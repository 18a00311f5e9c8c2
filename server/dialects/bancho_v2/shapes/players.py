"""Players as bancho.py v2 tells them. Every text is without white space around it."""

from typing import Annotated, TypedDict

from server.domain.live import Status
from server.domain.players import FoundPlayer, Leader, Player, RankedStats


class PlayerShape(TypedDict):
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


class StatusShape(TypedDict):
    """What a client says its player does."""

    login_time: Annotated[int, "Unix time"]
    action: int
    info_text: str
    mode: int
    mods: int
    beatmap_id: Annotated[int, "0: none"]


class StatsShape(TypedDict):
    """A player in one mode. Ranks are null for those who have none."""

    id: Annotated[int, "the player's"]
    mode: int
    tscore: int
    rscore: int
    pp: float
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
    rank: int | None
    country_rank: int | None


class FoundShape(TypedDict):
    id: int
    name: str


class LeaderShape(TypedDict):
    """A line of the leaderboard; `rank` is the place on it. No clan: all three are null."""

    rank: int
    player_id: int
    name: str
    country: str
    clan_id: int | None
    clan_name: str | None
    clan_tag: str | None
    tscore: int
    rscore: int
    pp: int
    acc: Annotated[float, "percent"]
    plays: int
    playtime: Annotated[int, "seconds"]
    max_combo: int
    xh_count: int
    x_count: int
    sh_count: int
    s_count: int
    a_count: int


def stripped(text: str | None) -> str | None:
    """A text that may be missing, without white space around it."""
    return None if text is None else text.strip()


def player_shape(player: Player) -> PlayerShape:
    return {
        "id": player.id,
        "name": player.name.strip(),
        "safe_name": player.safe_name.strip(),
        "priv": player.priv,
        "country": player.country.strip(),
        "silence_end": player.silence_end,
        "donor_end": player.donor_end,
        "creation_time": player.creation_time,
        "latest_activity": player.latest_activity,
        "clan_id": player.clan_id,
        "clan_priv": player.clan_priv,
        "preferred_mode": player.preferred_mode,
        "play_style": player.play_style,
        "custom_badge_name": stripped(player.custom_badge_name),
        "custom_badge_icon": stripped(player.custom_badge_icon),
        "userpage_content": stripped(player.userpage_content),
    }


def status_shape(status: Status) -> StatusShape:
    return {
        "login_time": int(status.login_time),
        "action": status.action,
        "info_text": status.info_text.strip(),
        "mode": status.mode,
        "mods": status.mods,
        "beatmap_id": max(status.map_id, 0),
    }


def stats_shape(ranked: RankedStats) -> StatsShape:
    stats, rank = ranked
    return {
        "id": stats.id,
        "mode": stats.mode,
        "tscore": stats.tscore,
        "rscore": stats.rscore,
        "pp": float(stats.pp),
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
        "rank": rank.world or None,
        "country_rank": rank.country or None,
    }


def found_shape(found: FoundPlayer) -> FoundShape:
    return {"id": found.id, "name": found.name.strip()}


def leader_shape(rank: int, leader: Leader) -> LeaderShape:
    return {
        "rank": rank,
        "player_id": leader.player_id,
        "name": leader.name.strip(),
        "country": leader.country.strip(),
        "clan_id": leader.clan_id,
        "clan_name": stripped(leader.clan_name),
        "clan_tag": stripped(leader.clan_tag),
        "tscore": leader.tscore,
        "rscore": leader.rscore,
        "pp": leader.pp,
        "acc": leader.acc,
        "plays": leader.plays,
        "playtime": leader.playtime,
        "max_combo": leader.max_combo,
        "xh_count": leader.xh_count,
        "x_count": leader.x_count,
        "sh_count": leader.sh_count,
        "s_count": leader.s_count,
        "a_count": leader.a_count,
    }
