"""get_replay, byte for byte: the layout is written here once more, by hand."""

import hashlib
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import osrparse
import pytest

from tests.golden.house import House
from tests.golden.maps import QUOTED, STANDARD, md5_of
from tests.golden.people import USERS
from tests.golden.plays import FAILED, HUGE_ID, NON_ASCII, SCORES, WIDE
from tests.golden.world import FRAMES

Row = dict[str, Any]

BY_ID = {row["id"]: row for row in SCORES}
NAMES = {row["id"]: row["name"] for row in USERS}

TICKS_AT_1970 = 621_355_968_000_000_000


def osr_string(text: str) -> bytes:
    encoded = text.encode()
    length, left = b"", len(encoded)
    while left > 127:
        length += bytes([left % 128 + 128])
        left //= 128
    return b"\x0b" + length + bytes([left]) + encoded


def checksum(row: Row, name: str) -> str:
    text = (
        f"{row['n100'] + row['n300']}p{row['n50']}o{row['ngeki']}o{row['nkatu']}t{row['nmiss']}a{row['map_md5']}"
        f"r{row['max_combo']}e{'True' if row['perfect'] else 'False'}y{name}o{row['score']}"
        f"u{row['grade']}{row['mods']}{'True' if row['status'] else 'False'}"
    )
    return hashlib.md5(text.encode()).hexdigest()


def whole_file(row: Row, moment: datetime | None = None) -> bytes:
    """The file of a score; `moment`: when it was played, in UTC."""
    name = NAMES[row["userid"]]
    played = moment or row["play_time"].replace(tzinfo=UTC)
    counts = [min(row[column], 65535) for column in ("n300", "n100", "n50", "ngeki", "nkatu", "nmiss")]
    return b"".join(
        [
            bytes([row["mode"] % 4]),
            struct.pack("<i", 20200207),
            *(osr_string(text) for text in (row["map_md5"], name, checksum(row, name))),
            struct.pack("<HHHHHH", *counts),
            struct.pack("<i", min(row["score"], 2**31 - 1)),
            struct.pack("<H", min(row["max_combo"], 65535)),
            bytes([row["perfect"]]),
            struct.pack("<i", row["mods"]),
            b"\x00",
            struct.pack("<q", round(played.timestamp()) * 10_000_000 + TICKS_AT_1970),
            struct.pack("<i", len(FRAMES)),
            FRAMES,
            struct.pack("<q", row["id"]),
        ]
    )


def replay(house: House, score_id: int) -> bytes:
    answered = house.ask(f"/get_replay?id={score_id}", queries=1)
    assert answered.status == 200
    assert answered.headers["content-type"] == "application/octet-stream"
    assert answered.headers["content-description"] == "File Transfer"
    return answered.body


@contextmanager
def frames_of(house: House, score_id: int, frames: bytes = FRAMES) -> Iterator[None]:
    path = house.data / "osr" / f"{score_id}.osr"
    path.write_bytes(frames)
    try:
        yield
    finally:
        path.unlink()


@pytest.mark.parametrize("score_id", [2, 4, WIDE, NON_ASCII, HUGE_ID])
def test_the_file_byte_for_byte(house: House, score_id: int) -> None:
    assert replay(house, score_id) == whole_file(BY_ID[score_id])


@pytest.mark.parametrize("score_id", [2, 4, NON_ASCII, HUGE_ID])
def test_an_independent_reader_finds_what_was_stored(house: House, score_id: int) -> None:
    row = BY_ID[score_id]
    read = osrparse.Replay.from_string(replay(house, score_id))
    assert (read.mode.value, read.username, read.beatmap_hash) == (0, NAMES[row["userid"]], row["map_md5"])
    counts = (read.count_300, read.count_100, read.count_50, read.count_geki, read.count_katu, read.count_miss)
    assert counts == tuple(row[column] for column in ("n300", "n100", "n50", "ngeki", "nkatu", "nmiss"))
    assert (read.score, read.max_combo, read.perfect) == (row["score"], row["max_combo"], bool(row["perfect"]))
    assert (read.mods.value, read.replay_id) == (row["mods"], score_id)
    assert read.timestamp == row["play_time"].replace(tzinfo=UTC)
    # It leaves out the two frames that every replay begins with.
    assert [(frame.time_delta, frame.x, frame.y) for frame in read.replay_data] == [(12, 100.5, 200.25), (16, 300, 384)]
    assert read.rng_seed == 1337


def test_counts_too_wide_for_the_file_are_the_widest_it_takes(house: House) -> None:
    read = osrparse.Replay.from_string(replay(house, WIDE))
    assert (read.count_300, read.count_100, read.count_geki, read.count_katu) == (40_000, 65_535, 65_535, 65_535)
    assert (read.score, read.max_combo) == (2**31 - 1, 65_535)


@pytest.mark.parametrize("score_id", [50, 51, 52, 53, 58, 59, 60])
def test_the_mode_is_the_ruleset(house: House, score_id: int) -> None:
    with frames_of(house, score_id):
        assert replay(house, score_id) == whole_file(BY_ID[score_id])


def test_a_failed_play_whose_frames_are_there(house: House) -> None:
    """Its checksum says so; bancho.py's says True of every play."""
    with frames_of(house, FAILED):
        assert replay(house, FAILED) == whole_file(BY_ID[FAILED])
        assert BY_ID[FAILED]["grade"] == "F"


