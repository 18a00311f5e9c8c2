"""Players and what they add up to."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from server.domain.listing import BY_ID

# Ids with so many digits fit every database's numbers; a longer one is nobody's.
_LONGEST_ID: Final = 18

# What a list of players can be ordered by.
PLAYER_ORDERS: Final = (*BY_ID, "name", "-latest_activity")

# What a leaderboard of players can be ordered by.
LEADERBOARD_SORTS = ("tscore", "rscore", "pp", "acc", "plays", "playtime")


class Player(NamedTuple):
    """A row of `users` as anybody may know it. Times are Unix seconds; `clan_id` 0 is no clan."""

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


class PlayerFilter(NamedTuple):
    """Which players a list is of; what is None lets all through."""

    ids: tuple[int, ...] | None = None
    priv: int | None = None
    country: str | None = None
    clan_id: int | None = None
    clan_priv: int | None = None
    preferred_mode: int | None = None
    play_style: int | None = None


class Stats(NamedTuple):
    """One player in one mode. `acc` in percent, `playtime` in seconds, `pp` whole."""

    id: int
    mode: int
    tscore: int
    rscore: int
    pp: int
    plays: int
    playtime: int
    acc: float
    max_combo: int
    total_hits: int
    replay_views: int
    xh_count: int
    x_count: int
    sh_count: int
    s_count: int
    a_count: int


class Rank(NamedTuple):
    """Positions from 1; 0 is not ranked."""

    world: int
    country: int


UNRANKED = Rank(0, 0)


class RankedStats(NamedTuple):
    """A player's stats in a mode with the positions they give."""

    stats: Stats
    rank: Rank


class FoundPlayer(NamedTuple):
    """A line of a player search."""

    id: int
    name: str


class Leader(NamedTuple):
    """A line of the players' leaderboard of a mode."""

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


class Friend(NamedTuple):
    """A player another one has befriended."""

    id: int
    name: str
    country: str
    latest_activity: int


class FriendNow(NamedTuple):
    friend: Friend
    online: bool


class Counts(NamedTuple):
    """How many players are online, and how many there are."""

    online: int
    total: int


@dataclass(frozen=True, slots=True)
class PlayerRef:
    """A player asked for, by id or by name, never both."""

    id: int | None = None
    name: str | None = None


def meant_by(text: str, key: str | None = None) -> tuple[PlayerRef, ...]:
    """Whom a text may mean, the likelier first: an id, in digits of any script, or a name.

    `key`: only an `id`, of which there is none where the text is no digits, or only a `username`.
    """
    ids = (PlayerRef(id=int(text)),) if text.isdecimal() and len(text) <= _LONGEST_ID else ()
    names = (PlayerRef(name=text),)
    return {"id": ids, "username": names}.get(key or "", ids + names)


def safe_name(name: str) -> str:
    """The form in which names are compared: lower case, spaces as underscores."""
    return name.lower().replace(" ", "_")
