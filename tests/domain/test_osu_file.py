"""The `.osu` reader: against files made here, against real ones and a calculator's reading of them, and rubbish."""

import hashlib
import math
from pathlib import Path

import pytest
import rosu_pp_py
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.beatmap_files import facts_of
from server.domain.osu_file import MOST_MS, HitObject, Kind, OsuFile, read
from server.domain.rulesets import Ruleset
from server.domain.slider_path import end_of

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "osu"

BEATMAPS = sorted((Path(__file__).resolve().parents[2] / "server" / "demo" / "beatmaps").glob("*.osu"))

SMALL = """\ufeff
 osu file format v14\r
[General]\r
PreviewTime : 4000
Mode:0
rubbish without a colon
[ Metadata ]
Title:Three: Two, One
TitleUnicode:三、二、一
Artist:Nobody
Creator:someone
Version:Easy // not a comment
Tags:a b  c
BeatmapID:12
BeatmapSetID:7

[Difficulty]
HPDrainRate:3
CircleSize: 4.2
OverallDifficulty:8
SliderMultiplier:2
SliderTickRate:2
[Events]
//Break Periods
0,0,"bg.jpg",0,0
Video,0,"clip.mp4"
2,3000,4500
[TimingPoints]
0,500,4,2,0,70,1,0
3000,-50,4,2,0,70,0,0
4000,300,4,2,0,70,1,0
what,ever
[HitObjects]
100,100,1000,1,0,0:0:0:0:
 100 , 100 , 1500.9 , 5 , 8
nonsense
0,0,nan,1,0
100,100,2000,2,2,L|300:100,2,200
100,100,3000,2,0,L|300:100,1,200
256,192,5000,12,4,6250,0:0:0:0:
"""


def beatmap(lines: str, mode: int = 0, more: str = "") -> OsuFile:
    """A beatmap with these lines under [HitObjects], at 120 bpm."""
    head = f"osu file format v14\n[General]\nMode:{mode}\n[Difficulty]\nSliderMultiplier:1\n{more}"
    return read(f"{head}[TimingPoints]\n0,500,4,2,0,70,1,0\n[HitObjects]\n{lines}\n".encode())


def test_every_fact_of_a_small_file() -> None:
    data = SMALL.encode()
    facts = read(data)
    assert facts.md5 == hashlib.md5(data).hexdigest()
    assert facts.format_version == 14
    assert facts.ruleset is Ruleset.OSU
    assert (facts.title, facts.title_unicode) == ("Three: Two, One", "三、二、一")
    assert (facts.artist, facts.artist_unicode) == ("Nobody", "Nobody")
    assert (facts.creator, facts.version, facts.source, facts.tags) == (
        "someone",
        "Easy // not a comment",
        "",
        "a b  c",
    )
    assert (facts.beatmap_id, facts.set_id, facts.preview_time) == (12, 7, 4000)
    assert (facts.cs, facts.ar, facts.od, facts.hp) == (4.2, 8, 8, 3)
    assert (facts.circles, facts.sliders, facts.spinners) == (2, 2, 1)
    assert (facts.background, facts.video, facts.storyboard) == (True, True, False)
    assert facts.total_length == 6
    assert facts.hit_length == round((6250 - 1000 - 1500) / 1000)
    assert facts.bpm == 120  # 4 s of 120 bpm, 2.25 s of 200


def test_the_objects_of_a_small_file() -> None:
    circle, second, there_and_back, fast, spinner = read(SMALL.encode()).objects
    assert circle == HitObject(100, 100, 1000, Kind.CIRCLE, 1000, 100, 100, 0, 0, 0.0, 0, False)
    assert (second.time, second.sound, second.new_combo) == (1500, 8, True)
    # 200 osu!pixels at 2 x 100 a beat are one beat; two ticks a beat leave one on each way.
    assert (there_and_back.end_time, there_and_back.repeats, there_and_back.ticks) == (3000, 2, 1)
    assert (there_and_back.end_x, there_and_back.end_y, there_and_back.tick_gap) == (300, 100, 250)
    assert (fast.end_time, fast.ticks, fast.sound) == (3250, 0, 0)  # twice the speed from 3000 on
    assert (spinner.kind, spinner.end_time, spinner.new_combo) == (Kind.SPINNER, 6250, True)


def test_the_bpm_that_lasts_longest_wins() -> None:
    points = "[TimingPoints]\n0,500,4,2,0,70,1,0\n1000,400,4,2,0,70,1,0\n9000,500,4,2,0,70,1,0\n"
    assert read(f"osu file format v14\n{points}[HitObjects]\n0,0,9500,1,0\n".encode()).bpm == 150
    assert read(f"osu file format v14\n{points}[HitObjects]\n0,0,29500,1,0\n".encode()).bpm == 120
    assert read(b"osu file format v14\n[TimingPoints]\n0,352.941176470588\n[HitObjects]\n0,0,9,1,0").bpm == 170
    assert read(b"osu file format v14").bpm == 0


