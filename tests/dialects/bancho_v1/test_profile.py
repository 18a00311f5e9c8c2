"""set_player_info: what an owner may change of themselves, all of it or nothing."""

from typing import Any

import pytest

from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import (
    AIKO,
    AIKO_KEY,
    MODERATOR_KEY,
    RESTRICTED,
    RESTRICTED_KEY,
    SUPPORTER,
    SUPPORTER_KEY,
    USERS,
    Row,
)

FIELDS = ("preferred_mode", "play_style", "userpage_content", "custom_badge_name", "custom_badge_icon")

EVERYTHING = {
    "preferred_mode": 8,
    "play_style": 15,
    "userpage_content": "ねこ ünï 'quoted' \"%s\" :id \\ \r\n",
    "custom_badge_name": "Größter",
    "custom_badge_icon": "fa-star",
}


def change(house: House, key: str = SUPPORTER_KEY, method: str = "POST", **body: Any) -> Answered:
    return house.ask("/set_player_info", method=method, key=key, **body)


def stored(house: House, player_id: int) -> Row:
    async def read() -> Any:
        return await house.db.one("SELECT " + ", ".join(USERS[0]) + " FROM users WHERE id = :id", id=player_id)

    return dict(zip(USERS[0], house.run(read()), strict=True))


def golden(player_id: int) -> Row:
    return next(user for user in USERS if user["id"] == player_id)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_everything_at_once_as_json(mended: House, method: str) -> None:
    answered = change(mended, method=method, json=EVERYTHING)
    assert answered.status == 200
    assert list(answered.json) == ["status", "player"]
    assert stored(mended, SUPPORTER) == golden(SUPPORTER) | EVERYTHING
    info = mended.ask(f"/get_player_info?id={SUPPORTER}&scope=info").json
    assert answered.json == info
    assert {key: info["player"]["info"][key] for key in EVERYTHING} == EVERYTHING


def test_everything_at_once_as_a_form(mended: House) -> None:
    assert change(mended, data=EVERYTHING).status == 200
    assert stored(mended, SUPPORTER) == golden(SUPPORTER) | EVERYTHING


def test_a_form_in_parts(mended: House) -> None:
    parts = {name: (None, str(value)) for name, value in EVERYTHING.items()}
    assert change(mended, files=parts).status == 200
    assert stored(mended, SUPPORTER) == golden(SUPPORTER) | EVERYTHING


def test_only_what_is_given_changes_and_only_of_the_owner(mended: House) -> None:
    for name in ("preferred_mode", "play_style", "userpage_content"):
        assert change(mended, AIKO_KEY, json={name: EVERYTHING[name]}).status == 200
        assert stored(mended, AIKO) == golden(AIKO) | {name: EVERYTHING[name]}
        mended.refill()
    for user in USERS:
        assert stored(mended, user["id"]) == user


def test_the_same_again_is_a_success(mended: House) -> None:
    for _ in range(2):
        assert change(mended, json={"play_style": 3}).status == 200


def test_texts_are_taken_back_with_null_or_nothing(mended: House) -> None:
    change(mended, json=EVERYTHING)
    assert change(mended, json={"userpage_content": None, "custom_badge_name": ""}).status == 200
    assert change(mended, data={"custom_badge_icon": ""}).status == 200
    expected = dict.fromkeys(("userpage_content", "custom_badge_name", "custom_badge_icon"))
    assert stored(mended, SUPPORTER) == golden(SUPPORTER) | {"preferred_mode": 8, "play_style": 15} | expected


LONGEST = {"userpage_content": 2048, "custom_badge_name": 16, "custom_badge_icon": 64}


