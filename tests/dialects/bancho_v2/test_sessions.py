"""Signing in and out: whom a cookie stands for, and how often somebody may be wrong about a password."""

import re
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from server.services import passwords
from server.services.passwords import NOBODYS
from tests.dialects.bancho_v2.stage import (
    PASSWORD,
    SIGN_IN,
    ask,
    faults,
    give_password,
    into_a_new_minute,
    redis,
    refusal,
    rows,
)
from tests.golden import own
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.now import AIKO_SESSION, GONE_SESSION, MODERATOR_SESSION, RESTRICTED_SESSION, STRANGE_SESSION
from tests.golden.people import AIKO, AIKO_KEY, MODERATOR, NIHONGO, RESTRICTED, TWO_WORDS, UNICODE, UNVERIFIED
from tests.golden.serving import serving

INCORRECT = "Incorrect username or password."
STALE = "Invalid or expired session."

MONTH = 2_592_000

CLOSED = {"url": "redis://127.0.0.1:1/0", "timeout_ms": 100}


def log_in(house: House, username: str = "Aiko", password: str = PASSWORD, **options: Any) -> Answered:
    return ask(house, "POST", "/sessions", json={"username": username, "password": password}, **options)


def token_of(answered: Answered) -> str:
    found = re.fullmatch(
        r"bancho_session=([A-Za-z0-9_-]{43}); HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure",
        answered.headers["set-cookie"],
    )
    assert found is not None, answered.headers["set-cookie"]
    return found[1]


def current(house: House, session: str | None) -> Any:
    """The id of who is signed in, or why nobody is."""
    answered = ask(house, "GET", "/sessions/current", session)
    return answered.json["data"]["id"] if answered.status == 200 else refusal(answered)


def sessions(house: House) -> dict[str, str]:
    keys = redis(house, "KEYS", "bancho:web_sessions:*")
    return {key.removeprefix("bancho:web_sessions:"): redis(house, "GET", key) for key in keys}


