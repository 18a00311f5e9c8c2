"""Players of a private server, day by day: who plays, how often, and what it makes of their stats. The same every time.

A tenth of them plays on a given day, and half rarely or never; those who play do so about 12 times in 3 goes. A quarter
of the plays is failed. Most play osu!, some the other rulesets or Relax.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any, Final

from server.domain.rulesets import MODES
from server.services.snapshotter import DUE_SECONDS, REST_SECONDS
from server.storage.database import Session

FIRST: Final = 3
COUNTRIES: Final = 60
MAPS: Final = 3000

_DAILY: Final = 0.1  # of all players
_GOES: Final = 3
_PLAYS: Final = 12  # on a day
_BETWEEN: Final = 150  # seconds from one play of a go to the next
_MAIN: Final = {0: 80, 1: 4, 2: 3, 3: 6, 4: 7}
_LOYAL: Final = 0.95  # of a player's plays are in the main mode
_BUSIEST: Final = 0.95  # as likely they play on a day
_GRADES: Final = ("X", "S", "S", "A", "A", "A", "B", "C")

# The recorder's: a look comes so long after a play, and so long after the last look.
_DUE: Final = round(DUE_SECONDS)
_REST: Final = round(REST_SECONDS)

Row = dict[str, Any]


@dataclass(slots=True)
class Standing:
    """What a player has in a mode. `best`: pp, score and id of the best pass by beatmap."""

    plays: int = 0
    tscore: int = 0
    hits: list[int] = field(default_factory=lambda: [0, 0, 0])
    grades: dict[str, int] = field(default_factory=lambda: {"X": 0, "S": 0, "A": 0})
    best: dict[int, tuple[float, int, int]] = field(default_factory=dict)

    def stats(self, player: int, mode: int) -> Row:
        """As bancho.py keeps it."""
        pps = sorted((each[0] for each in self.best.values()), reverse=True)[:200]
        return {
            "id": player,
            "mode": mode,
            "tscore": self.tscore,
            "rscore": sum(each[1] for each in self.best.values()),
            "pp": round(sum(pp * 0.95**place for place, pp in enumerate(pps))),
            "plays": self.plays,
            "acc": round(92 + 6 * self.hits[0] / (sum(self.hits) or 1), 3),
            "x_count": self.grades["X"],
            "s_count": self.grades["S"],
            "a_count": self.grades["A"],
        }


class Populace:
    """Players and what they have done; `write` puts it where the game server would."""

    def __init__(self, players: int) -> None:
        self.players = range(FIRST, FIRST + players)
        self._rng = random.Random(players)
        rare = [self._rng.choice((0.0, 0.002, 0.005)) for _ in range(players // 2)]
        keen = [self._rng.expovariate(1) for _ in range(players - len(rare))]
        self._chances = [*rare, *_scaled(keen, _DAILY * players - sum(rare))]
        self._main = self._rng.choices(tuple(_MAIN), tuple(_MAIN.values()), k=players)
        self._skill = [self._rng.lognormvariate(4.2, 0.6) for _ in range(players)]
        self._popular = list(accumulate((place + 8) ** -0.85 for place in range(MAPS)))
        self._standings: dict[tuple[int, int], Standing] = {}
        self._next_id = 1

    async def register(self, session: Session) -> None:
        """Everybody and the beatmaps, and nothing played."""
        weights = [(place + 1) ** -1.2 for place in range(COUNTRIES)]
        names = [f"{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in range(COUNTRIES)]
        countries = self._rng.choices(names, weights, k=len(self.players))
        await session.insert_many(
            "users",
            [
                {"id": each, "name": f"p{each}", "safe_name": f"p{each}", "email": f"{each}@bench.example", "priv": 3}
                | {"pw_bcrypt": "-" * 60, "country": country}
                for each, country in zip(self.players, countries, strict=True)
            ],
        )
        await session.insert_many("stats", [{"id": each, "mode": int(mode)} for each in self.players for mode in MODES])
        texts = dict.fromkeys(("artist", "title", "version", "creator", "filename"), "some usual text")
        numbers = dict.fromkeys(("total_length", "max_combo", "mode", "bpm", "cs", "ar", "od", "hp", "diff"), 5)
        whole = dict.fromkeys(("frozen", "plays", "passes"), 0)
        await session.insert_many(
            "maps",
            [
                {"server": "osu!", "id": each + 1, "set_id": each // 3 + 1, "status": 2, "md5": f"{each:032}"}
                | {"last_update": datetime(2020, 1, 1)}
                | texts
                | numbers
                | whole
                for each in range(MAPS)
            ],
        )

    def before(self) -> Iterator[list[tuple[int, int]]]:
        """What was played before the first day, in parts: (player, plays)."""
        counts = [
            (player, min(150, int(chance * 365 * _PLAYS)) or self._rng.choice((0, 1, 5, 20)))
            for player, chance in zip(self.players, self._chances, strict=True)
        ]
        for start in range(0, len(counts), 100):
            yield [(player, plays) for player, plays in counts[start : start + 100] if plays]

    def day(self) -> list[list[tuple[int, int]]]:
        """What is played on a day: lists of (player, plays), one for each of the times that a player is looked at."""
        turns: list[list[tuple[int, int]]] = []
        for player, chance in zip(self.players, self._chances, strict=True):
            if self._rng.random() < chance:
                for turn, plays in enumerate(_looks(self._moments())):
                    if turn == len(turns):
                        turns.append([])
                    turns[turn].append((player, plays))
        return turns

    async def play(self, session: Session, turn: Sequence[tuple[int, int]], moment: datetime) -> None:
        """Let them play and write what bancho.py and the follower write of it."""
        scores: list[Row] = []
        beaten: list[int] = []
        stirred = set()
        for player, plays in turn:
            for _ in range(plays):
                main = self._main[player - FIRST]
                mode = main if self._rng.random() < _LOYAL else self._rng.choice(tuple(_MAIN))
                stirred.add((player, mode))
                scores.append(self._score(player, mode, moment, beaten))
        # A pass may be beaten in the turn it was made in.
        if beaten:
            gone = set(beaten)
            scores = [{**each, "status": 1} if each["id"] in gone else each for each in scores]
            await session.run("UPDATE scores SET status = 1 WHERE id IN :ids", ids=beaten)
        await session.insert_many("scores", scores)
        pairs = sorted(stirred)
        for table, owner in (("stats", "id"), ("api_totals", "user_id")):
            await session.run(
                f"DELETE FROM {table} WHERE ({owner}, mode) IN ({', '.join(f'({a}, {b})' for a, b in pairs)})"
            )
        await session.insert_many("stats", [self._standings[pair].stats(*pair) for pair in pairs])
        await session.insert_many(
            "api_totals",
            [
                {"user_id": player, "mode": mode}
                | dict(zip(("n300", "n100", "n50"), self._standings[player, mode].hits, strict=True))
                for player, mode in pairs
            ],
        )
        await session.run("REPLACE INTO api_follower (id, turn, last_id) VALUES (1, 0, :last)", last=self._next_id - 1)

    def _score(self, player: int, mode: int, moment: datetime, beaten: list[int]) -> Row:
        rng = self._rng
        standing = self._standings.setdefault((player, mode), Standing())
        score_id, self._next_id = self._next_id, self._next_id + 1
        (place,) = rng.choices(range(MAPS), cum_weights=self._popular)
        passed, letter = rng.random() < 0.75, rng.choice(_GRADES)
        pp = round(self._skill[player - FIRST] * rng.uniform(0.3, 1.6), 3)
        score, hits = rng.randrange(200_000, 20_000_000), (rng.randrange(200, 900), rng.randrange(60), rng.randrange(9))
        standing.plays += 1
        standing.tscore += score
        standing.hits = [old + new for old, new in zip(standing.hits, hits, strict=True)]
        status = int(passed)
        rival = standing.best.get(place)
        if passed and (rival is None or pp > rival[0]):
            status = 2
            standing.best[place] = (pp, score, score_id)
            if rival is not None:
                beaten.append(rival[2])
            elif letter in standing.grades:
                standing.grades[letter] += 1
        numbers = dict(zip(("n300", "n100", "n50"), hits, strict=True)) | dict.fromkeys(("nmiss", "ngeki", "nkatu"), 3)
        return {
            "id": score_id,
            "map_md5": f"{place:032}",
            "score": score,
            "pp": pp if passed else 0,
            "acc": 97.5,
            "max_combo": 500,
            "mods": 64,
            "grade": letter if passed else "F",
            "status": status,
            "mode": mode,
            "play_time": moment,
            "time_elapsed": 90_000,
            "client_flags": 0,
            "userid": player,
            "perfect": 0,
            "online_checksum": f"{score_id:032}",
        } | numbers

    def _moments(self) -> list[float]:
        """When a player plays on a day, in seconds."""
        found: list[float] = []
        for _ in range(self._rng.choice(range(1, 2 * _GOES))):
            moment = self._rng.uniform(0, 70_000)
            for _ in range(self._rng.choice(range(1, 2 * _PLAYS // _GOES))):
                found.append(moment)
                moment += self._rng.expovariate(1 / _BETWEEN)
        return sorted(found)


def _looks(moments: Sequence[float]) -> list[int]:
    """How many plays each look of the recorder at a player finds."""
    found: list[int] = []
    due = -1e9
    for moment in moments:
        if moment > due:
            due = max(moment + _DUE, due + _REST)
            found.append(0)
        found[-1] += 1
    return found


def _scaled(chances: list[float], total: float) -> list[float]:
    """The same in proportion, none above the busiest, so that they add up to about `total`."""
    for _ in range(20):
        factor = total / sum(chances)
        chances = [min(_BUSIEST, each * factor) for each in chances]
    return chances
