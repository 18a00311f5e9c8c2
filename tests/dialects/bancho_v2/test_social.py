"""Friends, blocks and favourites: every step from one to the other, read back as bancho.py would."""

from typing import Any

import pytest

from tests.dialects.bancho_v2.stage import SIGN_IN, ask, faults, refusal, rows
from tests.golden import own
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.now import AIKO_SESSION, MODERATOR_SESSION, RESTRICTED_SESSION
from tests.golden.people import (
    AIKO,
    BRACKETS,
    DIGITS,
    GIANT,
    MODERATOR,
    NIHONGO,
    RESTRICTED,
    SUPPORTER,
    TWO_WORDS,
    UNDER_SCORE,
    UNICODE,
    UNVERIFIED,
)

NOTHING = {"status": "success", "data": None, "meta": {}}


def kept(house: House, player: int = AIKO) -> dict[int, str]:
    """How a player stands to others."""
    return dict(rows(house, "SELECT user2, type FROM relationships WHERE user1 = :id", id=player))


def change(house: House, method: str, kind: str, target: object, session: str | None = AIKO_SESSION) -> Answered:
    return ask(house, method, f"/players/{AIKO}/{kind}/{target}", session)


def ids(answered: Answered) -> list[int]:
    assert answered.status == 200
    assert answered.json["meta"] == {"total": len(answered.json["data"])}
    return [each["id"] for each in answered.json["data"]]


def test_whom_a_player_has_befriended(house: House) -> None:
    answered = ask(house, "GET", f"/players/{AIKO}/friends", AIKO_SESSION, queries=2)
    assert ids(answered) == [TWO_WORDS, UNDER_SCORE, BRACKETS, UNICODE, NIHONGO]
    assert answered.json["data"][0] == ask(house, "GET", f"/players/{TWO_WORDS}").json["data"]
    assert ids(ask(house, "GET", f"/players/{AIKO}/blocks", AIKO_SESSION)) == [SUPPORTER]
    # Staff see hidden friends, too.
    assert ids(ask(house, "GET", f"/players/{MODERATOR}/friends", MODERATOR_SESSION)) == [AIKO, RESTRICTED]
    assert ids(ask(house, "GET", f"/players/{RESTRICTED}/friends", RESTRICTED_SESSION)) == []


@pytest.mark.parametrize(
    ("before", "method", "kind", "after"),
    [
        *(
            (None, "PUT", "friends", "friend"),
            ("friend", "PUT", "friends", "friend"),
            ("block", "PUT", "friends", "friend"),
        ),
        *(
            (None, "DELETE", "friends", None),
            ("friend", "DELETE", "friends", None),
            ("block", "DELETE", "friends", "block"),
        ),
        *((None, "PUT", "blocks", "block"), ("friend", "PUT", "blocks", "block"), ("block", "PUT", "blocks", "block")),
        *(
            (None, "DELETE", "blocks", None),
            ("friend", "DELETE", "blocks", "friend"),
            ("block", "DELETE", "blocks", None),
        ),
    ],
)
def test_every_step(mended: House, before: str | None, method: str, kind: str, after: str | None) -> None:
    if before:
        mended.sql("INSERT INTO relationships VALUES (3, :target, :type)", target=GIANT, type=before)
    others = rows(mended, "SELECT * FROM relationships WHERE user1 <> 3 OR user2 <> :t ORDER BY 1, 2", t=GIANT)
    for _ in range(2):  # a second time changes nothing
        answered = change(mended, method, kind, GIANT)
        assert (answered.status, answered.json) == (200, NOTHING)
        assert kept(mended).get(GIANT) == after
    assert rows(mended, "SELECT * FROM relationships WHERE user1 <> 3 OR user2 <> :t ORDER BY 1, 2", t=GIANT) == others
    assert (GIANT in ids(ask(mended, "GET", f"/players/{AIKO}/friends", AIKO_SESSION))) is (after == "friend")
    assert (GIANT in ids(ask(mended, "GET", f"/players/{AIKO}/blocks", AIKO_SESSION))) is (after == "block")


@pytest.mark.parametrize("target", [998, RESTRICTED, UNVERIFIED, 1, 0, -1, 2**31, 2**63 - 1])
@pytest.mark.parametrize("kind", ["friends", "blocks"])
def test_players_that_nobody_may_know_of(mended: House, kind: str, target: int) -> None:
    before = rows(mended, "SELECT * FROM relationships ORDER BY 1, 2")
    gone = "Player not found."
    mended.sql("DELETE FROM relationships WHERE user1 = 3 AND user2 = :target", target=target)
    assert refusal(change(mended, "PUT", kind, target)) == (404, gone)
    assert target not in kept(mended)
    # Taking one back is always possible.
    assert change(mended, "DELETE", kind, target).json == NOTHING
    mended.refill()
    assert rows(mended, "SELECT * FROM relationships ORDER BY 1, 2") == before


def test_hidden_friends_can_be_taken_back(mended: House) -> None:
    assert kept(mended)[RESTRICTED] == "friend"
    assert change(mended, "DELETE", "friends", RESTRICTED).status == 200
    assert RESTRICTED not in kept(mended)
    assert ask(mended, "PUT", f"/players/{MODERATOR}/blocks/{RESTRICTED}", MODERATOR_SESSION).status == 200
    assert kept(mended, MODERATOR)[RESTRICTED] == "block"


def test_hidden_players_have_friends_too(mended: House) -> None:
    assert ask(mended, "PUT", f"/players/{RESTRICTED}/friends/{AIKO}", RESTRICTED_SESSION).status == 200
    assert kept(mended, RESTRICTED) == {AIKO: "friend"}


