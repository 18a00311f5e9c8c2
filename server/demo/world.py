"""The demo world as data: rows for bancho.py's tables, and the files beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Protocol

from server.demo.alone import PLAYING_NOW
from server.demo.history import Calculate, DemoMap, Played, played
from server.demo.live import ONLINE
from server.demo.past import past
from server.demo.people import BLOCKS, CLANS, FRIENDS, PEOPLE, Person
from server.demo.pictures import avatar
from server.demo.tallies import map_counts, stats_rows
from server.domain import osu_file
from server.domain.beatmaps import BeatmapStatus
from server.domain.mods import bits_of
from server.domain.privileges import BOT_ID, Privileges

BEATMAPS = Path(__file__).parent / "beatmaps"

# Status by set; ranked where nothing is said.
STATUS = {90006: BeatmapStatus.LOVED, 90007: BeatmapStatus.APPROVED, 90008: BeatmapStatus.PENDING}

WITH_AVATAR = (BOT_ID, 3, 14)

# Map, mods and slot of the tournament pool.
POOL = (
    (900002, "NM", 1),
    (900003, "NM", 2),
    (900004, "NM", 3),
    (900013, "HD", 1),
    (900001, "HR", 1),
    (900005, "DT", 1),
)

STAFF_ONLY = int(Privileges.ADMINISTRATOR | Privileges.DEVELOPER)
MODERATORS = STAFF_ONLY | int(Privileges.MODERATOR)
EVERYBODY, VERIFIED = int(Privileges.UNRESTRICTED), int(Privileges.VERIFIED)

# Name, topic, who reads, who writes, joined by itself.
CHANNELS = (
    ("#osu", "Anything and everything.", EVERYBODY, VERIFIED, 1),
    ("#announce", "Great plays and news of the server.", EVERYBODY, STAFF_ONLY, 1),
    ("#mapping", "Hit objects and how to place them.", EVERYBODY, VERIFIED, 0),
    ("#lobby", "Looking for a match?", EVERYBODY, VERIFIED, 0),
    ("#staff", "Staff only.", MODERATORS, MODERATORS, 0),
)

Row = dict[str, Any]


class Rated(NamedTuple):
    """A beatmap's difficulty in its own ruleset without mods."""

    stars: float
    max_combo: int


class Rate(Protocol):
    """Rates a beatmap file."""

    def __call__(self, osu_path: Path) -> Rated: ...


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """`tables`: rows by table of bancho.py's and ours, tables and rows in the order to insert them.

    `files`: contents by path below the data folder: `osu/<map id>.osu`, `osr/<score id>.osr` (the frames alone,
    passed plays only), and `avatars/<user id>.png` or `default.png`.
    """

    tables: dict[str, list[Row]]
    files: dict[str, bytes]


def build(now: datetime, calculate: Calculate, rate: Rate) -> DemoWorld:
    """The demo world as of `now` (aware); the same for the same moment and callables.

    Dates in the rows are naive UTC or unix seconds, as the columns want them.
    """
    moment = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    maps = demo_maps(rate)
    history = played(PEOPLE, maps, moment, PLAYING_NOW, calculate)

    scores = [one.row for one in history]
    users = _users(moment, scores, ONLINE)
    status = {one.file.md5: STATUS.get(one.file.set_id, BeatmapStatus.RANKED).value for one in maps}
    rng = Random("what players like")
    tables = {
        "users": users,
        "stats": stats_rows([user["id"] for user in users], scores, status),
        "clans": [
            {"id": id_, "name": name, "tag": tag, "owner": _owner(id_), "created_at": moment - timedelta(days=days)}
            for id_, name, tag, days in CLANS
        ],
        "mapsets": [
            {"server": "private", "id": set_id, "last_osuapi_check": moment}
            for set_id in dict.fromkeys(one.file.set_id for one in maps)
        ],
        "maps": [_map_row(one, status[one.file.md5], scores, moment) for one in maps],
        "scores": scores,
        "favourites": _favourites(maps, moment, rng),
        "ratings": _ratings(scores, rng),
        "relationships": _relationships(),
        "channels": _channels(),
        **_pool(moment),
        "achievements": [],
        **past(users, scores, status, {one.file.md5: one.file.beatmap_id for one in maps}, moment),
    }
    return DemoWorld(tables, _files(maps, history))


def write(files: dict[str, bytes], folder: Path) -> None:
    """Put files where the server reads them; one that is cut short does not get its name."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)


def _files(maps: Sequence[DemoMap], history: Sequence[Played]) -> dict[str, bytes]:
    return {
        **{f"osu/{one.file.beatmap_id}.osu": one.path.read_bytes() for one in maps},
        **{f"osr/{row['id']}.osr": frames for row, frames in history if frames},
        **{f"avatars/{id_}.png": avatar(id_) for id_ in WITH_AVATAR},
        "avatars/default.png": avatar(0),
    }


def demo_maps(rate: Rate) -> list[DemoMap]:
    """The demo's beatmaps by id."""
    return [_demo_map(path, rate) for path in sorted(BEATMAPS.glob("*.osu"))]


