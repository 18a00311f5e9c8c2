"""What happens beside each other while an account is signed in to or changed."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from server.domain.accounts import AccountRules
from server.domain.players import Player, PlayerRef, Stats
from server.domain.problems import BadRequest, Unauthenticated, Unavailable
from server.services.accounts import Accounts, SignedIn
from server.storage.accounts import Credentials, Edited

AIKO = Player(3, "Aiko", "aiko", 3, "jp", *([0] * 8), None, None, None)


@dataclass
class Around:
    """All that accounts lean on. What is asked for comes from lists, the last of which stays."""

    hashes: list[str] = field(default_factory=lambda: ["old"])
    countries: list[str] = field(default_factory=lambda: ["jp"])
    fits_or: Exception | bool = True
    changes: bool = True
    told: list[tuple[Any, ...]] = field(default_factory=list)

    def accounts(self) -> Accounts:
        around = cast(Any, self)
        return Accounts(*[around] * 7, AccountRules(), True, lambda: 0.0)

    async def credentials(self, ref: PlayerRef) -> Credentials:
        return Credentials(AIKO, self.hashes.pop(0) if len(self.hashes) > 1 else self.hashes[0])

    async def find(self, ref: PlayerRef) -> Player:
        country = self.countries.pop(0) if len(self.countries) > 1 else self.countries[0]
        return AIKO._replace(country=country)

    async def fits(self, password: str, stored: str | None) -> bool:
        if isinstance(self.fits_or, Exception):
            raise self.fits_or
        return self.fits_or

    async def hashed(self, password: str) -> str:
        return "new"

    async def count(self, account: str, place: str) -> None:
        self.told.append(("count", account, place))

    async def give_back(self, account: str, place: str) -> None:
        self.told.append(("give back", account, place))

    async def begin(self, player_id: int) -> str:
        self.told.append(("begin", player_id))
        return "token"

    async def end(self, token: str) -> None:
        self.told.append(("end", token))

    async def change_password(self, player_id: int, old: str, new: str) -> bool:
        self.told.append(("change", old, new))
        return self.changes

    async def edit(self, player_id: int, changes: dict[str, Any]) -> Edited:
        return Edited(AIKO, AIKO._replace(**changes))

    async def stats(self, ids: tuple[int, ...]) -> dict[int, list[Stats]]:
        return {3: []}

    async def move(self, player_id: int, old: str, new: str, pp: dict[int, int], ranked: bool) -> None:
        self.told.append((old, new))


COUNTED = [("count", "player 3", "here"), ("give back", "player 3", "here")]


async def test_a_session_is_begun() -> None:
    around = Around()
    assert await around.accounts().sign_in("aiko", "x", "here") == SignedIn(AIKO, "token")
    assert around.told == [*COUNTED, ("begin", 3)]


async def test_no_session_outlives_the_password_it_began_with() -> None:
    """It is looked at again when the session is there: whoever ends all others after that ends this one too."""
    around = Around(hashes=["old", "new"])
    with pytest.raises(Unauthenticated):
        await around.accounts().sign_in("aiko", "x", "here")
    assert around.told == [*COUNTED, ("begin", 3), ("end", "token")]


async def test_what_is_no_verdict_does_not_count() -> None:
    around = Around(fits_or=Unavailable("Too many."))
    with pytest.raises(Unavailable):
        await around.accounts().sign_in("aiko", "x", "here")
    assert around.told == COUNTED
    wrong = Around(fits_or=False)
    with pytest.raises(Unauthenticated):
        await wrong.accounts().sign_in("aiko", "x", "here")
    assert wrong.told == COUNTED[:1]


async def test_of_two_who_change_a_password_at_once_one_does() -> None:
    around = Around(changes=False)
    with pytest.raises(BadRequest, match="Incorrect current password"):
        await around.accounts().change_password(3, "x", "correct horse", "here")
    assert around.told[-1] == ("change", "old", "new")


async def test_a_country_that_changes_again_meanwhile_is_followed() -> None:
    around = Around(countries=["jp", "de", "de"])
    await around.accounts().edit(3, {"country": "fr"})
    assert around.told == [("jp", "fr"), ("fr", "de")]