def test_nobody_is_their_own_friend(house: House) -> None:
    before = kept(house)
    assert refusal(change(house, "PUT", "friends", AIKO)) == (400, "You cannot friend yourself.")
    assert refusal(change(house, "PUT", "blocks", AIKO)) == (400, "You cannot block yourself.")
    assert change(house, "DELETE", "friends", AIKO).json == NOTHING
    assert kept(house) == before


@pytest.mark.parametrize("kind", ["friends", "blocks"])
def test_whose_they_are(house: House, kind: str) -> None:
    before = rows(house, "SELECT * FROM relationships ORDER BY 1, 2")
    path = f"/players/{TWO_WORDS}/{kind}"
    assert refusal(ask(house, "GET", path, MODERATOR_SESSION)) == (403, f"You may only view your own {kind}.")
    for method in ("PUT", "DELETE"):
        answered = ask(house, method, f"{path}/{AIKO}", MODERATOR_SESSION)
        assert refusal(answered) == (403, f"You may only manage your own {kind}.")
        assert refusal(ask(house, method, f"{path}/{AIKO}")) == (401, SIGN_IN)
        assert refusal(ask(house, method, f"{path}/{AIKO}", "never")) == (401, SIGN_IN)
        assert faults(ask(house, method, f"{path}/x")) == [("int_parsing", ["path", "target_id"])]
    assert refusal(ask(house, "GET", path)) == (401, SIGN_IN)
    assert rows(house, "SELECT * FROM relationships ORDER BY 1, 2") == before


def favourites(house: House, player: int = AIKO, session: str | None = None) -> Any:
    answered = ask(house, "GET", f"/players/{player}/favourites", session)
    if answered.status != 200:
        return refusal(answered)
    assert answered.json["meta"] == {"total": len(answered.json["data"])}
    return answered.json["data"]


def test_favourites(mended: House) -> None:
    path = f"/players/{AIKO}/favourites"
    others = rows(mended, "SELECT * FROM favourites WHERE userid <> 3 ORDER BY 1, 2")
    assert favourites(mended) == [101]
    for set_id in (5, -7, 2**31 - 1, -(2**31), 0):
        for _ in range(2):
            answered = ask(mended, "PUT", f"{path}/{set_id}", AIKO_SESSION)
            assert (answered.status, answered.json) == (200, NOTHING)
        stored = rows(mended, "SELECT created_at FROM favourites WHERE userid = 3 AND setid = :set", set=set_id)
        assert stored == [(own.CLOCK,)]
    assert favourites(mended) == [-(2**31), -7, 0, 5, 101, 2**31 - 1]
    # What was marked before stays as it was marked.
    assert ask(mended, "PUT", f"{path}/101", AIKO_SESSION).status == 200
    assert rows(mended, "SELECT created_at FROM favourites WHERE userid = 3 AND setid = 101") == [(0,)]
    for set_id in (101, 101, 5, 404):
        assert ask(mended, "DELETE", f"{path}/{set_id}", AIKO_SESSION).json == NOTHING
    assert favourites(mended) == [-(2**31), -7, 0, 2**31 - 1]
    assert rows(mended, "SELECT * FROM favourites WHERE userid <> 3 ORDER BY 1, 2") == others


@pytest.mark.parametrize(
    ("set_id", "fault"),
    [
        (2**31, "less_than_equal"),
        (-(2**31) - 1, "greater_than_equal"),
        ("x", "int_parsing"),
        (2**70, "less_than_equal"),
    ],
)
def test_sets_that_no_column_holds(house: House, set_id: object, fault: str) -> None:
    for session in (None, AIKO_SESSION):
        for method in ("PUT", "DELETE"):
            answered = ask(house, method, f"/players/{AIKO}/favourites/{set_id}", session)
            assert faults(answered) == [(fault, ["path", "set_id"])]


def test_whose_favourites_may_be_seen_and_changed(mended: House) -> None:
    mended.sql("INSERT INTO favourites (userid, setid, created_at) VALUES (:id, 7, 0)", id=RESTRICTED)
    gone = (404, "Player not found.")
    assert favourites(mended, DIGITS) == [101]
    assert favourites(mended, GIANT) == []
    assert [favourites(mended, RESTRICTED, session) for session in (None, AIKO_SESSION)] == [gone, gone]
    assert [favourites(mended, RESTRICTED, each) for each in (RESTRICTED_SESSION, MODERATOR_SESSION)] == [[7], [7]]
    assert [favourites(mended, each) for each in (1, 998)] == [gone, gone]
    for method in ("PUT", "DELETE"):
        answered = ask(mended, method, f"/players/{DIGITS}/favourites/101", MODERATOR_SESSION)
        assert refusal(answered) == (403, "You may only manage your own favourites.")
        assert refusal(ask(mended, method, f"/players/{DIGITS}/favourites/101")) == (401, SIGN_IN)
    assert favourites(mended, DIGITS) == [101]


def test_databases_without_these_tables(mended: House) -> None:
    for table in ("relationships", "favourites"):
        mended.sql(f"ALTER TABLE {table} RENAME TO {table}_elsewhere")
    try:
        with mended.variant() as server:
            assert ids(ask(server, "GET", f"/players/{AIKO}/friends", AIKO_SESSION)) == []
            assert favourites(server) == []
            for path in (f"friends/{GIANT}", f"blocks/{GIANT}", "favourites/5"):
                for method in ("PUT", "DELETE"):
                    assert ask(server, method, f"/players/{AIKO}/{path}", AIKO_SESSION).status == 503
    finally:
        for table in ("relationships", "favourites"):
            mended.sql(f"ALTER TABLE {table}_elsewhere RENAME TO {table}")
