"""What the clients of the osu! API v1 are to find: the golden world, asked a day later, with replays that differ.

The functions say what is right, from the rows that were put into the tables.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from server.domain import osr
from server.storage.database import Database
from tests.golden.maps import MAPS, md5_of
from tests.golden.own import EVENTS, FILES, GAMES, MATCH_SCORES, MATCHES
from tests.golden.people import BRACKETS, DIGITS, NIHONGO, STATS, UNDER_SCORE, UNICODE, USERS, Row
from tests.golden.plays import GRADELESS, NOON, SCORES
from tests.golden.world import REPLAYS

# Whose key each client has. They are nobody else's: requests are counted by key.
_OWNERS: Final = {"ossapi": UNDER_SCORE, "aiosu": BRACKETS, "node-osu": UNICODE, "nodesu": DIGITS, "hasty": NIHONGO}

KEYS: Final = {client: f"0a1b2c3d-2222-4aaa-8bbb-{owner:012}" for client, owner in _OWNERS.items()}

# When the clients ask: of the plays, those of the first half hour are not of the last 24 hours any more.
NOW: Final = NOON + timedelta(days=1, minutes=30)

# What is there where a replay should be, but cannot be read.
BROKEN_REPLAY: Final = 5


async def change(db: Database, data: Path, calculator: str) -> None:
    """Make the golden world this one. `calculator`: the one that this machine has."""
    await db.run("UPDATE api_difficulties SET calculator = :name", name=calculator)
    for client, owner in _OWNERS.items():
        await db.run("UPDATE users SET api_key = :key WHERE id = :id", id=owner, key=KEYS[client])
    for score_id in REPLAYS:
        (data / "osr" / f"{score_id}.osr").write_bytes(frames_of(score_id))
    # It leads to itself.
    (data / "osr" / f"{BROKEN_REPLAY}.osr").symlink_to(f"{BROKEN_REPLAY}.osr")


# With free mods these alone are everybody's.
SPEED: Final = 64 | 256 | 512


def moves(score_id: int) -> list[tuple[int, float, float, int]]:
    """What a replay shows: milliseconds since the move before, x, y, keys."""
    return [(score_id % 1000, 100.5, 200.25, 5), (16, 300.0, 384.0, 10), (17, -1.5, 0.0, 0)]


def frames_of(score_id: int) -> bytes:
    """The file of a replay, each another one. The game puts two frames before all moves and one after them."""
    told = [f"{wait}|{x:g}|{y:g}|{keys}" for wait, x, y, keys in moves(score_id)]
    return osr.pack_frames(",".join(["0|256|-500|0", "-1|256|-500|0", *told, "-12345|0|0|1337"]))


MAP: Final = {each["id"]: each for each in MAPS}

_BY_MD5: Final = {each["md5"]: each for each in MAPS}

USER: Final = {each["id"]: each for each in USERS}

STAT: Final = {(each["id"], each["mode"]): each for each in STATS}

_SHOWN: Final = {each["id"] for each in USERS if each["priv"] & 3 == 3 and each["id"] != 1}

FILE: Final = {each["md5"]: each for each in FILES}

# `maps.status` in the API's numbering.
APPROVED_AS: Final = {-1: 0, 0: 0, 1: 0, 2: 1, 3: 2, 4: 3, 5: 4}


def score(row: Row) -> Row:
    """A score as every client should see it: `rank` and `pp` as this API tells them."""
    found = _BY_MD5[row["map_md5"]]
    hits = ("n300", "n100", "n50", "nmiss", "ngeki", "nkatu")
    return {name: row[name] for name in ("id", "score", "max_combo", "mods", *hits)} | {
        "map": found["id"],
        "user": row["userid"],
        "name": USER[row["userid"]]["name"],
        "perfect": bool(row["perfect"]),
        "date": row["play_time"],
        # 110 of 120 are 300s, one is a 50 and none is missed.
        "rank": "S" if row["id"] == GRADELESS else row["grade"],
        "pp": row["pp"] if found["status"] in (2, 3) else None,
        "replay": row["id"] in REPLAYS,
    }


def _found(fits: Callable[[Row], bool], order: Callable[[Row], Any], limit: int) -> list[Row]:
    known = [row for row in SCORES if row["userid"] in _SHOWN and row["map_md5"] in _BY_MD5 and fits(row)]
    return [score(row) for row in sorted(known, key=order)[:limit]]


def board(map_id: int, mode: int = 0, limit: int = 50) -> list[Row]:
    """The best scores on a beatmap: most points first, with Relax most pp."""
    by = "score" if mode < 4 else "pp"
    return _found(
        lambda row: (row["map_md5"], row["mode"], row["status"]) == (md5_of(map_id), mode, 2),
        lambda row: (-row[by], row["id"]),
        limit,
    )


def with_mods(map_id: int, mods: int) -> list[Row]:
    """The best scores on a beatmap with exactly these mods. Nobody has two of them."""
    return _found(
        lambda row: (row["map_md5"], row["mode"], row["mods"]) == (md5_of(map_id), 0, mods) and row["status"] > 0,
        lambda row: -row["score"],
        50,
    )


def of_player(user_id: int, map_id: int) -> list[Row]:
    """A player's best score on a beatmap with each combination of mods."""
    own = _found(
        lambda row: (row["userid"], row["map_md5"], row["mode"]) == (user_id, md5_of(map_id), 0) and row["status"] > 0,
        lambda row: -row["score"],
        50,
    )
    return [each for index, each in enumerate(own) if each["mods"] not in [other["mods"] for other in own[:index]]]