def _demo_map(path: Path, rate: Rate) -> DemoMap:
    rated = rate(path)
    return DemoMap(path, osu_file.read(path.read_bytes()), rated.stars, rated.max_combo)


def _map_row(one: DemoMap, status: int, scores: Sequence[Row], now: datetime) -> Row:
    beatmap = one.file
    name = f"{beatmap.artist} - {beatmap.title} ({beatmap.creator}) [{beatmap.version}].osu"
    return {
        "server": "private",
        "id": beatmap.beatmap_id,
        "set_id": beatmap.set_id,
        "status": status,
        "md5": beatmap.md5,
        "artist": beatmap.artist,
        "title": beatmap.title,
        "version": beatmap.version,
        "creator": beatmap.creator,
        "filename": re.sub(r'["*/:<>?\\|]', "", name),
        "last_update": now - timedelta(days=60 + 3 * (beatmap.set_id % 100), hours=beatmap.beatmap_id % 24),
        "total_length": beatmap.total_length,
        "max_combo": one.max_combo,
        "frozen": 1,
        **map_counts(scores, beatmap.md5),
        "mode": int(beatmap.ruleset),
        "bpm": beatmap.bpm,
        "cs": beatmap.cs,
        "ar": beatmap.ar,
        "od": beatmap.od,
        "hp": beatmap.hp,
        "diff": round(one.stars, 3),
    }


def _users(now: datetime, scores: Sequence[Row], online: frozenset[int]) -> list[Row]:
    last_played: dict[int, datetime] = {row["userid"]: row["play_time"] for row in scores}
    bot = Person(BOT_ID, "BanchoBot", "ca", (0, 0, 0, 0), 0, priv=EVERYBODY, joined=900)
    users = []
    for person in (bot, *PEOPLE):
        joined = now - timedelta(days=person.joined, seconds=person.id * 997)
        left = last_played.get(person.id, joined) + timedelta(minutes=4)
        clan_id, clan_priv = person.clan
        badge_name, badge_icon = person.badge or (None, None)
        donates = person.priv & Privileges.SUPPORTER
        users.append(
            {
                "id": person.id,
                "name": person.name,
                "safe_name": person.name.lower().replace(" ", "_"),
                "email": f"player{person.id}@demo.invalid",
                "priv": person.priv,
                "pw_bcrypt": person.password,
                "country": person.country,
                "silence_end": 0,
                "donor_end": _unix(now + timedelta(days=40 + person.id)) if donates else 0,
                "creation_time": _unix(joined),
                "latest_activity": _unix(now if person.id in online else min(now, left)),
                "clan_id": clan_id,
                "clan_priv": clan_priv,
                "preferred_mode": int(person.taste),
                "play_style": person.play_style,
                "custom_badge_name": badge_name,
                "custom_badge_icon": badge_icon,
                "userpage_content": person.userpage,
                "api_key": person.api_key,
            }
        )
    return users


def _unix(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def _owner(clan_id: int) -> int:
    return next(person.id for person in PEOPLE if person.clan == (clan_id, 3))


def _favourites(maps: Sequence[DemoMap], now: datetime, rng: Random) -> list[Row]:
    sets = sorted({one.file.set_id for one in maps})
    return [
        {"userid": person.id, "setid": set_id, "created_at": _unix(now - timedelta(hours=rng.randrange(1, 1300)))}
        for person in PEOPLE
        if person.sessions
        for set_id in sorted(rng.sample(sets, rng.randrange(4)))
    ]


def _ratings(scores: Sequence[Row], rng: Random) -> list[Row]:
    """About every third player rates a map after passing it."""
    passed = dict.fromkeys((row["userid"], row["map_md5"]) for row in scores if row["status"])
    return [
        {"userid": user, "map_md5": md5, "rating": min(10, round(rng.gauss(8, 1.5)))}
        for user, md5 in passed
        if rng.random() < 0.35
    ]


def _relationships() -> list[Row]:
    pairs = [(pair, "friend") for pair in FRIENDS] + [(pair, "block") for pair in BLOCKS]
    return [{"user1": user, "user2": other, "type": kind} for (user, other), kind in pairs]


def _channels() -> list[Row]:
    return [
        {"id": number, "name": name, "topic": topic, "read_priv": reads, "write_priv": writes, "auto_join": auto}
        for number, (name, topic, reads, writes, auto) in enumerate(CHANNELS, 1)
    ]


def _pool(now: datetime) -> dict[str, list[Row]]:
    moderator = next(person.id for person in PEOPLE if person.priv & Privileges.MODERATOR)
    pool = {"id": 1, "name": "Lantern Cup W1", "created_at": now - timedelta(days=12), "created_by": moderator}
    maps = [{"map_id": id_, "pool_id": 1, "mods": bits_of(mods), "slot": slot} for id_, mods, slot in POOL]
    return {"tourney_pools": [pool], "tourney_pool_maps": maps}
