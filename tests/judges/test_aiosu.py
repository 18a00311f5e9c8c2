"""aiosu's client of the osu! API v1 (Python, asyncio), as it is: everything it offers, and what it makes of it."""

import lzma
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import osrparse
import pytest
from aiosu.exceptions import APIException
from aiosu.models import Gamemode
from aiosu.v1 import Client
from pydantic import ValidationError

from tests.golden.maps import LOVED, MANIA, NO_FILE, PRIVATE, QUOTED, STANDARD, TAIKO, md5_of
from tests.golden.own import MATCH, MATCH_OPEN, MATCH_PRIVATE, STATUSES
from tests.golden.people import AIKO, DIGITS, GIANT, IDLE, NIHONGO, RESTRICTED, TWO_WORDS, UNDER_SCORE, Row
from tests.golden.plays import HDDT, HUGE_ID, NON_ASCII, WIDE
from tests.judges import world


@pytest.fixture
async def api(base: str) -> AsyncIterator[Client]:
    """The client, told where to ask by its own option."""
    async with Client(world.KEYS["aiosu"], base_url=base) as client:
        yield client


def plain(moment: datetime | None) -> datetime | None:
    """It reads moments without a zone."""
    assert moment is None or moment.tzinfo is None
    return moment


def score(row: Row, mode: int) -> Row:
    """As the client should read it. It gives numbers to what it is not told."""
    untold = {"pp": 0.0} if row["replay"] is None else {}
    return row | {"mods": unpaired(row["mods"]), "mode": mode, "replay": bool(row["replay"]), "name": None} | untold


def unpaired(mods: int) -> int:
    """To Nightcore it adds Double Time by itself."""
    return mods | 64 if mods & 512 else mods


def read(found: Any) -> Row:
    """What the client has read of a score."""
    hits = found.statistics
    return {
        **{"id": found.id, "map": found.beatmap_id, "user": found.user_id, "name": None, "mode": found.mode.id},
        **{"score": found.score, "max_combo": found.max_combo, "mods": int(found.mods), "perfect": found.perfect},
        **{"n300": hits.count_300, "n100": hits.count_100, "n50": hits.count_50, "nmiss": hits.count_miss},
        **{"ngeki": hits.count_geki, "nkatu": hits.count_katu, "date": plain(found.created_at), "rank": found.rank},
        **{"pp": found.pp, "replay": found.replay},
    }


def same(found: list[Any], expected: list[Row], mode: int = 0) -> None:
    assert expected
    assert [read(each) for each in found] == [score(row, mode) for row in expected]
    assert [each.passed for each in found] == [row["rank"] != "F" for row in expected]


@pytest.mark.parametrize("map_id", [STANDARD, NO_FILE, LOVED, TAIKO, QUOTED, PRIVATE])
async def test_a_beatmap(api: Client, map_id: int) -> None:
    row, file = world.MAP[map_id], world.FILE.get(md5_of(map_id))
    (found,) = await api.get_beatmap(beatmap_id=map_id, mode=row["mode"])
    (beatmap,) = found.beatmaps
    approved = {each["map_id"]: each["approved_ms"] for each in STATUSES}.get(map_id)
    updated = None if map_id == PRIVATE else row["last_update"]
    status = world.APPROVED_AS[row["status"]]
    assert (found.id, found.artist, found.title, found.creator) == (
        *(row["set_id"], row["artist"]),
        *(row["title"], row["creator"]),
    )
    assert (found.status.id, found.play_count, found.video) == (status, row["plays"], bool(file and file["video"]))
    assert found.favourite_count == (3 if row["set_id"] == 101 else 0)
    assert (found.source or "", found.tags or "") == ((file["source"], file["tags"]) if file else ("", ""))
    assert plain(found.ranked_date) == (approved and world.moment(approved))
    assert (plain(found.last_updated), found.submitted_date) == (updated, None)
    assert (beatmap.id, beatmap.beatmapset_id, beatmap.mode.id) == (map_id, row["set_id"], row["mode"])
    assert (beatmap.difficulty_rating, beatmap.status.id) == (row["diff"], status)
    assert (beatmap.accuracy, beatmap.cs, beatmap.ar, beatmap.drain) == (row["od"], row["cs"], row["ar"], row["hp"])
    assert (beatmap.bpm, beatmap.total_length, beatmap.version) == (row["bpm"], row["total_length"], row["version"])
    assert (beatmap.checksum, beatmap.max_combo) == (row["md5"], row["max_combo"] or None)
    assert (beatmap.play_count, beatmap.passcount) == (row["plays"], row["passes"])
    objects = (beatmap.count_circles, beatmap.count_sliders, beatmap.count_spinners)
    assert objects == ((file["circles"], file["sliders"], file["spinners"]) if file else (None, None, None))
    assert beatmap.user_id == (TWO_WORDS if map_id == PRIVATE else 0)


