"""ossapi's client of the osu! API v1 (Python), as it is: everything it offers, and what it makes of it."""

import lzma
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import osrparse
import pytest
from ossapi import OssapiV1, ossapi
from ossapi.ossapi import InvalidKeyException, ReplayUnavailableException

from tests.golden.maps import APPROVED, CATCH, LOVED, MAPS, NO_FILE, PRIVATE, QUOTED, STANDARD, TAIKO, md5_of
from tests.golden.own import MATCH, MATCH_OPEN, MATCH_PRIVATE, STATUSES
from tests.golden.people import AIKO, DIGITS, GIANT, IDLE, NIHONGO, RESTRICTED, TWO_WORDS, Row
from tests.golden.plays import HDDT, HUGE_ID, NON_ASCII, WIDE
from tests.judges import world


@pytest.fixture(scope="module")
def server(base: str) -> type[OssapiV1]:
    """The client, told where to ask by the attribute it has for that."""

    class Ours(OssapiV1):
        BASE_URL = f"{base}/api/"

    return Ours


@pytest.fixture(scope="module")
def api(server: type[OssapiV1]) -> OssapiV1:
    return server(world.KEYS["ossapi"])


def utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def score(row: Row) -> Row:
    """As the client should read it."""
    return row | {"date": utc(row["date"])}


def read(found: Any) -> Row:
    """What the client has read of a score."""
    return {
        **{"id": found.replay_id, "map": found.beatmap_id, "user": found.user_id, "name": found.username},
        **{"score": found.score, "max_combo": found.max_combo, "mods": found.mods.value, "perfect": found.perfect},
        **{"n300": found.count_300, "n100": found.count_100, "n50": found.count_50, "nmiss": found.count_miss},
        **{"ngeki": found.count_geki, "nkatu": found.count_katu, "date": found.date, "rank": found.rank},
        **{"pp": found.pp, "replay": found.replay_available},
    }


def same(found: list[Any], expected: list[Row]) -> None:
    assert expected
    assert [read(each) for each in found] == [score(row) for row in expected]


@pytest.mark.parametrize("map_id", [STANDARD, NO_FILE, LOVED, TAIKO, QUOTED, PRIVATE])
def test_a_beatmap(api: OssapiV1, map_id: int) -> None:
    (found,) = api.get_beatmaps(beatmap_id=map_id)
    row, file = world.MAP[map_id], world.FILE.get(md5_of(map_id))
    approved = {each["map_id"]: each["approved_ms"] for each in STATUSES}.get(map_id)
    unknown = {"creator_id": found.creator_id or 0, "source": found.source or "", "tags": found.tags or ""}
    apart = dict.fromkeys(("_data", "stars_aim", "stars_speed", "rating"))
    assert vars(found) | unknown | apart == apart | {
        **{"approved": str(world.APPROVED_AS[row["status"]]), "submit_date": None},
        **{"approved_date": approved and utc(world.moment(approved))},
        **{"last_update": None if map_id == PRIVATE else utc(row["last_update"])},
        **{"artist": row["artist"], "title": row["title"], "version": row["version"], "creator": row["creator"]},
        **{"beatmap_id": map_id, "beatmapset_id": row["set_id"], "beatmap_hash": row["md5"], "mode": row["mode"]},
        **{"creator_id": TWO_WORDS if map_id == PRIVATE else 0, "star_rating": row["diff"]},
        **{"circle_size": row["cs"], "overrall_difficulty": row["od"], "approach_rate": row["ar"], "health": row["hp"]},
        **{"hit_length": file and file["hit_length"], "total_length": row["total_length"]},
        **{"source": file["source"] if file else "", "tags": file["tags"] if file else ""},
        **{"genre_id": 1, "language_id": 1},
        **{"favourite_count": 3 if row["set_id"] == 101 else 0, "playcount": row["plays"]},
        **{"passcount": row["passes"], "max_combo": row["max_combo"] or None, "bpm": f"{row['bpm']:g}"},
        **{"count_hitcircles": file and file["circles"], "count_sliders": file and file["sliders"]},
        **{"count_spinners": file and file["spinners"], "storyboard": bool(file and file["storyboard"])},
        **{"video": bool(file and file["video"]), "download_unavailable": False, "audio_unavailable": False},
    }
    assert found.rating == {101: 26 / 3, 108: 8.0}.get(row["set_id"], 0.0)


