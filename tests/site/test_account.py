"""An account from its making to the end of its sessions, by mouse and keys on a website of its own origin.

After each step the stores are read as bancho.py reads them.
"""

import io
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.engines import MariaDB
from tests.golden.serving import serving
from tests.site.chromium import PROGRAM, Tab, browser
from tests.site.front import fronting
from tests.site.visitor import HOSTS, PAGE, Visitor
from tests.stores import MONTH, SESSIONS, Stores, stores

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")

WEBSITE = "play.example.test"

NAME, OTHER_NAME = "First Name", "first [Namë]"
PASSWORD, OTHER_PASSWORD = "päss wörd 1", "another one 2"
FRIEND = 4
MODES = [0, 1, 2, 3, 4, 5, 6, 8]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile"), HOSTS) as window:
        yield window


@pytest.fixture
def tab(window: Tab) -> Tab:
    """A browser that knows nobody yet."""
    window.call("Network.clearBrowserCookies")
    window.said.clear()
    return window


@pytest.fixture(params=["sqlite", "mysql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path, valkey: str) -> Iterator[Stores]:
    """Stores with two players in them."""
    with ExitStack() as closing:
        url = f"sqlite:///{tmp_path / 'bancho.db'}"
        if request.param == "mysql":
            server: MariaDB = request.getfixturevalue("mariadb")
            url = server.url(closing.enter_context(server.database()))
        made = closing.enter_context(stores(url, valkey, tmp_path / "data"))
        made.add_player(3, "owner", "no matter", priv=32767)
        made.add_player(FRIEND, "friend", "no matter")
        yield made


def test_an_account_from_its_making_to_the_end_of_its_sessions(filled: Stores, tab: Tab) -> None:
    visitor = Visitor(tab, filled)
    settings = filled.settings
    settings = replace(settings, accounts=replace(settings.accounts, cookie_secure=False))
    with serving(settings) as api, fronting(PAGE, api) as front:
        visitor.opens(front.at(WEBSITE))
        assert visitor.sees() == "nobody"
        player = registers(visitor)
        edits(visitor, player)
        gives_an_avatar(visitor, player)
        keeps_others_in_mind(visitor, player)
        assert tab.said == []
        changes_the_password(visitor, player)
        comes_and_goes(visitor, player)
        ends_all_others(visitor, player)
        # What was refused, which browsers tell of by themselves.
        told = [said.partition(": ")[2].rpartition("status of ")[2] for said in tab.said]
        assert told == ["400 (Bad Request)", "401 (Unauthorized)", "401 (Unauthorized)"]
        assert {seen.path.partition("/v2")[0] for seen in front.seen} == {"/api"}
        assert {seen.status for seen in front.seen} <= {200, 201, 400, 401}


def registers(visitor: Visitor) -> int:
    before = int(time.time())
    told = visitor.does("register", code=201, username=NAME, email="first@example.test", password=PASSWORD)
    assert visitor.sees() == NAME
    ((player, *row),) = visitor.stores.rows(
        "SELECT id, name, safe_name, email, priv, country, creation_time, latest_activity FROM users WHERE id > :id",
        id=FRIEND,
    )
    assert row[:5] == [NAME, "first_name", "first@example.test", 1, "xx"]
    assert before <= row[5] == row[6] <= time.time()
    assert visitor.stores.fits(player, PASSWORD)
    assert told["id"] == player
    stats = visitor.stores.rows("SELECT mode, pp, plays, tscore FROM stats WHERE id = :id ORDER BY mode", id=player)
    assert stats == [(mode, 0, 0, 0) for mode in MODES]
    cookie = has_one_session(visitor, player)
    assert (cookie["domain"], cookie["path"]) == (WEBSITE, "/")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    assert cookie["expires"] == pytest.approx(time.time() + MONTH, abs=60)
    return int(player)


def has_one_session(visitor: Visitor, player: int) -> dict[str, Any]:
    """The browser's cookie, whose session is the only one there is."""
    (cookie,) = visitor.cookies()
    assert cookie["name"] == "bancho_session"
    assert visitor.stores.sessions() == {cookie["value"]: str(player)}
    assert 0 < visitor.stores.redis.ttl(SESSIONS + cookie["value"]) <= MONTH
    return cookie


def edits(visitor: Visitor, player: int) -> None:
    asked = "SELECT name, safe_name, country, userpage_content FROM users WHERE id = :id"
    page = "Hello <b>world</b> ねこ\nhttps://example.test"
    visitor.does("profile", country="jp", userpage_content=page)
    assert visitor.stores.rows(asked, id=player) == [(NAME, "first_name", "jp", page)]
    ranked = {mode: visitor.stores.redis.zscore(f"bancho:leaderboard:{mode}:jp", player) for mode in MODES}
    assert ranked == dict.fromkeys(MODES, 0.0)
    visitor.does("profile", username=OTHER_NAME, userpage_content="")
    assert visitor.stores.rows(asked, id=player) == [(OTHER_NAME, "first_[namë]", "jp", None)]
    assert visitor.sees() == OTHER_NAME


def gives_an_avatar(visitor: Visitor, player: int) -> None:
    """Two thirds of the drawing are red, in its middle; what is kept is the square there."""
    visitor.tab.click("#draw")
    visitor.tab.wait("document.querySelector('[name=avatar_file]').files.length")
    visitor.does("avatar")
    (path,) = (visitor.stores.data / "avatars").iterdir()
    assert path.name == f"{player}.png"
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.size == (64, 64)
        assert image.convert("RGB").getcolors() == [(64 * 64, (255, 0, 0))]


def keeps_others_in_mind(visitor: Visitor, player: int) -> None:
    def relations() -> list[Any]:
        return visitor.stores.rows("SELECT user1, user2, type FROM relationships")

    def favourites() -> list[Any]:
        return visitor.stores.rows("SELECT userid, setid FROM favourites")

    press = "button[name={}][value={}]".format
    visitor.does("friend", press("PUT", "friends"), target=str(FRIEND))
    assert relations() == [(player, FRIEND, "friend")]
    visitor.does("friend", press("PUT", "blocks"))
    assert relations() == [(player, FRIEND, "block")]
    visitor.does("friend", press("DELETE", "friends"))
    assert relations() == [(player, FRIEND, "block")]
    visitor.does("friend", press("DELETE", "blocks"))
    assert relations() == []
    visitor.does("friend", press("PUT", "friends"))
    visitor.does("favourite", press("PUT", "favourites"), target="1001")
    assert favourites() == [(player, 1001)]
    visitor.does("favourite", press("DELETE", "favourites"))
    assert favourites() == []


def changes_the_password(visitor: Visitor, player: int) -> None:
    said = visitor.does("password", code=400, current_password=OTHER_PASSWORD, new_password=OTHER_PASSWORD)
    assert said == "Incorrect current password."
    assert visitor.stores.fits(player, PASSWORD)
    visitor.does("password", current_password=PASSWORD, new_password=OTHER_PASSWORD)
    assert visitor.stores.fits(player, OTHER_PASSWORD)
    assert not visitor.stores.fits(player, PASSWORD)
    has_one_session(visitor, player)


def comes_and_goes(visitor: Visitor, player: int) -> None:
    visitor.does("log-out")
    assert (visitor.sees(), visitor.cookies(), visitor.stores.sessions()) == ("nobody", [], {})
    said = visitor.does("log-in", code=401, username=OTHER_NAME, password=PASSWORD)
    assert said == "Incorrect username or password."
    assert (visitor.cookies(), visitor.stores.sessions()) == ([], {})
    visitor.does("log-in", code=201, password=OTHER_PASSWORD)
    assert visitor.sees() == OTHER_NAME
    has_one_session(visitor, player)


def ends_all_others(visitor: Visitor, player: int) -> None:
    """Those of other browsers, also those that bancho.py began; nobody else's."""
    (mine,) = visitor.stores.sessions()
    for token, owner in (("a" * 43, player), ("b" * 43, player), ("c" * 43, FRIEND)):
        visitor.stores.redis.set(SESSIONS + token, owner, ex=MONTH)
    assert visitor.does("end-others") == {"ended": 2}
    assert visitor.stores.sessions() == {mine: str(player), "c" * 43: str(FRIEND)}
    # The page is opened anew, and knows who is there.
    address = visitor.tab.run("location.href")
    for code, who in ((200, OTHER_NAME), (401, "nobody")):
        visitor.opens("about:blank")
        visitor.opens(address, f"typeof page === 'function' && page('said').value.includes('\"code\":{code}')")
        assert visitor.sees() == who
        visitor.stores.redis.delete(SESSIONS + mine)


@pytest.mark.parametrize(
    ("host", "secure", "kept"),
    [
        (WEBSITE, False, True),
        (WEBSITE, True, False),
        ("localhost", True, True),
        ("127.0.0.1", True, True),
        ("localhost", False, True),
    ],
)
@pytest.mark.parametrize("filled", ["sqlite"], indirect=True)
def test_secure_cookies_on_plain_http(filled: Stores, tab: Tab, host: str, secure: bool, kept: bool) -> None:
    """They are lost, but on the browser's own machine."""
    visitor = Visitor(tab, filled)
    settings = filled.settings
    settings = replace(settings, accounts=replace(settings.accounts, cookie_secure=secure))
    with serving(settings) as api, fronting(PAGE, api) as front:
        visitor.opens(front.at(host))
        visitor.does("log-in", code=201, username="friend", password="no matter")
        assert [each["secure"] for each in visitor.cookies()] == ([secure] if kept else [])
        visitor.does("favourite", "button[name=PUT]", 200 if kept else 401, target="7")
        assert len(filled.rows("SELECT * FROM favourites")) == kept
