"""What is asked of bancho.py's API v1 for golden answers: a name, the question, and whose key comes with it."""

from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from tests.golden.client import Answered
from tests.golden.maps import (
    APPROVED,
    LOVED,
    NO_FILE,
    POOL,
    POOL_EMPTY,
    POOL_OF_HIDDEN,
    POOL_OF_NOBODY,
    PRIVATE,
    QUOTED,
    STANDARD,
    TAIKO,
    md5_of,
)
from tests.golden.people import AIKO_KEY, MODERATOR_KEY, RESTRICTED_KEY, SUPPORTER_KEY
from tests.golden.plays import FAILED, GRADELESS, HUGE_ID, OF_NOBODY, OF_RESTRICTED, ON_UNKNOWN_MAP, WIDE

FOLDER: Final = Path(__file__).parent / "bancho_v1"


class Case(NamedTuple):
    """A question. `key`: the API key sent. `rounded`: floats are compared to four places (they are calculated)."""

    path: str
    key: str | None = None
    method: str = "GET"
    body: dict[str, Any] | None = None
    rounded: bool = False


_PLAYERS: Final = {
    "search_players": Case("/search_players"),
    "search_players-by-space": Case("/search_players?q=o w"),
    "search_players-by-accent": Case("/search_players?q=UNIC"),
    "search_players-by-kanji": Case("/search_players?q=%E6%9C%AC"),
    "search_players-percent": Case("/search_players?q=%25"),
    "search_players-page": Case("/search_players?limit=3&page=2"),
    "search_players-as-moderator": Case("/search_players?q=ed", MODERATOR_KEY),
    "get_player_count": Case("/get_player_count"),
    "get_player_info-all": Case("/get_player_info?id=3&scope=all"),
    "get_player_info-by-name": Case("/get_player_info?name=unicode&scope=info"),
    "get_player_info-no-clan-row": Case("/get_player_info?id=15&scope=info"),
    "get_player_info-strays": Case("/get_player_info?id=18&scope=stats"),
    "get_player_info-giant": Case("/get_player_info?id=19&scope=all"),
    "get_player_info-no-stats": Case("/get_player_info?id=20&scope=all"),
    "get_player_info-several": Case("/get_player_info?ids=19,11,3,404,12,3&scope=info"),
    "get_player_info-several-stats": Case("/get_player_info?ids=9,16,17&scope=stats"),
    "get_player_info-restricted": Case("/get_player_info?id=11&scope=all"),
    "get_player_info-restricted-to-moderator": Case("/get_player_info?id=11&scope=all", MODERATOR_KEY),
    "get_player_info-restricted-to-self": Case("/get_player_info?id=11&scope=info", RESTRICTED_KEY),
    "get_player_info-unverified": Case("/get_player_info?id=12&scope=info"),
    "get_player_info-bot": Case("/get_player_info?name=BanchoBot&scope=info"),
    "get_player_info-neither": Case("/get_player_info?scope=info"),
    "get_player_info-both": Case("/get_player_info?scope=info&id=3&name=Aiko"),
    "get_player_info-every-fault": Case("/get_player_info?scope=Info&id=2&name=x&ids=a"),
    "get_player_status-playing": Case("/get_player_status?id=3"),
    "get_player_status-idle": Case("/get_player_status?name=two_words"),
    "get_player_status-by-md5": Case("/get_player_status?id=5"),
    "get_player_status-unknown-map": Case("/get_player_status?id=6"),
    "get_player_status-offline": Case("/get_player_status?id=19"),
    "get_player_status-restricted": Case("/get_player_status?id=11"),
    "get_player_status-several": Case("/get_player_status?ids=6,4,11,19"),
    "get_player_status-neither": Case("/get_player_status"),
    "get_leaderboard": Case("/get_leaderboard"),
    "get_leaderboard-total-score": Case("/get_leaderboard?sort=tscore&limit=3"),
    "get_leaderboard-country": Case("/get_leaderboard?country=JP"),
    "get_leaderboard-relax": Case("/get_leaderboard?mode=4"),
    "get_leaderboard-page": Case("/get_leaderboard?sort=acc&limit=1&page=2"),
    "get_leaderboard-mode-7": Case("/get_leaderboard?mode=7"),
    "get_clan": Case("/get_clan?id=1"),
    "get_clan-as-moderator": Case("/get_clan?id=1", MODERATOR_KEY),
    "get_clan-owner-hidden": Case("/get_clan?id=2"),
    "get_clan-owner-gone": Case("/get_clan?id=3"),
    "get_clan-owner-outside": Case("/get_clan?id=4"),
    "get_clan-unknown": Case("/get_clan?id=99"),
}

