"""POST /accounts: which accounts are made, with all that bancho.py expects of one, and which are not."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from server.dialects.bancho_v2 import errors
from server.domain.accounts import Rule, RulesBroken
from server.services import captcha
from server.services.captcha import Captcha
from server.services.passwords import Passwords
from tests.dialects.bancho_v2.stage import ask, faults, into_a_new_minute, opens, redis, refusal, rows
from tests.golden import own
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import AIKO
from tests.golden.serving import serving

WANTED = {"username": "New Player", "email": "New.Player@example.org", "password": "correct horse"}

NAME_FORM = "Must be 2-15 characters in length."
NAME_TAKEN = "Username already taken by another player."
EMAIL_TAKEN = "Email already taken by another player."


def register(house: House, headers: dict[str, str] | None = None, **changes: Any) -> Answered:
    return ask(house, "POST", "/accounts", json={**WANTED, **changes}, headers=headers)


def counts(house: House) -> tuple[int, int]:
    ((users,),) = rows(house, "SELECT COUNT(*) FROM users")
    ((stats,),) = rows(house, "SELECT COUNT(*) FROM stats")
    return users, stats


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes no time, where it is not what is tested."""

    async def hashed(self: Passwords, password: str) -> str:
        return "$2b$12$" + "." * 53

    monkeypatch.setattr(Passwords, "hashed", hashed)


@pytest.fixture
def unchanged(house: House) -> Iterator[None]:
    """Nothing of it has left anything."""
    before = rows(house, "SELECT * FROM users ORDER BY id"), counts(house)
    yield
    assert (rows(house, "SELECT * FROM users ORDER BY id"), counts(house)) == before


def test_all_of_an_account(mended: House) -> None:
    logs = rows(mended, "SELECT * FROM logs")
    keys = sorted(redis(mended, "KEYS", "*"))
    answered = register(mended)
    assert answered.status == 201
    player = answered.json["data"]
    assert answered.json == {"status": "success", "data": player, "meta": {}}
    assert "set-cookie" not in answered.headers
    assert player == {
        **{"id": player["id"], "name": "New Player", "safe_name": "new_player", "priv": 1, "country": "xx"},
        **{"silence_end": 0, "donor_end": 0, "creation_time": own.CLOCK, "latest_activity": own.CLOCK},
        **{"clan_id": 0, "clan_priv": 0, "preferred_mode": 0, "play_style": 0},
        **dict.fromkeys(("custom_badge_name", "custom_badge_icon", "userpage_content")),
    }
    columns = ", ".join(name for name in player)
    (stored,) = rows(mended, f"SELECT {columns} FROM users WHERE safe_name = 'new_player'")
    assert dict(zip(player, stored, strict=True)) == player
    assert rows(mended, "SELECT email, api_key FROM users WHERE id = :id", id=player["id"]) == [
        ("New.Player@example.org", None)
    ]
    assert opens(mended, player["id"], "correct horse")
    stats = rows(mended, "SELECT * FROM stats WHERE id = :id ORDER BY mode", id=player["id"])
    assert [row[:2] for row in stats] == [(player["id"], mode) for mode in (0, 1, 2, 3, 4, 5, 6, 8)]
    assert not any(value for row in stats for value in row[2:])
    assert rows(mended, "SELECT * FROM logs") == logs
    assert sorted(redis(mended, "KEYS", "*")) == keys
    assert "correct horse" not in answered.body.decode()


@pytest.mark.usefixtures("quick")
def test_white_space_around_is_no_part_of_it(mended: House) -> None:
    player = register(mended, username="  Nova\n", email="\tnova@example.org ").json["data"]
    assert (player["name"], player["safe_name"]) == ("Nova", "nova")
    assert rows(mended, "SELECT email FROM users WHERE id = :id", id=player["id"]) == [("nova@example.org",)]