@pytest.mark.parametrize(("name", "longest"), LONGEST.items())
def test_the_longest_texts(mended: House, name: str, longest: int) -> None:
    assert change(mended, json={name: "ä" * longest}).status == 200
    assert stored(mended, SUPPORTER)[name] == "ä" * longest
    assert change(mended, json={name: "ä" * (longest + 1)}).status == 400


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"preferred_mode": 7}, "Invalid gamemode."),
    ({"preferred_mode": 12}, "preferred_mode: expected "),
    ({"preferred_mode": -1}, "preferred_mode: expected "),
    ({"preferred_mode": None}, "preferred_mode: expected "),
    ({"preferred_mode": True}, "preferred_mode: expected "),
    ({"preferred_mode": 1.5}, "preferred_mode: expected "),
    ({"preferred_mode": [0]}, "preferred_mode: expected "),
    ({"play_style": 16}, "play_style: expected "),
    ({"play_style": ""}, "play_style: expected "),
    ({"play_style": "x"}, "play_style: expected "),
    ({"play_style": 10**30}, "play_style: expected "),
    ({"userpage_content": 5}, "userpage_content: expected "),
    ({"userpage_content": {"a": 1}}, "userpage_content: expected "),
    ({"userpage_content": "with 😀"}, "userpage_content: expected "),
    ({"custom_badge_name": "😀"}, "custom_badge_name: expected "),
    ({"name": "other"}, "'name': "),
    ({"email": "a@b.c"}, "'email': "),
    ({"pw_bcrypt": "x"}, "'pw_bcrypt': "),
    ({"country": "de"}, "'country': "),
    ({"priv": 32767}, "'priv': "),
    ({"id": 4}, "'id': "),
    ({"api_key": "x"}, "'api_key': "),
    ({"donor_end": 1}, "'donor_end': "),
    ({"clan_id": 1}, "'clan_id': "),
    ({"play_style = 1, priv": 1}, "'play_style = 1, priv': "),
    ({"": 1}, "'': "),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED, ids=[str(given)[:40] for given, _ in REFUSED])
def test_what_is_refused_changes_nothing_of_what_came_with_it(
    mended: House, given: dict[str, Any], sentence: str
) -> None:
    good = {name: value for name, value in {"play_style": 7, "userpage_content": "new"}.items() if name not in given}
    for body in (given, good | given, given | good):
        answered = change(mended, json=body)
        assert answered.status == 400
        assert answered.json["status"].startswith(sentence)
    assert stored(mended, SUPPORTER) == golden(SUPPORTER)


def test_nothing_at_all_is_refused(mended: House) -> None:
    for body in ({}, {"json": {}}, {"data": {}}):
        answered = change(mended, **body)
        assert answered.status == 400
        assert answered.json == {"status": f"Must provide at least one of {', '.join(FIELDS)}."}


def test_badges_are_for_donators(mended: House) -> None:
    for key in (AIKO_KEY, MODERATOR_KEY, RESTRICTED_KEY):
        answered = change(mended, key, json={"play_style": 1, "custom_badge_name": "x", "custom_badge_icon": "y"})
        assert answered.json == {"status": "custom_badge_icon and custom_badge_name can be set by donators only."}
        assert answered.status == 400
    assert stored(mended, AIKO) == golden(AIKO)
    mended.sql("UPDATE users SET priv = 35 WHERE id = 3")  # premium
    assert change(mended, AIKO_KEY, json={"custom_badge_name": "x"}).status == 200


def test_restricted_owners_change_themselves_too(mended: House) -> None:
    answered = change(mended, RESTRICTED_KEY, json={"play_style": 2})
    assert answered.json["player"]["info"]["id"] == RESTRICTED
    assert stored(mended, RESTRICTED)["play_style"] == 2


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'"text"'),
        ("application/json", b"null"),
        ("application/json", b'{"play_style": NaN}'),
        ("application/json", b'{"userpage_content": "\xff"}'),
        ("application/json", rb'{"userpage_content": "\ud800"}'),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 70_000),
        ("text/plain", b'{"play_style": 1}'),
    ],
)
def test_bodies_that_cannot_be_read(mended: House, content_type: str, body: bytes) -> None:
    answered = change(mended, content=body, headers={"content-type": content_type})
    assert answered.status == 400
    assert stored(mended, SUPPORTER) == golden(SUPPORTER)


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/merge-patch+json", "Application/JSON"]
)
def test_names_of_json(mended: House, content_type: str) -> None:
    answered = change(mended, content=b'{"play_style": 9}', headers={"content-type": content_type})
    assert answered.status == 200
    assert stored(mended, SUPPORTER)["play_style"] == 9


def test_numbers_in_a_form_are_read_as_in_a_query(mended: House) -> None:
    body = b"preferred_mode=taiko&play_style=1&play_style=+011"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert change(mended, content=body, headers=headers).status == 200
    assert [stored(mended, SUPPORTER)[name] for name in FIELDS[:2]] == [1, 11]