async def ids(found: Any) -> list[int]:
    return [each.beatmaps[0].id for each in await found]


async def test_beatmaps_that_fit(api: Client) -> None:
    assert sorted(await ids(api.get_beatmap(beatmapset_id=101))) == [STANDARD, NO_FILE]
    assert await ids(api.get_beatmap(hash=md5_of(LOVED))) == [LOVED]
    assert await ids(api.get_beatmap(user_query="é_[x]-y", qtype="string")) == [QUOTED]
    assert STANDARD in await ids(api.get_beatmap(since="2024-01-01 00:00:00"))
    assert await ids(api.get_beatmap(user_query="nobody", mode=3)) == [MANIA]
    assert await ids(api.get_beatmap(beatmap_id=STANDARD, mode=1, converts=True)) == [STANDARD]


async def test_how_difficult_a_beatmap_is(api: Client) -> None:
    for mods in ("DT", 64):
        ((faster,),) = [each.beatmaps for each in await api.get_beatmap(beatmap_id=STANDARD, mods=mods)]
        assert faster.difficulty_rating > world.MAP[STANDARD]["diff"]


@pytest.mark.parametrize("asked", ["Aiko", "aiko", AIKO])
async def test_a_player(api: Client, asked: str | int) -> None:
    found = await api.get_user(asked)
    row, stat = world.USER[AIKO], world.STAT[AIKO, 0]
    assert (found.id, found.username, found.country_code) == (AIKO, "Aiko", "JP")
    assert plain(found.join_date) == world.moment(row["creation_time"] * 1000)
    told = found.statistics
    assert (told.level.current, told.level.progress) == (100, 96)
    assert (told.pp, told.global_rank, told.country_rank) == (stat["pp"], 1, 1)
    assert (told.ranked_score, told.total_score) == (stat["rscore"], stat["tscore"])
    assert (told.hit_accuracy, told.play_count, told.play_time) == (stat["acc"], stat["plays"], stat["playtime"])
    assert (told.count_300, told.count_100, told.count_50) == world.hits(AIKO)
    grades = told.grade_counts
    assert (grades.ss, grades.ssh, grades.s, grades.sh, grades.a) == tuple(
        stat[name] for name in ("x_count", "xh_count", "s_count", "sh_count", "a_count")
    )


async def test_a_player_in_other_modes_and_other_players(api: Client) -> None:
    taiko = (await api.get_user(AIKO, mode=Gamemode.TAIKO)).statistics
    assert (taiko.pp, taiko.play_count, taiko.global_rank) == (310.0, 3, 1)
    assert (await api.get_user("two words", qtype="string")).id == TWO_WORDS
    assert (await api.get_user("12345678")).id == DIGITS
    assert (await api.get_user("4", qtype="id")).id == TWO_WORDS
    assert (await api.get_user(GIANT)).statistics.total_score == 2**53 + 1
    never = await api.get_user(IDLE)
    assert (never.statistics.play_count, never.statistics.is_ranked) == (0, False)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"beatmap_id": STANDARD}, world.board(STANDARD)),
        ({"beatmap_id": STANDARD, "limit": 3}, world.board(STANDARD, limit=3)),
        ({"beatmap_id": LOVED}, world.board(LOVED)),
        ({"beatmap_id": TAIKO, "mode": 1}, world.board(TAIKO, 1)),
        ({"beatmap_id": STANDARD, "user_query": "Aiko", "qtype": "string"}, world.of_player(AIKO, STANDARD)),
        pytest.param({"beatmap_id": STANDARD, "mods": "HDDT"}, world.with_mods(STANDARD, HDDT)),
    ],
)
async def test_scores_on_a_beatmap(api: Client, asked: dict[str, Any], expected: list[Row]) -> None:
    same(await api.get_beatmap_scores(**asked), expected, asked.get("mode", 0))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"user_query": "Aiko"}, world.best(AIKO)),
        ({"user_query": AIKO, "limit": 3, "qtype": "id"}, world.best(AIKO, limit=3)),
        ({"user_query": TWO_WORDS, "mode": 1}, world.best(TWO_WORDS, 1)),
        ({"user_query": UNDER_SCORE, "mode": 3}, world.best(UNDER_SCORE, 3)),
        ({"user_query": "日本語"}, world.best(NIHONGO)),
    ],
)
async def test_best_scores_of_a_player(api: Client, asked: dict[str, Any], expected: list[Row]) -> None:
    same(await api.get_user_bests(**asked), expected, asked.get("mode", 0))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"user_query": "Aiko"}, world.recent(AIKO, limit=50)),
        ({"user_query": AIKO, "mode": 1}, world.recent(AIKO, 1)),
        ({"user_query": "two words", "limit": 3, "qtype": "string"}, world.recent(TWO_WORDS, limit=3)),
    ],
)
async def test_recent_plays_of_a_player(api: Client, asked: dict[str, Any], expected: list[Row]) -> None:
    same(await api.get_user_recents(**asked), expected, asked.get("mode", 0))


