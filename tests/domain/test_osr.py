"""The `.osr` layout: bytes written by hand, round trips, real replays, and an independent reader (osrparse)."""

import hashlib
import lzma
import struct
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import osrparse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import osr
from server.domain.grades import HitCounts
from server.domain.mods import TARGET
from server.domain.osr import ReplayHeader, assemble, take_apart

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "osr"

FRAMES = osr.pack_frames("0|256|-500|0,-1|256|-500|0,100|10|20|5,45|10|20|0,-12345|0|0|77,")

HEADER = ReplayHeader(
    mode=0,
    game_version=20200207,
    beatmap_md5="0123456789abcdef0123456789abcdef",
    player_name="kotatsu neko",
    replay_md5="fedcba9876543210fedcba9876543210",
    hits=HitCounts(n300=300, n100=20, n50=3, ngeki=50, nkatu=6, nmiss=1),
    score=1_234_567,
    max_combo=321,
    perfect=False,
    mods=72,
    played_at=osr.ticks(datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)),
    online_id=9_876_543_210,
)


def test_the_bytes_of_a_small_replay() -> None:
    """Field by field as the layout says, with nothing of the code under test."""
    header = replace(HEADER, beatmap_md5="ab", player_name="é", replay_md5="", played_at=621355968000000000)
    assert assemble(header, b"frames") == (
        b"\x00"
        + (20200207).to_bytes(4, "little")
        + b"\x0b\x02ab"
        + b"\x0b\x02\xc3\xa9"
        + b"\x00"
        + b"\x2c\x01\x14\x00\x03\x00\x32\x00\x06\x00\x01\x00"
        + (1_234_567).to_bytes(4, "little")
        + b"\x41\x01"
        + b"\x00"
        + b"\x48\x00\x00\x00"
        + b"\x00"
        + (621355968000000000).to_bytes(8, "little")
        + b"\x06\x00\x00\x00frames"
        + (9_876_543_210).to_bytes(8, "little")
    )


