"""Players as the osu! API v1 tells them."""

from html import escape
from math import floor
from typing import Annotated, Final, TypedDict

from server.domain.achievements import EventKind, RankEvent, Totals
from server.domain.levels import level
from server.domain.players import Player, RankedStats
from server.web.text import date_of, number

# How the game's pages name the rulesets.
_RULESETS: Final = ("osu!", "Taiko", "Catch the Beat", "osu!mania")


class EventShape(TypedDict):
    """Something that happened to a player."""

    display_html: Annotated[str, "HTML; links are relative to the site"]
    beatmap_id: str
    beatmapset_id: str
    date: Annotated[str, "UTC"]
    epicfactor: Annotated[str, "1 to 32"]


class UserShape(TypedDict):
    """A player in one mode. What they are there is null if they have never played it."""

    user_id: str
    username: str
    join_date: Annotated[str, "UTC"]
    count300: str | None
    count100: str | None
    count50: str | None
    playcount: str | None
    ranked_score: str | None
    total_score: str | None
    pp_rank: Annotated[str | None, "0: not ranked"]
    level: str | None
    pp_raw: str | None
    accuracy: Annotated[str | None, "percent"]
    count_rank_ss: Annotated[str | None, "silver ones left out"]
    count_rank_ssh: str | None
    count_rank_s: str | None
    count_rank_sh: str | None
    count_rank_a: str | None
    country: Annotated[str, "ISO 3166-1, XX: not known"]
    total_seconds_played: str | None
    pp_country_rank: Annotated[str | None, "0: not ranked"]
    events: list[EventShape]


def user_shape(player: Player, ranked: RankedStats | None, totals: Totals | None, events: list[RankEvent]) -> UserShape:
    """`ranked` and `totals` are None for who has never played the mode."""
    stats = ranked.stats if ranked else None
    return {
        "user_id": str(player.id),
        "username": player.name,
        "join_date": date_of(player.creation_time),
        "count300": str(totals.n300) if totals else None,
        "count100": str(totals.n100) if totals else None,
        "count50": str(totals.n50) if totals else None,
        "playcount": str(stats.plays) if stats else None,
        "ranked_score": str(stats.rscore) if stats else None,
        "total_score": str(stats.tscore) if stats else None,
        "pp_rank": str(ranked.rank.world) if ranked else None,
        "level": _level(stats.tscore) if stats else None,
        "pp_raw": str(stats.pp) if stats else None,
        "accuracy": number(stats.acc) if stats else None,
        "count_rank_ss": str(stats.x_count) if stats else None,
        "count_rank_ssh": str(stats.xh_count) if stats else None,
        "count_rank_s": str(stats.s_count) if stats else None,
        "count_rank_sh": str(stats.sh_count) if stats else None,
        "count_rank_a": str(stats.a_count) if stats else None,
        "country": player.country.upper(),
        "total_seconds_played": str(stats.playtime) if stats else None,
        "pp_country_rank": str(ranked.rank.country) if ranked else None,
        "events": [_event(player, event) for event in events],
    }


def _level(total_score: int) -> str:
    """With four decimals, and never the next level before it is reached."""
    return number(floor(level(total_score) * 10_000) / 10_000)


def _event(player: Player, event: RankEvent) -> EventShape:
    return {
        "display_html": _html(player, event),
        "beatmap_id": str(event.beatmap.id),
        "beatmapset_id": str(event.beatmap.set_id),
        "date": date_of(event.at_ms / 1000),
        "epicfactor": str(event.epic),
    }


def _html(player: Player, event: RankEvent) -> str:
    who = f"<b><a href='/u/{player.id}'>{escape(player.name)}</a></b>"
    ruleset = event.mode % 4
    where = f"<a href='/b/{event.beatmap.id}?m={ruleset}'>{escape(event.beatmap.full_name)}</a> ({_RULESETS[ruleset]})"
    if event.kind is EventKind.LOST_FIRST:
        return f"{who} has lost first place on {where}"
    grade = f"<img src='/images/{event.grade}_small.png'/> "
    return f"{grade}{who} achieved rank #{event.position} on {where}"
