"""The golden world's scores. Minutes count from noon of a winter day; equal ones are ties on purpose."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from tests.golden.maps import (
    APPROVED,
    CATCH,
    FROZEN,
    GREATEST,
    LOVED,
    MANIA,
    NO_FILE,
    OUTDATED,
    PENDING,
    PRIVATE,
    QUALIFIED,
    QUOTED,
    STANDARD,
    TAIKO,
    UNKNOWN_MD5,
    UNSUBMITTED,
    md5_of,
)
from tests.golden.people import (
    AIKO,
    BRACKETS,
    CLANLESS,
    DIGITS,
    GIANT,
    MODERATOR,
    NIHONGO,
    NO_CLAN_PRIV,
    NOWHERE,
    RESTRICTED,
    STRAYS,
    SUPPORTER,
    TIED,
    TWO_WORDS,
    UNDER_SCORE,
    UNICODE,
    UNVERIFIED,
    Row,
)

NOON: Final = datetime(2024, 1, 15, 12, 0, 0)

UNKNOWN_MAP: Final = 0

NF, EZ, HD, HR, DT, RX, NC, FL, AP, HDDT = 1, 2, 8, 16, 64, 128, 64 | 512, 1024, 8192, 8 | 64

# Scores that tests ask for by what is special about them.
WIDE, NON_ASCII, OF_RESTRICTED, FAILED, ON_UNKNOWN_MAP, OF_NOBODY, GRADELESS = 18, 56, 9, 40, 46, 83, 57
OVERTAKING: Final = 85
HUGE_ID: Final = 2**53 + 1


def _play(score_id: int, user_id: int, map_id: int, minute: int, score: int, pp: float, **changes: Any) -> Row:
    row = {
        "id": score_id,
        "map_md5": md5_of(map_id) if map_id else UNKNOWN_MD5,
        "score": score,
        "pp": pp,
        "acc": 98.125,
        "max_combo": 200,
        "mods": 0,
        "n300": 110,
        "n100": 9,
        "n50": 1,
        "nmiss": 0,
        "ngeki": 30,
        "nkatu": 7,
        "grade": "S",
        "status": 2,
        "mode": 0,
        "play_time": NOON + timedelta(minutes=minute),
        "time_elapsed": 21_500 + score_id % 1000,
        "client_flags": 4,
        "userid": user_id,
        "perfect": 0,
        "online_checksum": hashlib.md5(f"checksum {score_id}".encode()).hexdigest(),
    }
    return row | changes


def _failed(score_id: int, user_id: int, map_id: int, minute: int, **changes: Any) -> Row:
    hits = {"n300": 12, "n100": 3, "n50": 1, "nmiss": 9, "ngeki": 1, "nkatu": 0, "max_combo": 8, "acc": 49.333}
    return _play(score_id, user_id, map_id, minute, 4321, 0.0, **hits, grade="F", status=0, **changes)


# One best each on one beatmap: everybody who may be on its board, and those who may not.
_BOARD = (
    _play(1, 1, STANDARD, 1, 999_999, 1.0),
    _play(2, AIKO, STANDARD, 2, 800_000, 300.5, perfect=1, acc=100.0, grade="X", n300=120, n100=0, n50=0),
    _play(3, TWO_WORDS, STANDARD, 3, 900_000, 250.25, mods=DT),
    _play(4, UNDER_SCORE, STANDARD, 4, 900_000, 255.0, mods=NC),  # no better than the one before, and later
    _play(5, BRACKETS, STANDARD, 10, 700_000, 280.0, mods=HDDT, grade="SH"),
    _play(6, UNICODE, STANDARD, 10, 690_000, 281.0, mods=HD | NC, grade="SH"),
    _play(7, DIGITS, STANDARD, 10, 680_000, 180.0, mods=HD, grade="XH", acc=100.0),
    _play(8, NIHONGO, STANDARD, 8, 670_000, 170.0, mods=HR),
    _play(9, RESTRICTED, STANDARD, 9, 950_000, 400.0),
    _play(10, NOWHERE, STANDARD, 11, 660_000, 160.0, mods=512),  # Nightcore without Double Time
    _play(11, UNVERIFIED, STANDARD, 12, 940_000, 390.0),
    _play(12, MODERATOR, STANDARD, 13, 650_000, 150.0, mods=HD | HR),
    _play(13, SUPPORTER, STANDARD, 14, 640_000, 140.0, mods=NF, grade="A"),
    _play(14, CLANLESS, STANDARD, 15, 630_000, 130.0, mods=EZ, grade="B"),
    _play(15, NO_CLAN_PRIV, STANDARD, 16, 620_000, 120.0, mods=FL),
    _play(16, TIED, STANDARD, 17, 610_000, 110.0, grade="C"),
    _play(17, STRAYS, STANDARD, 18, 600_000, 100.0, grade="D"),
    _play(
        *(WIDE, GIANT, STANDARD, 19, 2**31 - 1, 9999.999),
        **{"n300": 40_000, "n100": 70_000, "max_combo": 2**31 - 1, "ngeki": 65_535, "nkatu": 65_536, "grade": "A"},
    ),
)

# Aiko on every kind of beatmap, again and again.
_AIKO = (
    _play(20, AIKO, STANDARD, 20, 2_000_000, 299.0, status=1),  # a greater score, but less pp than the best
    _play(21, AIKO, STANDARD, 21, 100, 5.0, status=1, grade="D"),
    _failed(22, AIKO, STANDARD, 22),
    _play(23, AIKO, NO_FILE, 23, 500_000, 200.0, mods=HDDT),
    _play(24, AIKO, NO_FILE, 24, 510_000, 199.999, mods=DT, status=1),
    _play(25, AIKO, APPROVED, 25, 400_000, 200.0, mods=NC),  # as much pp as 23
    _failed(26, AIKO, APPROVED, 25),
    _play(27, AIKO, LOVED, 26, 410_000, 350.0),
    _play(28, AIKO, PENDING, 27, 420_000, 360.0),
    _play(29, AIKO, QUALIFIED, 28, 430_000, 370.0),
    _play(30, AIKO, OUTDATED, 29, 440_000, 380.0),
    _play(31, AIKO, UNSUBMITTED, 30, 450_000, 390.0),
    _play(32, AIKO, QUOTED, 31, 460_000, 200.0, mods=HD | HR | FL),
    _play(33, AIKO, PRIVATE, 32, 470_000, 10.0, mods=536_870_912),
    _play(34, AIKO, FROZEN, 33, 480_000, 0.001),
    _play(35, AIKO, GREATEST, 34, 490_000, 0.0, mods=EZ | HD),
    _failed(36, AIKO, QUALIFIED, 35, mods=HD),
    _play(37, AIKO, LOVED, 36, 1, 0.5, status=1, grade="D"),
    _failed(38, AIKO, LOVED, 36),
    _failed(39, AIKO, LOVED, 36),
    _failed(FAILED, AIKO, LOVED, 36, mods=NF | EZ),
    _play(41, AIKO, CATCH, 37, 520_000, 42.0),  # converted: the map is catch, the play is not
    _play(ON_UNKNOWN_MAP, AIKO, UNKNOWN_MAP, 38, 999, 500.0),
    _failed(47, AIKO, UNKNOWN_MAP, 39),
)

_MODES = (
    _play(50, AIKO, TAIKO, 40, 510_000, 80.0, mode=1),
    _play(51, TWO_WORDS, CATCH, 41, 520_000, 81.0, mode=2),
    _play(52, UNDER_SCORE, MANIA, 42, 1_000_000, 82.0, mode=3, ngeki=400, nkatu=12),
    # By pp here: Two Words is first with the least score; Aiko and Brackets tie.
    _play(53, AIKO, STANDARD, 43, 300_000, 700.0, mode=4, mods=RX),
    _play(54, TWO_WORDS, STANDARD, 44, 100_000, 800.0, mode=4, mods=RX | HDDT),
    _play(55, BRACKETS, STANDARD, 45, 200_000, 700.0, mode=4, mods=RX | HR),
    _play(NON_ASCII, UNICODE, QUOTED, 46, 123_456, 321.123, mods=HDDT, grade="XH", perfect=1),
    _play(GRADELESS, NIHONGO, NO_FILE, 47, 55_555, 33.333, grade="N"),
    _play(58, GIANT, TAIKO, 48, 1_234, 9.5, mode=5, mods=RX),
    _play(59, NOWHERE, CATCH, 49, 4_321, 8.5, mode=6, mods=RX),
    _play(60, AIKO, STANDARD, 50, 77_777, 7.75, mode=8, mods=AP),
    _play(61, RESTRICTED, STANDARD, 51, 999_999, 9999.0, mode=4, mods=RX),
    _play(62, TWO_WORDS, TAIKO, 52, 510_000, 79.0, mode=1, mods=HD),
    _play(63, DIGITS, TAIKO, 53, 510_000, 80.5, mode=1, mods=HR),
)

# One map, played through an evening: three in one minute, all on one beatmap but the last.
_EVENING = (
    *(
        _play(number, TWO_WORDS, NO_FILE, 60 + number // 3, 1000 * number, number / 8, status=1)
        for number in range(64, 73)
    ),
    _play(73, TWO_WORDS, NO_FILE, 90, 90_000, 99.875),
    _play(74, TWO_WORDS, APPROVED, 90, 91_000, 98.5),
)

_OTHERS = (
    _play(75, RESTRICTED, NO_FILE, 91, 777_777, 222.0),
    _play(76, UNVERIFIED, NO_FILE, 92, 666_666, 221.0),
    _play(77, SUPPORTER, APPROVED, 93, 91_000, 98.5),
    _play(78, CLANLESS, QUOTED, 94, 5, 0.125),
    _play(79, NO_CLAN_PRIV, QUOTED, 94, 5, 0.125),
    _play(80, TIED, LOVED, 95, 6, 0.25),
    _play(81, STRAYS, PENDING, 96, 7, 0.5),
    _play(82, STRAYS, QUALIFIED, 96, 8, 0.75),
    _play(OF_NOBODY, 999, STANDARD, 97, 9, 1.5),
    _play(HUGE_ID, TIED, APPROVED, 98, 10, 2.5),
)

# What must not be taken for the best: a pass with less score, another with more pp that is not the one that counts,
# and a failed play with more of everything.
_MISLEADING = (
    _play(84, STRAYS, PRIVATE, 95, 100, 9.0, status=1),
    _play(OVERTAKING, STRAYS, PRIVATE, 95, 500, 5.0),
    _failed(86, STRAYS, PRIVATE, 95) | {"score": 9999, "pp": 99.0},
)

SCORES: Final = (*_BOARD, *_AIKO, *_MODES, *_EVENING, *_OTHERS, *_MISLEADING)