_SCORES: Final = {
    "get_player_scores-best": Case("/get_player_scores?id=3&scope=best&limit=6"),
    "get_player_scores-best-loved": Case("/get_player_scores?id=3&scope=best&include_loved=true&limit=2"),
    "get_player_scores-best-mods": Case("/get_player_scores?id=3&scope=best&mods=~HDNC"),
    "get_player_scores-recent": Case("/get_player_scores?name=aiko&scope=recent&limit=8"),
    "get_player_scores-recent-passed": Case("/get_player_scores?id=3&scope=recent&include_failed=no&limit=4&offset=1"),
    "get_player_scores-relax": Case("/get_player_scores?id=4&scope=best&mode=4"),
    "get_player_scores-no-clan-row": Case("/get_player_scores?id=15&scope=best&limit=1"),
    "get_player_scores-no-clan-priv": Case("/get_player_scores?id=16&scope=best&limit=1"),
    "get_player_scores-none": Case("/get_player_scores?id=20&scope=best"),
    "get_player_scores-restricted": Case("/get_player_scores?id=11&scope=best"),
    "get_player_scores-mode-9": Case("/get_player_scores?id=11&scope=best&mode=9"),
    "get_player_scores-every-fault": Case("/get_player_scores?mode=12&limit=0&include_loved=maybe&id=1.5"),
    **{
        f"get_player_history-{scope}": Case(f"/get_player_history?scope={scope}&id=3")
        for scope in ("rank", "pp", "peak", "playcount")
    },
    "get_player_history-days": Case("/get_player_history?scope=rank&name=aiko&limit=2"),
    "get_player_history-relax": Case("/get_player_history?scope=pp&id=3&mode=4"),
    "get_player_history-unplayed": Case("/get_player_history?scope=peak&id=3&mode=6"),
    "get_player_history-restricted": Case("/get_player_history?scope=rank&id=11"),
    "get_player_history-scope": Case("/get_player_history?scope=best&id=3"),
    "get_player_history-mode": Case("/get_player_history?scope=pp&id=3&mode=7"),
    "get_player_history-neither": Case("/get_player_history?scope=pp"),
    "get_player_first_places": Case("/get_player_first_places?id=3"),
    "get_player_first_places-autopilot": Case("/get_player_first_places?name=aiko&mode=8"),
    "get_player_first_places-page": Case("/get_player_first_places?id=3&limit=1&page=2"),
    "get_player_first_places-restricted": Case("/get_player_first_places?id=11"),
    "get_player_first_places-neither": Case("/get_player_first_places"),
    "get_player_most_played": Case("/get_player_most_played?id=3"),
    "get_player_most_played-neither": Case("/get_player_most_played"),
    "get_map_scores-best": Case(f"/get_map_scores?id={STANDARD}&scope=best"),
    "get_map_scores-recent": Case(f"/get_map_scores?id={STANDARD}&scope=recent&limit=4&offset=6"),
    "get_map_scores-relax": Case(f"/get_map_scores?id={STANDARD}&scope=best&mode=osurx"),
    "get_map_scores-nightcore": Case(f"/get_map_scores?md5={md5_of(STANDARD).upper()}&scope=best&mods=NC"),
    "get_map_scores-loved": Case(f"/get_map_scores?id={LOVED}&scope=best"),
    "get_map_scores-unknown": Case("/get_map_scores?id=0&scope=best"),
    "get_map_scores-neither": Case("/get_map_scores?scope=best"),
    "get_score_info": Case(f"/get_score_info?id={WIDE}"),
    "get_score_info-failed": Case(f"/get_score_info?id={FAILED}"),
    "get_score_info-gradeless": Case(f"/get_score_info?id={GRADELESS}"),
    "get_score_info-huge-id": Case(f"/get_score_info?id={HUGE_ID}"),
    "get_score_info-unknown-map": Case(f"/get_score_info?id={ON_UNKNOWN_MAP}"),
    "get_score_info-of-nobody": Case(f"/get_score_info?id={OF_NOBODY}"),
    "get_score_info-restricted": Case(f"/get_score_info?id={OF_RESTRICTED}"),
    "get_score_info-missing": Case("/get_score_info"),
    "get_replay-no-file": Case("/get_replay?id=3"),
    "get_replay-no-score": Case("/get_replay?id=424242"),
    "get_replay-restricted": Case(f"/get_replay?id={OF_RESTRICTED}&include_headers=0"),
}