def test_the_password_that_counts_is_the_one_without_white_space(mended: House) -> None:
    player = register(mended, password="  abcd1234  ").json["data"]
    assert opens(mended, player["id"], "abcd1234")
    assert not opens(mended, player["id"], "  abcd1234  ")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        *(({"username": "x"}, NAME_FORM), ({"username": ""}, NAME_FORM), ({"username": "a.b"}, NAME_FORM)),
        *(({"username": "💖💖💖"}, NAME_FORM), ({"username": "𝖆𝖇𝖈"}, NAME_FORM)),
        ({"username": "a_b c"}, 'May contain "_" and " ", but not both.'),
        *(({"username": "AIKO"}, NAME_TAKEN), ({"username": "two_words"}, NAME_TAKEN)),
        *(({"username": "Unicode"}, NAME_TAKEN), ({"username": "Aіko"}, NAME_TAKEN)),  # accents; a Cyrillic letter
        ({"email": "x"}, "Invalid email syntax."),
        ({"email": "3@golden.invalid"}, EMAIL_TAKEN),
        ({"email": "3@GOLDEN.invalid"}, EMAIL_TAKEN),
        ({"password": "abcd123"}, "Must be 8-32 characters in length."),
        ({"password": "aaaabbbbccc"}, "Must have more than 3 unique characters."),
        ({"password": ""}, "Must be 8-32 characters in length. Must have more than 3 unique characters."),
        (
            {"username": "Aiko", "email": "3@golden.invalid", "password": "abc"},
            f"{NAME_TAKEN} {EMAIL_TAKEN} Must be 8-32 characters in length. Must have more than 3 unique characters.",
        ),
        (
            {"username": "_ _ _!", "email": "", "password": "abcdefgh"},
            f'{NAME_FORM} May contain "_" and " ", but not both. Invalid email syntax.',
        ),
    ],
)
def test_rules(house: House, changes: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passwords, "hashed", None)  # nobody's password is hashed in vain
    assert refusal(register(house, **changes)) == (400, sentence)


def test_every_rule_has_its_sentence() -> None:
    said = [errors.present(RulesBroken((rule,))).body for rule in Rule]
    # A name's and a password's lengths differ in their numbers alone.
    assert len(set(said)) == len(Rule)


@pytest.mark.usefixtures("quick")
def test_what_an_operator_disallows(mended: House) -> None:
    setting = {"disallowed_names": ("mrekk", "big black"), "disallowed_passwords": ("password", "abc123")}
    with mended.variant(accounts=setting) as server:
        for name in ("mrekk", "MREKK", "Big_Black", "big black", "mrеkk"):
            assert refusal(register(server, username=name)) == (400, "Disallowed username; pick another.")
        assert refusal(register(server, password="PassWord")) == (400, "That password was deemed too simple.")
        assert register(server, username="mrekky", password="password1").status == 201


@pytest.mark.usefixtures("quick")
def test_names_that_look_alike_where_that_does_not_matter(mended: House) -> None:
    with mended.variant(accounts={"lookalikes": False}) as server:
        assert refusal(register(server, username="aiko")) == (400, NAME_TAKEN)
        assert register(server, username="Aіko").status == 201


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, [("missing", ["body", name]) for name in ("username", "email", "password")]),
        ({**WANTED, "username": None}, [("string_type", ["body", "username"])]),
        (
            {**WANTED, "email": 3, "password": ["x"]},
            [("string_type", ["body", name]) for name in ("email", "password")],
        ),
        ({**WANTED, "captcha_token": 1}, [("string_type", ["body", "captcha_token"])]),
        ([], [("model_attributes_type", ["body"])]),
    ],
)
def test_bodies_that_cannot_be_read(house: House, body: Any, wanted: list[Any]) -> None:
    answered = ask(house, "POST", "/accounts", json=body)
    assert faults(answered) == wanted
    assert "correct horse" not in answered.body.decode()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("headers", "country"),
    [
        ({"cf-ipcountry": "DE", "cf-iplatitude": "1", "cf-iplongitude": "2"}, "de"),
        ({"x-country-code": "jp", "x-latitude": "1", "x-longitude": "2"}, "jp"),
        (
            {"cf-ipcountry": "DE", "cf-iplatitude": "1", "x-country-code": "JP", "x-latitude": "1", "x-longitude": "2"},
            "jp",
        ),
        (
            {
                **{"cf-ipcountry": "SS", "cf-iplatitude": "", "cf-iplongitude": ""},
                **{"x-country-code": "JP", "x-latitude": "1", "x-longitude": "2"},
            },
            "ss",
        ),
        ({"cf-ipcountry": "DE"}, "xx"),
        ({"cf-ipcountry": "T1", "cf-iplatitude": "1", "cf-iplongitude": "2"}, "xx"),
        ({"x-country-code": "XX", "x-latitude": "1", "x-longitude": "2"}, "xx"),
        ({"x-country-code": "Deutschland", "x-latitude": "1", "x-longitude": "2"}, "xx"),
    ],
)
def test_the_country_a_proxy_tells(mended: House, headers: dict[str, str], country: str) -> None:
    assert register(mended, headers).json["data"]["country"] == country
    assert rows(mended, "SELECT country FROM users WHERE safe_name = 'new_player'") == [(country,)]