def best(user_id: int, mode: int = 0, limit: int = 10) -> list[Row]:
    """A player's best scores, most pp first."""
    return _found(
        lambda row: (
            (row["userid"], row["mode"], row["status"]) == (user_id, mode, 2)
            and _BY_MD5[row["map_md5"]]["status"] in (2, 3)
        ),
        lambda row: (-row["pp"], row["id"]),
        limit,
    )


def recent(user_id: int, mode: int = 0, limit: int = 10) -> list[Row]:
    """A player's plays of the last 24 hours, latest first. This list tells neither names nor pp nor replays."""
    found = _found(
        lambda row: (row["userid"], row["mode"]) == (user_id, mode) and row["play_time"] >= NOW - timedelta(days=1),
        lambda row: (-row["play_time"].timestamp(), -row["id"]),
        limit,
    )
    untold = dict.fromkeys(("name", "pp", "replay"))
    return [each | untold | ({"id": None} if each["rank"] == "F" else {}) for each in found]


def hits(user_id: int, mode: int = 0) -> tuple[int, int, int]:
    """All 300s, 100s and 50s of a player's plays."""
    own = [row for row in SCORES if (row["userid"], row["mode"]) == (user_id, mode)]
    n300, n100, n50 = (sum(row[name] for row in own) for name in ("n300", "n100", "n50"))
    return n300, n100, n50


def events(user_id: int, days: int) -> list[Row]:
    """What happened to a player, latest first; not on beatmaps that are gone."""
    since = _milliseconds(NOW) - days * 86_400_000
    told = [row for row in EVENTS if row["user_id"] == user_id and row["at_ms"] >= since and row["map_md5"] in _BY_MD5]
    return [
        row | {"map": _BY_MD5[row["map_md5"]], "date": moment(row["at_ms"])}
        for row in sorted(told, key=lambda row: -row["at_ms"])
    ]


def match(match_id: int) -> Row:
    """A recorded match with its games, each with its scores by slot, hidden players' left out."""
    found = next(row for row in MATCHES if row["id"] == match_id)
    games = sorted((row for row in GAMES if row["match_id"] == match_id), key=lambda row: row["started_ms"])
    return found | {"games": [game | {"scores": _made(game["id"])} for game in games]}


def _made(game_id: int) -> list[Row]:
    made = [row for row in MATCH_SCORES if row["game_id"] == game_id and row["user_id"] in _SHOWN]
    in_order = sorted(made, key=lambda row: -1 if row["slot"] is None else row["slot"])
    return [row | {"slot": place if row["slot"] is None else row["slot"]} for place, row in enumerate(in_order)]


def moment(milliseconds: int) -> datetime:
    """To the second, UTC, as the rows of scores have it."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)


def _milliseconds(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp() * 1000)
