"""Writes the demo's `.osu` files: `python -m server.demo.compose DIR`. The same bytes every time."""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

from server.demo.drums_and_keys import mania_lines, taiko_lines
from server.demo.placing import catch_lines, osu_lines
from server.demo.rhythms import BARS, CELLS, LOUD, ms, speed
from server.demo.songs import SONGS, Difficulty, Song
from server.domain.rulesets import Ruleset

PLACED = {
    Ruleset.OSU: osu_lines,
    Ruleset.TAIKO: taiko_lines,
    Ruleset.CATCH: catch_lines,
    Ruleset.MANIA: mania_lines,
}

COLOURS = ("242,180,76", "88,164,220", "224,96,124", "120,196,124")

# A break begins after the last note's sound and leaves time to see the next one coming.
BREAK_AFTER, BREAK_BEFORE = 200, 1200


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m server.demo.compose DIR")
    write_all(Path(sys.argv[1]))


def write_all(folder: Path) -> None:
    """Write every difficulty of every song to `folder`, as `<beatmap id>.osu`."""
    for song in SONGS:
        for difficulty in song.difficulties:
            (folder / f"{difficulty.beatmap_id}.osu").write_bytes(osu_text(song, difficulty).encode())


def osu_text(song: Song, difficulty: Difficulty) -> str:
    """One difficulty, in `.osu` format v14."""
    objects = list(PLACED[difficulty.ruleset](song, difficulty, Random(difficulty.beatmap_id)))
    sections = {
        "General": [
            "AudioFilename: audio.mp3",
            "AudioLeadIn: 0",
            f"PreviewTime: {ms(song, song.form.index('C') * BARS * CELLS)}",
            "Countdown: 0",
            "SampleSet: Soft",
            "StackLeniency: 0.7",
            f"Mode: {difficulty.ruleset.value}",
            "LetterboxInBreaks: 0",
            "WidescreenStoryboard: 0",
        ],
        "Editor": ["DistanceSpacing: 1", "BeatDivisor: 4", "GridSize: 8", "TimelineZoom: 1.5"],
        "Metadata": [
            f"Title:{song.title}",
            f"TitleUnicode:{song.title_unicode}",
            f"Artist:{song.artist}",
            f"ArtistUnicode:{song.artist_unicode}",
            f"Creator:{song.creator}",
            f"Version:{difficulty.version}",
            f"Source:{song.source}",
            f"Tags:{song.tags}",
            f"BeatmapID:{difficulty.beatmap_id}",
            f"BeatmapSetID:{song.set_id}",
        ],
        "Difficulty": [
            f"HPDrainRate:{difficulty.hp:g}",
            f"CircleSize:{difficulty.cs:g}",
            f"OverallDifficulty:{difficulty.od:g}",
            f"ApproachRate:{difficulty.ar:g}",
            f"SliderMultiplier:{difficulty.slider_multiplier:g}",
            f"SliderTickRate:{2 if difficulty.ruleset is Ruleset.CATCH else 1}",
        ],
        "Events": list(_events(song, objects)),
        "TimingPoints": list(_timing_points(song)),
        "Colours": [f"Combo{number} : {colour}" for number, colour in enumerate(COLOURS, 1)],
        "HitObjects": objects,
    }
    written = (f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())
    return "osu file format v14\n\n" + "\n".join(written)


def _events(song: Song, objects: list[str]) -> Iterator[str]:
    yield "//Background and Video events"
    yield '0,0,"bg.jpg",0,0'
    if song.video:
        yield f'Video,{song.offset},"{song.video}"'
    yield "//Break Periods"
    times = [int(line.split(",")[2]) for line in objects]
    section = BARS * CELLS * 60000 / song.bpm / 4
    for before, after in pairwise(times):
        if after - before > section:
            yield f"2,{before + round(section / 16) + BREAK_AFTER},{after - BREAK_BEFORE}"


def _timing_points(song: Song) -> Iterator[str]:
    yield f"{song.offset},{60000 / song.bpm:.12g},4,2,0,70,1,0"
    for number, (before, section) in enumerate(pairwise(" " + song.form)):
        if section not in ("_", before):
            volume, kiai = (85, 1) if section in LOUD else (65, 0)
            yield f"{ms(song, number * BARS * CELLS)},{-100 / speed(section):.12g},4,2,0,{volume},0,{kiai}"


if __name__ == "__main__":
    main()