def test_a_score_greater_than_the_file_can_say(mended: House) -> None:
    """Some forks keep scores in a bigint. The file shows the greatest there is; the checksum knows better."""
    row = BY_ID[2] | {"score": 3_000_000_000}
    if mended.db.engine == "mysql":
        mended.sql("ALTER TABLE scores MODIFY score BIGINT NOT NULL")
    try:
        mended.sql("UPDATE scores SET score = 3000000000 WHERE id = 2")
        assert replay(mended, 2) == whole_file(row)
        assert mended.ask("/get_score_info?id=2").json["score"]["score"] == 3_000_000_000
        best = mended.ask(f"/get_map_scores?id={STANDARD}&scope=best&limit=1").json["scores"]
        assert best[0]["score"] == 3_000_000_000
    finally:
        mended.sql("DELETE FROM scores WHERE id = 2")
        if mended.db.engine == "mysql":
            mended.sql("ALTER TABLE scores MODIFY score INT NOT NULL")


@pytest.mark.parametrize("word", ["false", "0", "no", "off", "F"])
def test_the_frames_alone(house: House, word: str) -> None:
    answered = house.ask(f"/get_replay?id=2&include_headers={word}", queries=1)
    assert answered.body == FRAMES
    assert answered.headers["content-type"] == "application/octet-stream"
    assert answered.headers["content-description"] == "File Transfer"
    assert "content-disposition" not in answered.headers


def test_empty_frames_are_no_frames(house: House) -> None:
    with frames_of(house, 3, b""):
        read = replay(house, 3)
    assert struct.unpack("<i", read[-12:-8]) == (-1,)


@pytest.mark.parametrize(
    ("zone", "ahead", "wall"),
    [
        ("UTC", 0, "2024-01-15 12:02:00"),
        ("Europe/Berlin", 1, "2024-01-15 12:02:00"),
        ("Europe/Berlin", 2, "2024-07-15 12:02:00"),
        ("Europe/Berlin", 1, "2024-03-31 01:59:59"),
        ("Europe/Berlin", 2, "2024-03-31 03:00:00"),
        ("America/New_York", -5, "2024-01-15 23:30:00"),
        ("Asia/Kolkata", 5.5, "2024-01-15 00:00:00"),
    ],
)
def test_the_moment_is_utc_whatever_the_game_servers_zone(mended: House, zone: str, ahead: float, wall: str) -> None:
    mended.sql("UPDATE scores SET play_time = :wall WHERE id = 2", wall=wall)
    played = datetime.fromisoformat(wall)
    row = BY_ID[2] | {"play_time": played}
    with mended.variant(database={"time_zone": zone}) as elsewhere:
        moment = played.replace(tzinfo=UTC) - timedelta(hours=ahead)
        assert replay(elsewhere, 2) == whole_file(row, moment)
        # JSON tells the wall clock itself, and so does the file's name.
        assert elsewhere.ask("/get_score_info?id=2").json["score"]["play_time"] == wall.replace(" ", "T")
        assert f"({wall[:10]}).osr" in elsewhere.ask("/get_replay?id=2").headers["content-disposition"]


def disposition(house: House, score_id: int) -> tuple[str, str]:
    """The plain and the whole name of a download, as a browser reads them."""
    header = house.ask(f"/get_replay?id={score_id}").headers["content-disposition"]
    assert header.isascii()
    found = re.fullmatch(r"attachment; filename=\"((?:[^\"\\]|\\.)*)\"; filename\*=UTF-8''([\w.!#$&+^`|~%-]+)", header)
    assert found, header
    return re.sub(r"\\(.)", r"\1", found[1]), unquote(found[2], errors="strict")


def test_a_play_without_a_date(mended: House) -> None:
    """A game server in a lax SQL mode may have stored none."""

    async def undate() -> None:
        async with mended.db.session() as session:
            if mended.db.engine == "mysql":
                await session.run("SET SESSION sql_mode = ''")
            await session.run("UPDATE scores SET play_time = '0000-00-00 00:00:00' WHERE id = :id", id=NON_ASCII)

    mended.run(undate())
    assert mended.ask(f"/get_replay?id={NON_ASCII}").status == 200
    assert mended.ask(f"/get_score_info?id={NON_ASCII}").json["score"]["play_time"] == "1970-01-01T00:00:00"


def test_the_name_of_a_download(house: House) -> None:
    plain, whole = disposition(house, 2)
    assert plain == whole == "Aiko - Made up - Song 101 [Map 1001] (2024-01-15).osr"


def test_the_name_in_every_script(house: House) -> None:
    """The whole name is the real one; old clients get it with `?` for what is not ASCII."""
    plain, whole = disposition(house, NON_ASCII)
    assert whole == 'Ünïcödé - Café / Ünïcödé - "100%" <ノート> it\'s \\ / [Insane "x_y"] (2024-01-15).osr'
    assert plain == '?n?c?d? - Caf? / ?n?c?d? - "100%" <???> it\'s \\ / [Insane "x_y"] (2024-01-15).osr'


def test_a_name_that_would_break_a_header(mended: House) -> None:
    mended.sql("UPDATE maps SET title = :title WHERE id = :id", title='a\r\nset-cookie: x=1\t"; \0', id=QUOTED)
    answered = mended.ask(f"/get_replay?id={NON_ASCII}")
    assert "set-cookie" not in answered.headers
    _, whole = disposition(mended, NON_ASCII)
    assert whole == 'Ünïcödé - Café / Ünïcödé - a__set-cookie: x=1_"; _ [Insane "x_y"] (2024-01-15).osr'


def test_the_checksum_is_the_one_the_game_computes(house: House) -> None:
    """Of a known play, computed by hand: 120p0o30o7t0a<md5>r200eTrueyAikoo800000uX0True."""
    text = f"120p0o30o7t0a{md5_of(STANDARD)}r200eTrueyAikoo800000uX0True"
    read = osrparse.Replay.from_string(replay(house, 2))
    assert read.replay_hash == hashlib.md5(text.encode()).hexdigest()
