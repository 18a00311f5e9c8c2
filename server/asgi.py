"""The app as uvicorn's worker processes build it, from the same settings as the command line."""

import os
from pathlib import Path

from starlette.applications import Starlette

from server.app import create_app, start_logging
from server.config import CONFIG_FILE, load


def create() -> Starlette:
    """The app of one worker; its settings file is named in the environment."""
    given = os.environ.get(CONFIG_FILE)
    settings = load(Path(given) if given else None)
    start_logging(settings)
    return create_app(settings)