def test_how_difficult_beatmaps_are(api: OssapiV1) -> None:
    (plain,) = api.get_beatmaps(beatmap_id=STANDARD)
    (faster,) = api.get_beatmaps(beatmap_id=STANDARD, mods=64)
    (as_fast,) = api.get_beatmaps(beatmap_id=STANDARD, mods=576)
    (converted,) = api.get_beatmaps(beatmap_id=STANDARD, mode=1, include_converts=1)
    assert plain.stars_aim > 0 < plain.stars_speed
    assert faster.star_rating == as_fast.star_rating > plain.star_rating
    assert (converted.mode, converted.stars_aim) == (1, None)
    assert converted.star_rating > 0
    assert api.get_beatmaps(beatmap_id=STANDARD, mode=1) == []


def ids(found: list[Any]) -> list[int]:
    return [each.beatmap_id for each in found]


def test_beatmaps_that_fit(api: OssapiV1) -> None:
    assert sorted(ids(api.get_beatmaps(beatmapset_id=101))) == [STANDARD, NO_FILE]
    assert ids(api.get_beatmaps(beatmap_hash=md5_of(LOVED).upper())) == [LOVED]
    assert ids(api.get_beatmaps(user="é_[x]-y", user_type="string")) == [QUOTED]
    assert ids(api.get_beatmaps(mode=2)) == [CATCH]
    everything = api.get_beatmaps()
    assert sorted(ids(everything)) == sorted(each["id"] for each in MAPS if each["status"] in (2, 3, 5))
    assert ids(api.get_beatmaps(limit=2)) == ids(everything)[:2]
    dated = {each["map_id"]: each["approved_ms"] for each in STATUSES if each["approved_ms"]}
    since = world.moment(dated[STANDARD])
    expected = sorted((at, map_id) for map_id, at in dated.items() if world.moment(at) >= since)
    assert ids(api.get_beatmaps(since=since)) == [map_id for _, map_id in expected]
    assert ids(api.get_beatmaps(since=since + timedelta(seconds=1))) == [map_id for _, map_id in expected[1:]]


@pytest.mark.parametrize("asked", [{"user": "Aiko"}, {"user": "AIKO", "user_type": "string"}, {"user": AIKO}])
def test_a_player(api: OssapiV1, asked: dict[str, Any]) -> None:
    found = api.get_user(**asked, event_days=2)
    row, stat = world.USER[AIKO], world.STAT[AIKO, 0]
    told = vars(found) | {"_data": None, "events": None}
    assert told.pop("level") == pytest.approx(100.9652)
    assert told == {
        **{"_data": None, "events": None, "user_id": AIKO, "username": row["name"], "country": "JP"},
        **{"join_date": datetime.fromtimestamp(row["creation_time"], UTC), "playcount": stat["plays"]},
        **dict(zip(("count_300", "count_100", "count_50"), world.hits(AIKO), strict=True)),
        **{"ranked_score": stat["rscore"], "total_score": stat["tscore"], "rank": 1, "country_rank": 1},
        **{"pp_raw": stat["pp"], "accuracy": stat["acc"], "seconds_played": stat["playtime"]},
        **{"count_rank_ss": stat["x_count"], "count_rank_ssh": stat["xh_count"], "count_rank_s": stat["s_count"]},
        **{"count_rank_sh": stat["sh_count"], "count_rank_a": stat["a_count"]},
    }
    happened = world.events(AIKO, 2)
    assert len(happened) == 3
    assert [(each.beatmap_id, each.beatmapset_id, each.date, each.epic_factor) for each in found.events] == [
        (event["map"]["id"], event["map"]["set_id"], utc(event["date"]), event["epic"]) for event in happened
    ]
    for each, event in zip(found.events, happened, strict=True):
        said = "lost first place" if event["kind"] == "lost_first" else f"achieved rank #{event['position']} on"
        assert said in each.display_html
        assert f"<b><a href='/u/{AIKO}'>Aiko</a></b>" in each.display_html


