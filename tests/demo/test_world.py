"""The demo world: honest sums, replays that open, beatmaps that are what their difficulty calculator says."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import bcrypt
import osrparse
import pytest
import rosu_pp_py
from PIL import Image

from server.demo.compose import write_all
from server.demo.judging import RAINBOW, Outcome, judged
from server.demo.people import DEMO_PASSWORD, PEOPLE
from server.demo.plays import Play, play
from server.demo.scoring import total_score
from server.demo.world import BEATMAPS, DemoWorld, Rated, build, write
from server.domain import osr, osu_file
from server.domain.grades import HitCounts, accuracy
from server.domain.osu_file import Kind, OsuFile
from server.domain.rulesets import MODES, Mode, Ruleset

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "osu"

NOW = datetime(2026, 8, 1, 18, 30, tzinfo=UTC)
NAIVE_NOW = NOW.replace(tzinfo=None)

Row = dict[str, Any]


def worth(osu_path: Path, mode: int, mods: int, hits: HitCounts, combo: int) -> float:
    """Not pp, but as uneven, and quick."""
    return accuracy(Mode(mode).ruleset, hits, mods) + combo / 7 + mods % 17


def rated(osu_path: Path) -> Rated:
    attributes = rosu_pp_py.Difficulty(lazer=False).calculate(rosu_pp_py.Beatmap(path=str(osu_path)))
    return Rated(attributes.stars, attributes.max_combo)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, world: DemoWorld) -> Path:
    path = tmp_path_factory.mktemp("demo")
    write(world.files, path)
    return path


@pytest.fixture(scope="module")
def world() -> DemoWorld:
    return build(NOW, worth, rated)


@pytest.fixture(scope="module")
def beatmaps() -> dict[str, OsuFile]:
    """The demo's beatmaps by md5."""
    files = [osu_file.read(path.read_bytes()) for path in sorted(BEATMAPS.glob("*.osu"))]
    return {one.md5: one for one in files}


# Beatmaps