@pytest.fixture
def house_with_passwords(mended: House) -> House:
    for player in (AIKO, TWO_WORDS, UNICODE, NIHONGO, RESTRICTED, UNVERIFIED, MODERATOR, 1):
        give_password(mended, player)
    return mended


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every hash that a password was held against."""
    seen: list[bytes] = []
    check = passwords.bcrypt.checkpw

    def seeing(password: bytes, hashed: bytes) -> bool:
        seen.append(hashed)
        return hashed != NOBODYS.encode() and check(password, hashed)  # nobody's takes its time

    monkeypatch.setattr(passwords.bcrypt, "checkpw", seeing)
    return seen


def test_a_login_and_what_is_left_of_it(house_with_passwords: House) -> None:
    house = house_with_passwords
    users, before = rows(house, "SELECT * FROM users ORDER BY id"), sessions(house)
    answered = log_in(house)
    assert answered.status == 201
    token = token_of(answered)
    assert answered.json["data"] == ask(house, "GET", f"/players/{AIKO}").json["data"]
    assert answered.json["meta"] == {}
    assert token not in answered.body.decode()
    assert sessions(house) == before | {token: str(AIKO)}
    assert MONTH - 5 <= redis(house, "TTL", f"bancho:web_sessions:{token}") <= MONTH
    assert rows(house, "SELECT * FROM users ORDER BY id") == users
    assert current(house, token) == AIKO
    # It is not renewed by use.
    redis(house, "EXPIRE", f"bancho:web_sessions:{token}", 1000)
    assert current(house, token) == AIKO
    assert redis(house, "TTL", f"bancho:web_sessions:{token}") <= 1000


def test_a_second_login_leaves_the_first(house_with_passwords: House) -> None:
    first = token_of(log_in(house_with_passwords))
    second = token_of(log_in(house_with_passwords, session=first))
    assert first != second
    assert [current(house_with_passwords, each) for each in (first, second)] == [AIKO, AIKO]


@pytest.mark.parametrize(
    ("username", "player"),
    [
        *(("aiko", AIKO), ("  AIKO\n", AIKO), ("two_words", TWO_WORDS), ("Two Words", TWO_WORDS), ("日本語", NIHONGO)),
        *(("unicode", UNICODE), ("Restricted", RESTRICTED), ("Unverified", UNVERIFIED)),
    ],
)
def test_names_are_as_in_the_game(house_with_passwords: House, username: str, player: int) -> None:
    answered = log_in(house_with_passwords, username)
    assert answered.json["data"]["id"] == player
    assert current(house_with_passwords, token_of(answered)) == player


@pytest.mark.parametrize(
    ("username", "password"),
    [
        *(("Aiko", "wrong horse"), ("Aiko", ""), ("Nobody", PASSWORD), ("", PASSWORD), ("3", PASSWORD)),
        *(
            ("3@golden.invalid", PASSWORD),
            ("💖", PASSWORD),
            ("Aiko%", PASSWORD),
            ("Aiko\0", PASSWORD),
            ("x" * 5000, PASSWORD),
        ),
        *(("BanchoBot", PASSWORD), ("Aiko", "p" * 5000), ("Aiko", "💖" * 9)),
    ],
)
def test_whoever_is_wrong_learns_nothing(
    house_with_passwords: House, username: str, password: str, checked: list[bytes]
) -> None:
    before = sessions(house_with_passwords)
    answered = log_in(house_with_passwords, username, password)
    assert refusal(answered) == (401, INCORRECT)
    assert "set-cookie" not in answered.headers
    assert sessions(house_with_passwords) == before
    # Whatever was wrong, one hash was looked at, of the same cost as those that are stored.
    assert len(checked) == 1
    if username != "Aiko":
        assert checked == [NOBODYS.encode()]


@pytest.mark.parametrize("stored", ["-" * 60, "", "x", "$2b$31$" + "." * 53, PASSWORD])
def test_what_is_stored_and_is_no_hash(house_with_passwords: House, stored: str, checked: list[bytes]) -> None:
    house_with_passwords.sql("UPDATE users SET pw_bcrypt = :stored WHERE id = 3", stored=stored)
    assert refusal(log_in(house_with_passwords)) == (401, INCORRECT)
    assert checked == [NOBODYS.encode()]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, [("missing", ["body", "username"]), ("missing", ["body", "password"])]),
        (
            {"username": 1, "password": None},
            [("string_type", ["body", "username"]), ("string_type", ["body", "password"])],
        ),
        ({"username": "Aiko", "password": 12345678}, [("string_type", ["body", "password"])]),
    ],
)
def test_bodies_that_cannot_be_read(house: House, body: Any, wanted: list[Any]) -> None:
    answered = ask(house, "POST", "/sessions", json=body)
    assert faults(answered) == wanted
    assert "12345678" not in answered.body.decode()


def test_a_form_of_another_site_signs_nobody_in(house_with_passwords: House) -> None:
    body = b'{"username":"Aiko","password":"%s"}' % PASSWORD.encode()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = {"content-type": content_type}
        assert ask(house_with_passwords, "POST", "/sessions", content=body, headers=headers).status == 422
    headers = {"content-type": "application/json; charset=utf-8", "sec-fetch-site": "cross-site"}
    assert ask(house_with_passwords, "POST", "/sessions", content=body, headers=headers).status == 403
    headers["sec-fetch-site"] = "same-origin"
    assert ask(house_with_passwords, "POST", "/sessions", content=body, headers=headers).status == 201


def test_sessions_that_bancho_py_began(mended: House) -> None:
    redis(mended, "SET", "bancho:web_sessions:theirs", 11, "EX", 60)
    assert current(mended, "theirs") == RESTRICTED
    redis(mended, "PEXPIRE", "bancho:web_sessions:theirs", 1)
    while redis(mended, "EXISTS", "bancho:web_sessions:theirs"):
        pass
    assert current(mended, "theirs") == (401, STALE)


@pytest.mark.parametrize("value", ["", "x", "-3", "3.0", " 3", "3 ", "0x3", "٣", "9" * 40, "998", "0", "null"])
def test_values_that_are_nobodys(mended: House, value: str) -> None:
    redis(mended, "SET", "bancho:web_sessions:odd", value)
    assert current(mended, "odd") == (401, STALE)
    # Where nobody need be known it is as if there were no cookie.
    assert ask(mended, "GET", f"/players/{AIKO}", "odd").status == 200
    assert ask(mended, "GET", f"/players/{RESTRICTED}", "odd").status == 404
    assert refusal(ask(mended, "GET", f"/players/{AIKO}/friends", "odd")) == (401, SIGN_IN)


@pytest.mark.parametrize("session", ["", "x", "x" * 5000, GONE_SESSION, STRANGE_SESSION, AIKO_SESSION[:-1], '"x"'])
def test_cookies_of_no_session(house: House, session: str) -> None:
    assert current(house, session) == (401, STALE)
    assert refusal(ask(house, "GET", f"/players/{AIKO}/friends", session)) == (401, SIGN_IN)


def test_no_cookie(house: House) -> None:
    assert current(house, None) == (401, SIGN_IN)
    assert refusal(ask(house, "DELETE", "/sessions/current")) == (401, SIGN_IN)
    assert refusal(ask(house, "DELETE", "/sessions")) == (401, SIGN_IN)
    # A key of the API is no cookie.
    answered = ask(house, "GET", "/sessions/current", key=AIKO_KEY)
    assert refusal(answered) == (401, SIGN_IN)
    answered = ask(house, "GET", "/sessions/current", headers={"authorization": f"Bearer {AIKO_SESSION}"})
    assert refusal(answered) == (401, SIGN_IN)


@pytest.mark.parametrize("session", [AIKO_SESSION, GONE_SESSION, "never", ""])
def test_logging_out(mended: House, session: str) -> None:
    before = sessions(mended)
    answered = ask(mended, "DELETE", "/sessions/current", session)
    assert (answered.status, answered.json) == (200, {"status": "success", "data": None, "meta": {}})
    now = formatdate(own.CLOCK, usegmt=True)
    assert answered.headers["set-cookie"] == (
        f'bancho_session=""; expires={now}; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure'
    )
    before.pop(session, None)
    assert sessions(mended) == before
    assert current(mended, session) == (401, STALE)


def test_cookies_for_plain_http(house_with_passwords: House) -> None:
    with house_with_passwords.variant(accounts={"cookie_secure": False}) as server:
        answered = log_in(server)
        token = answered.headers["set-cookie"][15:58]
        assert answered.headers["set-cookie"] == (
            f"bancho_session={token}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
        )
        answered = ask(server, "DELETE", "/sessions/current", token)
        assert answered.headers["set-cookie"].endswith("HttpOnly; Max-Age=0; Path=/; SameSite=lax")


def test_all_other_sessions_end(house_with_passwords: House) -> None:
    house = house_with_passwords
    mine, other = token_of(log_in(house)), token_of(log_in(house))
    redis(house, "SET", "bancho:web_sessions:theirs", AIKO)  # which bancho.py began
    before = sessions(house)
    answered = ask(house, "DELETE", "/sessions", mine)
    assert answered.json == {"status": "success", "data": {"ended": 3}, "meta": {}}  # the golden one is the third
    gone = {other, "theirs", AIKO_SESSION}
    assert sessions(house) == {token: value for token, value in before.items() if token not in gone}
    assert [current(house, token) for token in (mine, MODERATOR_SESSION)] == [AIKO, MODERATOR]
    assert ask(house, "DELETE", "/sessions", mine).json["data"] == {"ended": 0}


def test_so_many_wrong_passwords_a_minute(house_with_passwords: House, checked: list[bytes]) -> None:
    house = house_with_passwords
    into_a_new_minute(house)
    for _ in range(15):  # whoever is right may be so as often as they like
        assert log_in(house).status == 201
    for attempt in range(10):
        assert refusal(log_in(house, "aiko", f"guess {attempt}")) == (401, INCORRECT)
    checked.clear()
    for username, password in (("Aiko", "another guess"), ("AIKO", PASSWORD), ("aikó", PASSWORD)):
        answered = log_in(house, username, password)
        assert answered.status == 429
        assert 1 <= int(answered.headers["retry-after"]) <= 120
        assert answered.json["status"] == "error"
    assert checked == []
    # It is that account alone, and who is signed in stays so.
    assert log_in(house, "two words").status == 201
    assert current(house, AIKO_SESSION) == AIKO
    with house.variant(accounts={"failures_per_minute": 0}) as patient:
        assert log_in(patient).status == 201


def test_guesses_that_come_all_at_once_are_counted_before_they_are_looked_at(
    house_with_passwords: House, checked: list[bytes]
) -> None:
    house = house_with_passwords
    into_a_new_minute(house)
    guesses = house.ask_at_once(
        ["/sessions"] * 25, mount="/v2", method="POST", json={"username": "Aiko", "password": "guess"}
    )
    assert sorted(each.status for each in guesses) == [401] * 10 + [429] * 15
    assert len(checked) == 10


def test_names_that_nobody_has_run_out_likewise(house_with_passwords: House, checked: list[bytes]) -> None:
    into_a_new_minute(house_with_passwords)
    told = [log_in(house_with_passwords, "Nobody here", "guess").status for _ in range(12)]
    assert told == [401] * 10 + [429] * 2
    assert len(checked) == 10


def test_how_often_one_address_may_try(house_with_passwords: House) -> None:
    house = house_with_passwords
    into_a_new_minute(house)
    accounts = replace(house.settings.accounts, logins_per_minute=2)
    with (
        serving(replace(house.settings, accounts=accounts)) as address,
        httpx.Client(base_url=address) as client,
    ):
        body = {"username": "Aiko", "password": PASSWORD}
        at = {"x-forwarded-for": "203.0.113.9"}
        told = [client.post("/v2/sessions", json=body, headers=at).status_code for _ in range(8)]
        assert told == [201] * 7 + [429]
        assert client.post("/v2/sessions", json=body, headers={"x-forwarded-for": "203.0.113.10"}).status_code == 201
        assert client.post("/v2/sessions", json={}, headers=at).status_code == 422


@pytest.mark.parametrize("setting", [CLOSED, {"url": ""}])
def test_without_redis_nobody_can_sign_in(house_with_passwords: House, setting: Any, checked: list[bytes]) -> None:
    with house_with_passwords.variant(redis=setting) as alone:
        for password in (PASSWORD, "wrong"):
            answered = log_in(alone, password=password)
            assert answered.status == 503
            assert "set-cookie" not in answered.headers
        assert checked == []  # nor guess
        for method, path in (
            ("GET", "/sessions/current"),
            ("DELETE", "/sessions/current"),
            ("DELETE", "/sessions"),
            ("GET", f"/players/{AIKO}/friends"),
        ):
            assert ask(alone, method, path, AIKO_SESSION).status == 503  # a 401 would sign the website's visitor out
        assert ask(alone, "GET", f"/players/{AIKO}", AIKO_SESSION).status == 200
        assert ask(alone, "GET", f"/players/{RESTRICTED}", RESTRICTED_SESSION).status == 404


def test_what_a_session_costs(house: House) -> None:
    ask(house, "GET", "/sessions/current", AIKO_SESSION, queries=2)
    ask(house, "GET", "/sessions/current", "never", queries=0)
    ask(house, "DELETE", "/sessions/current", "never", queries=0)