def test_a_mania_hold_counts_as_a_slider() -> None:
    facts = beatmap("64,192,1000,128,0,1750:0:0:0:0:\n192,192,1000,1,0,0:0:0:0:", mode=3, more="CircleSize:7\n")
    assert (facts.circles, facts.sliders, facts.cs) == (1, 1, 7)
    assert [(one.kind, one.end_time) for one in facts.objects] == [(Kind.HOLD, 1750), (Kind.CIRCLE, 1000)]


def test_objects_are_in_order_of_time_and_the_longest_ends_the_map() -> None:
    facts = beatmap("256,192,2000,8,0,9000\n0,0,1000,1,0\n0,0,3000,1,0")
    assert [one.time for one in facts.objects] == [1000, 2000, 3000]
    assert (facts.total_length, facts.hit_length) == (9, 8)


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("0,0,0,2,0,L|100:0,1,50", (50, 0)),  # cut
        ("0,0,0,2,0,L|100:0,1,150", (150, 0)),  # drawn on
        ("0,0,0,2,0,B|50:0|50:0|50:100,1,100", (50, 50)),  # a repeated corner makes a sharp turn
        ("200,100,0,2,0,P|170:170|100:200,1,157.08", (100, 200)),  # a quarter of a circle around 100, 100
        ("200,100,0,2,0,P|170.71:170.71|100:200,1,207.08", (50, 200)),  # drawn on straight
        ("0,0,0,2,0,P|50:0|100:0,1,80", (80, 0)),  # no circle: a line
        ("0,0,0,2,0,C|100:0,1,100", (100, 0)),
        ("7,9,0,2,0,L,1,100", (7, 9)),  # nowhere to go
    ],
)
def test_where_sliders_end(line: str, end: tuple[int, int]) -> None:
    (slider,) = beatmap(line).objects
    assert (slider.end_x, slider.end_y) == pytest.approx(end, abs=1)


@pytest.mark.parametrize(
    ("length", "repeats", "ticks"),
    [(99, 1, 0), (101.9, 1, 0), (102.5, 1, 1), (301, 2, 2), (303, 3, 3)],  # 100 osu!pixels are a beat of 500 ms
)
def test_no_tick_in_the_last_10_ms(length: float, repeats: int, ticks: int) -> None:
    (slider,) = beatmap(f"0,0,0,2,0,L|500:0,{repeats},{length}").objects
    assert slider.ticks == ticks


def test_a_curve_is_measured_along_itself() -> None:
    points = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0)]
    x, y = end_of("B", points, 80)
    assert y == pytest.approx(20 * math.sqrt(x) - x, abs=0.5)  # on the parabola
    assert x == pytest.approx(24.2, abs=0.5)  # and as far along it as asked for


def test_nonsense_in_an_object_leaves_out_that_object_alone() -> None:
    bad = [
        "0,0,0,2,0",
        "0,0,0,2,0,L|9:9,99999,100",
        "0,0,0,2,0,L|9:9,1,nan",
        "9e9,0,0,1,0",
        "0,0,0,0,0",
        ",,,",
        "0,0,inf,1",
    ]
    facts = beatmap("\n".join([*bad, "5,5,5,1,0"]))
    assert [one.time for one in facts.objects] == [5]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"PK\x03\x04", b"osu! file format 14", b"\xff\xfe\x00", b"x\nosu file format v14"]
)
def test_what_is_no_beatmap_says_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="Not a beatmap"):
        read(data)


def test_a_slider_of_centuries_ends_where_times_do() -> None:
    slow = "osu file format v14\n[Difficulty]\nSliderMultiplier:0.4\n[TimingPoints]\n0,60000\n0,-1000,4,2,0,70,0,0\n"
    facts = read(f"{slow}[HitObjects]\n0,0,0,2,0,L|9:9,9000,131072\n".encode())
    assert [one.end_time for one in facts.objects] == [MOST_MS]
    assert (facts.total_length, facts.hit_length) == (2147483, 2147484)


NUMBERS = st.one_of(st.integers(-(2**40), 2**40).map(str), st.floats().map(str), st.text(max_size=3))
LINES = st.lists(st.one_of(NUMBERS, st.sampled_from(["L|1:2", "B|0:0|0:0|9:9", "P|1:1|2:2", "2", "128", ":", "|"])))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["[General]", "[TimingPoints]", "[HitObjects]", "[Events]", "[Difficulty]", "Mode:3"]),
            LINES.map(",".join),
            st.tuples(st.sampled_from(["SliderMultiplier", "BeatmapID", "PreviewTime", "CircleSize"]), NUMBERS).map(
                ":".join
            ),
        )
    )
)
def test_no_file_with_the_right_first_line_is_refused(lines: list[str]) -> None:
    facts = read("\n".join(["osu file format v14", *lines]).encode("utf-8", errors="surrogatepass"))
    assert facts.hit_length >= 0
    assert all(one.end_time >= one.time for one in facts.objects)


