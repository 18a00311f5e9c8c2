"""Places the notes of taiko and of mania with four keys."""

from collections.abc import Iterator
from random import Random

from server.demo.rhythms import CELLS, DRUMS, HOLDS, KEYS, ROLL, bars, ms, notes, speed
from server.demo.songs import Difficulty, Song

CENTRE, BIG, RIM = 0, 4, 8
COLUMNS = (64, 192, 320, 448)

SWAPPED = str.maketrans("dkDK", "kdKD")


def taiko_lines(song: Song, difficulty: Difficulty, rng: Random) -> Iterator[str]:
    """The `[HitObjects]` lines of a taiko difficulty."""
    for number, bar in enumerate(bars(song, difficulty.level, DRUMS, ROLL, rng)):
        if rng.random() < 0.3:
            bar = bar._replace(row=bar.row.translate(SWAPPED))
        combo = 4 if number == 0 else 0
        for note in notes(bar):
            time = ms(song, note.cell)
            if note.sign == "R" and rng.random() < 0.5:
                yield f"256,192,{time},12,0,{ms(song, note.cell + note.length)},0:0:0:0:"
            elif note.sign == "R":
                length = 25 * difficulty.slider_multiplier * speed(note.section) * note.length
                yield f"128,192,{time},{2 | combo},0,L|{128 + round(length)}:192,1,{length:.10g}"
            else:
                sound = (RIM if note.sign in "kK" else CENTRE) | (BIG if note.sign.isupper() else 0)
                yield f"256,192,{time},{1 | combo},{sound},0:0:0:0:"
            combo = 0


def mania_lines(song: Song, difficulty: Difficulty, rng: Random) -> Iterator[str]:
    """The `[HitObjects]` lines of a four key mania difficulty."""
    free_from = dict.fromkeys(COLUMNS, 0)  # the cell from which a column may be used again
    for bar in bars(song, difficulty.level, KEYS, KEYS[difficulty.level][0], rng):
        holds = {note.cell: note for note in notes(bar._replace(row=rng.choice(HOLDS)))}
        chords = {note.cell: int(note.sign) for note in notes(bar)}
        for cell in range(bar.start, bar.start + CELLS):
            # A column rests a cell after a note, so that nobody has to hammer one key.
            free = [column for column in COLUMNS if free_from[column] <= cell]
            rng.shuffle(free)
            placed = []
            if cell in holds and free:
                column, end = free.pop(), cell + holds[cell].length
                free_from[column] = end + 2
                placed.append(f"{column},192,{ms(song, cell)},128,0,{ms(song, end)}:0:0:0:0:")
            for column in free[: chords.get(cell, 0)]:
                free_from[column] = cell + 2
                sound = 8 if cell % CELLS in (4, 12) else 0
                placed.append(f"{column},192,{ms(song, cell)},1,{sound},0:0:0:0:")
            yield from sorted(placed)
