"""What players change of their own account: profile and password."""

import asyncio
from typing import Any

import httpx
import pytest

from server.live.connection import Away
from server.live.ranks import Ranks
from tests.dialects.bancho_v2.stage import (
    PASSWORD,
    SIGN_IN,
    ask,
    faults,
    give_password,
    into_a_new_minute,
    opens,
    redis,
    refusal,
    rows,
)
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.now import AIKO_SESSION, MODERATOR_SESSION, RESTRICTED_SESSION, UNVERIFIED_SESSION
from tests.golden.people import AIKO, MODERATOR, RESTRICTED, TWO_WORDS, UNVERIFIED
from tests.golden.serving import serving

NAME_FORM = "Must be 2-15 characters in length."
NAME_TAKEN = "Username already taken by another player."

MODES = (0, 1, 2, 3, 4, 5, 6, 8)


def edit(house: House, session: str | None = AIKO_SESSION, player: int = AIKO, **changes: Any) -> Answered:
    return ask(house, "PATCH", f"/players/{player}", session, json=changes)


def stored(house: House, player: int = AIKO) -> dict[str, Any]:
    columns = "name, safe_name, country, preferred_mode, userpage_content, priv, email, latest_activity"
    (row,) = rows(house, f"SELECT {columns} FROM users WHERE id = :id", id=player)
    return dict(zip(columns.split(", "), row, strict=True))


def everything(house: House) -> Any:
    return rows(house, "SELECT * FROM users ORDER BY id"), rows(house, "SELECT * FROM stats ORDER BY id, mode")


def boards(house: House, player: int, country: str) -> dict[int, str]:
    """The player's scores in a country's ranking sets, by mode."""
    found = {mode: redis(house, "ZSCORE", f"bancho:leaderboard:{mode}:{country}", player) for mode in MODES}
    return {mode: score for mode, score in found.items() if score is not None}


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"username": "Aiko Two"}, {"name": "Aiko Two", "safe_name": "aiko_two"}),
        ({"username": " Nova "}, {"name": "Nova", "safe_name": "nova"}),
        ({"username": "AIKO"}, {"name": "AIKO", "safe_name": "aiko"}),
        ({"username": "Alko"}, {"name": "Alko", "safe_name": "alko"}),  # which looks like nobody but themselves
        ({"username": "Aiko"}, {}),
        ({"country": "ss"}, {"country": "ss"}),
        ({"country": "xx"}, {"country": "xx"}),
        ({"preferred_mode": 8}, {"preferred_mode": 8}),
        ({"preferred_mode": "6"}, {"preferred_mode": 6}),
        ({"preferred_mode": 3.0}, {"preferred_mode": 3}),
        ({"userpage_content": "é" * 2048}, {"userpage_content": "é" * 2048}),
        ({"userpage_content": "  <b>hi</b>\n"}, {"userpage_content": "<b>hi</b>"}),
        ({"userpage_content": ""}, {"userpage_content": ""}),
        ({"userpage_content": None}, {"userpage_content": None}),
        (
            {"username": "Nova", "country": "de", "preferred_mode": 1, "userpage_content": "x"},
            {
                **{"name": "Nova", "safe_name": "nova", "country": "de"},
                **{"preferred_mode": 1, "userpage_content": "x"},
            },
        ),
        ({}, {}),
        ({"name": "Nova", "priv": 31879, "id": 4, "clan_id": 3, "pw_bcrypt": "x"}, {}),
    ],
)
def test_what_is_given_is_changed(mended: House, changes: dict[str, Any], columns: dict[str, Any]) -> None:
    before = stored(mended)
    others = rows(mended, "SELECT * FROM users WHERE id <> 3 ORDER BY id")
    answered = edit(mended, **changes)
    assert answered.status == 200
    assert stored(mended) == before | columns
    assert answered.json == ask(mended, "GET", f"/players/{AIKO}").json
    assert rows(mended, "SELECT * FROM users WHERE id <> 3 ORDER BY id") == others


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        *(({"username": "x"}, NAME_FORM), ({"username": ""}, NAME_FORM), ({"username": "💖💖"}, NAME_FORM)),
        ({"username": "a_b c"}, 'May contain "_" and " ", but not both.'),
        *(
            ({"username": "TWO_WORDS"}, NAME_TAKEN),
            ({"username": "tw0 words"}, NAME_TAKEN),
        ),
        ({"username": "Unicode"}, NAME_TAKEN),
        *(({"country": "DE"}, "Invalid country code."), ({"country": ""}, "Invalid country code.")),
        *(({"country": "eu"}, "Invalid country code."), ({"country": "💖"}, "Invalid country code.")),
        ({"userpage_content": "x" * 2049}, "Must be at most 2048 characters in length."),
        ({"userpage_content": "hi 💖"}, "May not contain emoji or other letters beyond U+FFFF."),
        (
            {"username": "two words", "country": "ZZ", "userpage_content": "x" * 2049, "preferred_mode": 1},
            f"{NAME_TAKEN} Invalid country code. Must be at most 2048 characters in length.",
        ),
    ],
)
def test_where_one_is_refused_nothing_is_written(mended: House, changes: dict[str, Any], sentence: str) -> None:
    before = everything(mended)
    answered = edit(mended, **{"preferred_mode": 2, **changes})
    assert refusal(answered) == (400, sentence)
    assert everything(mended) == before


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"username": None}, [("string_type", ["body", "username"])]),
        (
            {"country": None, "preferred_mode": None},
            [("string_type", ["body", "country"]), ("int_type", ["body", "preferred_mode"])],
        ),
        (
            {"username": 3, "userpage_content": 4},
            [("string_type", ["body", "username"]), ("string_type", ["body", "userpage_content"])],
        ),
        ({"preferred_mode": "x"}, [("int_parsing", ["body", "preferred_mode"])]),
        *(
            ({"preferred_mode": mode}, [("value_error", ["body", "preferred_mode"])])
            for mode in (7, 9, 11, -1, 12, 2**40)
        ),
    ],
)
def test_bodies_that_cannot_be_read(house: House, changes: dict[str, Any], wanted: list[Any]) -> None:
    before = everything(house)
    # Before anybody is asked who they are, as bancho.py has it.
    for session in (None, AIKO_SESSION, MODERATOR_SESSION):
        assert faults(edit(house, session, **changes)) == wanted
    assert everything(house) == before


