"""What is asked of bancho.py's API v2 for golden answers: a name, the question, and whose session comes with it."""

from pathlib import Path
from typing import Final, NamedTuple

import orjson

from tests.golden.client import Answered
from tests.golden.maps import FROZEN, GREATEST, LOVED, PRIVATE, QUOTED, STANDARD, TAIKO, md5_of
from tests.golden.now import (
    AIKO_SESSION,
    GONE_SESSION,
    MODERATOR_SESSION,
    RESTRICTED_SESSION,
    STRANGE_SESSION,
    UNVERIFIED_SESSION,
)
from tests.golden.plays import FAILED, GRADELESS, HUGE_ID, OF_NOBODY, OF_RESTRICTED, ON_UNKNOWN_MAP, WIDE

FOLDER: Final = Path(__file__).parent / "bancho_v2"


class Case(NamedTuple):
    """A question. `session`: the token in the cookie."""

    path: str
    session: str | None = None
    method: str = "GET"


_PLAYERS: Final = {
    "players": Case("/players?page_size=3"),
    "players-second-page": Case("/players?page_size=7&page=2"),
    "players-beyond": Case("/players?page=1000"),
    "players-to-moderator": Case("/players?page_size=2", MODERATOR_SESSION),
    "players-to-restricted": Case("/players?priv=2", RESTRICTED_SESSION),
    "players-to-unverified": Case("/players?clan_id=1&page_size=100", UNVERIFIED_SESSION),
    "players-of-clan": Case("/players?clan_id=1&page_size=100"),
    "players-priv": Case("/players?priv=19"),
    "players-country": Case("/players?country=FR&order=-id"),
    "players-everything": Case("/players?preferred_mode=4&play_style=5&clan_priv=3"),
    "players-ids": Case("/players?ids=4,404,3,11,3&page_size=1&page=2"),
    "players-by-name": Case("/players?order=name&page_size=3"),
    "players-by-activity": Case("/players?order=-latest_activity&page_size=2"),
    "players-too-deep": Case("/players?order=name&page=101&page_size=100"),
    "players-every-fault": Case("/players?priv=x&page=0&page_size=101&order=random&ids=1,x&clan_id="),
    "search": Case("/players/search?q=UNIC"),
    "search-to-restricted": Case("/players/search?q=restr", RESTRICTED_SESSION),
    "search-to-moderator": Case("/players/search?q=ed", MODERATOR_SESSION),
    "search-percent": Case("/players/search?q=%25_"),
    "search-beyond-bmp": Case("/players/search?q=%F0%9F%92%96%F0%9F%92%96"),
    "search-short": Case("/players/search?q=a"),
    "search-missing": Case("/players/search"),
    "player": Case("/players/3"),
    "player-by-name": Case("/players/UNDER SCORE"),
    "player-other-digits": Case("/players/%D9%A0%D9%A3"),
    "player-name-of-digits": Case("/players/12345678"),
    "player-key-id": Case("/players/12345678?key=id"),
    "player-key-username": Case("/players/12345678?key=username"),
    "player-key-name": Case("/players/3?key=name"),
    "player-number-too-long": Case(f"/players/{'9' * 5000}"),
    "player-beyond-bmp": Case("/players/%F0%9F%92%96"),
    "player-bot": Case("/players/1"),
    "player-bot-to-moderator": Case("/players/BanchoBot", MODERATOR_SESSION),
    "player-restricted": Case("/players/restricted"),
    "player-restricted-to-self": Case("/players/restricted", RESTRICTED_SESSION),
    "player-restricted-to-moderator": Case("/players/11", MODERATOR_SESSION),
    "player-restricted-to-another": Case("/players/11", AIKO_SESSION),
    "player-unverified": Case("/players/12"),
    "player-strange-session": Case("/players/12", STRANGE_SESSION),
    "player-session-of-nobody": Case("/players/12", GONE_SESSION),
    "status": Case("/players/3/status"),
    "status-no-map": Case("/players/4/status"),
    "status-offline": Case("/players/19/status"),
    "status-absent": Case("/players/404/status"),
    "status-restricted": Case("/players/11/status"),
    "status-restricted-to-self": Case("/players/11/status", RESTRICTED_SESSION),
    "status-bot-to-moderator": Case("/players/1/status", MODERATOR_SESSION),
    "status-name": Case("/players/Aiko/status"),
    "stats": Case("/players/3/stats"),
    "stats-page": Case("/players/3/stats?page=2&page_size=3"),
    "stats-strays": Case("/players/18/stats?page_size=2"),
    "stats-none": Case("/players/20/stats"),
    "stats-restricted": Case("/players/11/stats"),
    "stats-restricted-to-self": Case("/players/11/stats?page_size=1", RESTRICTED_SESSION),
    "stats-of-mode": Case("/players/19/stats/0"),
    "stats-of-unplayed-mode": Case("/players/4/stats/6"),
    "stats-of-no-mode": Case("/players/18/stats/7"),
    "stats-of-mode-of-absent": Case("/players/404/stats/0"),
    "stats-of-mode-word": Case("/players/3/stats/osu"),
    "player-scores": Case("/players/3/scores?limit=3"),
    "player-scores-page": Case("/players/3/scores?limit=2&page=2&mods=HD&mode=osu"),
    "player-scores-loved": Case("/players/3/scores?include_loved=yes&limit=1"),
    "player-scores-recent": Case("/players/3/scores?scope=recent&limit=2"),
    "player-scores-recent-passed": Case("/players/3/scores?scope=recent&include_failed=f&limit=2&mode=0"),
    "player-scores-relax": Case("/players/4/scores?mode=4"),
    "player-scores-hidden": Case("/players/12/scores"),
    "player-scores-hidden-to-self": Case("/players/12/scores", UNVERIFIED_SESSION),
    "player-scores-every-fault": Case("/players/x/scores?scope=first&mode=9&limit=0&include_loved=2&include_failed="),
    "most-played": Case("/players/3/most_played?limit=3"),
    "most-played-page": Case("/players/3/most_played?limit=2&page=3"),
    "most-played-absent": Case("/players/404/most_played"),
}

