"""The generated world: players, maps and plays of a realistic shape, as tab-separated files. The same every time.

Everything grows in proportion to the number of scores, so that one player's or one map's share stays what it is
on a larger server; only the heaviest player is bound to HEAVIEST plays.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, count
from pathlib import Path

from server.domain.grades import HitCounts, accuracy, grade
from server.domain.rulesets import MODES as EVERY_MODE
from server.domain.rulesets import Ruleset

SEED = 20_260_801
HEAVIEST = 6_350  # plays in all modes; about 5,900 of them in mode 0
FIRST_PLAYER = 3  # 1 is the bot, 2 is never handed out
FIRST_MAP = 1_000
MODES = tuple(map(int, EVERY_MODE))
OPENED = datetime(2023, 1, 1)
OPENED_UNIX = 1_672_531_200  # the same moment
YEARS_3 = 3 * 365 * 86_400

COLUMNS = {
    "users": "id, name, safe_name, email, priv, pw_bcrypt, country, creation_time, latest_activity, clan_id, clan_priv",
    "clans": "id, name, tag, owner, created_at",
    "mapsets": "server, id, last_osuapi_check",
    "maps": "server, id, set_id, status, md5, artist, title, version, creator, filename, last_update, total_length, "
    "max_combo, frozen, plays, passes, mode, bpm, cs, ar, od, hp, diff",
    "scores": "id, map_md5, score, pp, acc, max_combo, mods, n300, n100, n50, nmiss, ngeki, nkatu, grade, status, "
    "mode, play_time, time_elapsed, client_flags, userid, perfect, online_checksum",
}

_COUNTRIES = ("us", "ru", "de", "pl", "fr", "br", "jp", "gb", "ca", "kr", "id", "au", "nl", "fi", "se", "xx")
_SYLLABLES = ("ka", "ri", "mo", "zen", "lu", "ta", "vex", "no", "shi", "dra", "pi", "qua", "el", "bo", "ny", "ja")
_NO_PASSWORD = "-" * 60
_RESTRICTED = 50  # by the last two digits of a player's index
_UNVERIFIED = (61, 73, 97)
_MODS = (0, 0, 0, 0, 8, 8, 16, 24, 64, 64, 72, 72, 88, 576, 1, 1024)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything goes with a number of scores."""

    scores: int

    @property
    def players(self) -> int:
        return max(100, self.scores // 50)

    @property
    def maps(self) -> int:
        return max(120, self.scores * 12 // 1000)

    @property
    def clans(self) -> int:
        return max(3, self.scores * 3 // 10_000)


@dataclass(frozen=True, slots=True)
class Beatmap:
    """What a play needs to know of the map it was set on."""

    md5: str
    mode: int
    diff: float
    objects: int
    max_combo: int
    length: int


@dataclass(frozen=True, slots=True)
class Plays:
    """Every play, oldest first, in columns; `owner` and `beatmap` count from 0, `quality` is about the accuracy."""

    owner: list[int]
    mode: list[int]
    beatmap: list[int]
    quality: list[float]
    status: bytearray


def visible_players() -> Iterator[int]:
    """Ids of players who may be seen by everybody, lowest first."""
    for index in count():
        if index % 100 not in (_RESTRICTED, *_UNVERIFIED):
            yield FIRST_PLAYER + index


def write(folder: Path, size: Size) -> None:
    """Write `<table>.tsv` for each table of COLUMNS into `folder`."""
    rng = random.Random(SEED)
    beatmaps, map_rows, set_rows = _maps(rng, size)
    plays = _plays(rng, size, beatmaps)
    tables: dict[str, Iterable[str]] = {
        "users": _users(rng, size),
        "clans": _clans(size),
        "mapsets": set_rows,
        "maps": map_rows,
        "scores": _scores(rng, plays, beatmaps),
    }
    for table, rows in tables.items():
        with (folder / f"{table}.tsv").open("w", encoding="utf-8") as file:
            file.writelines(rows)


def _users(rng: random.Random, size: Size) -> Iterator[str]:
    yield f"1\tBenchBot\tbenchbot\tbot@bench.example\t1\t{_NO_PASSWORD}\txx\t0\t0\t0\t0\n"
    for index in range(size.players):
        name = _name(index)
        # Every seventh joins a clan, and the first of each clan owns it.
        clan, place = (index % size.clans + 1, index // size.clans) if index % 7 == 0 or index < size.clans else (0, 1)
        clan_priv = (3 if place == 0 else 1) if clan else 0
        priv = 2 if index % 100 == _RESTRICTED else 1 if index % 100 in _UNVERIFIED else 3
        created = OPENED_UNIX + rng.randrange(YEARS_3)
        active = rng.randint(created, OPENED_UNIX + YEARS_3)
        country = _COUNTRIES[int(len(_COUNTRIES) * rng.random() ** 2)]
        yield (
            f"{FIRST_PLAYER + index}\t{name}\t{name.lower()}\t{name.lower()}@bench.example\t{priv}\t{_NO_PASSWORD}\t"
            f"{country}\t{created}\t{active}\t{clan}\t{clan_priv}\n"
        )


def _name(index: int) -> str:
    """A unique name of at most 15 characters, made to be searched by parts."""
    rest, a = divmod(index, len(_SYLLABLES))
    rest, b = divmod(rest, len(_SYLLABLES))
    rest, c = divmod(rest, len(_SYLLABLES))
    return f"{_SYLLABLES[a].title()}{_SYLLABLES[b]}{_SYLLABLES[c]}{rest or ''}"


def _clans(size: Size) -> Iterator[str]:
    for index in range(size.clans):
        yield f"{index + 1}\tClan {index}\tC{index}\t{FIRST_PLAYER + index}\t{OPENED}\n"


def _maps(rng: random.Random, size: Size) -> tuple[list[Beatmap], list[str], list[str]]:
    """The maps, and their rows and their sets' rows; three maps to a set, of one status and mode."""
    beatmaps, rows, sets = [], [], []
    for index in range(size.maps):
        if index % 3 == 0:
            status = rng.choices((2, 3, 5, 0), (82, 3, 7, 8))[0]
            # Each mode must have some maps even in a tiny world.
            mode = index // 3 if index < 12 else rng.choices((0, 1, 2, 3), (75, 8, 6, 11))[0]
            length, bpm = rng.randint(60, 320), rng.randint(120, 240)
            set_id = index // 3 + 1
            artist, title = f"Artist {set_id % 700}", f"Song {set_id}"
            sets.append(f"osu!\t{set_id}\t{OPENED}\n")
        diff = rng.uniform(1.2, 4.0) + 1.3 * (index % 3)
        objects = int(length * diff * 0.9)
        beatmap = Beatmap(_md5(f"map {index}"), mode, diff, objects, int(objects * 1.4), length)
        beatmaps.append(beatmap)
        version = ("Easy", "Hard", "Insane")[index % 3]
        rows.append(
            f"osu!\t{FIRST_MAP + index}\t{set_id}\t{status}\t{beatmap.md5}\t{artist}\t{title}\t{version}\t"
            f"Mapper {index % 900}\t{artist} - {title} [{version}].osu\t{OPENED}\t{length}\t"
            f"{beatmap.max_combo}\t0\t0\t0\t{mode}\t{bpm}\t4\t{diff * 1.4:.1f}\t{diff * 1.3:.1f}\t5\t{diff:.3f}\n"
        )
    return beatmaps, rows, sets


def _plays(rng: random.Random, size: Size, beatmaps: list[Beatmap]) -> Plays:
    # Player 0 is the heaviest, so that the heaviest is visible; those who never logged in have the fewest plays.
    order = list(range(1, size.players))
    rng.shuffle(order)
    order = [0, *sorted(order, key=lambda index: index % 100 in _UNVERIFIED)]
    owner = [who for who, count in zip(order, _activity(size), strict=True) for _ in range(count)]
    rng.shuffle(owner)

    main = rng.choices(MODES, (80, 4, 3, 7, 4, 0.5, 0.5, 1), k=size.players)
    main[0] = 0
    elsewhere = iter(rng.choices(MODES, (40, 8, 6, 14, 20, 3, 3, 6), k=size.scores))
    mode = [main[who] if rng.random() < 0.88 else next(elsewhere) for who in owner]

    drawn = {ruleset: _popular(rng, beatmaps, ruleset, sum(m % 4 == ruleset for m in mode)) for ruleset in range(4)}
    beatmap = [next(drawn[m % 4]) for m in mode]

    unsteady = [rng.uniform(0.02, 0.2) for _ in range(size.players)]
    quality = [1.0 - unsteady[who] * rng.random() for who in owner]
    return Plays(owner, mode, beatmap, quality, _statuses(rng, size, owner, mode, beatmap, quality))


def _activity(size: Size) -> list[int]:
    """How many plays each player has, most first: a power law from HEAVIEST down to a few."""
    heaviest = min(HEAVIEST, size.scores // 20)

    def counts(bend: float) -> list[int]:
        return [int(heaviest * (1 + index / bend) ** -1.15) for index in range(size.players)]

    low, high = 1e-6, float(size.players)
    while high - low > 1e-6:
        bend = (low + high) / 2
        low, high = (bend, high) if sum(counts(bend)) <= size.scores else (low, bend)
    found = counts(low)
    for index in range(size.scores - sum(found)):
        found[1 + index % (size.players - 1)] += 1
    return found


def _popular(rng: random.Random, beatmaps: list[Beatmap], mode: int, count: int) -> Iterator[int]:
    """`count` maps of one mode, drawn by a power-law popularity."""
    pool = [index for index, beatmap in enumerate(beatmaps) if beatmap.mode == mode]
    rng.shuffle(pool)
    weights = list(accumulate((place + 8) ** -0.85 for place in range(len(pool))))
    return iter(rng.choices(pool, cum_weights=weights, k=count))


def _statuses(
    rng: random.Random, size: Size, owner: list[int], mode: list[int], beatmap: list[int], quality: list[float]
) -> bytearray:
    """0 for a failed play, 2 for a player's best on a map in a mode, 1 for the other passes."""
    status = bytearray(len(owner))
    best: dict[int, int] = {}
    for index, worth in enumerate(quality):
        if rng.random() < 0.12:
            continue
        key = (owner[index] * size.maps + beatmap[index]) * 16 + mode[index]
        rival = best.get(key)
        if rival is None or worth > quality[rival]:
            best[key] = index
            status[index] = 2
            if rival is not None:
                status[rival] = 1
        else:
            status[index] = 1
    return status


def _scores(rng: random.Random, plays: Plays, beatmaps: list[Beatmap]) -> Iterator[str]:
    step = YEARS_3 / len(plays.owner)
    rulesets = tuple(Ruleset)
    for index, (who, mode, place, quality, status) in enumerate(
        zip(plays.owner, plays.mode, plays.beatmap, plays.quality, plays.status, strict=True)
    ):
        beatmap = beatmaps[place]
        mods = _MODS[int(len(_MODS) * rng.random())] | (128 if 4 <= mode < 8 else 8192 if mode == 8 else 0)
        hits = _hits(beatmap.objects, quality)
        full = not hits.nmiss
        combo = beatmap.max_combo if full else int(beatmap.max_combo * rng.uniform(0.2, 0.95))
        ruleset = rulesets[mode % 4]
        score = int(combo * combo * 24 * quality**3) + 300 * hits.n300
        # The order of pp must be the order of quality on one map, or status 2 would not be the best.
        pp = 3.0 * beatmap.diff**2.5 * quality**8
        letter = grade(ruleset, hits, mods) if status else "F"
        played = OPENED + timedelta(seconds=int(index * step))
        yield (
            f"{index + 1}\t{beatmap.md5}\t{score}\t{pp:.3f}\t{accuracy(ruleset, hits):.3f}\t{combo}\t{mods}\t"
            f"{hits.n300}\t{hits.n100}\t{hits.n50}\t{hits.nmiss}\t{hits.ngeki}\t{hits.nkatu}\t{letter}\t{status}\t{mode}\t{played}\t"
            f"{beatmap.length * 1000}\t0\t{FIRST_PLAYER + who}\t{full:d}\t{_md5(f'score {index}')}\n"
        )


def _hits(objects: int, quality: float) -> HitCounts:
    bad = int(objects * (1 - quality) * 1.4)
    nmiss, n50 = bad // 12, bad // 10
    return HitCounts(objects - bad, bad - nmiss - n50, n50, ngeki=objects // 5, nkatu=bad // 4, nmiss=nmiss)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