FAR = st.sampled_from(
    ["0.4", "1", "6", "9000", "60000", "131072", "-1000", "2147483647", "-2147483647", "4e9", "-1e300"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FAR, min_size=4, max_size=4), st.lists(st.tuples(FAR, FAR, FAR)), st.lists(st.tuples(FAR, FAR)))
def test_no_whole_number_is_beyond_32_bits(
    settled: list[str], sliders: list[tuple[str, str, str]], others: list[tuple[str, str]]
) -> None:
    preview, multiplier, beat, speed = settled
    lines = [
        "osu file format v14",
        f"[General]\nPreviewTime:{preview}\n[Metadata]\nBeatmapID:{preview}\nBeatmapSetID:{speed}",
        f"[Difficulty]\nSliderMultiplier:{multiplier}",
        f"[TimingPoints]\n-2147483647,{beat}\n-2147483647,{speed},4,2,0,70,0,0",
        *("[Events]", *(f"2,{start},{end}" for start, end in others), "[HitObjects]"),
        *(f"0,0,{time},2,{time},L|9:9,{repeats},{length}" for time, repeats, length in sliders),
        *(f"0,0,{time},8,0,{end}" for time, end in others),
    ]
    facts = read("\n".join(lines).encode())
    told = [*facts_of(facts), facts.total_length, facts.beatmap_id, facts.set_id]
    told += [number for each in facts.objects for number in each]
    assert all(-(2**31) < number < 2**31 for number in told if isinstance(number, int))


@settings(max_examples=100)
@given(st.binary())
def test_bytes_behind_the_first_line_are_never_refused(data: bytes) -> None:
    assert read(b"osu file format v9\n[HitObjects]\n" + data).md5


KNOWN = {
    # ruleset, title, version, set id, circles, sliders, spinners, bpm, cs, ar, od, hp, hit length
    2785319: (0, "re[in]flaw", "toybot's Expert", 1344871, 307, 293, 1, 170, 4.5, 9.3, 8.8, 5, 109),
    1028484: (1, "Inferno", "Muzukashii", 481954, 289, 4, 2, 195, 2, 8, 5, 6, 88),
    2118524: (2, "trappola bewitching", "Platter", 994994, 249, 227, 1, 190, 3.5, 8, 8, 5, 116),
    1638954: (3, "Future Son", "Hard", 777881, 473, 121, 0, 150, 4, 5, 8, 8, 64),
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample beatmaps are not here")
@pytest.mark.parametrize("beatmap_id", KNOWN)
def test_real_files(beatmap_id: int) -> None:
    data = (SAMPLES / f"{beatmap_id}.osu").read_bytes()
    facts = read(data)
    assert facts.beatmap_id == beatmap_id
    assert facts.md5 == hashlib.md5(data).hexdigest()
    assert (
        facts.ruleset,
        facts.title,
        facts.version,
        facts.set_id,
        facts.circles,
        facts.sliders,
        facts.spinners,
        facts.bpm,
        facts.cs,
        facts.ar,
        facts.od,
        facts.hp,
        facts.hit_length,
    ) == KNOWN[beatmap_id]
    assert facts.background


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample beatmaps are not here")
@pytest.mark.parametrize("beatmap_id", [2785319, 1638954, 1028484])
def test_slider_parts_and_holds_agree_with_a_calculator(beatmap_id: int) -> None:
    data = (SAMPLES / f"{beatmap_id}.osu").read_bytes()
    facts = read(data)
    combo = {
        Ruleset.OSU: sum((one.ticks + 1) * one.repeats + 1 for one in facts.objects),
        Ruleset.TAIKO: facts.circles,
        Ruleset.MANIA: sum(1 + (one.end_time - one.time) // 100 for one in facts.objects),
    }[facts.ruleset]
    assert combo == rosu_pp_py.Difficulty(lazer=False).calculate(rosu_pp_py.Beatmap(bytes=data)).max_combo


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample beatmaps are not here")
def test_the_unicode_title_of_a_real_file() -> None:
    assert read((SAMPLES / "1028484.osu").read_bytes()).title_unicode == "インフェルノ"


@pytest.mark.parametrize("path", BEATMAPS, ids=lambda path: path.stem)
def test_without_paths_all_else_is_the_same(path: Path) -> None:
    data = path.read_bytes()
    whole, quick = read(data), read(data, paths=False)
    assert facts_of(quick) == facts_of(whole)
    assert [each._replace(end_x=0, end_y=0) for each in quick.objects] == [
        each._replace(end_x=0, end_y=0) for each in whole.objects
    ]