@pytest.mark.usefixtures("unchanged")
def test_a_server_where_nobody_registers(house: House) -> None:
    with house.variant(accounts={"registration": False}) as server:
        assert refusal(register(server)) == (403, "Accounts cannot be registered here.")
        assert ask(server, "POST", "/accounts", json={}).status == 422


def test_a_captcha_comes_before_every_rule(mended: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    passes = Captcha.passes

    async def ask_provider(self: Captcha, token: str | None) -> bool:
        if not token:
            return await passes(self, token)
        asked.append(token)
        return token == "good"

    monkeypatch.setattr(captcha.Captcha, "passes", ask_provider)
    before = counts(mended)
    with mended.variant(accounts={"captcha_provider": "turnstile", "captcha_secret": "hidden"}) as server:
        for token in (None, "", "  ", "bad"):
            answered = register(server, username="x", captcha_token=token)
            assert refusal(answered) == (400, "Captcha verification failed.")
        assert refusal(register(server, username="x", captcha_token=" good ")) == (400, NAME_FORM)
        assert asked == ["bad", "good"]
        assert counts(mended) == before
        assert register(server, captcha_token="good").status == 201


def test_without_a_captcha_its_token_does_not_matter(mended: House) -> None:
    assert register(mended, captcha_token="anything").status == 201


@contextmanager
def visitors(house: House, **accounts: int) -> Iterator[httpx.Client]:
    """Asking over real HTTP, behind a proxy that says where from."""
    settings = replace(house.settings, accounts=replace(house.settings.accounts, **accounts))
    with serving(settings) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.usefixtures("quick")
def test_twenty_want_one_name_at_once(mended: House) -> None:
    users, stats = counts(mended)
    names = ["Nova", "NOVA", "Nоvа", "Nоva"] * 5  # two of them with Cyrillic letters

    async def all_at_once(address: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            wanted = [WANTED | {"username": name, "email": f"{n}@new.example"} for n, name in enumerate(names)]
            return await asyncio.gather(*(client.post("/v2/accounts", json=each) for each in wanted))

    with serving(mended.settings) as address:
        answers = mended.run(all_at_once(address))
    assert sorted(each.status_code for each in answers) == [201] + [400] * 19
    assert {each.json()["error"] for each in answers if each.status_code == 400} == {NAME_TAKEN}
    assert counts(mended) == (users + 1, stats + 8)


@pytest.mark.usefixtures("quick")
def test_how_often_one_address_may_try(mended: House) -> None:
    def status(client: httpx.Client, address: str | None, number: int) -> int:
        headers = {"x-forwarded-for": address} if address else {}
        return client.post("/v2/accounts", json=WANTED | {"username": f"n{number}!"}, headers=headers).status_code

    into_a_new_minute(mended)
    with visitors(mended, registrations_per_minute=1) as client:
        assert [status(client, "203.0.113.7", number) for number in range(5)] == [400, 400, 400, 400, 429]
        assert status(client, "203.0.113.8", 9) == 400
        # A development server's proxy is all its visitors.
        assert [status(client, None, number) for number in range(6)] == [400] * 6
        late = client.post("/v2/accounts", json=WANTED, headers={"x-forwarded-for": "203.0.113.7"})
        assert late.status_code == 429
        assert 1 <= int(late.headers["retry-after"]) <= 120
        assert late.json()["status"] == "error"
        assert client.post("/v2/accounts", json={}, headers={"x-forwarded-for": "203.0.113.7"}).status_code == 422


def test_the_new_account_is_its_owners_alone_to_see(mended: House) -> None:
    player_id = register(mended).json["data"]["id"]
    login = ask(mended, "POST", "/sessions", json={"username": "new_player", "password": "correct horse"})
    token = login.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert login.json["data"]["id"] == player_id
    assert ask(mended, "GET", f"/players/{player_id}").status == 404
    assert ask(mended, "GET", f"/players/{player_id}", token).json["data"]["name"] == "New Player"
    assert ask(mended, "GET", f"/players/{AIKO}", token).status == 200
