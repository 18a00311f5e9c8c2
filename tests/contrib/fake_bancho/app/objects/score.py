"""Scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any


class Grade(IntEnum):
    N = 0
    F = 1
    D = 2
    C = 3
    B = 4
    A = 5
    S = 6
    SH = 7
    X = 8
    XH = 9


@dataclass(eq=False)
class Beatmap:
    id: int
    md5: str


class Score:
    def __init__(self, player: Any, id: int, map_id: int, map_md5: str, score: int, mode: Any, grade: str) -> None:
        self.id = id
        self.bmap = Beatmap(map_id, map_md5)
        self.player = player
        self.mode = mode
        self.mods = 72
        self.pp = 123.456
        self.score = score
        self.max_combo = 321
        self.acc = 98.76
        self.n300, self.n100, self.n50, self.nmiss, self.ngeki, self.nkatu = 300, 10, 5, 1, 60, 7
        self.grade = Grade[grade]
        self.passed = grade != "F"
        self.perfect = False
        self.status = 2
        self.server_time = datetime.now()