def test_a_player_in_other_modes_and_other_players(api: OssapiV1) -> None:
    taiko = api.get_user(AIKO, mode=1)
    assert (taiko.pp_raw, taiko.playcount, taiko.accuracy, taiko.rank) == (310.0, 3, 91.25, 1)
    assert (taiko.count_300, taiko.count_100, taiko.count_50) == world.hits(AIKO, 1)
    assert api.get_user("two words").rank == 2
    assert api.get_user("two_words").user_id == api.get_user(TWO_WORDS).user_id == TWO_WORDS
    # Digits are an id first, and then a name.
    assert api.get_user("12345678").user_id == api.get_user("12345678", user_type="string").user_id == DIGITS
    giant = api.get_user(GIANT)
    assert (giant.total_score, giant.ranked_score, giant.playcount) == (2**53 + 1, 2**53 + 3, 4_000_000_000)
    for never in (api.get_user(IDLE), api.get_user(TWO_WORDS, mode=3)):
        assert (never.playcount, never.pp_raw, never.level, never.rank, never.events) == (None, None, None, None, [])
        assert never.join_date is not None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"beatmap_id": STANDARD}, world.board(STANDARD)),
        ({"beatmap_id": STANDARD, "limit": 3}, world.board(STANDARD, limit=3)),
        ({"beatmap_id": NO_FILE}, world.board(NO_FILE)),
        ({"beatmap_id": LOVED}, world.board(LOVED)),
        ({"beatmap_id": TAIKO, "mode": 1}, world.board(TAIKO, 1)),
        ({"beatmap_id": STANDARD, "mode": 4}, world.board(STANDARD, 4)),
        ({"beatmap_id": STANDARD, "mods": HDDT}, world.with_mods(STANDARD, HDDT)),
        ({"beatmap_id": STANDARD, "user": "Aiko"}, world.of_player(AIKO, STANDARD)),
        ({"beatmap_id": NO_FILE, "user": AIKO, "user_type": "id"}, world.of_player(AIKO, NO_FILE)),
    ],
)
def test_scores_on_a_beatmap(api: OssapiV1, asked: dict[str, Any], expected: list[Row]) -> None:
    same(api.get_scores(**asked), expected)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"user": "Aiko"}, world.best(AIKO)),
        ({"user": AIKO, "limit": 3}, world.best(AIKO, limit=3)),
        ({"user": TWO_WORDS, "mode": 4, "limit": 100}, world.best(TWO_WORDS, 4)),
        ({"user": "日本語", "user_type": "string"}, world.best(NIHONGO)),
        ({"user": GIANT}, world.best(GIANT)),
    ],
)
def test_best_scores_of_a_player(api: OssapiV1, asked: dict[str, Any], expected: list[Row]) -> None:
    same(api.get_user_best(**asked), expected)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"user": "Aiko"}, world.recent(AIKO)),
        ({"user": AIKO, "limit": 50}, world.recent(AIKO, limit=50)),
        ({"user": AIKO, "mode": 1}, world.recent(AIKO, 1)),
        ({"user": "two words", "limit": 3}, world.recent(TWO_WORDS, limit=3)),
    ],
)
def test_recent_plays_of_a_player(api: OssapiV1, asked: dict[str, Any], expected: list[Row]) -> None:
    same(api.get_user_recent(**asked), expected)