_LEADERBOARDS: Final = {
    "leaderboard": Case("/leaderboards/0?page_size=5"),
    "leaderboard-second-page": Case("/leaderboards/0?page_size=4&page=2", MODERATOR_SESSION),
    "leaderboard-country": Case("/leaderboards/0?country=JP&sort=acc"),
    "leaderboard-relax": Case("/leaderboards/4?sort=plays", RESTRICTED_SESSION),
    "leaderboard-beyond": Case("/leaderboards/8?page=100"),
    "leaderboard-mode-7": Case("/leaderboards/7"),
    "leaderboard-every-fault": Case("/leaderboards/first?sort=rank&country=&page=0&page_size=1000"),
    "clan-leaderboard": Case("/leaderboards/clans"),
    "clan-leaderboard-plays": Case("/leaderboards/clans?sort=plays&mode=4&page_size=1"),
    "clan-leaderboard-beyond": Case("/leaderboards/clans?page=9"),
    "clan-leaderboard-fault": Case("/leaderboards/clans?sort=acc&mode=7"),
}

_MAPS: Final = {
    "maps": Case("/maps?page_size=2"),
    "maps-last": Case("/maps?order=-id&page_size=1"),
    "maps-set": Case("/maps?set_id=101"),
    "maps-private": Case("/maps?server=private&creator=two words"),
    "maps-frozen": Case("/maps?frozen=true"),
    "maps-exactly": Case("/maps?artist=caf%C3%A9 / unicode&filename=QUOTED.osu&status=2&mode=0"),
    "maps-words": Case("/maps?q=insane unicode %22100%25%22"),
    "maps-words-of-two-beatmaps": Case("/maps?q=insane song"),
    "maps-stars": Case("/maps?min_diff=0.5&max_diff=5&order=diff"),
    "maps-hardest": Case("/maps?min_diff=12.345&order=-diff"),
    "maps-by-plays": Case("/maps?order=-plays&page_size=1"),
    "maps-by-update": Case("/maps?order=-last_update&page_size=1"),
    "maps-ids": Case(f"/maps?ids={TAIKO},{2**31},{PRIVATE}&order=-id"),
    "maps-every-fault": Case("/maps?set_id=a&frozen=2&q=%20&min_diff=nan&max_diff=-1&status="),
    "map": Case(f"/maps/{QUOTED}"),
    "map-frozen": Case(f"/maps/{FROZEN}"),
    "map-unknown": Case("/maps/404"),
    "map-name": Case("/maps/x"),
    "rating": Case(f"/maps/{STANDARD}/rating"),
    "rating-none": Case(f"/maps/{GREATEST}/rating"),
    "rating-unknown": Case("/maps/404/rating"),
    "map-scores": Case(f"/maps/{STANDARD}/scores?limit=3"),
    "map-scores-page": Case(f"/maps/{STANDARD}/scores?limit=3&page=4", MODERATOR_SESSION),
    "map-scores-recent": Case(f"/maps/{STANDARD}/scores?scope=recent&limit=2&mods=~HDDT"),
    "map-scores-relax": Case(f"/maps/{STANDARD}/scores?mode=4", RESTRICTED_SESSION),
    "map-scores-loved": Case(f"/maps/{LOVED}/scores"),
    "map-scores-unknown": Case("/maps/404/scores"),
    "map-scores-every-fault": Case("/maps/1001/scores?scope=all&mode=12&limit=101"),
}

