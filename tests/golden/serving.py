"""Servers for clients that ask over real HTTP: ours as `serve` runs it, or any other app."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from benchmarks.processes import HOST, free_port
from server.app import create_app
from server.commands import uvicorn_options
from server.config import Settings


@contextmanager
def serving(settings: Settings, clock: Callable[[], float] = time.time) -> Iterator[str]:
    """The address of a server over stores that are filled already. `clock`: what lists of the latest go by."""
    settings = replace(settings, server=replace(settings.server, port=free_port(), log_level="warning"))
    with listening(create_app(settings, clock=clock), uvicorn_options(settings)) as address:
        yield address


@contextmanager
def listening(app: ASGIApp, options: dict[str, Any]) -> Iterator[str]:
    """The address of an app that uvicorn runs in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://{HOST}:{options['port']}"
    finally:
        server.should_exit = True
        thread.join()
