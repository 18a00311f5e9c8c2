"""Dates that are none."""

from datetime import datetime
from typing import Final

# What stands in for `0000-00-00 00:00:00`, which a game server's MySQL stores in a lax mode.
UNKNOWN: Final = datetime(1970, 1, 1)
