"""Values as the website takes them: what a table may hold besides what it should."""

from datetime import datetime
from typing import Any

import pytest

from server.domain.live import Status
from tests.golden.house import House
from tests.golden.maps import STANDARD, md5_of
from tests.golden.now import MODERATOR_SESSION
from tests.voice import Voice


def data(house: House, path: str, session: str | None = None) -> Any:
    answered = house.ask(path, mount="/v2", session=session)
    assert answered.status == 200
    return answered.json["data"]


def test_texts_have_no_white_space_around_them(mended: House) -> None:
    mended.sql("UPDATE users SET name = ' Aiko ', userpage_content = :page WHERE id = 3", page="\n two\nlines\u3000")
    mended.sql("UPDATE clans SET name = ' Petal ', tag = ' P ' WHERE id = 1")
    mended.sql("UPDATE maps SET title = ' Song', filename = 'a.osu ' WHERE id = :id", id=STANDARD)
    player = data(mended, "/players/3")
    assert (player["name"], player["userpage_content"]) == ("Aiko", "two\nlines")
    clan = data(mended, "/clans/1")
    assert (clan["name"], clan["tag"]) == ("Petal", "P")
    beatmap = data(mended, f"/maps/{STANDARD}")
    assert (beatmap["title"], beatmap["filename"]) == ("Song", "a.osu")
    score = data(mended, "/scores/2")
    assert (score["beatmap"]["title"], score["player"]["name"], score["player"]["clan_tag"]) == ("Song", "Aiko", "P")
    assert data(mended, "/leaderboards/0")[0]["clan_name"] == "Petal"
    assert data(mended, "/players/search?q=aik") == [{"id": 3, "name": "Aiko"}]


def test_an_average_is_a_number_with_four_places(mended: House) -> None:
    """MySQL's own would be text."""
    mended.sql("DELETE FROM ratings")
    for player, rating in ((3, 8), (4, 8), (11, 9)):
        values = {"player": player, "md5": md5_of(STANDARD), "rating": rating}
        mended.sql("INSERT INTO ratings (userid, map_md5, rating) VALUES (:player, :md5, :rating)", **values)
    assert data(mended, f"/maps/{STANDARD}/rating") == {"average": 8.3333, "count": 3}


def test_moments_that_are_none_are_the_beginning_of_time(mended: House) -> None:
    moment = datetime(1970, 1, 1)
    if mended.db.engine == "sqlite":
        mended.sql("UPDATE clans SET created_at = '0000-00-00 00:00:00' WHERE id = 1")
        assert data(mended, "/clans/1")["created_at"] == moment.isoformat()


@pytest.mark.parametrize("map_id", [-1, 0])
def test_no_beatmap_is_0(mended: House, map_id: int) -> None:
    mended.run(Voice(mended.redis, "values").players([Status(3, 1.9, 4, " text ", 1, 64, map_id)]))
    wanted = {"login_time": 1, "action": 4, "info_text": "text", "mode": 1, "mods": 64, "beatmap_id": 0}
    assert data(mended, "/players/3/status") == wanted


def test_the_bot_is_always_there_for_staff(mended: House) -> None:
    """Without anybody who writes the live layer, too."""

    async def emptied(client: Any) -> None:
        await client.delete(*[key async for key in client.scan_iter("*") if "web_sessions" not in str(key)])

    mended.run(mended.redis.ask(emptied))
    wanted = {"login_time": 2**31 - 1, "action": 0, "info_text": "", "mode": 0, "mods": 0, "beatmap_id": 0}
    assert data(mended, "/players/1/status", MODERATOR_SESSION) == wanted
    assert mended.ask("/players/3/status", mount="/v2").status == 404


def test_ranks_are_null_where_there_are_none(house: House) -> None:
    stats = {row["mode"]: row for row in data(house, "/players/3/stats")}
    assert (stats[0]["rank"], stats[0]["country_rank"]) == (1, 1)
    assert (stats[3]["rank"], stats[3]["country_rank"]) == (None, None)


def test_everybody_is_counted_and_the_bot(house: House) -> None:
    v1 = house.ask("/get_player_count").json["counts"]
    assert data(house, "/server/stats") == {"online_players": v1["online"], "total_players": v1["total"] + 1}
