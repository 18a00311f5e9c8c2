"""A running bancho.py with the bridge in it: the emulated one, or whatever has its form."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FAKE = Path(__file__).parent / "fake_bancho"
BRIDGE = ROOT / "contrib" / "bancho_bridge.py"

# What an operator puts into main.py, and below what.
BELOW = "app.logging.configure_logging()\n"
TWO_LINES = "import bancho_bridge\nbancho_bridge.start()\n"


@dataclass
class Bancho:
    process: subprocess.Popen[str]
    log: Path
    at: float = 0.0  # when the last command had been done, in Unix seconds

    def __call__(self, do: str, **given: Any) -> Any:
        """Have something happen, in one step of the event loop; what it answers. Raises if bancho.py has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline() or f'"{self.log.read_text()}"')
        self.at = said["at"]
        return said["answer"]

    def logged(self) -> list[str]:
        """What the bridge has logged."""
        return [line for line in self.log.read_text().splitlines() if "bancho-api" in line]

    def leave(self) -> int:
        """End it in the regular way; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(20)


def install(folder: Path) -> Path:
    """An emulated bancho.py with the bridge switched on, as docs/bridge.md tells; its main.py."""
    shutil.copytree(FAKE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BRIDGE, folder)
    main = folder / "main.py"
    before, below, after = main.read_text().partition(BELOW)
    assert below
    main.write_text(before + below + TWO_LINES + after)
    return main


@contextmanager
def running(folder: Path, redis: str, **env: str) -> Iterator[Bancho]:
    """An emulated bancho.py in a folder that is not there yet; `env` is added to its environment."""
    main, log = install(folder), folder / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BANCHO_", "FAKE_", "PYTHON"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(main)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            cwd=folder,
            env=kept | {"FAKE_REDIS_DSN": redis} | env,
        )
    with process:
        try:
            yield Bancho(process, log)
        finally:
            process.kill()