_BEATMAPS: Final = {
    "get_map_info": Case(f"/get_map_info?md5={md5_of(QUOTED).upper()}"),
    "get_map_info-private": Case(f"/get_map_info?id={PRIVATE}"),
    "get_map_info-several": Case(f"/get_map_info?ids={TAIKO},404,{2**31 - 1},{TAIKO}"),
    "get_map_info-unknown": Case("/get_map_info?id=404"),
    "get_map_info-neither": Case("/get_map_info"),
    "get_map_info-every-fault": Case("/get_map_info?id=2&md5=abc"),
    "get_match-first": Case("/get_match?id=0"),
    "get_match-hidden-people": Case("/get_match?id=7"),
    "get_match-hidden-people-to-moderator": Case("/get_match?id=7", MODERATOR_KEY),
    "get_match-choosing": Case("/get_match?id=63"),
    "get_match-unknown": Case("/get_match?id=64"),
    "get_mappool": Case(f"/get_mappool?id={POOL}"),
    "get_mappool-empty": Case(f"/get_mappool?id={POOL_EMPTY}"),
    "get_mappool-of-hidden": Case(f"/get_mappool?id={POOL_OF_HIDDEN}"),
    "get_mappool-of-nobody": Case(f"/get_mappool?id={POOL_OF_NOBODY}"),
    "get_mappool-unknown": Case("/get_mappool?id=99"),
}

_OWNERS: Final = {
    "get_friends": Case("/get_friends", AIKO_KEY),
    "get_friends-as-moderator": Case("/get_friends", MODERATOR_KEY),
    "get_friends-no-key": Case("/get_friends"),
    "calculate_pp-accuracies": Case(f"/calculate_pp?id={STANDARD}", AIKO_KEY, rounded=True),
    "calculate_pp-hits": Case(
        f"/calculate_pp?id={STANDARD}&n100=3&misses=1&combo=100&mods=576", AIKO_KEY, rounded=True
    ),
    "calculate_pp-unknown-map": Case("/calculate_pp?id=404", AIKO_KEY),
    "calculate_pp-no-file": Case(f"/calculate_pp?id={NO_FILE}", AIKO_KEY),
    "calculate_pp-every-fault": Case("/calculate_pp?mode=12&combo=-1&n50=x&acc=101&misses=&mods=-1", AIKO_KEY),
    "calculate_pp-no-key": Case(f"/calculate_pp?id={APPROVED}"),
    "set_player_info-no-key": Case("/set_player_info", None, "POST", {"json": {"play_style": 1}}),
    "set_player_info-name": Case("/set_player_info", SUPPORTER_KEY, "PUT", {"json": {"name": "x"}}),
    "set_player_info-badge": Case("/set_player_info", AIKO_KEY, "POST", {"data": {"custom_badge_name": "x"}}),
    "set_player_info-mode": Case("/set_player_info", AIKO_KEY, "POST", {"data": {"preferred_mode": 7}}),
    "set_player_info-nothing": Case("/set_player_info", AIKO_KEY, "POST"),
    "set_avatar-nothing": Case("/set_avatar", AIKO_KEY, "POST"),
    "set_avatar-garbage": Case("/set_avatar", AIKO_KEY, "PUT", {"files": {"avatar": b"garbage"}}),
    "set_avatar-get": Case("/set_avatar", AIKO_KEY),
    "no-such-route": Case("/get_nothing"),
}

CASES: Final = _PLAYERS | _SCORES | _BEATMAPS | _OWNERS


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    asked = f"{case.method} /v1{case.path}"
    body = _rounded(answered.json) if case.rounded else answered.json
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({"asked": asked, "status": answered.status, "body": body}, option=options)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value
