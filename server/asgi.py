"""The app as uvicorn's worker processes build it, from the same settings as the command line."""

import os
from pathlib import Path

from starlette.applications import Starlette

from server.app import create_app
from server.config import CONFIG_FILE, load


def create() -> Starlette:
    """The app of one worker; its settings file is named in the environment."""
    given = os.environ.get(CONFIG_FILE)
    return create_app(load(Path(given) if given else None))