COUNT = st.integers(0, 65535)
INT32 = st.integers(0, 2**31 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@st.composite
def headers(draw: st.DrawFn) -> ReplayHeader:
    """Headers of every age: without an online id, with a short one, with a long one, and of lazer."""
    version, ids = draw(
        st.sampled_from(
            [
                (20111231, st.none()),
                (20121008, INT32),
                (20140720, INT32),
                (20140721, st.integers(0, 2**63 - 1)),
                (20250101, st.integers(0, 2**63 - 1)),
                (30000001, st.integers(0, 2**63 - 1)),
            ]
        )
    )
    mods = draw(INT32)
    lazer = version > 30000000
    return ReplayHeader(
        mode=draw(st.integers(0, 3)),
        game_version=version,
        beatmap_md5=draw(TEXT),
        player_name=draw(TEXT),
        replay_md5=draw(TEXT),
        hits=HitCounts(*(draw(COUNT) for _ in range(6))),
        score=draw(INT32),
        max_combo=draw(COUNT),
        perfect=draw(st.booleans()),
        mods=mods,
        played_at=draw(st.integers(0, 2**62)),
        online_id=draw(ids),
        life_graph=draw(TEXT),
        target_accuracy=draw(st.floats(allow_nan=False))
        if mods & TARGET and not lazer and version > 2014_0720
        else None,
        tail=draw(st.binary(max_size=50)) if lazer else b"",
    )


@given(headers(), st.binary())
def test_what_is_written_is_read_again(header: ReplayHeader, frames: bytes) -> None:
    # The Target mod is younger than the layouts with a short id or none.
    if header.mods & TARGET and header.game_version < 20140721:
        header = replace(header, mods=header.mods & ~TARGET)
    assert take_apart(assemble(header, frames)) == (header, frames)


@pytest.mark.parametrize("length", [1, 127, 128, 16383, 16384])
def test_long_names(length: int) -> None:
    header = replace(HEADER, player_name="x" * length)
    data = assemble(header, FRAMES)
    assert take_apart(data)[0].player_name == "x" * length
    assert osrparse.Replay.from_string(data).username == "x" * length


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_an_independent_reader_agrees(mode: int) -> None:
    replay = osrparse.Replay.from_string(assemble(replace(HEADER, mode=mode), FRAMES))
    assert replay.mode.value == mode
    assert _counts(replay) == HEADER.hits
    assert (replay.username, replay.beatmap_hash, replay.replay_hash) == (
        HEADER.player_name,
        HEADER.beatmap_md5,
        HEADER.replay_md5,
    )
    assert (replay.score, replay.max_combo, replay.perfect, replay.mods.value) == (1_234_567, 321, 0, 72)
    assert replay.timestamp == datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
    assert replay.replay_id == 9_876_543_210
    assert replay.rng_seed == 77
    assert [event.time_delta for event in replay.replay_data] == [100, 45]


def test_what_the_wire_cannot_hold_is_clamped() -> None:
    header = replace(HEADER, hits=HitCounts(70_000, -1, 0, 0, 0, 0), score=2**31 + 5, max_combo=65_536)
    read = take_apart(assemble(header, FRAMES))[0]
    assert read.hits == HitCounts(65_535, 0, 0, 0, 0, 0)
    assert (read.score, read.max_combo) == (2**31 - 1, 65_535)


def test_no_frames_have_length_minus_one() -> None:
    data = assemble(HEADER, b"")
    assert data.endswith(b"\xff\xff\xff\xff" + struct.pack("<q", 9_876_543_210))
    assert take_apart(data) == (HEADER, b"")


def test_an_old_file_with_the_long_id_it_was_given_later() -> None:
    header = replace(HEADER, game_version=20130101, online_id=5)
    short = assemble(header, FRAMES)
    assert take_apart(short) == (header, FRAMES)
    assert take_apart(short + bytes(4)) == (header, FRAMES)


@pytest.mark.parametrize("cut", range(0, 190, 3))
def test_a_file_that_was_cut_off(cut: int) -> None:
    data = assemble(HEADER, FRAMES)
    with pytest.raises(ValueError, match=rf"Not a whole replay: it ends at byte {cut}, in the "):
        take_apart(data[:cut])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x07" + bytes(100), "the mode is 0 to 3, got 7"),
        (b"\x00\x01\x01\x01\x01\x0c", "byte 5 begins the beatmap MD5 and is 0x00 or 0x0b, got 0x0c"),
        (b"\x00\x01\x01\x01\x01\x0b" + b"\xff" * 9, "length of the beatmap MD5 at byte 5 has no end"),
        (b"\x00\x01\x01\x01\x01\x0b\x02\xff\xff", "the beatmap MD5 at byte 5 is not UTF-8"),
    ],
)
def test_rubbish_is_named(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        take_apart(data)


@given(st.binary(max_size=200))
def test_rubbish_raises_nothing_else(data: bytes) -> None:
    with suppress(ValueError):
        header, frames = take_apart(data)
        assert assemble(header, frames).endswith(header.tail)


def test_the_checksum_of_a_play() -> None:
    text = "320p3o50o6t1a0123456789abcdef0123456789abcdefr321eFalseykotatsu nekoo1234567uA72True"
    assert _checksum() == hashlib.md5(text.encode()).hexdigest()
    assert _checksum(passed=False) == hashlib.md5(text.replace("True", "False").encode()).hexdigest()
    assert _checksum(perfect=1) == hashlib.md5(text.replace("eFalse", "eTrue").encode()).hexdigest()


def _checksum(**changed: Any) -> str:
    facts: dict[str, Any] = {
        "hits": HEADER.hits,
        "beatmap_md5": HEADER.beatmap_md5,
        "max_combo": 321,
        "perfect": False,
        "player_name": HEADER.player_name,
        "score": HEADER.score,
        "grade": "A",
        "mods": 72,
        "passed": True,
    }
    return osr.replay_md5(**(facts | changed))


def test_ticks() -> None:
    assert osr.ticks(datetime(1970, 1, 1, tzinfo=UTC)) == 621355968000000000
    # In floats, seconds x 10^7 would lose the last digits of this one.
    assert osr.ticks(datetime(2026, 8, 1, 18, 30, 0, 123457, tzinfo=UTC)) == 639212058001234570
    there = datetime(2026, 8, 1, 20, 30, tzinfo=timezone(timedelta(hours=2)))
    assert osr.ticks(there) == osr.ticks(datetime(2026, 8, 1, 18, 30, tzinfo=UTC))


@given(st.datetimes(timezones=st.just(UTC)))
def test_ticks_and_back(moment: datetime) -> None:
    assert osr.moment(osr.ticks(moment)) == moment


@pytest.mark.parametrize("count", [-1, 2**63 - 1])
def test_ticks_of_no_date(count: int) -> None:
    with pytest.raises(ValueError, match=f"No date has {count} ticks"):
        osr.moment(count)


def test_file_names() -> None:
    day = date(2024, 2, 9)
    assert osr.file_name("a b", "Ünit", "夜", "Oni", day) == "a b - Ünit - 夜 [Oni] (2024-02-09).osr"
    assert osr.file_name("[x]", 'A"B', "C/D\\E:F\r\n", "G*?", day) == '[x] - A"B - C/D\\E:F__ [G*?] (2024-02-09).osr'


def test_packed_frames_are_lzma_alone() -> None:
    text = "0|256|-500|0,-1|256|-500|0," * 1000
    packed = osr.pack_frames(text)
    assert packed[0] == 0x5D
    assert len(packed) < len(text) / 10
    assert lzma.decompress(packed, format=lzma.FORMAT_ALONE).decode() == text


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample replays are not here")
@pytest.mark.parametrize(
    ("name", "player", "counts", "score", "combo", "mods", "played"),
    [
        ("replay", "Cookiezi", (1982, 1, 0), 118076658, 2385, 0, "2013-02-01 16:31:34"),
        ("taiko", "syaron105", (2445, 27, 0), 3390314, 2472, 584, "2021-02-25 16:38:36"),
        ("ctb", "[224]Hyperw7", (1358, 62, 83), 68199197, 1420, 24, "2021-01-29 16:50:12"),
        ("mania", "Evening", (711, 2, 0), 987307, 3508, 0, "2021-05-15 15:03:26"),
    ],
)
def test_real_replays_say_what_is_known_of_them(
    name: str, player: str, counts: tuple[int, int, int], score: int, combo: int, mods: int, played: str
) -> None:
    header, _ = take_apart((SAMPLES / f"{name}.osr").read_bytes())
    assert (header.player_name, header.score, header.max_combo, header.mods) == (player, score, combo, mods)
    assert (header.hits.n300, header.hits.n100, header.hits.n50) == counts
    assert f"{osr.moment(header.played_at):%Y-%m-%d %H:%M:%S}" == played


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample replays are not here")
@pytest.mark.parametrize("name", ["replay", "replay2", "taiko", "ctb", "mania", "lazer_standard_format"])
def test_real_replays_put_together_again(name: str) -> None:
    data = (SAMPLES / f"{name}.osr").read_bytes()
    header, frames = take_apart(data)
    ours = assemble(header, frames)
    assert take_apart(ours) == (header, frames)
    # Every field as the reader sees it, frames included.
    assert osrparse.Replay.from_string(ours) == osrparse.Replay.from_string(data)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample replays are not here")
def test_a_real_replay_to_the_byte() -> None:
    data = (SAMPLES / "mania.osr").read_bytes()
    assert assemble(*take_apart(data)) == data


def _counts(replay: osrparse.Replay) -> HitCounts:
    return HitCounts(
        replay.count_300, replay.count_100, replay.count_50, replay.count_geki, replay.count_katu, replay.count_miss
    )
