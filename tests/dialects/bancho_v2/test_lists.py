"""Lists, held against the golden tables: what filters let through, in which order, and that pages are the whole."""

from collections.abc import Callable
from typing import Any

import pytest

from server.domain.clans import CLAN_SORTS
from tests.golden import people, plays
from tests.golden.house import House
from tests.golden.maps import MAPS
from tests.golden.now import AIKO_SESSION, MODERATOR_SESSION, RESTRICTED_SESSION, UNVERIFIED_SESSION
from tests.golden.people import RESTRICTED, UNVERIFIED

Row = dict[str, Any]

PUBLIC = {user["id"] for user in people.USERS if user["priv"] & 3 == 3}
TABLES = {
    "/players": [user for user in people.USERS if user["id"] in PUBLIC],
    "/maps": list(MAPS),
    "/scores": [score for score in plays.SCORES if score["userid"] in PUBLIC],
    "/clans": list(people.CLANS),
}


ORDERS: dict[tuple[str, str], Callable[[Row], Any]] = {
    **{(path, "id"): lambda row: row["id"] for path in TABLES},
    **{(path, "-id"): lambda row: -row["id"] for path in TABLES},
    ("/players", "name"): lambda row: row["name"].upper().replace("Ü", "U"),
    ("/players", "-latest_activity"): lambda row: (-row["latest_activity"], -row["id"]),
    ("/maps", "-last_update"): lambda row: (-row["last_update"].toordinal(), -row["id"]),
    ("/maps", "diff"): lambda row: (row["diff"], row["id"]),
    ("/maps", "-diff"): lambda row: (-row["diff"], -row["id"]),
    ("/maps", "-plays"): lambda row: (-row["plays"], -row["id"]),
    ("/scores", "-pp"): lambda row: (-row["pp"], -row["id"]),
    ("/scores", "-score"): lambda row: (-row["score"], -row["id"]),
    ("/scores", "-play_time"): lambda row: (-row["play_time"].timestamp(), -row["id"]),
    ("/clans", "name"): lambda row: row["name"],
}


def ids(house: House, path: str, session: str | None = None) -> list[int]:
    answered = house.ask(path, mount="/v2", session=session)
    assert answered.status == 200, answered.json
    return [row["id"] for row in answered.json["data"]]


