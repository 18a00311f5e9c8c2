"""What is taken for a parameter and what is not, and how that is said."""

import pytest

from server.dialects.osutrack import DIALECT
from server.web.openapi import document
from tests.dialects.osutrack.stage import ask
from tests.golden.house import House
from tests.golden.people import AIKO, NIHONGO, RESTRICTED

USER = "user: expected a valid user id, got "
USER_OR_NAME = "user: expected a valid user id, or the name of a user where userMode=username, got "
NAME = "user: expected the name of a user, got "
LIMIT = "limit: expected a whole number from 1 to 10000, got "

REFUSED = [
    ("/hiscores", f"{USER_OR_NAME}nothing."),
    ("/hiscores?userMode=username", f"{USER_OR_NAME}nothing."),
    ("/hiscores?user=", f"{USER_OR_NAME}''."),
    ("/hiscores?user=&userMode=username", f"{USER_OR_NAME}''."),
    ("/hiscores?user=0", f"{USER_OR_NAME}'0'."),
    ("/hiscores?user=%D9%A3", f"{USER_OR_NAME}'٣'."),
    ("/hiscores?user=Aiko&userMode=id", f"{USER_OR_NAME}'Aiko'."),
    (f"/hiscores?user={'x' * 300}", f"{USER_OR_NAME}'{'x' * 300}'."),
    (f"/hiscores?user={'3' * 300}&userMode=username", f"{NAME}'{'3' * 300}'."),
    ("/stats_history?mode=0", f"{USER}nothing."),
    ("/peak?mode=0&user=", f"{USER}''."),
    *(
        (f"/bestplays?mode=0&limit={sent}", f"{LIMIT}'{came}'.")
        for sent, came in [
            *(("1_0", "1_0"), ("%2B7", "+7"), ("+7", " 7"), ("1.0", "1.0"), ("%205", " 5"), ("5%0A", "5\n"), ("", "")),
            *(("-1", "-1"), ("0", "0"), ("10001", "10001"), ("%D9%A3", "٣"), ("1e3", "1e3"), ("9" * 300, "9" * 300)),
        ]
    ),
]


@pytest.mark.parametrize(("path", "said"), REFUSED, ids=lambda each: each[:40])
def test_what_is_not_understood(house: House, path: str, said: str) -> None:
    answered = ask(house, path)
    assert (answered.status, answered.body.decode()) == (400, said)


@pytest.mark.parametrize("path", ["/hiscores?user=", "/stats_history?mode=0&user="])
def test_a_number_of_any_length_is_an_id_that_nobody_has(house: House, path: str) -> None:
    assert ask(house, path + "3" * 300, queries=0).json == []
    # Unless it is only written long.
    assert ask(house, f"{path}{AIKO:0300}").json != []


@pytest.mark.parametrize(("limit", "count"), [("1", 1), ("0002", 2), ("10000", 5)])
def test_limits(house: House, limit: str, count: int) -> None:
    assert len(ask(house, f"/bestplays?mode=0&limit={limit}").json[:5]) == count


def test_who_is_restricted_is_hidden_whatever_is_shown_elsewhere(mended: House) -> None:
    with mended.variant(players={"visibility": "bancho.py"}) as open_house:
        assert ask(open_house, f"/stats_history?user={RESTRICTED}&mode=0").json == []
        assert ask(open_house, f"/update?user={RESTRICTED}&mode=0", method="POST").json["exists"] is False
        assert ask(open_house, f"/update?user={NIHONGO}&mode=0", method="POST").json["exists"] is True


def test_what_can_go_wrong_where() -> None:
    paths = document(DIALECT, "1")["paths"]
    told = {path: set(*(each["responses"] for each in methods.values())) for path, methods in paths.items()}
    always = {"200", "400", "500", "503"}
    assert told == {
        "/update": always | {"429"},
        "/stats_history": always,
        "/hiscores": always | {"429"},
        "/peak": always,
        "/bestplays": always,
    }
    ((_, update),) = paths["/update"].items()
    assert "keeps no history" in update["responses"]["503"]["description"]
    assert "history" not in paths["/peak"]["get"]["responses"]["503"]["description"]
