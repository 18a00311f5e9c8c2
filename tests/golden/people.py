"""The golden world's players, with their stats, clans and friends. Frozen: golden answers hang on every value here."""

from datetime import datetime
from typing import Any, Final

Row = dict[str, Any]

MODES: Final = (0, 1, 2, 3, 4, 5, 6, 8)

# Fits no password; only its form matters.
NO_PASSWORD: Final = "$2b$12$" + "." * 53

AIKO_KEY: Final = "0a1b2c3d-1111-4aaa-8bbb-000000000003"
RESTRICTED_KEY: Final = "0a1b2c3d-1111-4aaa-8bbb-000000000011"
MODERATOR_KEY: Final = "0a1b2c3d-1111-4aaa-8bbb-000000000013"
SUPPORTER_KEY: Final = "0a1b2c3d-1111-4aaa-8bbb-000000000014"

AIKO, TWO_WORDS, UNDER_SCORE, BRACKETS, UNICODE, DIGITS, NIHONGO, NOWHERE = range(3, 11)
RESTRICTED, UNVERIFIED, MODERATOR, SUPPORTER, CLANLESS, NO_CLAN_PRIV, TIED, STRAYS, GIANT, IDLE, OWNER_OUTSIDE = range(
    11, 22
)


def _user(user_id: int, name: str, country: str = "de", **changes: Any) -> Row:
    return {
        "id": user_id,
        "name": name,
        "safe_name": name.lower().replace(" ", "_"),
        "email": f"{user_id}@golden.invalid",
        "priv": 3,
        "pw_bcrypt": NO_PASSWORD,
        "country": country,
        "silence_end": 0,
        "donor_end": 0,
        "creation_time": 1_600_000_000 + user_id,
        "latest_activity": 1_700_000_000 + user_id,
        "clan_id": 0,
        "clan_priv": 0,
        "preferred_mode": 0,
        "play_style": 0,
        "custom_badge_name": None,
        "custom_badge_icon": None,
        "userpage_content": None,
        "api_key": None,
    } | changes


_AIKO_PAGE = 'She said: "100%"\r\n\t<b>ねこ</b> \\o/ é'

USERS: Final = (
    _user(1, "BanchoBot", "ca", priv=1),
    _user(
        *(AIKO, "Aiko", "jp"),
        **{"clan_id": 1, "clan_priv": 3, "preferred_mode": 4, "play_style": 5, "api_key": AIKO_KEY},
        **{"silence_end": 1_500_000_000, "donor_end": 2_147_483_647, "userpage_content": _AIKO_PAGE},
        **{"custom_badge_name": "Größe", "custom_badge_icon": "fa-star"},
    ),
    _user(TWO_WORDS, "two words"),
    _user(UNDER_SCORE, "under_score", "us"),
    _user(BRACKETS, "[br-ackets]", "us"),
    _user(UNICODE, "Ünïcödé", "fr"),
    _user(DIGITS, "12345678", "fr"),
    _user(NIHONGO, "日本語", "jp"),
    _user(NOWHERE, "Nowhere", "xx"),
    _user(RESTRICTED, "Restricted", "jp", priv=2, clan_id=2, clan_priv=3, api_key=RESTRICTED_KEY),
    _user(UNVERIFIED, "Unverified", priv=1, clan_id=1, clan_priv=1),
    _user(MODERATOR, "Moderator", "gb", priv=4096 | 3, api_key=MODERATOR_KEY),
    _user(SUPPORTER, "Supporter", "gb", priv=16 | 3, clan_id=1, clan_priv=2, api_key=SUPPORTER_KEY),
    _user(CLANLESS, "Clanless", clan_id=99, clan_priv=1),
    _user(NO_CLAN_PRIV, "No Clan Priv", clan_id=1, clan_priv=0),
    _user(TIED, "Tied", "jp", clan_id=2, clan_priv=1),
    _user(STRAYS, "Strays", "pl"),
    _user(GIANT, "Giant", "pl"),
    _user(IDLE, "Idle", "pl", latest_activity=0),
    _user(OWNER_OUTSIDE, "Owner Outside", "pl"),
)

# pp in mode 0. Three players have 5000: Redis puts "9" before "17" before "16", SQL lets them share a rank.
_PP: Final = {
    AIKO: 9000,
    TWO_WORDS: 8000,
    UNDER_SCORE: 7000,
    BRACKETS: 6500,
    UNICODE: 6000,
    DIGITS: 4500,
    NIHONGO: 5000,
    NOWHERE: 4000,
    RESTRICTED: 9500,
    UNVERIFIED: 5500,
    MODERATOR: 3000,
    SUPPORTER: 2500,
    CLANLESS: 2000,
    NO_CLAN_PRIV: 5000,
    TIED: 5000,
    STRAYS: 1500,
    GIANT: 1000,
}

