"""The snapshotter: whether it has ever worked, and when it last looked at everybody."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from server.doctor.findings import Finding
from server.storage.catalog import Catalog
from server.storage.database import Database
from server.storage.ladders import BEGINNING, number_of

_TOPIC: Final = "snapshots"

# A round is due each day, and takes its time.
_USUAL_DAYS: Final = 2

_RUN: Final = "Run `python -m server record` beside the server (docs/snapshots.md)."


async def snapshots(db: Database, tables: Catalog) -> list[Finding]:
    """What is found. Nothing where there is nowhere to keep them."""
    if not tables.has("api_snapshotter"):
        return []
    row = await db.one(f"SELECT day FROM {tables.own}api_snapshotter WHERE id = 1")
    if row is None:
        what = "Nobody keeps what players were, so there is no history of ranks and pp."
        return [Finding("advice", _TOPIC, what, _RUN)]
    if not row[0]:
        return [
            Finding(
                "advice", _TOPIC, "The first round is not done yet.", f"While it runs, nothing has to be done. {_RUN}"
            )
        ]
    last = BEGINNING + timedelta(days=row[0])
    behind = number_of(datetime.fromtimestamp(time.time(), UTC).date()) - row[0]
    if behind < -1:
        what = f"The last day of which everybody's rank was kept is {last}, which is still to come: a clock was wrong."
        return [Finding("warning", _TOPIC, what, "docs/snapshots.md says what to delete.")]
    if behind > _USUAL_DAYS:
        what = f"The last day of which everybody's rank was kept is {last}, {behind} days ago."
        return [Finding("warning", _TOPIC, what, f"Does it run? {_RUN}")]
    return [Finding("ok", _TOPIC, f"The last day of which everybody's rank was kept is {last}.")]
