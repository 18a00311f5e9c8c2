"""`users.priv`, a bit field, and the one rule of who may see whom."""

from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple

BOT_ID = 1


class Privileges(IntFlag):
    UNRESTRICTED = 1 << 0
    VERIFIED = 1 << 1  # has logged in with the game once
    SUPPORTER = 1 << 4
    PREMIUM = 1 << 5
    MODERATOR = 1 << 12
    ADMINISTRATOR = 1 << 13
    DEVELOPER = 1 << 14


PUBLIC = int(Privileges.UNRESTRICTED | Privileges.VERIFIED)
STAFF = int(Privileges.MODERATOR | Privileges.ADMINISTRATOR | Privileges.DEVELOPER)
DONATOR = int(Privileges.SUPPORTER | Privileges.PREMIUM)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: nobody in particular, or the owner of an API key or of a session.

    `scopes` are what the key or the session allows; `id` 0 is nobody.
    """

    id: int = 0
    priv: int = 0
    scopes: frozenset[str] = frozenset()

    @property
    def staff(self) -> bool:
        return bool(self.priv & STAFF) and "read:hidden" in self.scopes


NOBODY = Viewer()


class Shown(NamedTuple):
    """Whom a list may hold: players with all bits of `mask`, less the one with the id `but`, and the one with `also`.

    Ids are 0 where nobody is meant; a `mask` of 0 lets everybody through.
    """

    mask: int
    also: int = 0
    but: int = 0


@dataclass(frozen=True, slots=True)
class Visibility:
    """The bits of `priv` a player must have to be seen by the public, place by place.

    One rule everywhere is the default; `BANCHO_PY` is what bancho.py 5.3.0 itself did before its visibility fix.
    """

    profile: int = PUBLIC  # a player asked for, and what is theirs: scores, replays, clan, pools
    board: int = PUBLIC  # leaderboards of players and of maps, the same for every viewer
    search: int = PUBLIC
    hides_bot: bool = True

    def shows(self, viewer: Viewer, player_id: int, priv: int) -> bool:
        """May `viewer` see this player's profile and what is theirs?"""
        if viewer.staff or (viewer.id == player_id and player_id != 0):
            return True
        if self.hides_bot and player_id == BOT_ID:
            return False
        return priv & self.profile == self.profile

    def search_mask(self, viewer: Viewer) -> int:
        """The bits a player needs to be found by `viewer`'s search."""
        return 0 if viewer.staff else self.search

    def listed(self, viewer: Viewer) -> Shown:
        """Whom a list may show to `viewer`: hidden players find themselves in it."""
        mask = self.search_mask(viewer)
        but = BOT_ID if mask and self.hides_bot and viewer.id != BOT_ID else 0
        # Whoever is found anyway is asked about as everybody else is.
        return Shown(mask, 0 if viewer.priv & mask == mask else viewer.id, but)


BANCHO_PY = Visibility(profile=0, board=int(Privileges.UNRESTRICTED), search=PUBLIC, hides_bot=False)
