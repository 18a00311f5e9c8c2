"""API keys: bancho.py's own as they stand now, and this server's with what each allows."""

import time
from collections.abc import Iterable

import pytest

from server.domain.keys import NewApiKey
from server.storage import catalog
from server.storage.keys import Keys
from tests.golden.house import House
from tests.golden.people import AIKO, AIKO_KEY, MODERATOR, MODERATOR_KEY, RESTRICTED, RESTRICTED_KEY

FRIENDS = "/get_friends"
HIDDEN = "/get_player_info?id=11&scope=info"


def made(house: House, owner: int, scopes: Iterable[str], expires_at: int | None = None) -> NewApiKey:
    async def create() -> NewApiKey:
        return await Keys(house.db, await catalog.read(house.db)).create("test", owner, scopes, 1, expires_at)

    return house.run(create())


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {AIKO_KEY}",
        f"bearer {AIKO_KEY}",
        f"BEARER   {AIKO_KEY} ",
        AIKO_KEY,
    ],
)
def test_forms_of_the_header(house: House, header: str) -> None:
    assert house.ask(FRIENDS, headers={"authorization": header}).status == 200


@pytest.mark.parametrize(
    "header",
    [
        *("", "Bearer", "Bearer ", "Bearer x", f"Basic {AIKO_KEY}", AIKO_KEY.upper(), AIKO_KEY[:-1], AIKO_KEY + "0"),
        *("Bearer " + "x" * 5000, "Bearer ' OR 1=1 --", "Bearer %", "Bearer é"),
    ],
)
def test_what_opens_nothing(house: House, header: str) -> None:
    sent = {"authorization": header.encode("latin-1")}
    for path in (FRIENDS, "/calculate_pp?id=1001"):
        answered = house.ask(path, headers=sent)
        assert (answered.status, answered.json) == (401, {"status": "Invalid API key."})
        assert answered.headers["www-authenticate"] == "Bearer"
    # Where no key is needed a bad one counts as none.
    assert house.ask("/get_clan?id=1", headers=sent).status == 200


def test_a_key_is_what_it_is_now(mended: House) -> None:
    assert mended.ask(FRIENDS, key=AIKO_KEY).status == 200
    mended.sql("UPDATE users SET api_key = 'another' WHERE id = 3")
    assert mended.ask(FRIENDS, key=AIKO_KEY).status == 401
    assert mended.ask(FRIENDS, key="another").status == 200
    mended.sql("UPDATE users SET api_key = NULL WHERE id = 3")
    assert mended.ask(FRIENDS, key="another").status == 401


def test_the_key_of_a_player_who_is_gone(mended: House) -> None:
    key = made(mended, AIKO, ["friends:read"]).secret
    assert mended.ask(FRIENDS, key=key).status == 200
    mended.sql("DELETE FROM users WHERE id = 3")
    assert mended.ask(FRIENDS, key=key).status == 401
    assert mended.ask(FRIENDS, key=AIKO_KEY).status == 401


def test_a_restricted_owner_keeps_their_key(house: House) -> None:
    assert house.ask(FRIENDS, key=RESTRICTED_KEY).json == {"status": "success", "friends": []}
    assert house.ask(HIDDEN, key=RESTRICTED_KEY).status == 200


def test_a_moderator_who_is_one_no_more(mended: House) -> None:
    assert mended.ask(HIDDEN, key=MODERATOR_KEY).status == 200
    mended.sql("UPDATE users SET priv = 3 WHERE id = 13")
    assert mended.ask(HIDDEN, key=MODERATOR_KEY).status == 404


def test_a_key_allows_what_it_says(mended: House) -> None:
    friends = made(mended, AIKO, ["friends:read"]).secret
    nothing = made(mended, AIKO, []).secret
    assert mended.ask(FRIENDS, key=friends).status == 200
    for key, path, method, scope in (
        (nothing, FRIENDS, "GET", "friends:read"),
        (friends, "/calculate_pp?id=1001", "GET", "pp:calculate"),
        (friends, "/set_player_info", "POST", "profile:write"),
        (friends, "/set_avatar", "PUT", "profile:write"),
    ):
        answered = mended.ask(path, key=key, method=method)
        assert (answered.status, answered.json) == (403, {"status": f"This key does not allow {scope}."})


def test_hidden_players_take_staff_and_a_key_that_says_so(mended: House) -> None:
    allowed = made(mended, MODERATOR, ["read:hidden"]).secret
    plain = made(mended, MODERATOR, ["friends:read"]).secret
    no_staff = made(mended, AIKO, ["read:hidden"]).secret
    own = made(mended, RESTRICTED, []).secret
    assert [mended.ask(HIDDEN, key=key).status for key in (allowed, plain, no_staff, own)] == [200, 404, 404, 200]


def test_keys_that_have_ended(mended: House) -> None:
    now = int(time.time())
    over = made(mended, AIKO, ["friends:read"], now - 1)
    still = made(mended, AIKO, ["friends:read"], now + 1000)
    assert mended.ask(FRIENDS, key=over.secret).status == 401
    assert mended.ask(FRIENDS, key=still.secret).status == 200
    mended.sql("UPDATE api_keys SET revoked_at = 1 WHERE id = :id", id=still.key.id)
    assert mended.ask(FRIENDS, key=still.secret).status == 401


def test_an_answer_made_for_one_viewer_is_not_given_to_another(house: House) -> None:
    assert house.ask(HIDDEN, key=MODERATOR_KEY).status == 200
    assert house.ask(HIDDEN).status == 404
    assert house.ask(HIDDEN, key=MODERATOR_KEY).status == 200
