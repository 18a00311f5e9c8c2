"""What pages of other origins can do with a visitor's session: nothing, unless they are trusted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.golden.serving import serving
from tests.site.chromium import PROGRAM, Tab, browser
from tests.site.front import Front, Seen, fronting
from tests.site.visitor import HOSTS, PAGE, Visitor
from tests.stores import MONTH, SESSIONS, Stores, stores

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")

SCRIPT = (Path(__file__).parent / "hostile.js").read_text(encoding="utf-8")

BLANK = '<!doctype html><link rel="icon" href="data:,"><body></body>'

# Names of this machine. To browsers the neighbour is of the website's site, though of another origin.
WEBSITE = "play.example.localhost"
NEIGHBOUR = "evil.example.localhost"
STRANGER = "evil.localhost"

VICTIM, ATTACKER, FRIEND, ENEMY = 3, 4, 5, 6
PASSWORDS = {VICTIM: "correct horse", ATTACKER: "battery staple"}

ME = f"/v2/players/{VICTIM}"

# Each changes something, where it is asked by whoever may, in this order.
WRITES: list[dict[str, Any]] = [
    {
        "method": "POST",
        "path": "/v2/accounts",
        "json": {"username": "intruder", "email": "i@example.test", "password": "correct horse"},
    },
    {"method": "PATCH", "path": ME, "json": {"userpage_content": "not mine"}},
    {
        "method": "PUT",
        "path": f"{ME}/password",
        "json": {"current_password": PASSWORDS[VICTIM], "new_password": "stolen horse"},
    },
    {"method": "PUT", "path": f"{ME}/avatar", "file": True},
    {"method": "PUT", "path": f"{ME}/friends/{ATTACKER}"},
    {"method": "DELETE", "path": f"{ME}/friends/{FRIEND}"},
    {"method": "PUT", "path": f"{ME}/blocks/{ATTACKER}"},
    {"method": "DELETE", "path": f"{ME}/blocks/{ENEMY}"},
    {"method": "PUT", "path": f"{ME}/favourites/7"},
    {"method": "DELETE", "path": f"{ME}/favourites/8"},
    {"method": "DELETE", "path": "/v2/sessions"},
    {
        "method": "POST",
        "path": "/v2/sessions",
        "json": {"username": "attacker", "password": PASSWORDS[ATTACKER]},
    },
    {"method": "DELETE", "path": "/v2/sessions/current"},
]

# Of these only the session's owner is told anything.
PRIVATE = ("/v2/sessions/current", f"{ME}/friends", f"{ME}/blocks", ME)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile"), HOSTS) as window:
        yield window


@pytest.fixture
def filled(tmp_path: Path, valkey: str) -> Iterator[Stores]:
    """Stores with a victim who has a friend, an enemy and a favourite; none of them may go."""
    with stores(f"sqlite:///{tmp_path / 'bancho.db'}", valkey, tmp_path / "data") as made:
        made.add_player(VICTIM, "victim", PASSWORDS[VICTIM], priv=1)
        made.add_player(ATTACKER, "attacker", PASSWORDS[ATTACKER])
        for other, kind in ((FRIEND, "friend"), (ENEMY, "block")):
            made.run("INSERT INTO relationships (user1, user2, type) VALUES (3, :other, :kind)", other=other, kind=kind)
        made.run("INSERT INTO favourites (userid, setid) VALUES (3, 8)")
        yield made


@contextmanager
def website(stores: Stores, *trusted: str) -> Iterator[Front]:
    """A website in front of a server, over plain http."""
    settings = stores.settings
    settings = replace(
        settings,
        accounts=replace(settings.accounts, cookie_secure=False),
        web=replace(settings.web, trusted_origins=trusted),
    )
    with serving(settings) as api, fronting(PAGE, api) as front:
        yield front


def signed_in(tab: Tab, stores: Stores, address: str) -> Visitor:
    """The victim, on the website, and with another session elsewhere."""
    tab.call("Network.clearBrowserCookies")
    stores.redis.set(SESSIONS + "e" * 43, VICTIM, ex=MONTH)
    visitor = Visitor(tab, stores)
    visitor.opens(address)
    visitor.does("log-in", code=201, username="victim", password=PASSWORDS[VICTIM])
    assert visitor.cookies()
    return visitor


def run(tab: Tab, name: str, *given: Any) -> Any:
    """Run one of the script's functions in the page that is open."""
    tab.run(f"self.hostile || {SCRIPT}")
    return tab.run(f"hostile.{name}(...{json.dumps(given)})")


def test_all_that_is_tried_works_on_the_website_itself(filled: Stores, tab: Tab) -> None:
    """Or it would prove nothing that it does not elsewhere."""
    with website(filled) as front:
        signed_in(tab, filled, front.at(WEBSITE))
        for path in PRIVATE:
            assert run(tab, "look", "/api", path)[0].startswith("200")
        for request in WRITES:
            before = filled.all_of_it()
            tab.run(f"self.hostile || {SCRIPT}")
            assert tab.run(f"hostile.plainly('/api', {json.dumps(request)}).then(answer => answer.ok)"), request
            assert filled.all_of_it() != before, request


