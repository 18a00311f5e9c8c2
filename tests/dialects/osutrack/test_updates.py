"""What an update says and writes, rule by rule."""

import asyncio

import pytest

from tests.dialects.osutrack.stage import MOUNT, NUMBERS, ask, changes, rows, updated
from tests.golden import own
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.maps import MAPS, md5_of
from tests.golden.people import AIKO, BRACKETS, IDLE, NIHONGO, RESTRICTED, TWO_WORDS, UNDER_SCORE
from tests.golden.plays import SCORES

NOBODY = 999


def test_first_and_then_nothing(mended: House) -> None:
    first = updated(mended, NIHONGO)
    assert (first["first"], first["exists"], first["levelup"], changes(first)) == (True, True, False, {})
    assert [play["score_id"] for play in first["newhs"]] == ["8", "57"]
    assert [play["ranking"] for play in first["newhs"]] == [0, 1]
    kept = {table: rows(mended, table, NIHONGO) for table in ("api_snapshots", "api_top_plays")}
    assert [len(each) for each in kept.values()] == [1, 2]
    again = updated(mended, NIHONGO)
    assert again == first | {"first": False, "newhs": []}
    assert {table: rows(mended, table, NIHONGO) for table in kept} == kept


def test_what_changed_since(mended: House) -> None:
    updated(mended, NIHONGO)
    mended.sql(
        "UPDATE stats SET plays = plays + 3, tscore = 30000, rscore = rscore + 7, acc = acc + 0.1, pp = pp + 2500,"
        " x_count = 1, xh_count = 9, s_count = 2, sh_count = 9, a_count = 3 WHERE id = :id AND mode = 0",
        id=NIHONGO,
    )
    mended.sql("UPDATE scores SET n300 = n300 + 5, n100 = n100 + 1 WHERE id = 8")
    mended.sql("UPDATE scores SET pp = 500 WHERE id = 57")
    told = updated(mended, NIHONGO)
    assert changes(told) == {
        **{"playcount": 3, "total_score": 30_000, "ranked_score": 7, "accuracy": 0.1, "pp_raw": 2500.0, "level": 1.0},
        **{"pp_rank": -3, "count_rank_ss": 1, "count_rank_s": 2, "count_rank_a": 3},
    }
    assert (told["levelup"], told["first"]) == (True, False)
    # Recorded once, whatever has become of it.
    assert told["newhs"] == []
    assert len(rows(mended, "api_snapshots", NIHONGO)) == 2


def test_differences_have_no_noise(mended: House) -> None:
    updated(mended, NIHONGO)
    for acc, difference in ((97.7, 97.7), (97.8, 0.1), (97.5, -0.3), (97.5000001, 0.0), (97.5, 0.0)):
        mended.sql("UPDATE stats SET acc = :acc WHERE id = :id AND mode = 0", acc=acc, id=NIHONGO)
        answered = ask(mended, f"/update?user={NIHONGO}&mode=0", method="POST")
        assert answered.json["accuracy"] == difference
        assert b"-0.0" not in answered.body


def test_a_new_score(mended: House) -> None:
    updated(mended, NIHONGO)
    row = next(row for row in SCORES if row["id"] == 8)
    new = row | {"id": 9000, "map_md5": md5_of(1003), "pp": 100.5, "mods": 72, "perfect": 1, "grade": "SH"}

    async def insert() -> None:
        async with mended.db.transaction() as session:
            await session.insert_many("scores", [new])

    mended.run(insert())
    (play,) = updated(mended, NIHONGO)["newhs"]
    assert play == {
        **{"beatmap_id": "1003", "score_id": "9000", "score": "670000", "maxcombo": "200", "count50": "1"},
        **{"count100": "9", "count300": "110", "countmiss": "0", "countkatu": "7", "countgeki": "30", "perfect": "1"},
        **{"enabled_mods": "72", "user_id": "9", "date": "2024-01-15 12:08:00", "rank": "SH", "pp": "100.5"},
        **{"replay_available": "0", "ranking": 1},
    }
    assert list(play)[-1] == "ranking"
    assert updated(mended, NIHONGO)["newhs"] == []
    (kept,) = (row for row in ask(mended, f"/hiscores?user={NIHONGO}").json if row["pp"] == 100.5)
    assert (kept["score_time"], kept["update_time"]) == ("2024-01-15T12:08:00.000Z", "2024-01-15T13:40:00.000Z")


def test_a_wipe(mended: House) -> None:
    updated(mended, TWO_WORDS)
    mended.sql("UPDATE stats SET plays = 0, tscore = 0, rscore = 0, pp = 0, acc = 0 WHERE id = :id", id=TWO_WORDS)
    mended.sql("DELETE FROM scores WHERE userid = :id", id=TWO_WORDS)
    told = updated(mended, TWO_WORDS)
    assert (told["levelup"], told["newhs"]) == (False, [])
    assert {name: value < 0 for name, value in changes(told).items()} == dict.fromkeys(changes(told), True)
    assert changes(told)["total_score"] == -7_000_000_000
    # No rank is not better than the first.
    assert told["pp_rank"] == 0
    # What was recorded stays.
    assert len(ask(mended, f"/hiscores?user={TWO_WORDS}").json) > 2


