"""The pages as a browser shows them, over the real server with a few rows in SQLite."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.processes import HOST, free_port, running
from server.dialects import DIALECTS
from server.storage.migrate import migrate
from tests.engines import opened

ROOT = Path(__file__).resolve().parents[2]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=8000"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that knows three players, one of them restricted."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'bancho.db'}"
    asyncio.run(_fill(url))
    port = free_port()
    given = {"DATABASE_URL": url, "REDIS_URL": "", "FILES_DATA": str(folder), "SERVER_NAME": "Tea & Friends"}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BANCHO_API_", "DB_", "REDIS_"))}
    env |= {f"BANCHO_API_{name}": value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server", "serve", "--port", str(port)]
    with running(command, port, folder / "log", env):
        yield f"http://{HOST}:{port}"


async def _fill(url: str) -> None:
    now = int(time.time())
    # id, name, privileges, seen, pp
    players = ((3, "first", 3, now, 900), (4, "second", 3, 0, 1200), (5, "restricted", 2, now, 5000))
    async with opened(url) as db:
        await migrate(db)
        async with db.session() as session:
            for id_, name, priv, seen, pp in players:
                await session.run(
                    "INSERT INTO users (id, name, safe_name, email, priv, pw_bcrypt, country, latest_activity)"
                    " VALUES (:id, :name, :name, :name, :priv, '', 'de', :seen)",
                    **{"id": id_, "name": name, "priv": priv, "seen": seen},
                )
                await session.run("INSERT INTO stats (id, mode, pp) VALUES (:id, 0, :pp)", id=id_, pp=pp)


def dom(url: str, profile: Path) -> str:
    """The page as it stands once its scripts have run."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_the_home_page_shows_its_counts(site: str, tmp_path: Path) -> None:
    page = dom(f"{site}/", tmp_path)
    assert "<strong>Tea &amp; Friends</strong>" in page
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]*)</dd>", page))
    assert shown == {"Players online": "1", "Players registered": "3", "Open lobbies": "not known"}
    assert "second: account, stats and ranks" in page
    assert "ids=4,3" in page


def test_the_explorer_lists_every_route(site: str, tmp_path: Path) -> None:
    for dialect in DIALECTS:
        page = dom(f"{site}/docs?document={dialect.name}", tmp_path)
        shown = set(re.findall(r'opblock-(get|post|put|patch|delete)\b[^>]*>.*?data-path="([^"]+)"', page, re.DOTALL))
        assert shown == {(method.lower(), route.path) for route in dialect.routes for method in route.methods}
        assert "Authorize" in page
        assert f"{site}{dialect.mounts[0]}" in page
        assert 'id="trouble" class="word" role="alert" hidden' in page