class Stage(NamedTuple):
    """A website and a page elsewhere. `site`, `cookie`: what a browser says of its requests, and whether it lends the
    cookie; `statuses`: all that is answered to writes."""

    website: str
    page: str
    site: str
    cookie: bool
    statuses: set[int]


STAGES = {
    "neighbour": Stage(WEBSITE, NEIGHBOUR, "same-site", True, {405, 422}),
    "stranger": Stage(WEBSITE, STRANGER, "cross-site", False, {403, 405}),
    # Over http browsers tell nobody but their own machine whose page it is.
    "stranger, over http": Stage("play.example.test", "evil.test", "", False, {405, 422}),
}


@pytest.mark.parametrize("name", STAGES)
def test_pages_of_other_origins_change_nothing_and_read_nothing(filled: Stores, tab: Tab, name: str) -> None:
    stage = STAGES[name]
    with website(filled) as front, fronting(BLANK) as evil:
        victim = signed_in(tab, filled, front.at(stage.website))
        api = f"{front.at(stage.website)}/api"
        nothing_comes_of(victim, stage, front, evil.at(stage.page), api)
        front.seen.clear()
        before, cookies = filled.all_of_it(), victim.cookies()
        in_its_place(victim, evil.at(stage.page), api)
        assert filled.all_of_it() == before
        assert victim.cookies() == cookies
        held_off(front.seen, stage, {request["path"] for request in TAKEN_ALONG})


def nothing_comes_of(victim: Visitor, stage: Stage, front: Front, page: str, api: str) -> None:
    """All that can be tried is, with the session of a victim who comes across a page."""
    front.seen.clear()
    before, cookies = victim.stores.all_of_it(), victim.cookies()
    victim.opens(page)
    assert attack(victim.tab, api) == []
    assert victim.stores.all_of_it() == before
    assert victim.cookies() == cookies
    held_off(front.seen, stage, {request["path"] for request in WRITES})
    looks = {each.has_cookie for each in front.seen if each.method == "GET"}
    assert looks == {stage.cookie}


def attack(tab: Tab, api: str) -> list[str]:
    """All that could be read."""
    found = [text for request in WRITES for text in run(tab, "write", api, request)]
    return found + [text for path in PRIVATE for text in run(tab, "look", api, path)]


# Some, by forms that take the whole page along: then a browser may be freer with its cookies.
TAKEN_ALONG = (WRITES[0], WRITES[1], WRITES[11])


def in_its_place(victim: Visitor, page: str, api: str) -> None:
    for request in TAKEN_ALONG:
        for enctype in ("application/x-www-form-urlencoded", "text/plain"):
            victim.opens(page)
            tab, address = victim.tab, api + request["path"]
            fields = run(tab, "fieldsOf", request, enctype)
            run(tab, "submit", address, enctype, fields, "_top")
            tab.wait(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")


def held_off(seen: list[Seen], stage: Stage, paths: set[str]) -> None:
    """Requests did come, with the cookie where a browser lends it, and nothing was done for them."""
    writes = [each for each in seen if each.method not in ("GET", "OPTIONS")]
    assert {(each.method, each.site, each.has_cookie) for each in writes} == {("POST", stage.site, stage.cookie)}
    assert {each.status for each in writes} <= stage.statuses
    assert {each.path.removeprefix("/api") for each in writes} == paths


def test_a_trusted_origin_may_use_the_session(filled: Stores, tab: Tab) -> None:
    """A website on another host than the API; and no other port of its host, nor another host with its port."""
    host = "www.example.localhost"
    with fronting(PAGE) as pages, fronting(BLANK) as evil, website(filled, pages.at(host)) as front:
        api = f"{front.at('api.example.localhost')}/api"
        victim = signed_in(tab, filled, f"{pages.at(host)}/?api={api}")
        assert [each["domain"] for each in victim.cookies()] == ["api.example.localhost"]
        tab.said.clear()
        victim.does("favourite", "button[name=PUT]", target="7")
        assert filled.rows("SELECT userid, setid FROM favourites ORDER BY setid") == [(VICTIM, 7), (VICTIM, 8)]
        tab.click("#draw")
        tab.wait("document.querySelector('[name=avatar_file]').files.length")
        victim.does("avatar")
        victim.does("profile", country="fr")
        assert filled.rows("SELECT country FROM users WHERE id = :id", id=VICTIM) == [("fr",)]
        assert tab.said == []
        for page in (evil.at(host), pages.at(NEIGHBOUR)):
            nothing_comes_of(victim, STAGES["neighbour"], front, page, api)


def test_a_trusted_origin_of_another_site_gets_no_session(filled: Stores, tab: Tab) -> None:
    """Its requests are answered; but the cookie, which is SameSite=Lax, is none that a browser keeps for it."""
    with fronting(PAGE) as pages, website(filled, pages.at(STRANGER)) as front:
        tab.call("Network.clearBrowserCookies")
        visitor = Visitor(tab, filled)
        visitor.opens(f"{pages.at(STRANGER)}/?api={front.at(WEBSITE)}/api")
        visitor.does("log-in", code=201, username="victim", password=PASSWORDS[VICTIM])
        assert visitor.cookies() == []
        visitor.does("favourite", "button[name=PUT]", 401, target="7")
        assert {each.site for each in front.seen if each.method != "OPTIONS"} == {"cross-site"}