async def test_a_match(api: Client) -> None:
    found, row = await api.get_match(MATCH), world.match(MATCH)
    assert (found.id, found.name) == (MATCH, row["name"])
    assert (plain(found.start_time), plain(found.end_time)) == (
        world.moment(row["opened_ms"]),
        world.moment(row["ended_ms"]),
    )
    assert [each.id for each in found.games] == [12, 11, 13]
    for game, expected in zip(found.games, row["games"], strict=True):
        assert plain(game.start_time) == world.moment(expected["started_ms"])
        assert plain(game.end_time) == world.moment(expected["ended_ms"])
        assert (game.beatmap_id, game.mode.id, game.match_type) == (expected["map_id"], expected["mode"] % 4, 0)
        assert (game.scoring_type, game.team_type) == (expected["win_condition"], expected["team_type"])
        assert [made.slot for made in game.scores] == [play["slot"] for play in expected["scores"]]
        for made, play in zip(game.scores, expected["scores"], strict=True):
            assert (made.team, made.user_id, made.score, made.max_combo) == tuple(
                play[name] for name in ("team", "user_id", "score", "max_combo")
            )
            assert (made.passed, made.perfect) == (play["passed"], play["perfect"])
            hits = made.statistics
            assert (hits.count_300, hits.count_100, hits.count_50) == (play["n300"], play["n100"], play["n50"])
            assert (hits.count_miss, hits.count_geki, hits.count_katu) == (play["nmiss"], play["ngeki"], play["nkatu"])
            # Everybody's mods and the player's own are all the play was made with.
            assert int(made.get_full_mods(game)) == play["mods"]
    still = await api.get_match(MATCH_OPEN)
    assert (still.end_time, [game.end_time for game in still.games]) == (None, [None])


@pytest.mark.parametrize(
    ("asked", "score_id"),
    [
        ({"score_id": 2}, 2),
        ({"score_id": HUGE_ID}, HUGE_ID),
        ({"beatmap_id": STANDARD, "user_query": "Giant", "qtype": "string"}, WIDE),
        pytest.param({"beatmap_id": QUOTED, "user_query": "Ünïcödé", "mods": "HDDT"}, NON_ASCII),
    ],
)
async def test_a_replay(api: Client, asked: dict[str, Any], score_id: int) -> None:
    found = await api.get_replay(**asked)
    assert found.encoding == "base64"
    content = b64decode(found.content, validate=True)
    assert content == world.frames_of(score_id)
    frames = osrparse.parse_replay_data(lzma.decompress(content, lzma.FORMAT_ALONE).decode(), decompressed=True)
    assert [(each.time_delta, each.x, each.y, each.keys.value) for each in frames] == world.moves(score_id)


async def test_replays_and_matches_that_are_not_there(api: Client) -> None:
    # Its own way: of the public server's answers to these it makes the same.
    for asked in ({"score_id": 3}, {"score_id": 404}, {"score_id": world.BROKEN_REPLAY}):
        with pytest.raises(ValidationError):
            await api.get_replay(**asked)
    for match in (404, MATCH_PRIVATE):
        with pytest.raises(ValidationError, match="Invalid match type"):
            await api.get_match(match)


async def test_what_there_is_not(api: Client) -> None:
    for nobody in ("nobody at all", RESTRICTED, 404):
        with pytest.raises(APIException, match="User not found"):
            await api.get_user(nobody)
        assert await api.get_user_bests(nobody) == []
        assert await api.get_user_recents(nobody) == []
    assert await api.get_beatmap(beatmap_id=404) == []
    assert await api.get_beatmap_scores(404) == []


async def test_a_wrong_key(base: str) -> None:
    async with Client("wrong", base_url=base) as api:
        for ask in (api.get_user, api.get_user_bests, api.get_user_recents, api.get_beatmap_scores, api.get_match):
            with pytest.raises(APIException, match=r"Please provide a valid API key\.") as refused:
                await ask(1)
            assert refused.value.status == 401