def test_a_rank_after_none(mended: House) -> None:
    mended.sql("UPDATE stats SET pp = 0, plays = 1 WHERE id = :id AND mode = 0", id=BRACKETS)
    updated(mended, BRACKETS)
    mended.sql("UPDATE stats SET pp = 6500 WHERE id = :id AND mode = 0", id=BRACKETS)
    assert changes(updated(mended, BRACKETS)) == {"pp_raw": 6500.0}
    assert [row["pp_rank"] for row in ask(mended, f"/stats_history?user={BRACKETS}&mode=0").json] == [0, 4]


def test_passed_by_others(mended: House) -> None:
    updated(mended, BRACKETS)
    mended.sql("UPDATE stats SET pp = 6501 WHERE id = :id AND mode = 0", id=NIHONGO)
    assert changes(updated(mended, BRACKETS)) == {"pp_rank": 1}


@pytest.mark.parametrize("user", [RESTRICTED, NOBODY, 0x7FFFFFFF, 2**31, 10**30])
@pytest.mark.parametrize("mode", [0, 5])
def test_whoever_does_not_exist(mended: House, user: int, mode: int) -> None:
    told = updated(mended, user, mode)
    nothing = dict.fromkeys(NUMBERS, 0) | dict.fromkeys(("levelup", "first", "exists"), False)
    assert told == nothing | {"username": None, "mode": mode, "newhs": []}
    if user == RESTRICTED:
        kept = [row for row in own.SNAPSHOTS if (row["user_id"], row["mode"]) == (user, mode)]
        assert [row[2] for row in rows(mended, "api_snapshots", user, mode)] == [row["at_ms"] for row in kept]


def test_a_player_is_restricted_and_comes_back(mended: House) -> None:
    before = ask(mended, f"/stats_history?user={AIKO}&mode=0").json
    mended.sql("UPDATE users SET priv = 2 WHERE id = :id", id=AIKO)
    assert ask(mended, f"/stats_history?user={AIKO}&mode=0").json == []
    assert updated(mended, AIKO)["exists"] is False
    assert AIKO not in {row["user"] for row in ask(mended, "/bestplays?mode=0").json}
    mended.sql("UPDATE users SET priv = 3 WHERE id = :id", id=AIKO)
    assert ask(mended, f"/stats_history?user={AIKO}&mode=0").json == before


def test_who_has_no_figures(mended: House) -> None:
    told = updated(mended, IDLE)
    assert (told["username"], told["exists"], told["first"]) == ("Idle", True, True)
    assert (changes(told), told["newhs"]) == ({}, [])
    assert ask(mended, f"/stats_history?user={IDLE}&mode=0").json == []


def test_many_at_once(mended: House) -> None:
    """Two servers, one database: one of them says that it is the first, and each play is new in one answer."""

    async def at_once(*servers: House) -> list[Answered]:
        asking = [
            server._client.ask(f"/update?user={UNDER_SCORE}&mode=3", method="POST", mount=MOUNT)
            for _ in range(10)
            for server in servers
        ]
        return await asyncio.gather(*asking)

    with mended.variant() as other:
        answers = [answered.json for answered in mended.run(at_once(mended, other))]
    assert [told["first"] for told in answers].count(True) == 1
    assert [play["score_id"] for told in answers for play in told["newhs"]] == ["52"]
    assert len(rows(mended, "api_snapshots", UNDER_SCORE, 3)) == 1
    assert len(rows(mended, "api_top_plays", UNDER_SCORE, 3)) == 1
    assert {len(changes(told)) for told in answers} == {0}


def test_the_hundred_best(mended: House) -> None:
    """Of 150 plays the best hundred are recorded, and as many statements are asked as for one."""
    mended.run(_plays(mended, 150))
    mended.sql("UPDATE stats SET pp = 1 WHERE id = :id AND mode = 2", id=BRACKETS)
    first = ask(mended, f"/update?user={BRACKETS}&mode=2", method="POST")
    assert [play["ranking"] for play in first.json["newhs"]] == list(range(100))
    assert [play["score_id"] for play in first.json["newhs"]] == [str(score) for score in range(9150, 9050, -1)]
    one = ask(mended, f"/update?user={BRACKETS}&mode=0", method="POST")
    assert len(one.json["newhs"]) == 1
    assert len(first.statements) == len(one.statements)


async def _plays(house: House, count: int) -> None:
    """So many of a player's best in catch, each on a beatmap of its own and better than the one before."""
    beatmap, play = MAPS[0], next(row for row in SCORES if row["id"] == 51)
    numbers = range(1, count + 1)
    beatmaps = [beatmap | {"id": 9000 + each, "md5": f"{each:032x}", "filename": f"{each}.osu"} for each in numbers]
    own = {"userid": BRACKETS}
    plays = [play | own | {"id": 9000 + each, "map_md5": f"{each:032x}", "pp": float(each)} for each in numbers]
    async with house.db.transaction() as session:
        await session.insert_many("maps", beatmaps)
        await session.insert_many("scores", plays)