def test_a_body_there_must_be(house: House) -> None:
    for method, path in (("PATCH", f"/players/{AIKO}"), ("PUT", f"/players/{AIKO}/password")):
        assert faults(ask(house, method, path)) == [("missing", ["body"])]
        assert faults(ask(house, method, path, AIKO_SESSION, content=b"{")) == [("model_attributes_type", ["body"])]
        broken = ask(house, method, path, content=b"{", headers={"content-type": "application/json"})
        assert faults(broken)[0][0] == "json_invalid"


def test_nobody_changes_another(house: House) -> None:
    before = everything(house)
    for player in (TWO_WORDS, 998):
        answered = edit(house, MODERATOR_SESSION, player, username="Nova")
        assert refusal(answered) == (403, "You may only update your own profile.")
        answered = ask(house, "PUT", f"/players/{player}/password", MODERATOR_SESSION, json=change("x", "y"))
        assert refusal(answered) == (403, "You may only change your own password.")
    for session in (None, "never"):
        assert refusal(edit(house, session, username="Nova")) == (401, SIGN_IN)
        assert refusal(ask(house, "PUT", f"/players/{AIKO}/password", session, json=change("x", "y"))) == (401, SIGN_IN)
    assert everything(house) == before


def test_hidden_players_change_themselves_too(mended: House) -> None:
    for session, player in ((RESTRICTED_SESSION, RESTRICTED), (UNVERIFIED_SESSION, UNVERIFIED)):
        assert edit(mended, session, player, preferred_mode=5).json["data"]["preferred_mode"] == 5


def test_disallowed_names(mended: House) -> None:
    mended.sql("UPDATE users SET name = 'mrekk', safe_name = 'mrekk' WHERE id = 3")
    with mended.variant(accounts={"disallowed_names": ("mrekk", "btmc")}) as server:
        assert refusal(edit(server, username="BTMC")) == (400, "Disallowed username; pick another.")
        # What a player is called already they may send along.
        assert edit(server, username="mrekk", country="de").json["data"]["country"] == "de"


