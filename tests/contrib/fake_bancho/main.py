"""An emulated bancho.py: its sessions, lobbies and scores as one finds them in 5.3, driven by lines of JSON on stdin.

The tests copy this folder and the bridge, and put the bridge's two lines where the operator of a real one puts them.
"""

from __future__ import annotations

import asyncio

import app.driver
import app.logging
import app.settings

app.logging.configure_logging()


def main() -> int:
    asyncio.run(app.driver.serve())
    return 0


if __name__ == "__main__":
    exit(main())