_SCORES: Final = {
    "scores": Case("/scores?page_size=3"),
    "scores-newest": Case("/scores?order=-id&page_size=2"),
    "scores-to-moderator": Case("/scores?order=-id&page_size=3&user_id=999", MODERATOR_SESSION),
    "scores-to-restricted": Case("/scores?user_id=11", RESTRICTED_SESSION),
    "scores-to-public": Case("/scores?user_id=11", AIKO_SESSION),
    "scores-exactly": Case("/scores?mods=HDDT&status=2&mode=0&user_id=3"),
    "scores-no-mods": Case(f"/scores?mods=0&map_md5={md5_of(QUOTED).upper()}"),
    "scores-on-set": Case("/scores?set_id=101&grade=X"),
    "scores-on-map": Case(f"/scores?map_id={QUOTED}&mods_all=HDHR&include=player"),
    "scores-on-unknown-map": Case("/scores?map_id=404"),
    "scores-any-mods": Case("/scores?mods_any=8200&mode=8"),
    "scores-perfect": Case("/scores?perfect=1&order=-score"),
    "scores-of-a-while": Case("/scores?since=1705324860&until=1705324920&order=-play_time"),
    "scores-best": Case("/scores?order=-pp&page_size=2&include=beatmap,player&mode=0&status=2"),
    "scores-beside-nothing": Case(
        f"/scores?ids={ON_UNKNOWN_MAP},{OF_NOBODY}&include=player,beatmap", MODERATOR_SESSION
    ),
    "scores-beside-no-clan": Case("/scores?ids=14&include=player"),
    "scores-too-deep": Case("/scores?order=-pp&page=201&page_size=50"),
    "scores-every-fault": Case(
        "/scores?mods=HDX&mods_any=-1&grade=SS&perfect=&since=-1&until=1.5&include=map&mode=osu"
    ),
    "score": Case("/scores/2"),
    "score-wide": Case(f"/scores/{WIDE}"),
    "score-failed": Case(f"/scores/{FAILED}"),
    "score-gradeless": Case(f"/scores/{GRADELESS}"),
    "score-huge-id": Case(f"/scores/{HUGE_ID}"),
    "score-dead-clan": Case("/scores/14"),
    "score-restricted": Case(f"/scores/{OF_RESTRICTED}"),
    "score-restricted-to-self": Case(f"/scores/{OF_RESTRICTED}", RESTRICTED_SESSION),
    "score-restricted-to-moderator": Case(f"/scores/{OF_RESTRICTED}", MODERATOR_SESSION),
    "score-of-nobody": Case(f"/scores/{OF_NOBODY}", MODERATOR_SESSION),
    "score-on-unknown-map": Case(f"/scores/{ON_UNKNOWN_MAP}"),
    "score-unknown": Case("/scores/424242"),
    "replay-no-file": Case("/scores/3/replay"),
    "replay-no-score": Case("/scores/424242/replay"),
    "replay-restricted": Case(f"/scores/{OF_RESTRICTED}/replay"),
    "replay-unknown-map": Case(f"/scores/{ON_UNKNOWN_MAP}/replay"),
    "replay-text": Case("/scores/x/replay"),
}

_CLANS: Final = {
    "clans": Case("/clans?page_size=2"),
    "clans-by-name": Case("/clans?order=name"),
    "clans-ids": Case("/clans?ids=4,1,99&order=-id"),
    "clans-beyond": Case("/clans?page=2"),
    "clans-fault": Case("/clans?order=tag&page_size=0"),
    "clan": Case("/clans/1"),
    "clan-owner-hidden": Case("/clans/2"),
    "clan-unknown": Case("/clans/99"),
    "members": Case("/clans/1/members"),
    "members-page": Case("/clans/1/members?page=2&page_size=2"),
    "members-to-unverified": Case("/clans/1/members", UNVERIFIED_SESSION),
    "members-to-moderator": Case("/clans/2/members", MODERATOR_SESSION),
    "members-none": Case("/clans/3/members"),
    "members-unknown": Case("/clans/99/members"),
    "server-stats": Case("/server/stats"),
    "no-such-route": Case("/nothing"),
    "escaped-slash": Case("/players/a%2Fb"),
    "other-method": Case("/server/stats", method="POST"),
}

CASES: Final = _PLAYERS | _LEADERBOARDS | _MAPS | _SCORES | _CLANS


def golden(case: Case, answered: Answered) -> bytes:
    """What a golden file holds: keys in the order sent, and beside the body only what tells refusals apart."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    path = case.path if len(case.path) < 200 else f"{case.path[:40]}..."
    asked = f"{case.method} /v2{path}"
    return orjson.dumps({"asked": asked, "status": answered.status, "body": answered.json}, option=options)
