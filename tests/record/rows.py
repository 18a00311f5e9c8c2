"""What is recorded, in a form that tests compare: as it is in SQL, and as it is in memory."""

from typing import Any

import orjson

from server.domain.matches import Chronicle
from server.storage.database import Database

STATE = ("players", "in_progress", "playing", "gone_ms", "lost_ms")

GAME = (
    *("started_ms", "ended_ms", "map_id", "map_md5", "map_name", "mode", "mods", "free_mods", "win_condition"),
    *("team_type", "aborted", "told"),
)

SCORE = (
    *("slot", "team", "score", "accuracy", "max_combo", "n300", "n100", "n50", "nmiss", "ngeki", "nkatu", "mode"),
    *("mods", "grade", "perfect", "passed", "pp"),
)

Story = dict[str, list[Any]]


async def stored(db: Database, own: str = "") -> Story:
    """All that is recorded, without the numbers of rows but those of matches, which are public."""
    matches = {
        match_id: (server, slot, opened)
        for match_id, server, slot, opened in await db.all(f"SELECT id, server, slot, opened_ms FROM {own}api_matches")
    }
    games = {
        game_id: (matches[match_id], started)
        for game_id, match_id, started in await db.all(f"SELECT id, match_id, started_ms FROM {own}api_match_games")
    }
    found = await db.all(
        f"SELECT id, ended_ms, name, host_id, is_public, due_ms, state FROM {own}api_matches ORDER BY id"
    )
    played = await db.all(f"SELECT match_id, {', '.join(GAME)} FROM {own}api_match_games ORDER BY match_id, id")
    events = await db.all(
        f"SELECT match_id, type, at_ms, user_id, game_id FROM {own}api_match_events ORDER BY match_id, id"
    )
    scores = await db.all(f"SELECT game_id, user_id, {', '.join(SCORE)} FROM {own}api_match_scores ORDER BY id")
    return {
        "matches": [
            (match_id, *matches[match_id], *facts, *(_plain(orjson.loads(state)[name]) for name in STATE))
            for match_id, *facts, state in found
        ],
        "games": [(matches[match_id], *facts) for match_id, *facts in played],
        "events": [
            (matches[match_id], what, at, user_id, None if game_id is None else games[game_id])
            for match_id, what, at, user_id, game_id in events
        ],
        "scores": sorted((games[game_id], *facts) for game_id, *facts in scores),
    }


def remembered(chronicle: Chronicle) -> Story:
    """The same of matches that nothing has stored yet, if they were stored now."""
    matches, games = chronicle.new_matches(), chronicle.new_games()
    order = {match.key: number for number, match in enumerate(matches, 1)}
    return {
        "matches": [
            (
                *(number, *match.key, match.ended_ms, match.name, match.host_id, match.is_public, match.due_ms),
                *(_plain(getattr(match, name)) for name in STATE),
            )
            for number, match in enumerate(matches, 1)
        ],
        "games": [
            (game.match.key, *(getattr(game, name) for name in GAME))
            for game in sorted(games, key=lambda game: order[game.match.key])
        ],
        "events": [
            (
                *(event.match.key, event.type.value, event.at_ms, event.user_id),
                None if event.game is None else (event.game.match.key, event.game.started_ms),
            )
            for event in sorted(chronicle.events, key=lambda event: order[event.match.key])
        ],
        "scores": sorted(
            ((game.match.key, game.started_ms), play.player_id, *(getattr(play, name) for name in SCORE))
            for game, play in chronicle.told_plays()
        ),
    }


def unnumbered(story: Story) -> Story:
    """The same without the numbers of matches: what is rolled back uses some up."""
    return story | {"matches": [facts for _, *facts in story["matches"]]}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
