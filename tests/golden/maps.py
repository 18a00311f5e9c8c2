"""The golden world's beatmaps and pools, and the `.osu` files of some."""

import hashlib
from datetime import datetime
from typing import Any, Final

from tests.golden.people import IDLE, RESTRICTED, TIED, TWO_WORDS, Row

STANDARD, NO_FILE, APPROVED, LOVED, PENDING, QUALIFIED, OUTDATED, UNSUBMITTED, QUOTED = range(1001, 1010)
TAIKO, CATCH, MANIA, PRIVATE, FROZEN, BY_HIDDEN = range(1010, 1016)
GREATEST = 2**31 - 1

# A score was set on it and it has been deleted since.
UNKNOWN_MD5: Final = "deadbeefdeadbeefdeadbeefdeadbeef"


def osu_file(ruleset: int, columns: int = 4) -> str:
    """A playable beatmap: a circle every 150 ms, left and right in turn, with a slider at the end."""
    head = [
        *(
            "osu file format v14",
            "",
            "[General]",
            f"Mode: {ruleset}",
            "",
            "[Metadata]",
            "Title:Golden",
            "Artist:Made up",
        ),
        *("Creator:nobody", f"Version:{ruleset}", "", "[Difficulty]", "HPDrainRate:5", f"CircleSize:{columns}"),
        *("OverallDifficulty:8", "ApproachRate:9", "SliderMultiplier:1.4", "SliderTickRate:1", ""),
        *("[TimingPoints]", "0,300,4,2,0,50,1,0", "", "[HitObjects]"),
    ]
    circles = [
        f"{64 + 128 * (index * 3 % 4)},{100 + 40 * (index % 5)},{1000 + 150 * index},1,0,0:0:0:0:"
        for index in range(120)
    ]
    slider = [] if ruleset == 3 else ["100,100,19600,2,0,L|300:100,1,200"]
    return "\n".join([*head, *circles, *slider, ""])


OSU_FILES: Final = {
    STANDARD: osu_file(0),
    TAIKO: osu_file(1),
    CATCH: osu_file(2),
    MANIA: osu_file(3),
    # Not a beatmap at all, as an interrupted download leaves it.
    FROZEN: "<html><body>502 Bad Gateway</body></html>",
}


def md5_of(map_id: int) -> str:
    """A beatmap's md5: that of its file where there is one."""
    return hashlib.md5(OSU_FILES.get(map_id, f"golden {map_id}").encode()).hexdigest()


def _map(map_id: int, set_id: int, status: int, mode: int = 0, **changes: Any) -> Row:
    return {
        "server": "osu!",
        "id": map_id,
        "set_id": set_id,
        "status": status,
        "md5": md5_of(map_id),
        "artist": "Made up",
        "title": f"Song {set_id}",
        "version": f"Map {map_id}",
        "creator": "nobody",
        "filename": f"{map_id}.osu",
        "last_update": datetime(2020, 1, 2, 3, 4, 5),
        "total_length": 90,
        "max_combo": 240,
        "frozen": 0,
        "plays": 100,
        "passes": 40,
        "mode": mode,
        "bpm": 200.0,
        "cs": 4.0,
        "ar": 9.3,
        "od": 8.0,
        "hp": 5.5,
        "diff": 5.123,
    } | changes


MAPS: Final = (
    _map(STANDARD, 101, 2),
    _map(NO_FILE, 101, 2, diff=0.5, bpm=181.33),
    # Made elsewhere, by somebody with a name that a player here has too.
    _map(APPROVED, 102, 3, creator="Aiko"),
    _map(LOVED, 103, 5),
    _map(PENDING, 104, 0),
    _map(QUALIFIED, 105, 4, last_update=datetime(2021, 1, 2, 3, 4, 5)),
    _map(OUTDATED, 106, 1),
    _map(UNSUBMITTED, 107, -1),
    _map(
        *(QUOTED, 108, 2),
        **{
            "artist": "Café / Ünïcödé",
            "title": '"100%" <ノート> it\'s \\ /',
            "version": 'Insane "x_y"',
            "creator": "é_[x]-y",
        },
        **{"filename": "quoted.osu", "diff": 12.345},
    ),
    _map(TAIKO, 109, 2, 1),
    _map(CATCH, 110, 2, 2),
    _map(MANIA, 111, 2, 3),
    # Made on this server; nothing is known of its past.
    _map(
        *(PRIVATE, 112, 2),
        **{"server": "private", "creator": "Two Words", "last_update": datetime(1970, 1, 1)},
        **{"max_combo": 0, "bpm": 0.0, "plays": 0, "passes": 0},
    ),
    _map(FROZEN, 113, 2, frozen=1),
    _map(BY_HIDDEN, 114, 2, server="private", creator="Restricted"),
    _map(GREATEST, GREATEST, 2, total_length=2**31 - 1, plays=2**31 - 1, passes=2**31 - 1),
)

# The frozen one's set has been forgotten.
MAPSETS: Final = tuple(
    {"server": "private" if set_id in (112, 114) else "osu!", "id": set_id, "last_osuapi_check": datetime(2024, 1, 1)}
    for set_id in sorted({row["set_id"] for row in MAPS} - {113})
)

POOL, POOL_OF_HIDDEN, POOL_OF_NOBODY, POOL_EMPTY = 1, 2, 3, 4

_MADE = datetime(2023, 2, 3, 4, 5, 6)

POOLS: Final = (
    {"id": POOL, "name": "Golden Cup", "created_at": _MADE, "created_by": TWO_WORDS},
    {"id": POOL_OF_HIDDEN, "name": "Hidden Cup", "created_at": _MADE, "created_by": RESTRICTED},
    {"id": POOL_OF_NOBODY, "name": "Nobody's Cup", "created_at": _MADE, "created_by": 999},
    {"id": POOL_EMPTY, "name": "Empty Cup", "created_at": _MADE, "created_by": TIED},
    {"id": 5, "name": "Idle Cup", "created_at": _MADE, "created_by": IDLE},
)

POOL_MAPS: Final = tuple(
    {"map_id": map_id, "pool_id": pool_id, "mods": mods, "slot": slot}
    for map_id, pool_id, mods, slot in (
        (APPROVED, POOL, 0, 2),
        (STANDARD, POOL, 0, 1),
        (NO_FILE, POOL, 8, 1),
        # With mods as a number both of these would be "641".
        (LOVED, POOL, 64, 1),
        (PENDING, POOL, 6, 41),
        # Nothing stops two beatmaps from having one place.
        (QUALIFIED, POOL, 16, 1),
        (QUOTED, POOL, 16, 1),
        (777, POOL, 0, 3),  # not in the table
        (STANDARD, POOL_OF_HIDDEN, 0, 1),
        (STANDARD, 5, 576, 10),
    )
)
