"""The follower: whether it has ever worked, and how far behind the scores it is."""

from typing import Final

from server.doctor.findings import Finding
from server.storage.catalog import Catalog
from server.storage.database import Database

_TOPIC: Final = "follower"

# So many new scores may be waiting for it at any moment.
_USUAL: Final = 1000

_RUN: Final = "Run `python -m server follow` beside the server (docs/following.md)."


async def scores(db: Database, tables: Catalog) -> list[Finding]:
    """What is found. Nothing where there is nothing to follow, or nowhere to keep it."""
    if not tables.has("api_follower"):
        return []
    newest = await db.one("SELECT MAX(id) FROM scores")
    if newest is None or newest[0] is None:
        return []
    place = await db.one(f"SELECT last_id, totals_to, boards_to FROM {tables.own}api_follower WHERE id = 1")
    if place is None:
        what = "Nobody works out first places and what happened on boards, so players have none."
        return [Finding("advice", _TOPIC, what, _RUN)]
    last_id, totals_to, boards_to = place
    waiting = await db.all(
        "SELECT s.id FROM scores s WHERE s.id > :last ORDER BY s.id LIMIT :limit", last=last_id, limit=_USUAL + 1
    )
    if len(waiting) > _USUAL:
        what = f"It is more than {_USUAL} scores behind: it is at {last_id}, the newest is {newest[0]}."
        return [Finding("warning", _TOPIC, what, f"Does it run? {_RUN}")]
    if totals_to is not None or boards_to is not None:
        what = "Not all old scores count yet, so first places are missing."
        return [Finding("advice", _TOPIC, what, f"While it runs, nothing has to be done. {_RUN}")]
    return [Finding("ok", _TOPIC, f"It is at score {last_id}, {len(waiting)} behind.")]
