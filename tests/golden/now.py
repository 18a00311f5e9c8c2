"""What goes on in the golden world: the ranking sets, who is online, the lobbies, and the website's sessions."""

from typing import Final

from server.domain.live import Lobby, Slot, SlotStatus, Status, Team
from tests.golden.maps import QUOTED, STANDARD, UNKNOWN_MD5, md5_of
from tests.golden.people import (
    AIKO,
    BRACKETS,
    MODERATOR,
    NIHONGO,
    RESTRICTED,
    STATS,
    TIED,
    TWO_WORDS,
    UNDER_SCORE,
    UNICODE,
    UNVERIFIED,
    USERS,
)

PLAYING = SlotStatus.PLAYING.value

STATUSES: Final = (
    Status(1, 1_704_000_000.0),
    Status(AIKO, 1_704_067_200.25, 2, "Café / Ünïcödé - ノート", 0, 72, QUOTED, md5_of(QUOTED)),
    Status(TWO_WORDS, 1_704_067_201.0),
    # The client told no id.
    Status(UNDER_SCORE, 1_704_067_202.5, 6, "Aiko", 4, 128, 0, md5_of(STANDARD)),
    Status(BRACKETS, 1_704_067_203.125, 13, "", 3, 0, 424_242, UNKNOWN_MD5),
    Status(RESTRICTED, 1_704_067_204.0, 2, "hidden", 0, 0, STANDARD, md5_of(STANDARD)),
    Status(UNVERIFIED, 1_704_067_205.0),
)

LOBBIES: Final = (
    Lobby(
        id=0,
        name='the "first" ロビー',
        host_id=AIKO,
        referee_ids=(TWO_WORDS, AIKO),
        mode=0,
        mods=64,
        seed=2_147_483_647,
        in_progress=True,
        is_scrimming=True,
        map_id=QUOTED,
        map_md5=md5_of(QUOTED),
        map_name="as the game server calls it",
        slots=(
            Slot(0, AIKO, PLAYING, Team.BLUE, 8, loaded=True, skipped=True),
            Slot(3, NIHONGO, PLAYING, Team.RED, 16, loaded=True),
            Slot(15, UNICODE, SlotStatus.NO_MAP.value, Team.RED),
        ),
    ),
    Lobby(
        id=7,
        name="with hidden people",
        host_id=RESTRICTED,
        referee_ids=(RESTRICTED, TIED, UNVERIFIED, 998),
        map_id=STANDARD,
        map_md5=md5_of(STANDARD),
        slots=(
            Slot(0, RESTRICTED, SlotStatus.READY.value),
            Slot(1, TIED),
            Slot(2, UNVERIFIED),
            Slot(3, 998),
        ),
    ),
    Lobby(id=63, name="choosing a map", host_id=MODERATOR, map_id=-1, slots=(Slot(1, MODERATOR),)),
)

_COUNTRIES: Final = {user["id"]: user["country"] for user in USERS if user["priv"] & 1}

# As bancho.py fills them: by mode and pp, restricted players taken out.
RANKED: Final = tuple(
    (row["mode"], _COUNTRIES[row["id"]], row["id"], row["pp"])
    for row in STATS
    if row["pp"] and row["id"] in _COUNTRIES and row["mode"] not in (7, 9, 10, 11)
)

AIKO_SESSION: Final = "aiko" + "A" * 39
RESTRICTED_SESSION: Final = "restricted" + "R" * 33
UNVERIFIED_SESSION: Final = "unverified" + "U" * 33
MODERATOR_SESSION: Final = "moderator" + "M" * 34
GONE_SESSION: Final = "gone" + "G" * 39
STRANGE_SESSION: Final = "strange" + "S" * 36

# By token: what Redis holds of each.
SESSIONS: Final = {
    AIKO_SESSION: str(AIKO),
    RESTRICTED_SESSION: str(RESTRICTED),
    UNVERIFIED_SESSION: str(UNVERIFIED),
    MODERATOR_SESSION: str(MODERATOR),
    GONE_SESSION: "998",  # whose account has been deleted since
    STRANGE_SESSION: "3;admin",  # which no server has written
}