# What else is not 0, by player and mode.
_MORE: Final[dict[tuple[int, int], Row]] = {
    (1, 0): {"plays": 2, "playtime": 5},
    (AIKO, 0): {
        **{"tscore": 123_456_789_012, "rscore": 98_765_432_101, "plays": 1200, "playtime": 360_000, "acc": 98.765},
        **{"max_combo": 2385, "total_hits": 4_000_000, "replay_views": 7},
        **{"xh_count": 1, "x_count": 2, "sh_count": 3, "s_count": 4, "a_count": 5},
    },
    (AIKO, 1): {"pp": 310, "plays": 3, "acc": 91.25},
    (AIKO, 4): {"pp": 12_000, "plays": 50, "tscore": 5_000_000, "acc": 99.123},
    (AIKO, 8): {"pp": 150, "plays": 2, "acc": 88.0},
    (TWO_WORDS, 0): {"tscore": 7_000_000_000, "rscore": 5_000_000_000, "plays": 1200, "acc": 100.0, "playtime": 99},
    (TWO_WORDS, 2): {"pp": 20, "plays": 1, "acc": 95.5},
    (TWO_WORDS, 4): {"pp": 12_000, "plays": 1, "acc": 97.0},
    (UNDER_SCORE, 3): {"pp": 1, "plays": 9, "acc": 75.125},
    (RESTRICTED, 0): {"tscore": 10**12, "rscore": 10**12, "plays": 9999, "playtime": 999_999, "acc": 99.999},
    (UNVERIFIED, 0): {"plays": 5000, "tscore": 10**11, "acc": 99.5},
    (GIANT, 0): {
        **{"tscore": 2**53 + 1, "rscore": 2**53 + 3, "plays": 4_000_000_000, "playtime": 4_000_000_000},
        **{"total_hits": 4_294_967_295, "max_combo": 4_294_967_295, "replay_views": 4_294_967_295},
    },
    (GIANT, 5): {"pp": 77, "plays": 1},
    (NOWHERE, 6): {"pp": 66, "plays": 1},
}


def _stats(user_id: int, mode: int, **changes: Any) -> Row:
    columns = (
        *("tscore", "rscore", "pp", "plays", "playtime", "acc", "max_combo", "total_hits", "replay_views"),
        *("xh_count", "x_count", "sh_count", "s_count", "a_count"),
    )
    return {"id": user_id, "mode": mode} | dict.fromkeys(columns, 0) | {"acc": 0.0} | changes


def _all_stats() -> tuple[Row, ...]:
    rows = [
        _stats(user["id"], mode, **({"pp": _PP.get(user["id"], 0)} if mode == 0 else {}), **_MORE.get(key, {}))
        for user in USERS
        if user["id"] != IDLE  # whose rows were never made
        for mode in MODES
        for key in [(user["id"], mode)]
    ]
    # Left behind by databases that are older than the modes they count.
    return (*rows, *(_stats(STRAYS, mode, pp=8888, plays=1, tscore=1) for mode in (7, 9, 10, 11)))


STATS: Final = _all_stats()

_FOUNDED = datetime(2021, 5, 6, 7, 8, 9)

CLANS: Final = (
    {"id": 1, "name": "Petal Storm", "tag": "PTL", "owner": AIKO, "created_at": _FOUNDED},
    {"id": 2, "name": "Owner is hidden", "tag": "隠", "owner": RESTRICTED, "created_at": _FOUNDED},
    {"id": 3, "name": "Owner is gone", "tag": "%_", "owner": 999, "created_at": _FOUNDED},
    {"id": 4, "name": "Owner elsewhere", "tag": "OUT", "owner": OWNER_OUTSIDE, "created_at": _FOUNDED},
)

RELATIONSHIPS: Final = tuple(
    {"user1": user1, "user2": user2, "type": kind}
    for user1, user2, kind in (
        *((AIKO, friend, "friend") for friend in (NIHONGO, UNDER_SCORE, BRACKETS, UNICODE, TWO_WORDS, RESTRICTED)),
        (AIKO, UNVERIFIED, "friend"),
        (AIKO, SUPPORTER, "block"),
        (AIKO, 998, "friend"),  # deleted since
        (TWO_WORDS, AIKO, "friend"),
        (MODERATOR, RESTRICTED, "friend"),
        (MODERATOR, AIKO, "friend"),
    )
)
