"""The `mods` filter: `=` (also unsaid) wants all of the bits, `~` any of them; neither is an exact match."""

import pytest

from tests.golden.house import House
from tests.golden.maps import STANDARD, md5_of
from tests.golden.people import AIKO
from tests.golden.plays import SCORES

HD, HR, DT, NC, NF = 8, 16, 64, 512, 1

# The bests on one beatmap of everybody who is seen.
BOARD = {
    row["id"]: row["mods"]
    for row in SCORES
    if (row["map_md5"], row["mode"], row["status"]) == (md5_of(STANDARD), 0, 2)
    and row["userid"] not in (1, 11, 12, 999)
}

EVERYTHING = set(BOARD)


def having(bits: int) -> set[int]:
    return {score_id for score_id, mods in BOARD.items() if mods & bits == bits}


def having_any(bits: int) -> set[int]:
    return {score_id for score_id, mods in BOARD.items() if mods & bits}


FILTERS = [
    ("64", having(DT)),
    ("=64", having(DT)),
    ("DT", having(DT)),
    ("dt", having(DT)),
    ("=Dt", having(DT)),
    ("72", having(HD | DT)),
    ("HDDT", having(HD | DT)),
    ("DTHD", having(HD | DT)),
    ("~72", having_any(HD | DT)),
    ("~hddt", having_any(HD | DT)),
    ("NC", having(NC)),
    ("576", having(NC | DT)),
    ("~NC", having_any(NC)),
    ("NFHR", having(NF | HR)),
    ("~NFHR", having_any(NF | HR)),
    # Pieces that are no mods count nothing, and a piece too short is none.
    ("HDX", having(HD)),
    ("HDzz", having(HD)),
    ("zzHD", having(HD)),
    (" HD", EVERYTHING),
    ("D", EVERYTHING),
    ("zz", EVERYTHING),
    ("vn", EVERYTHING),
    ("-8", EVERYTHING),
    ("8.0", EVERYTHING),
    ("😀HD", EVERYTHING),
    ("", EVERYTHING),
    ("=", EVERYTHING),
    ("0", EVERYTHING),
    ("NM", EVERYTHING),
    ("=NM", EVERYTHING),
    ("==HD", EVERYTHING),
    ("~", set()),
    ("~0", set()),
    ("~NM", set()),
    ("~zz", set()),
    ("٨", having(HD)),  # a decimal is a decimal in any script
    # No score has bits that a score cannot have.
    (str(2**31), set()),
    (str(2**31 | HD), set()),
    (str(2**64 | HD), set()),
    (f"~{2**64 | HD}", having_any(HD)),
    ("9" * 5000, set()),
]


def test_the_world_tells_the_filters_apart() -> None:
    assert len({frozenset(having(bits)) for bits in (DT, NC, HD, NC | DT, HD | DT)}) == 5


@pytest.mark.parametrize(("mods", "expected"), FILTERS, ids=[text[:20] for text, _ in FILTERS])
def test_scores_of_a_beatmap(house: House, mods: str, expected: set[int]) -> None:
    answered = house.ask("/get_map_scores", {"id": STANDARD, "scope": "best", "mods": mods})
    assert {score["id"] for score in answered.json["scores"]} == expected


@pytest.mark.parametrize(
    ("mods", "expected"),
    [("HDDT", {23}), ("DT", {23, 25}), ("~EZFL", {32, 35}), ("=536870912", {33}), ("V2", {33}), ("~0", set())],
)
def test_scores_of_a_player(house: House, mods: str, expected: set[int]) -> None:
    for scope in ("best", "recent"):
        asked = {"id": AIKO, "scope": scope, "mods": mods, "include_failed": "0", "limit": 100}
        found = {score["id"] for score in house.ask("/get_player_scores", asked).json["scores"] if score["status"] == 2}
        assert found == expected


def test_paging_counts_what_the_filter_lets_through(house: House) -> None:
    asked = {"id": STANDARD, "scope": "recent", "mods": "~HDDT"}
    whole = [score["id"] for score in house.ask("/get_map_scores", asked).json["scores"]]
    pages = [house.ask("/get_map_scores", asked | {"limit": 2, "page": page}).json["scores"] for page in range(1, 6)]
    assert [score["id"] for page in pages for score in page] == whole
