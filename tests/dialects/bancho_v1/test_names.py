"""Finding players: a name as bancho.py looks it up, and a part of it as it searches."""

import pytest

from tests.golden.house import House
from tests.golden.people import AIKO, BRACKETS, DIGITS, NIHONGO, TWO_WORDS, UNDER_SCORE, UNICODE, USERS

NAMES = [
    ("Aiko", AIKO),
    ("aIKO", AIKO),
    ("two words", TWO_WORDS),
    ("two_words", TWO_WORDS),
    ("TWO_WORDS", TWO_WORDS),
    ("under_score", UNDER_SCORE),
    ("under score", UNDER_SCORE),
    ("[br-ackets]", BRACKETS),
    ("Ünïcödé", UNICODE),
    ("ÜNÏCÖDÉ", UNICODE),
    ("unicode", UNICODE),
    ("Unicöde", UNICODE),
    ("12345678", DIGITS),
    ("日本語", NIHONGO),
]


@pytest.mark.parametrize(("name", "player_id"), NAMES)
def test_a_name_is_found(house: House, name: str, player_id: int) -> None:
    found = house.ask("/get_player_info", {"name": name, "scope": "info"}, queries=1).json["player"]["info"]
    assert found["id"] == player_id
    assert found["name"] == next(user["name"] for user in USERS if user["id"] == player_id)


@pytest.mark.parametrize(
    "name",
    [
        "19",  # an id is no name
        "two words ",  # nothing is trimmed: this is two_words_
        " Aiko",
        "Aik",
        "under%score",
        "twoXwords",
        "日本",
        "\U0001d49c\U0001d4b6",  # letters, but beyond what the column can hold
        "𠮷野家",
    ],
)
def test_a_name_that_nobody_has(house: House, name: str) -> None:
    answered = house.ask("/get_player_info", {"name": name, "scope": "info"})
    assert answered.status in (404, 422)
    if "%" not in name:
        assert answered.json == {"status": "Player not found."}
    for path in ("/get_player_status", "/get_player_most_played"):
        assert house.ask(path, {"name": name}).status == answered.status


@pytest.mark.parametrize(
    "name", ["", "x", "sixteen letters!", "sixteen_letters1", "a/b", "a'b", "😀😀", "a\nb", "Aiko\n", "a\0b", "é"]
)
def test_what_cannot_be_a_name_is_refused(house: House, name: str) -> None:
    (fault,) = house.ask("/get_player_info", {"name": name, "scope": "info"}, queries=0).json["detail"]
    assert fault["type"] == "string_pattern_mismatch"
    assert fault["msg"] == r"String should match pattern '^[\w \[\]-]{2,15}$'"
    assert fault["input"] == name


PUBLIC = {user["id"]: user["name"] for user in USERS if user["priv"] & 3 == 3}


def found(house: House, text: str) -> list[int]:
    answered = house.ask("/search_players", {"q": text}, queries=None)
    assert answered.json["results"] == len(answered.json["result"])
    assert all(PUBLIC[each["id"]] == each["name"] for each in answered.json["result"])
    return [each["id"] for each in answered.json["result"]]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("o w", [TWO_WORDS]),
        ("o_w", []),  # it is in the safe name only, and `_` stands for nothing else
        ("_", [UNDER_SCORE]),
        ("%", []),
        ("\\", []),
        ("|", []),
        ("'", []),
        ("r_s", [UNDER_SCORE]),
        ("[br", [BRACKETS]),
        ("AIK", [AIKO]),
        ("nico", [UNICODE]),
        ("ÑÏÇ", [UNICODE]),
        ("345", [DIGITS]),
        ("本", [NIHONGO]),
        ("😀", []),
        ("𠮷", []),
        ("\0", []),
        ("banchobot", []),
        ("restricted", []),
        ("unverified", []),
    ],
)
def test_a_search(house: House, text: str, ids: list[int]) -> None:
    assert found(house, text) == ids


def test_without_a_text_everybody_is_found_oldest_first(house: House) -> None:
    everybody = sorted(PUBLIC)
    assert [each["id"] for each in house.ask("/search_players").json["result"]] == everybody
    assert found(house, "") == everybody


def test_a_part_of_many_names(house: House) -> None:
    assert found(house, "e") == [player_id for player_id, name in PUBLIC.items() if "e" in name.lower() or "é" in name]
