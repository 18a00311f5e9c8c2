"""Cards as a browser shows them: coloured under their own policy, and harmless whatever a name is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.engines import opened
from tests.golden import own
from tests.golden.house import fill, settings_for
from tests.golden.people import AIKO
from tests.golden.serving import serving
from tests.site.chromium import PROGRAM, Tab, browser

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")

HOSTILE_ID = 900
HOSTILE = "\"'><img src=x onerror=alert(1)>]]>&\u202eevil"

LIGHT, DARK = (0xF6, 0xF5, 0xFB), (0x14, 0x12, 0x1D)


@pytest.fixture(scope="module")
def base(golden_valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("seen")
    url = f"sqlite:///{folder / 'seen.db'}"
    settings = settings_for(url, golden_valkey, folder / "data")
    with asyncio.Runner() as runner:
        fill(runner, settings)
        runner.run(_add(url))
    with serving(settings, lambda: own.CLOCK) as base:
        yield base


async def _add(url: str) -> None:
    row = {"id": HOSTILE_ID, "name": HOSTILE, "safe_name": "hostile", "email": "h", "pw_bcrypt": "", "priv": 3}
    async with opened(url) as db, db.transaction() as session:
        await session.insert_many("users", [row])


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        tab.size(600, 315)
        yield tab


def looked(tab: Tab, url: str, picture: Path) -> Image.Image:
    tab.open(url)
    tab.wait("document.readyState === 'complete' && [...document.images].every((each) => each.naturalWidth)")
    tab.picture(picture)
    return Image.open(picture).convert("RGB")


@pytest.mark.parametrize(
    ("query", "dark", "ground"),
    [("", False, LIGHT), ("", True, DARK), ("?theme=light", True, LIGHT), ("?theme=dark", False, DARK)],
)
def test_an_svg_has_the_colours_asked_for(
    base: str, tab: Tab, tmp_path: Path, query: str, dark: bool, ground: tuple[int, int, int]
) -> None:
    tab.dark(dark)
    tab.said.clear()
    shot = looked(tab, f"{base}/card/{AIKO}.svg{query}", tmp_path / "shot.png")
    assert shot.getpixel((5, 5)) == ground
    assert len(shot.getcolors(2**20)) > 50  # there is more on it than the ground
    assert tab.said == []


@pytest.mark.parametrize("form", ["", ".svg"])
def test_a_name_does_nothing(base: str, tab: Tab, tmp_path: Path, form: str) -> None:
    tab.said.clear()
    tab.asked.clear()
    looked(tab, f"{base}/card/{HOSTILE_ID}{form}", tmp_path / "shot.png")
    assert "<img src=x onerror=alert(1)>" in tab.run("document.documentElement.textContent")
    assert tab.run("document.querySelectorAll('[onerror]').length") == 0
    assert tab.said == []
    assert not [url for url in tab.asked if not url.startswith((f"{base}/card/{HOSTILE_ID}", f"{base}/static/"))]


@pytest.mark.parametrize("width", [360, 700, 900, 1280])
def test_the_page_is_as_wide_as_the_window(base: str, tab: Tab, tmp_path: Path, width: int) -> None:
    tab.size(width)
    looked(tab, f"{base}/card/{HOSTILE_ID}", tmp_path / "shot.png")
    assert tab.run("document.documentElement.scrollWidth") == width
    # The frame is as large as what is in it.
    wide, high = tab.run("(({clientWidth: x, clientHeight: y}) => [x, y])(document.querySelector('.picture'))")
    assert abs(wide / high - 600 / 315) < 0.02
    tab.size(600, 315)