def test_a_match(api: OssapiV1) -> None:
    found, row = api.get_match(MATCH), world.match(MATCH)
    assert (found.match.match_id, found.match.name) == (MATCH, row["name"])
    assert found.match.start_time == utc(world.moment(row["opened_ms"]))
    assert found.match.end_time == utc(world.moment(row["ended_ms"]))
    assert [each.game_id for each in found.games] == [12, 11, 13]
    for game, expected in zip(found.games, row["games"], strict=True):
        assert game.start_time == utc(world.moment(expected["started_ms"]))
        assert game.end_time == utc(world.moment(expected["ended_ms"]))
        assert (game.beatmap_id, game.play_mode, game.match_type) == (expected["map_id"], expected["mode"] % 4, 0)
        assert (game.scoring_type, game.team_type) == (expected["win_condition"], expected["team_type"])
        # With free mods only those that change the speed are everybody's.
        free = expected["free_mods"]
        assert game.mods.value == (expected["mods"] & world.SPEED if free else expected["mods"])
        for made, play in zip(game.scores, expected["scores"], strict=True):
            assert (made.slot, made.team, made.user_id, made.score) == tuple(
                play[name] for name in ("slot", "team", "user_id", "score")
            )
            hits = (made.count_300, made.count_100, made.count_50, made.count_miss, made.count_geki, made.count_katu)
            assert hits == tuple(play[name] for name in ("n300", "n100", "n50", "nmiss", "ngeki", "nkatu"))
            assert (made.max_combo, made.perfect, made.passed) == (play["max_combo"], play["perfect"], play["passed"])
            # Each player's own mods are told under free mod alone.
            assert made.mods.value == (play["mods"] & ~(expected["mods"] & world.SPEED) if free else 0)
    still = api.get_match(MATCH_OPEN)
    assert still.match.end_time is None
    assert [game.end_time for game in still.games] == [None]


def moves(content: str) -> list[tuple[int, float, float, int]]:
    """What an independent reader sees in the answer."""
    assert lzma.decompress(b64decode(content, validate=True), lzma.FORMAT_ALONE).isascii()
    return [(each.time_delta, each.x, each.y, each.keys.value) for each in osrparse.parse_replay_data(content)]


@pytest.mark.parametrize(
    ("asked", "score_id"),
    [
        ({"score_id": 2}, 2),
        ({"score_id": HUGE_ID}, HUGE_ID),
        ({"beatmap_id": STANDARD, "user": "Giant", "user_type": "string"}, WIDE),
        ({"beatmap_id": QUOTED, "user": "Ünïcödé", "mode": 0, "mods": HDDT}, NON_ASCII),
    ],
)
def test_a_replay(api: OssapiV1, asked: dict[str, Any], score_id: int) -> None:
    content = api.get_replay(**asked)
    assert b64decode(content) == world.frames_of(score_id)
    assert moves(content) == world.moves(score_id)


def test_replays_that_are_not_there(api: OssapiV1) -> None:
    for asked in ({"score_id": 3}, {"score_id": 404}, {"beatmap_id": APPROVED, "user": "Aiko", "mods": 8}):
        with pytest.raises(ReplayUnavailableException, match="Could not find"):
            api.get_replay(**asked)
    with pytest.raises(ReplayUnavailableException, match="retrieval failed"):
        api.get_replay(score_id=world.BROKEN_REPLAY)


def test_what_there_is_not(api: OssapiV1) -> None:
    for nobody in ("nobody at all", RESTRICTED, 404):
        assert api.get_user(nobody) == []
        assert api.get_user_best(nobody) == []
        assert api.get_user_recent(nobody) == []
        assert api.get_scores(STANDARD, user=nobody) == []
    for unknown in (404, 2**40):
        assert api.get_beatmaps(beatmap_id=unknown) == []
        assert api.get_scores(unknown) == []
    # Its own way: of the public server's answer to an unknown match it makes the same.
    for match in (404, MATCH_PRIVATE):
        with pytest.raises(TypeError, match="not subscriptable"):
            api.get_match(match)


@pytest.mark.parametrize("key", ["wrong", "", None])
def test_a_wrong_key(server: type[OssapiV1], key: str | None) -> None:
    api = server(key)
    for ask in (api.get_user, api.get_match, api.get_replay, api.get_user_best, api.get_scores, api.get_beatmaps):
        with pytest.raises(InvalidKeyException):
            ask(1)


def test_it_waits_when_it_asks_too_fast(server: type[OssapiV1], monkeypatch: pytest.MonkeyPatch) -> None:
    class Waits(Exception):
        pass

    def sleep(seconds: float) -> None:
        raise Waits

    monkeypatch.setattr(ossapi.time, "sleep", sleep)
    api = server(world.KEYS["hasty"])
    answered = []
    with pytest.raises(Waits):
        answered.extend(api.get_replay(score_id=2) for _ in range(30))
    # At the turn of a minute those before begin to count for less.
    assert 10 <= len(answered) <= 13
    assert api.get_user("Aiko").user_id == AIKO