def test_composing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    write_all(tmp_path)
    committed = {path.name: path.read_bytes() for path in BEATMAPS.glob("*.osu")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == committed


def test_beatmaps_are_what_they_should_be(beatmaps: dict[str, OsuFile]) -> None:
    files = list(beatmaps.values())
    assert len(files) >= 8
    assert all(Counter(one.ruleset for one in files)[ruleset] >= 2 for ruleset in Ruleset)
    assert [one.beatmap_id for one in files] == list(range(900001, 900001 + len(files)))
    assert {one.set_id for one in files} == set(range(90001, 90009))
    assert any(not one.title_unicode.isascii() and not one.artist_unicode.isascii() for one in files)
    assert any('"' in one.artist and "/" in one.title for one in files)
    for one in files:
        assert 45 <= one.total_length <= 150
        assert one.format_version == 14
        assert one.bpm > 0
        assert one.background


@pytest.mark.parametrize("path", sorted(BEATMAPS.glob("*.osu")), ids=lambda path: path.stem)
def test_a_beatmap_can_be_played_by_hands(path: Path) -> None:
    assert path.stat().st_size < 60_000
    one = osu_file.read(path.read_bytes())
    for target in one.objects:
        assert 0 <= target.x <= 512
        assert 0 <= target.y <= 384
        assert 0 <= target.end_x <= 512
        assert 0 <= target.end_y <= 384
    columns = defaultdict(list)
    for target in one.objects:
        columns[target.x if one.ruleset is Ruleset.MANIA else 0].append(target)
    for column in columns.values():
        assert all(after.time - before.end_time >= 60 for before, after in pairwise(column))
    if one.ruleset is Ruleset.MANIA:
        assert set(columns) == {64, 192, 320, 448}
        assert any(target.kind is Kind.HOLD for target in one.objects)


def test_difficulties_spread(world: DemoWorld) -> None:
    stars = sorted(row["diff"] for row in world.tables["maps"])
    assert stars[0] < 2
    assert stars[-1] > 5
    assert all(after - before < 1 for before, after in pairwise(stars))


# Plays


@pytest.fixture(params=sorted(BEATMAPS.glob("*.osu")), ids=lambda path: path.stem)
def beatmap(request: pytest.FixtureRequest) -> OsuFile:
    path: Path = request.param
    return osu_file.read(path.read_bytes())


def _played(beatmap: OsuFile, skill: float, mods: int = 0, seed: int = 1) -> Play:
    return play(beatmap, Mode(beatmap.ruleset.value), mods, skill, Random(seed))


def _judged(ruleset: Ruleset, hits: HitCounts) -> int:
    """How many objects the counts stand for."""
    own = {
        Ruleset.OSU: 0,
        Ruleset.TAIKO: 0,
        Ruleset.CATCH: hits.nkatu,
        Ruleset.MANIA: hits.ngeki + hits.nkatu,
    }
    return hits.n300 + hits.n100 + hits.n50 + hits.nmiss + own[ruleset]


def _objects(path: Path) -> int:
    """How many objects are judged, as a calculator counts them."""
    rosu = rosu_pp_py.Beatmap(path=str(path))
    attributes = rosu_pp_py.Difficulty(lazer=False).calculate(rosu)
    match rosu.mode:
        case rosu_pp_py.GameMode.Taiko:
            return rosu.n_circles
        case rosu_pp_py.GameMode.Catch:
            return sum(part or 0 for part in (attributes.n_fruits, attributes.n_droplets, attributes.n_tiny_droplets))
        case _:
            return rosu.n_objects


def test_a_perfect_play(beatmap: OsuFile) -> None:
    path = BEATMAPS / f"{beatmap.beatmap_id}.osu"
    played = _played(beatmap, 1)
    assert played.passed
    assert played.perfect
    assert played.max_combo == rated(path).max_combo
    assert accuracy(beatmap.ruleset, played.hits) == 100
    assert _judged(beatmap.ruleset, played.hits) == _objects(path)


def test_a_million_is_all_there_is_in_mania(beatmap: OsuFile) -> None:
    if beatmap.ruleset is not Ruleset.MANIA:
        return
    rainbows = [Outcome(one, RAINBOW, True, 0, 1) for one in beatmap.objects]
    assert total_score(beatmap, 0, rainbows, range(len(rainbows))) == 1_000_000
    assert total_score(beatmap, 1, rainbows, range(len(rainbows))) == 500_000  # no fail
    assert 900_000 < _played(beatmap, 1).score < 1_000_000


def test_who_can_do_nothing_fails(beatmap: OsuFile) -> None:
    played = _played(beatmap, 0)
    assert not played.passed
    assert not played.frames
    assert played.length < max(one.end_time for one in beatmap.objects)
    assert _played(beatmap, 0, mods=1).passed  # no fail


def test_skill_pays(beatmap: OsuFile) -> None:
    scores = [sum(_played(beatmap, skill, 1, seed).score for seed in range(4)) for skill in (0.2, 0.5, 0.8, 1)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] / 1.5


def test_plays_are_repeatable(beatmap: OsuFile) -> None:
    assert _played(beatmap, 0.7) == _played(beatmap, 0.7)
    assert _played(beatmap, 0.7) != _played(beatmap, 0.7, seed=2)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample beatmaps are not here")
def test_what_falls_from_a_real_beatmap() -> None:
    path = SAMPLES / "2118524.osu"
    assert len(judged(osu_file.read(path.read_bytes()))) == _objects(path)


def test_maps_are_not_converted() -> None:
    one = osu_file.read((BEATMAPS / "900001.osu").read_bytes())
    with pytest.raises(ValueError, match="map of OSU"):
        play(one, Mode.TAIKO, 0, 0.5, Random(1))


# Rows


def test_counts_add_up_to_the_objects(world: DemoWorld, beatmaps: dict[str, OsuFile]) -> None:
    objects = {md5: _objects(BEATMAPS / f"{one.beatmap_id}.osu") for md5, one in beatmaps.items()}
    for row in world.tables["scores"]:
        judged = _judged(Mode(row["mode"]).ruleset, _hits(row))
        assert judged == objects[row["map_md5"]] if row["status"] else judged < objects[row["map_md5"]]


def test_stats_are_what_the_scores_add_up_to(world: DemoWorld) -> None:
    tables = world.tables
    status = {row["md5"]: row["status"] for row in tables["maps"]}
    stats = {(row["id"], row["mode"]): row for row in tables["stats"]}
    assert len(stats) == len(tables["stats"]) == 8 * len(tables["users"])
    for (user, mode), row in stats.items():
        mine = [score for score in tables["scores"] if (score["userid"], score["mode"]) == (user, mode)]
        best = sorted((s for s in mine if s["status"] == 2 and status[s["map_md5"]] in (2, 3)), key=lambda s: -s["pp"])
        count = len(best)
        pp = sum(score["pp"] * 0.95**i for i, score in enumerate(best)) + 416.6667 * (1 - 0.9994**count)
        acc = sum(score["acc"] * 0.95**i for i, score in enumerate(best))
        assert row["pp"] == round(pp)
        assert row["acc"] == (pytest.approx(acc * 100 / (20 * (1 - 0.95**count)) / 100, abs=0.0006) if best else 0)
        assert row["tscore"] == sum(score["score"] for score in mine)
        assert row["rscore"] == sum(score["score"] for score in best)
        assert row["plays"] == len(mine)
        assert row["playtime"] == sum(score["time_elapsed"] // 1000 for score in mine)
        hits = ["n300", "n100", "n50"] + (["ngeki", "nkatu"] if mode in (1, 3, 5) else [])
        assert row["total_hits"] == sum(score[column] for score in mine for column in hits)
        assert row["max_combo"] == max(
            (s["max_combo"] for s in mine if s["status"] and status[s["map_md5"]] in (2, 3, 5)), default=0
        )
        grades = Counter(score["grade"] for score in best)
        assert [row[f"{grade}_count"] for grade in ("xh", "x", "sh", "s", "a")] == [
            grades[grade] for grade in ("XH", "X", "SH", "S", "A")
        ]


def test_the_best_play_is_the_one_of_most_pp(world: DemoWorld) -> None:
    plays = defaultdict(list)
    for row in world.tables["scores"]:
        plays[row["userid"], row["map_md5"], row["mode"]].append(row)
    for rows in plays.values():
        passed = [row for row in rows if row["status"]]
        best = [row for row in rows if row["status"] == 2]
        assert len(best) == bool(passed)
        assert all(row["pp"] <= best[0]["pp"] for row in passed)


def test_scores_are_sound(world: DemoWorld, beatmaps: dict[str, OsuFile]) -> None:
    scores = world.tables["scores"]
    assert 500 <= len(scores) <= 700
    assert {row["mode"] for row in scores} == set(MODES)
    assert {row["status"] for row in scores} == {0, 1, 2}
    assert len({row["online_checksum"] for row in scores}) == len(scores)
    assert [row["id"] for row in scores] == list(range(1, len(scores) + 1))
    combos = {row["md5"]: row["max_combo"] for row in world.tables["maps"]}
    for row in scores:
        mode = Mode(row["mode"])
        assert (row["grade"] == "F") == (row["status"] == 0)
        assert beatmaps[row["map_md5"]].ruleset is mode.ruleset
        assert bool(row["mods"] & 128) == (mode in (4, 5, 6))
        assert bool(row["mods"] & 8192) == (mode == 8)
        assert row["acc"] == pytest.approx(accuracy(mode.ruleset, _hits(row), row["mods"]), abs=0.0006)
        assert row["max_combo"] <= combos[row["map_md5"]]
        assert row["perfect"] == (row["status"] > 0 and row["max_combo"] == combos[row["map_md5"]])


def test_nobody_plays_two_maps_at_once_or_tomorrow(world: DemoWorld) -> None:
    by_player = defaultdict(list)
    for row in world.tables["scores"]:
        by_player[row["userid"]].append(row)
        assert NAIVE_NOW - timedelta(weeks=9) < row["play_time"] <= NAIVE_NOW
        assert row["play_time"].tzinfo is None
    times = [row["play_time"] for row in world.tables["scores"]]
    assert times == sorted(times)
    for rows in by_player.values():
        for before, after in pairwise(rows):
            began = after["play_time"] - timedelta(milliseconds=after["time_elapsed"])
            assert began > before["play_time"]


def test_maps_count_their_plays(world: DemoWorld) -> None:
    maps = world.tables["maps"]
    plays = Counter(row["map_md5"] for row in world.tables["scores"])
    passes = Counter(row["map_md5"] for row in world.tables["scores"] if row["status"])
    assert [(row["plays"], row["passes"]) for row in maps] == [(plays[row["md5"]], passes[row["md5"]]) for row in maps]
    assert {row["status"] for row in maps} == {0, 2, 3, 5}
    assert {row["set_id"] for row in maps} == {row["id"] for row in world.tables["mapsets"]}


def test_players(world: DemoWorld) -> None:
    users = world.tables["users"]
    bot, *players = users
    assert (bot["id"], bot["name"], bot["priv"], bot["country"]) == (1, "BanchoBot", 1, "ca")
    assert [row["id"] for row in players] == list(range(3, 3 + len(players)))
    assert len({row["safe_name"] for row in users}) == len({row["email"] for row in users}) == len(users)
    for row in players:
        assert re.fullmatch(r"[\w \[\]-]{2,15}", row["name"])
        assert row["safe_name"] == row["name"].lower().replace(" ", "_")
        assert row["creation_time"] <= row["latest_activity"] <= NOW.timestamp()
    assert any(" " in row["name"] for row in players)
    assert any(not row["name"].isascii() for row in players)
    assert any(row["country"] == "xx" for row in players)
    privileges = [row["priv"] for row in players]
    assert sum(not priv & 1 for priv in privileges) == 1
    assert privileges.count(1) == 1
    assert any(priv & 1 << 12 for priv in privileges)
    assert any(priv & 16 for priv in privileges)


def test_one_password_opens_one_account(world: DemoWorld) -> None:
    hashes = {row["id"]: row["pw_bcrypt"] for row in world.tables["users"]}
    assert all(len(one) == 60 for one in hashes.values())
    word = md5(DEMO_PASSWORD.encode()).hexdigest().encode()
    (opened,) = [one for one in set(hashes.values()) if bcrypt.checkpw(word, one.encode())]
    assert [each for each, one in hashes.items() if one == opened] == [PEOPLE[0].id]


def test_clans_have_their_owners(world: DemoWorld) -> None:
    owners = {row["clan_id"]: row["id"] for row in world.tables["users"] if row["clan_priv"] == 3}
    assert {row["id"]: row["owner"] for row in world.tables["clans"]} == owners
    assert all(len(row["name"]) <= 16 and len(row["tag"]) <= 6 for row in world.tables["clans"])


def test_rows_refer_to_what_is_there(world: DemoWorld) -> None:
    tables = world.tables
    users = {row["id"] for row in tables["users"]}
    maps = {row["id"] for row in tables["maps"]}
    assert {row["userid"] for row in [*tables["scores"], *tables["favourites"], *tables["ratings"]]} <= users
    assert {row[side] for row in tables["relationships"] for side in ("user1", "user2")} <= users
    assert {row["setid"] for row in tables["favourites"]} <= {row["id"] for row in tables["mapsets"]}
    assert {row["map_md5"] for row in tables["ratings"]} <= {row["md5"] for row in tables["maps"]}
    assert {row["map_id"] for row in tables["tourney_pool_maps"]} <= maps
    assert all(1 <= row["rating"] <= 10 for row in tables["ratings"])


# Files


def test_files(world: DemoWorld, folder: Path) -> None:
    for row in world.tables["maps"]:
        assert osu_file.read((folder / "osu" / f"{row['id']}.osu").read_bytes()).md5 == row["md5"]
    passed = {f"{row['id']}.osr" for row in world.tables["scores"] if row["status"]}
    assert {path.name for path in (folder / "osr").iterdir()} == passed
    avatars = list((folder / "avatars").iterdir())
    assert len(avatars) == 4
    for path in avatars:
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == (128, 128)


def test_replays_open_and_show_the_hits(world: DemoWorld, folder: Path, beatmaps: dict[str, OsuFile]) -> None:
    names = {row["id"]: row["name"] for row in world.tables["users"]}
    for row in world.tables["scores"][::5]:
        if row["status"]:
            replay = _replay(row, names[row["userid"]], (folder / "osr" / f"{row['id']}.osr").read_bytes())
            assert replay.username == names[row["userid"]]
            assert replay.beatmap_hash == row["map_md5"]
            assert replay.rng_seed is not None
            frames = replay.replay_data
            assert all(frame.time_delta >= 0 for frame in frames)
            beatmap = beatmaps[row["map_md5"]]
            if beatmap.ruleset is Ruleset.CATCH:
                assert _let_fall(frames, beatmap) == row["nmiss"] + row["nkatu"]
            else:
                assert _taps(frames, beatmap.ruleset) == _hits_by_hand(beatmap, row)


def _replay(row: Row, name: str, frames: bytes) -> osrparse.Replay:
    header = osr.ReplayHeader(
        mode=row["mode"] % 4,
        game_version=osr.GAME_VERSION,
        beatmap_md5=row["map_md5"],
        player_name=name,
        replay_md5="",
        hits=_hits(row),
        score=row["score"],
        max_combo=row["max_combo"],
        perfect=bool(row["perfect"]),
        mods=row["mods"],
        played_at=osr.ticks(row["play_time"].replace(tzinfo=UTC)),
        online_id=row["id"],
    )
    return osrparse.Replay.from_string(osr.assemble(header, frames))


def _let_fall(frames: list[Any], beatmap: OsuFile) -> int:
    """How many fruits, drops and droplets the catcher was not below."""
    spots: dict[int, float] = {}
    time = -1
    for frame in frames:
        time += frame.time_delta
        spots[time] = frame.x
    return sum(abs(spots[fruit.time] - fruit.x) > 40 for fruit, _ in judged(beatmap))


def _taps(frames: list[Any], ruleset: Ruleset) -> int:
    """How often something went down."""
    keys: list[int] = [0, *(frame.keys.value for frame in frames)]
    if ruleset is Ruleset.MANIA:
        return sum((after & ~before).bit_count() for before, after in pairwise(keys))
    return sum(after != 0 and before == 0 for before, after in pairwise(keys))


def _hits_by_hand(beatmap: OsuFile, row: Row) -> int:
    hit = row["n300"] + row["n100"] + row["n50"]
    return hit + (row["ngeki"] + row["nkatu"] if beatmap.ruleset is Ruleset.MANIA else 0)


def _hits(row: Row) -> HitCounts:
    return HitCounts(*(row[column] for column in HitCounts._fields))


# As a whole


def test_the_same_moment_gives_the_same_world(world: DemoWorld, folder: Path) -> None:
    assert build(NOW.astimezone(), worth, rated) == world
    ours = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}
    assert ours == world.files


def test_a_later_moment_only_moves_it(world: DemoWorld) -> None:
    later = build(NOW + timedelta(days=3), worth, rated)
    assert later.files == world.files
    for before, after in zip(world.tables["scores"], later.tables["scores"], strict=True):
        assert after == before | {"play_time": before["play_time"] + timedelta(days=3)}
