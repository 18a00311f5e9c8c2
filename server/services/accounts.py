"""Accounts: registered, signed in to, and changed by their owners."""

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from server.domain.accounts import (
    AccountRules,
    ProfileChanges,
    Registration,
    Rule,
    RulesBroken,
    country_faults,
    email_faults,
    name_faults,
    password_faults,
    userpage_faults,
)
from server.domain.lookalikes import crude
from server.domain.players import Player, PlayerRef
from server.domain.privileges import BOT_ID, Privileges
from server.domain.problems import BadRequest, Forbidden, NotFound, Unauthenticated, Unavailable
from server.live.connection import Away
from server.live.ranks import Ranks as RankingSets
from server.services.attempts import Attempts
from server.services.captcha import Captcha
from server.services.passwords import Passwords
from server.services.sessions import Sessions
from server.storage.accounts import Accounts as StoredAccounts
from server.storage.accounts import Edited
from server.storage.players import Players as StoredPlayers

log = logging.getLogger(__name__)

# One sentence for both: which names there are is nobody's business who does not know the password.
INCORRECT: Final = "Incorrect username or password."

WRONG_CURRENT: Final = "Incorrect current password."

# No name is longer; what is, is told apart no further.
_LONGEST_NAME: Final = 32

# A country that changes again while the ranking sets are being changed is followed so often.
_MOVES: Final = 5


class SignedIn(NamedTuple):
    """A player, and the token of the session they have begun."""

    player: Player
    token: str


class Accounts:
    """All of it raises Unavailable, which is ReadOnly where the database may only be read.

    `attempts`: wrong passwords. `registration`: may accounts be made? `clock`: Unix seconds.
    """

    def __init__(
        self,
        stored: StoredAccounts,
        players: StoredPlayers,
        sets: RankingSets,
        passwords: Passwords,
        captcha: Captcha,
        attempts: Attempts,
        sessions: Sessions,
        rules: AccountRules,
        registration: bool,
        clock: Callable[[], float],
    ) -> None:
        self._stored = stored
        self._players = players
        self._sets = sets
        self._passwords = passwords
        self._captcha = captcha
        self._attempts = attempts
        self._sessions = sessions
        self._rules = rules
        self._registration = registration
        self._clock = clock

    async def register(self, wanted: Registration, captcha_token: str | None) -> Player:
        """A new account, which nobody but its owner sees before the game has been played with it.

        Raises Forbidden (none can be made), BadRequest (captcha), RulesBroken.
        """
        if not self._registration:
            raise Forbidden("Accounts cannot be registered here.")
        if not await self._captcha.passes(captcha_token):
            raise BadRequest("Captcha verification failed.")
        name = name_faults(wanted.name, self._rules)
        email = email_faults(wanted.email)
        password = password_faults(wanted.password, self._rules.disallowed_passwords)
        taken = await self._stored.taken(None if name else wanted.name, None if email else wanted.email)
        _refuse(*name, *email, *password, *taken)
        pw_bcrypt = await self._passwords.hashed(wanted.password)
        return await self._stored.create(wanted, pw_bcrypt, int(self._clock()))

    async def sign_in(self, name: str, password: str, place: str) -> SignedIn:
        """A session of the player with this name and password, given at `place`.

        Names that nobody has take as long and count as much as others, and the bot has no password.
        Raises Unauthenticated, TooFast, LiveAway.
        """
        found = await self._stored.credentials(PlayerRef(name=name))
        who = f"player {found.player.id}" if found is not None else f"name {crude(name[:_LONGEST_NAME])}"
        opens = found.pw_bcrypt if found is not None and found.player.id != BOT_ID else None
        if not await self._fits(who, place, password, opens) or found is None:
            raise Unauthenticated(INCORRECT)
        token = await self._sessions.begin(found.player.id)
        # Whoever changed the password meanwhile may have ended all sessions before this one began.
        now = await self._stored.credentials(PlayerRef(id=found.player.id))
        if now is None or now.pw_bcrypt != found.pw_bcrypt:
            await self._sessions.end(token)
            raise Unauthenticated(INCORRECT)
        return SignedIn(found.player, token)

    async def change_password(self, player_id: int, current: str, new: str, place: str) -> None:
        """Give a player another password. Raises BadRequest (the current one is another), RulesBroken, TooFast."""
        found = await self._stored.credentials(PlayerRef(id=player_id))
        if found is None:
            raise NotFound("player")
        if not await self._fits(f"player {player_id}", place, current, found.pw_bcrypt):
            raise BadRequest(WRONG_CURRENT)
        _refuse(*password_faults(new, self._rules.disallowed_passwords))
        if not await self._stored.change_password(player_id, found.pw_bcrypt, await self._passwords.hashed(new)):
            raise BadRequest(WRONG_CURRENT)  # another request has just changed it

    async def edit(self, player_id: int, changes: ProfileChanges) -> Player:
        """Change what is given of a player: all of it, or nothing. The player after it.

        Raises RulesBroken, and BadRequest where this database has no column for it.
        """
        player = await self._players.find(PlayerRef(id=player_id))
        if player is None:
            raise NotFound("player")
        changes = _less_own_name(changes, player)
        broken = [
            *(name_faults(changes["name"], self._rules) if "name" in changes else ()),
            *(country_faults(changes["country"]) if "country" in changes else ()),
            *userpage_faults(changes.get("userpage_content")),
        ]
        if "name" in changes and not {Rule.NAME_FORM, Rule.NAME_SPACES, Rule.NAME_DISALLOWED} & set(broken):
            broken += await self._stored.taken(changes["name"], None, player_id)
        _refuse(*broken)
        if not changes:
            return player
        edited = await self._stored.edit(player_id, changes)
        if edited.before.country != edited.after.country:
            await self._move(edited)
        return edited.after

    async def close(self) -> None:
        """Let go of those whose passwords still wait to be looked at."""
        self._passwords.close()
        await self._captcha.close()

    async def _fits(self, account: str, place: str, password: str, stored: str | None) -> bool:
        """Is this the password? Counted before it is known, so that of many guesses at once none slips through."""
        await self._attempts.count(account, place)
        try:
            fits = await self._passwords.fits(password, stored)
        except BaseException:  # nobody has learnt anything
            await self._attempts.give_back(account, place)
            raise
        if fits:
            await self._attempts.give_back(account, place)
        return fits

    async def _move(self, edited: Edited) -> None:
        """From one country's ranking sets to another's. What is stored counts, and is not taken back if this fails."""
        old, now = edited.before.country, edited.after
        try:
            stats = await self._players.stats((now.id,))
            pp = {each.mode: each.pp for each in stats[now.id]}
            for _ in range(_MOVES):
                new = now.country
                await self._sets.move(now.id, old, new, pp, bool(now.priv & Privileges.UNRESTRICTED))
                now = await self._players.find(PlayerRef(id=now.id)) or now
                if now.country == new:
                    return
                old = new
        except (Away, Unavailable):
            log.warning("Player %d could not be taken out of the ranking sets of %s", now.id, old)


def _less_own_name(changes: ProfileChanges, player: Player) -> ProfileChanges:
    """The name a player has already need not keep to rules that came after it."""
    if changes.get("name") != player.name:
        return changes
    rest = changes.copy()
    del rest["name"]
    return rest


def _refuse(*broken: Rule) -> None:
    """Raise RulesBroken if there are any."""
    if broken:
        raise RulesBroken(tuple(sorted(broken, key=lambda rule: rule.value)))