@pytest.mark.parametrize(("path", "order"), ORDERS)
def test_pages_together_are_the_whole_in_order(house: House, path: str, order: str) -> None:
    wanted = [row["id"] for row in sorted(TABLES[path], key=ORDERS[path, order])]
    size = 7
    found = []
    for page in range(1, len(wanted) // size + 3):
        answered = house.ask(f"{path}?order={order}&page={page}&page_size={size}", mount="/v2").json
        assert answered["meta"] == {"total": len(wanted), "page": page, "page_size": size}
        found += [row["id"] for row in answered["data"]]
    assert found == wanted


SCORE_FILTERS: dict[str, Callable[[Row], bool]] = {
    "mods=8": lambda row: row["mods"] == 8,
    "mods=hd": lambda row: row["mods"] == 8,
    "mods=-1": lambda row: False,
    f"mods={2**40}": lambda row: False,
    "mods=NM": lambda row: row["mods"] == 0,
    "mods_all=DT": lambda row: row["mods"] & 64 == 64,
    "mods_all=0": lambda row: True,
    "mods_any=HDHR": lambda row: row["mods"] & 24 != 0,
    "mods_any=0": lambda row: False,
    "mods_all=8&mods_any=80": lambda row: row["mods"] & 8 == 8 and row["mods"] & 80 != 0,
    "status=0": lambda row: row["status"] == 0,
    "status=7": lambda row: False,
    "mode=4": lambda row: row["mode"] == 4,
    "mode=9": lambda row: False,
    "user_id=3&status=1": lambda row: row["userid"] == 3 and row["status"] == 1,
    "user_id=-1": lambda row: False,
    "grade=D": lambda row: row["grade"] == "D",
    "perfect=no&grade=XH": lambda row: not row["perfect"] and row["grade"] == "XH",
    "map_md5=DEADBEEFdeadbeefdeadbeefdeadbeef": lambda row: row["map_md5"] == "deadbeef" * 4,
    "map_md5=%C3%A9": lambda row: False,
    "map_id=1004": lambda row: row["map_md5"] == MD5S[1004],
    "set_id=101": lambda row: row["map_md5"] in (MD5S[1001], MD5S[1002]),
    "set_id=101&map_id=1001": lambda row: row["map_md5"] == MD5S[1001],
    "set_id=101&map_id=1003": lambda row: False,
    "since=1705325400": lambda row: row["play_time"] >= plays.NOON.replace(hour=13, minute=30),
    "until=1705320060": lambda row: row["play_time"] < plays.NOON.replace(minute=1),
    "since=1705320600&until=1705320660": lambda row: row["play_time"] == plays.NOON.replace(minute=10),
    "ids=2,2,9,404": lambda row: row["id"] == 2,
    f"ids={2**63 - 1},-5": lambda row: False,
}

MD5S = {row["id"]: row["md5"] for row in MAPS}


@pytest.mark.parametrize("query", SCORE_FILTERS)
def test_scores(house: House, query: str) -> None:
    wanted = sorted(row["id"] for row in TABLES["/scores"] if SCORE_FILTERS[query](row))
    answered = house.ask(f"/scores?{query}&page_size=100", mount="/v2").json
    assert [row["id"] for row in answered["data"]] == wanted
    assert answered["meta"]["total"] == len(wanted)


MAP_FILTERS: dict[str, Callable[[Row], bool]] = {
    "status=2&mode=0": lambda row: row["status"] == 2 and row["mode"] == 0,
    "status=-1": lambda row: row["status"] == -1,
    "server=osu!": lambda row: row["server"] == "osu!",
    "server=nowhere": lambda row: False,
    "frozen=0": lambda row: not row["frozen"],
    "artist=MADE+UP&frozen=1": lambda row: row["frozen"],
    "artist=Made": lambda row: False,
    "creator=%F0%9F%92%96": lambda row: False,
    "filename=1001.osu": lambda row: row["id"] == 1001,
    "q=restricted": lambda row: row["creator"] == "Restricted",
    "q=song+10+made": lambda row: "10" in row["title"] + row["version"] and row["artist"] == "Made up",
    "q=x_y": lambda row: row["id"] == 1009,
    "q=%25+_+%7C": lambda row: False,
    "q=%F0%9F%92%96": lambda row: False,
    "q=made%00up": lambda row: False,
    "min_diff=5.124": lambda row: row["diff"] >= 5.124,
    "max_diff=5.123": lambda row: row["diff"] <= 5.123,
    "min_diff=5.123&max_diff=5.123": lambda row: row["diff"] == 5.123,
    "set_id=101&ids=1002,1003": lambda row: row["id"] == 1002,
}


@pytest.mark.parametrize("query", MAP_FILTERS)
def test_maps(house: House, query: str) -> None:
    assert ids(house, f"/maps?{query}&page_size=100") == sorted(row["id"] for row in MAPS if MAP_FILTERS[query](row))


@pytest.mark.parametrize(
    ("path", "owner"), [("/players", "id"), ("/players/search?q=ri&limit=100", "id"), ("/scores", "userid")]
)
def test_lists_hold_who_may_be_seen(house: House, path: str, owner: str) -> None:
    """Hidden players find themselves, and nobody else hidden; staff find all."""

    def owners(session: str | None) -> set[int]:
        joint = "&" if "?" in path else "?"
        rows = house.ask(f"{path}{joint}page_size=100", mount="/v2", session=session).json["data"]
        return {row[owner] for row in rows}

    public = owners(None)
    assert public <= PUBLIC
    assert owners(AIKO_SESSION) == public
    assert owners(RESTRICTED_SESSION) == public | {RESTRICTED}
    assert owners(UNVERIFIED_SESSION) == public | {UNVERIFIED}
    assert owners(MODERATOR_SESSION) >= public | {RESTRICTED, UNVERIFIED}


def test_the_bot_is_on_no_list_whatever_its_privileges(mended: House) -> None:
    """As it is found nowhere else."""
    mended.sql("UPDATE users SET priv = 3 WHERE id = 1")
    mended.sql("UPDATE scores SET userid = 1 WHERE id = 2")
    for path in ("/players?page_size=100", "/players/search?q=bot", "/scores?page_size=100"):
        answered = mended.ask(path, mount="/v2").json
        assert 1 not in [row.get("userid", row["id"]) for row in answered["data"]]
        assert answered["meta"]["total"] == len(answered["data"])
        assert 1 in [
            row.get("userid", row["id"])
            for row in mended.ask(path, mount="/v2", session=MODERATOR_SESSION).json["data"]
        ]


def test_a_search_of_v1_finds_oneself_too(house: House) -> None:
    found = house.ask("/search_players?q=restr", key=people.RESTRICTED_KEY).json["result"]
    assert found == [{"id": RESTRICTED, "name": "Restricted"}]


def test_what_is_beside_scores_is_what_is_told_of_them_alone(house: House) -> None:
    rows = house.ask("/scores?include=player&include=beatmap&page_size=100", mount="/v2").json["data"]
    for row in rows:
        alone = house.ask(f"/scores/{row['id']}", mount="/v2")
        if row["beatmap"] is None:
            assert alone.status == 404
        elif row["userid"] != people.CLANLESS:  # whose clan is gone
            assert alone.json["data"] == row


ENDING = {
    "/players?order=name": 100,
    "/maps?order=diff": 100,
    "/scores?order=-pp": 10,
    "/clans?order=name": 100,
}

FAR = ["/players", "/maps", "/scores", "/clans", "/clans/1/members", "/players/3/stats", "/leaderboards/0"]
FAR += ["/leaderboards/clans"]


@pytest.mark.parametrize(("path", "last"), ENDING.items())
def test_other_orders_end_somewhere(house: House, path: str, last: int) -> None:
    assert house.ask(f"{path}&page={last}&page_size=100", mount="/v2").json["data"] == []
    refused = house.ask(f"{path}&page={last + 1}&page_size=100", mount="/v2", queries=0)
    assert refused.status == 422
    (fault,) = refused.json["detail"]
    assert (fault["loc"], fault["input"], fault["ctx"]) == (["query", "page"], str(last + 1), {"le": last})


@pytest.mark.parametrize("path", FAR)
def test_pages_may_be_as_far_off_as_one_likes(house: House, path: str) -> None:
    assert house.ask(f"{path}?page={2**56}&page_size=100", mount="/v2").json["data"] == []
    assert house.ask(f"{path}?page={2**63}", mount="/v2").status == 422


def test_the_clans_leaderboard_adds_up_its_members(house: House) -> None:
    members = [user for user in people.USERS if user["id"] in PUBLIC and user["clan_id"]]
    known = {clan["id"] for clan in people.CLANS}
    for mode in people.MODES:
        for sort in CLAN_SORTS:
            sums: dict[int, dict[str, int]] = {}
            for stats in people.STATS:
                player = next((each for each in members if each["id"] == stats["id"]), None)
                if player and player["clan_id"] in known and stats["mode"] == mode and (stats["pp"] or stats["plays"]):
                    total = sums.setdefault(player["clan_id"], dict.fromkeys(("members", *CLAN_SORTS), 0))
                    total["members"] += 1
                    for name in CLAN_SORTS:
                        total[name] += stats[name]
            wanted = sorted((-total[sort], clan) for clan, total in sums.items() if total[sort])
            rows = house.ask(f"/leaderboards/clans?mode={mode}&sort={sort}", mount="/v2").json["data"]
            assert [(-row[sort], row["clan_id"]) for row in rows] == wanted
            for row in rows:
                assert {name: row[name] for name in sums[row["clan_id"]]} == sums[row["clan_id"]]


def test_members_stand_by_rank_and_name(mended: House) -> None:
    mended.sql("UPDATE users SET clan_id = 1, clan_priv = 1 WHERE id IN (4, 5, 6)")
    assert ids(mended, "/clans/1/members?page_size=100") == [3, 14, 4, 5, 6, 16]
    assert ids(mended, "/clans/1/members?page_size=100", UNVERIFIED_SESSION) == [3, 14, 4, 5, UNVERIFIED, 6, 16]