def test_two_want_a_name_at_once(mended: House) -> None:
    wanted = (("Nova", AIKO_SESSION, AIKO), ("nоva", MODERATOR_SESSION, MODERATOR))  # one of them in part Cyrillic

    async def at_once(address: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            asked = (
                client.patch(
                    f"/v2/players/{player}", json={"username": name}, headers={"cookie": f"bancho_session={session}"}
                )
                for name, session, player in wanted
            )
            return await asyncio.gather(*asked)

    with serving(mended.settings) as address:
        answers = mended.run(at_once(address))
    assert sorted(each.status_code for each in answers) == [200, 400]
    assert [each.json()["error"] for each in answers if each.status_code == 400] == [NAME_TAKEN]
    assert sorted([stored(mended)["name"] == "Nova", stored(mended, MODERATOR)["name"] == "nоva"]) == [False, True]


def test_another_country_is_another_leaderboard(mended: House) -> None:
    before = boards(mended, AIKO, "jp")
    world = {mode: redis(mended, "ZSCORE", f"bancho:leaderboard:{mode}", AIKO) for mode in MODES}
    assert set(before) == {0, 1, 4, 8}
    assert edit(mended, country="fr").status == 200
    assert boards(mended, AIKO, "jp") == {}
    # In every mode, as bancho.py has it, also with 0 pp.
    pp = {mode: float(worth) for mode, worth in rows(mended, "SELECT mode, pp FROM stats WHERE id = 3")}
    assert {mode: float(score) for mode, score in boards(mended, AIKO, "fr").items()} == pp
    assert {mode: redis(mended, "ZSCORE", f"bancho:leaderboard:{mode}", AIKO) for mode in MODES} == world
    assert boards(mended, MODERATOR, "gb") != {}
    assert edit(mended, country="fr", username="Nova").status == 200
    assert {mode: float(score) for mode, score in boards(mended, AIKO, "fr").items()} == pp


def test_whoever_is_restricted_is_on_no_leaderboard(mended: House) -> None:
    redis(mended, "ZADD", "bancho:leaderboard:0:jp", 9500, RESTRICTED)  # as somebody forgot it there
    assert edit(mended, RESTRICTED_SESSION, RESTRICTED, country="fr").status == 200
    assert boards(mended, RESTRICTED, "jp") == boards(mended, RESTRICTED, "fr") == {}
    assert edit(mended, UNVERIFIED_SESSION, UNVERIFIED, country="fr").status == 200
    assert set(boards(mended, UNVERIFIED, "fr")) == set(MODES)


def test_the_country_counts_where_the_leaderboard_cannot_be_reached(
    mended: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise Away

    monkeypatch.setattr(Ranks, "move", away)
    answered = edit(mended, country="fr")
    assert (answered.status, answered.json["data"]["country"]) == (200, "fr")
    assert stored(mended)["country"] == "fr"


def change(current: str, new: str, **more: Any) -> dict[str, Any]:
    return {"current_password": current, "new_password": new, **more}


def change_password(house: House, current: str, new: str, session: str = AIKO_SESSION, **more: Any) -> Answered:
    return ask(house, "PUT", f"/players/{AIKO}/password", session, json=change(current, new, **more))


def test_another_password(mended: House) -> None:
    give_password(mended, AIKO)
    redis(mended, "SET", "bancho:web_sessions:other", AIKO)
    before = stored(mended)
    answered = change_password(mended, f" {PASSWORD} ", "battery staple\n")
    assert (answered.status, answered.json) == (200, {"status": "success", "data": None, "meta": {}})
    assert opens(mended, AIKO, "battery staple")
    assert not opens(mended, AIKO, PASSWORD)
    assert stored(mended) == before
    # Sessions stay, as bancho.py has it, and so does the key of the API.
    assert {ask(mended, "GET", "/sessions/current", each).status for each in (AIKO_SESSION, "other")} == {200}
    login = ask(mended, "POST", "/sessions", json={"username": "Aiko", "password": "battery staple"})
    assert login.status == 201
    # The same one again is no matter.
    assert change_password(mended, "battery staple", "battery staple").status == 200


def test_another_password_for_whoever_signs_in_anew(mended: House) -> None:
    give_password(mended, AIKO)
    redis(mended, "SET", "bancho:web_sessions:other", AIKO)
    assert change_password(mended, "wrong", "battery staple", end_other_sessions=True).status == 400
    assert ask(mended, "GET", "/sessions/current", "other").status == 200
    assert change_password(mended, PASSWORD, "battery staple", end_other_sessions=True).status == 200
    assert ask(mended, "GET", "/sessions/current", "other").status == 401
    assert ask(mended, "GET", "/sessions/current", AIKO_SESSION).status == 200
    assert ask(mended, "GET", "/sessions/current", MODERATOR_SESSION).status == 200


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong horse", "battery staple", "Incorrect current password."),
        ("wrong horse", "x", "Incorrect current password."),
        ("", "battery staple", "Incorrect current password."),
        (PASSWORD, "abcd123", "Must be 8-32 characters in length."),
        (PASSWORD, "x", "Must be 8-32 characters in length. Must have more than 3 unique characters."),
        (PASSWORD, "Password1", "That password was deemed too simple."),
    ],
)
def test_passwords_that_are_refused(mended: House, current: str, new: str, sentence: str) -> None:
    give_password(mended, AIKO)
    with mended.variant(accounts={"disallowed_passwords": ("password1",)}) as server:
        assert refusal(change_password(server, current, new)) == (400, sentence)
    assert opens(mended, AIKO, PASSWORD)


def test_a_password_is_not_guessed_here_either(mended: House) -> None:
    give_password(mended, AIKO)
    into_a_new_minute(mended)
    told = [change_password(mended, f"guess {number}", "battery staple").status for number in range(12)]
    assert told == [400] * 10 + [429] * 2
    assert change_password(mended, PASSWORD, "battery staple").status == 429
    login = ask(mended, "POST", "/sessions", json={"username": "Aiko", "password": PASSWORD})
    assert login.status == 429
    assert opens(mended, AIKO, PASSWORD)


def test_bodies_of_passwords(house: House) -> None:
    answered = ask(house, "PUT", f"/players/{AIKO}/password", json={"current_password": 12345678})
    assert faults(answered) == [
        ("string_type", ["body", "current_password"]),
        ("missing", ["body", "new_password"]),
    ]
    assert "12345678" not in answered.body.decode()
