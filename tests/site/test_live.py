"""The page /live as a browser shows it, over the real server, Valkey and a game server's voice."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import HOST, free_port, running
from server.domain.live import Game, Lobby, Play, Slot, SlotStatus, Status, Team, TeamType
from server.live.connection import Connection
from server.live.sync import SyncPublisher
from server.storage.migrate import migrate
from tests.engines import Store, opened
from tests.site.chromium import PROGRAM, Tab, browser

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")

HOSTILE = "<img src=x onerror=hit()>"
MAP = "Somebody - Something [Else]"
MD5 = "0123456789abcdef" * 2
CROWD = range(1000, 2000)
RESTRICTED = 9

LOGGED_IN = time.time() - 30.0


@dataclass
class Site:
    """A server over a Valkey of its own, where the game server `main` speaks."""

    url: str
    store: Store
    live: SyncPublisher
    env: dict[str, str]
    log: Path
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Back when it answers."""
        port = self.url.rpartition(":")[2]
        command = [sys.executable, "-m", "server", "serve", "--port", port]
        self._running.enter_context(running(command, int(port), self.log, self.env))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("live")
    url = f"sqlite:///{folder / 'bancho.db'}"
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    people = [
        (3, "Aiko", "jp"),
        (4, "Bela", "hu"),
        (5, HOSTILE, "de"),
        (6, "Cleo 10", "de"),
        (7, "Cleo 9", "xx"),
        (8, "W" * 32, "xx"),
    ]
    people += [(RESTRICTED, "hidden one", "de"), *((id_, f"crowd {id_}", "fr") for id_ in CROWD)]
    rows: list[dict[str, Any]] = [
        {"id": id_, "name": name, "safe_name": f"{id_}", "email": f"{id_}", "pw_bcrypt": "", "country": country}
        | {"priv": 2 if id_ == RESTRICTED else 3}
        for id_, name, country in people
    ]
    async with opened(url) as db:
        await migrate(db)
        async with db.transaction() as session:
            await session.insert_many("users", rows)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with Store(folder / "store") as store:
        given = {"DATABASE_URL": database, "REDIS_URL": store.url, "FILES_DATA": str(folder), "SERVER_NAME": "Tea"}
        kept = ("BANCHO_API_", "DB_", "REDIS_")
        env = {name: value for name, value in os.environ.items() if not name.startswith(kept)}
        env |= {f"BANCHO_API_{name}": value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
        with SyncPublisher(lambda: Connection(store.url, timeout=5), "main") as live:
            site = Site(f"http://{HOST}:{free_port()}", store, live, env, folder / "log")
            site.start()
            yield site
            site.stop()


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.fixture
def tab(site: Site, window: Tab) -> Iterator[Tab]:
    """A browser's page, and nobody online. In the end nothing was said to the console, and nobody else was asked."""
    site.live.snapshot([], [])
    site.live.said(10)
    window.size(1280)
    window.call("Emulation.setEmulatedMedia", features=[])
    window.said.clear()
    window.asked.clear()
    yield window
    window.run("document.body.offsetWidth")
    assert window.said == []
    assert [url for url in window.asked if not url.startswith(f"{site.url}/")] == []
    window.open("about:blank")


def status(player_id: int, **what: Any) -> Status:
    return Status(player_id, LOGGED_IN, **what)


def forgive(tab: Tab) -> None:
    """What the browser says of a server that is away, and nothing else, is in order."""
    tab.run("document.body.offsetWidth")
    assert [said for said in tab.said if not said.startswith("network: Failed to load resource: ")] == []
    tab.said.clear()


def look(tab: Tab, site: Site) -> None:
    """Open the page and wait until it follows."""
    tab.open(f"{site.url}/live")
    following(tab)


def following(tab: Tab) -> None:
    tab.wait("document.getElementById('line')?.dataset.state === 'live'")


def parts(tab: Tab, selector: str) -> list[list[str]]:
    """Each element's pieces of text as they are seen: not those that are only read out."""
    found: list[list[str]] = tab.run(f"({PARTS})({selector!r})")
    return found


PARTS = """(selector) => [...document.querySelectorAll(selector)].map((each) => {
  const copy = each.cloneNode(true);
  copy.querySelectorAll(".unseen").forEach((one) => one.remove());
  const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) found.push(walk.currentNode.data.trim());
  return found.filter(Boolean);
})"""


def rows(tab: Tab) -> list[list[str]]:
    """The players that are shown: country, name, what they do, and so on."""
    return parts(tab, "#players > li:not([hidden])")


def names(tab: Tab) -> list[str]:
    return [row[1] for row in rows(tab)]


def wait_for_row(tab: Tab, *words: str) -> None:
    tab.wait(
        f"[...document.querySelectorAll('#players > li:not([hidden])')].some((row) =>"
        f" {list(words)!r}.every((word) => row.textContent.includes(word)))"
    )


def wait_for_told(tab: Tab, text: str) -> None:
    """Wait for an entry of the feed that has this text."""
    tab.wait(f"[...document.querySelectorAll('#feed > li')].some((entry) => entry.textContent.includes({text!r}))")


def told(tab: Tab) -> list[str]:
    """The feed, newest first, without its times."""
    return [re.sub(" (?=[:,])", "", " ".join(entry[1:])) for entry in parts(tab, "#feed > li")]


def text_of(tab: Tab, selector: str) -> str:
    shown: str = tab.run(f"document.querySelector({selector!r}).innerText.replace(/\\s+/g, ' ').trim()")
    return shown


VS = Lobby(
    4,
    "finals",
    3,
    referee_ids=(6,),
    mode=0,
    mods=64,
    is_scrimming=True,
    map_id=75,
    map_md5=MD5,
    map_name=MAP,
    slots=(
        Slot(0, 3, SlotStatus.READY, Team.BLUE, 8),
        Slot(1, 4, SlotStatus.NO_MAP, Team.RED),
        Slot(2, RESTRICTED, SlotStatus.READY, Team.RED),
    ),
    free_mods=True,
    team_type=TeamType.TEAM_VS,
)


def test_it_shows_what_there_is(site: Site, tab: Tab) -> None:
    site.live.snapshot(
        [
            status(3, action=2, info_text=MAP, mods=8 | 64 | 512, map_id=75, map_md5=MD5),
            status(6, mode=4),
            status(7, action=99, mode=3),
            status(RESTRICTED, action=2),
        ],
        [VS],
    )
    site.live.said(10)
    look(tab, site)
    assert [[part for part in row if not part.startswith("since ")] for row in rows(tab)] == [
        ["JP", "Aiko", "Playing", "HD NC", MAP, "osu!"],
        ["XX", "Cleo 9", "Online", "mania"],
        ["DE", "Cleo 10", "Idle", "osu! Relax"],
    ]
    assert tab.run("document.querySelector('#players .country').title") == "Japan"
    at = tab.run(f"new Date({int(LOGGED_IN)}000).toISOString()")
    assert tab.run("document.querySelector('#players time').dateTime")[:19] == at[:19]
    counts = [text_of(tab, f"#count-{what}") for what in ("players", "lobbies", "games")]
    assert counts == ["3", "1", "0"]
    assert parts(tab, "#lobbies > li") == [
        [
            *("finals", "Waiting", "Scrim", MAP, "DT", "osu! · team VS · by score · free mods"),
            *("Blue", "1", "Aiko", "HD", "ready", "Red", "2", "Bela", "no map"),
            "Host: Aiko · Referee: Cleo 10",
        ]
    ]
    assert told(tab) == []


def test_it_follows(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3), status(4)], [])
    site.live.said(10)
    look(tab, site)
    tab.wait("document.querySelectorAll('#players > li').length === 2")  # shown with the next frame
    tab.run(
        "window.still = true; document.querySelectorAll('#players > li').forEach((row, place) => row.place = place)"
    )

    site.live.player(status(3, action=2, info_text=MAP, mods=16, map_id=75, map_md5=MD5))
    wait_for_row(tab, "Aiko", "Playing", "HR", MAP)
    assert told(tab) == [f"Aiko plays {MAP} HR"]
    site.live.player(status(6))
    wait_for_row(tab, "Cleo 10", "Idle")
    site.live.player_left(4)
    tab.wait("document.querySelectorAll('#players > li').length === 2")
    assert told(tab)[:2] == ["Bela logged out", "Cleo 10 logged in"]
    site.live.scored(
        Play(3, 1234567, mods=16, accuracy=98.765, grade="SH", pp=321.4, map_id=75, map_md5=MD5, played_at=time.time())
    )
    wait_for_told(tab, "Aiko scored")
    assert told(tab)[0] == f"Aiko scored {MAP} HR S 98.77% · 321pp · 1,234,567"
    site.live.scored(replace(Play(6, 5), passed=False, grade="F", accuracy=50.0, played_at=time.time()))
    wait_for_told(tab, "Cleo 10 failed")

    assert tab.run("window.still")  # the page was never loaded again
    assert tab.run("[...document.querySelectorAll('#players > li')].map((row) => row.place ?? -1)") == [0, -1]


def test_a_game_from_beginning_to_end(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3), status(4)], [])
    site.live.said(10)
    look(tab, site)
    site.live.lobby(VS)
    wait_for_told(tab, "Aiko opened the lobby finals")
    playing = tuple(replace(slot, status=SlotStatus.PLAYING.value, loaded=True) for slot in VS.slots)
    site.live.lobby(replace(VS, in_progress=True, slots=playing))
    tab.wait("document.querySelector('#lobbies .badge').innerText.startsWith('In progress since ')")
    assert told(tab)[0] == f"A game began in finals: {MAP} DT"
    assert text_of(tab, "#count-games") == "1"
    begun = site.live.lobby_now(4)
    assert begun is not None
    plays = (
        Play(3, 400_000, mods=72, accuracy=91.5, grade="A", slot=0, team=Team.BLUE, played_at=time.time()),
        Play(4, 600_001, mods=64, accuracy=99.0, grade="S", slot=1, team=Team.RED, played_at=time.time()),
    )
    game = Game(
        *(4, "finals", begun.opened_at, begun.started_at, time.time()),
        **{"mods": 64, "free_mods": True, "team_type": TeamType.TEAM_VS, "map_id": 75, "map_name": MAP},
        plays=plays,
    )
    site.live.game_finished(game)
    site.live.lobby(replace(VS, slots=VS.slots[:1]))
    wait_for_told(tab, "A game ended in finals")
    assert parts(tab, "#feed tr") == [
        ["Player", "Grade", "Accuracy", "Score"],
        ["Bela", "S", "99.00%", "600,001"],
        ["Aiko", "HD DT", "A", "91.50%", "400,000"],
    ]
    assert [text_of(tab, f"#feed tr:nth-child({place}) th .unseen") for place in (1, 2)] == [", Red team", "with"]
    assert told(tab)[0].endswith("Red won, 600,001 to 400,000")
    assert not any("scored" in each for each in told(tab))  # the game has told it
    tab.wait("document.querySelectorAll('#lobbies .slots > li').length === 1")
    site.live.lobby_closed(4)
    tab.wait("document.querySelectorAll('#lobbies > li').length === 0")
    assert told(tab)[0] == "The lobby finals closed"
    assert tab.run("document.getElementById('no-lobbies').hidden") is False


def test_names_stay_text(site: Site, tab: Tab) -> None:
    """Whatever somebody calls themselves, their lobby, or a beatmap."""
    site.live.snapshot([status(5, action=2, info_text=HOSTILE)], [Lobby(1, HOSTILE, 5, map_name=HOSTILE, seed=1)])
    site.live.said(10)
    tab.call("Page.addScriptToEvaluateOnNewDocument", source="window.hit = () => { window.was_hit = true; }")
    look(tab, site)
    site.live.player(status(5, action=2, info_text=f"{HOSTILE} again"))
    wait_for_row(tab, f"{HOSTILE} again")
    site.live.lobby(Lobby(2, HOSTILE, 5, in_progress=True, map_name=HOSTILE, slots=(Slot(0, 5),)))
    play = Play(5, 1, grade=HOSTILE, map_id=1, played_at=time.time(), slot=0)
    site.live.game_finished(Game(2, HOSTILE, 1.0, time.time(), time.time(), map_name=HOSTILE, plays=(play,)))
    site.live.scored(replace(play, score=2, slot=None, played_at=time.time() + 1))
    wait_for_told(tab, f"{HOSTILE} scored")
    wait_for_told(tab, f"A game ended in {HOSTILE}: {HOSTILE}")
    site.live.player_left(5)
    wait_for_told(tab, f"{HOSTILE} logged out")
    assert tab.run("document.querySelectorAll('main img').length") == 0
    assert tab.run("window.was_hit") is None
    # Even a mistake of ours could not make it markup.
    refused = "(() => { try { document.body.innerHTML = '<b>'; } catch (error) { return error.name; } })()"
    assert tab.run(refused) == "TypeError"
    tab.said.clear()


def test_the_list_is_filtered(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3, info_text=MAP), status(4, mode=3), status(6, mode=3), status(7)], [])
    site.live.said(10)
    look(tab, site)

    def choose(name: str, value: str) -> list[str]:
        tab.run(
            f"{{ const filter = document.getElementById({name!r}); filter.value = {value!r};"
            " filter.dispatchEvent(new Event('input')); }"
        )
        return names(tab)

    assert choose("mode", "3") == ["Bela", "Cleo 10"]
    assert choose("country", "de") == ["Cleo 10"]
    assert text_of(tab, "#shown") == text_of(tab, "#found") == "1 of 4 shown"
    assert choose("mode", "") == ["Cleo 10"]
    assert choose("country", "") == ["Aiko", "Bela", "Cleo 9", "Cleo 10"]
    assert choose("text", " CLEO ") == ["Cleo 9", "Cleo 10"]
    assert choose("text", "something [") == ["Aiko"]
    site.live.player(status(4, mode=3, action=2, info_text=MAP))
    wait_for_row(tab, "Bela")  # who fits from now on comes by themselves
    assert choose("text", "nobody at all") == []
    assert text_of(tab, "#no-players") == "Nobody online fits."
    countries = tab.run("[...document.getElementById('country').options].map((option) => option.text)")
    assert countries == ["All countries", "Germany", "Hungary", "Japan", "Unknown country"]


def test_a_thousand_players(site: Site, tab: Tab) -> None:
    """All of them are shown; one that changes is the only row that is touched; the feed keeps its head."""
    everybody = {id_: status(id_) for id_ in CROWD}
    site.live.snapshot(list(everybody.values())[:-20], [])
    site.live.said(10)
    look(tab, site)
    assert text_of(tab, "#count-players") == "980"
    assert names(tab) == [f"crowd {id_}" for id_ in CROWD[:-20]]
    tab.run(
        "window.touched = new Set(); new MutationObserver((changes) => changes.forEach((change) =>"
        " touched.add((change.target.parentElement ?? change.target).closest('li')"
        "?.querySelector('.name').textContent)))"
        ".observe(document.getElementById('players'), { subtree: true, childList: true, characterData: true })"
    )
    site.live.player(status(1500, action=13))
    wait_for_row(tab, "crowd 1500", "Browsing")
    assert tab.run("[...touched]") == ["crowd 1500"]

    site.live.snapshot(everybody.values(), [])
    tab.wait("document.querySelectorAll('#players > li').length === 1000")
    assert told(tab) == ["20 players logged in"]
    for number in range(130):
        site.live.scored(Play(1000 + number, number + 1, accuracy=50.0, played_at=time.time()))
    wait_for_told(tab, "crowd 1129 scored")
    assert len(told(tab)) == 100
    site.live.snapshot([], [])
    tab.wait("document.querySelectorAll('#players > li').length === 0")
    gone = [re.fullmatch("([0-9,]+) players logged out", entry) for entry in told(tab)]
    assert sum(int(each[1].replace(",", "")) for each in gone if each) == 1000
    assert text_of(tab, "#no-players") == "Nobody is online."


def test_the_feed_waits_when_told_to(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3)], [])
    site.live.said(10)
    look(tab, site)
    tab.run("document.getElementById('pause').click()")
    site.live.player(status(4))
    tab.wait("document.getElementById('pause').innerText === 'Go on (1 new)'")
    assert len(rows(tab)) == 2
    assert told(tab) == []
    tab.run("document.getElementById('pause').click()")
    assert told(tab) == ["Bela logged in"]
    tab.run("{ const only = document.getElementById('only'); only.value = 'results';"
            " only.dispatchEvent(new Event('change')); }")  # fmt: skip
    assert told(tab) == []
    site.live.player_left(4)
    site.live.scored(Play(3, 1, accuracy=50.0, played_at=time.time()))
    wait_for_told(tab, "Aiko scored")
    assert len(told(tab)) == 1


def test_redis_goes_and_comes_back(site: Site, tab: Tab) -> None:
    """It is said while it is away; what has changed meanwhile is shown once it is back, though it forgot everything."""
    site.live.snapshot([status(3), status(4)], [])
    site.live.said(10)
    look(tab, site)
    site.store.kill()
    tab.wait("document.getElementById('line').dataset.state === 'away'", 30)
    assert text_of(tab, "#said").startswith("The live layer (Redis) does not answer.")
    assert len(rows(tab)) == 2  # as it was, and said to be old
    site.live.player_left(4)
    site.live.player(status(6, action=2, info_text=MAP))
    site.store.start()
    following(tab)
    tab.wait("document.querySelectorAll('#players > li').length === 2")
    assert [row[1:3] for row in rows(tab)] == [["Aiko", "Idle"], ["Cleo 10", "Playing"]]
    site.live.player_left(3)
    tab.wait("document.querySelectorAll('#players > li').length === 1")
    forgive(tab)


def test_a_page_that_comes_while_redis_is_away(site: Site, tab: Tab) -> None:
    site.store.kill()
    tab.open(f"{site.url}/live")
    tab.wait("document.getElementById('line')?.dataset.state === 'away'")
    assert text_of(tab, "#said").startswith("The live layer (Redis) does not answer.")
    assert tab.run("document.getElementById('app').hidden") is True
    site.store.start()
    site.live.player(status(3))
    tab.run("document.getElementById('again').click()")
    wait_for_row(tab, "Aiko")
    forgive(tab)


def test_what_happens_while_the_server_is_away_is_told_later(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3)], [])
    site.live.said(10)
    look(tab, site)
    site.stop()
    tab.wait("document.getElementById('said').innerText.startsWith('The server does not answer.')")
    asked = len(tab.asked)
    site.live.player(status(4))
    site.live.player(status(3, action=1))
    site.live.said(10)
    site.start()
    following(tab)
    wait_for_row(tab, "Aiko", "Away")
    wait_for_told(tab, "Bela logged in")
    assert tab.run("document.getElementById('again').hidden") is True
    # It went on where it had stopped, and needed nothing else.
    again = {url.removeprefix(f"{site.url}/live/").partition("=")[0] for url in tab.asked[asked:]}
    assert again == {"events?kinds", "events?last_event_id"}
    forgive(tab)


def test_coming_and_going_holds_nothing_up(site: Site, tab: Tab) -> None:
    """A browser opens six connections to a server; a page that is left may keep none of them."""
    site.live.player(status(3))
    site.live.said(10)
    for _ in range(8):
        look(tab, site)
        tab.open(f"{site.url}/")
    site.live.player(status(4))
    site.live.said(10)
    tab.run("history.back()")
    wait_for_row(tab, "Bela")
    following(tab)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(site: Site, tab: Tab, width: int) -> None:
    long = "W" * 120
    site.live.snapshot(
        [status(8, action=12, info_text=long, mods=2**31 - 1), status(4, action=9)],
        [replace(VS, name=long, map_name=long, mods=2**31 - 1, host_id=8, slots=(Slot(0, 8), Slot(1, 4)))],
    )
    site.live.said(10)
    tab.size(width)
    look(tab, site)
    play = Play(8, 2**31 - 1, accuracy=100.0, grade="XH", slot=0, mods=2**31 - 1, played_at=time.time())
    site.live.game_finished(Game(4, long, 1.0, time.time(), time.time(), free_mods=True, map_name=long, plays=(play,)))
    wait_for_told(tab, "A game ended in")
    assert tab.run("document.documentElement.scrollWidth") == width
    wide = (
        "[...document.querySelectorAll('main *')].filter((each) => !each.closest('.unseen'))"
        ".filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5).map((each) => each.className)"
    )
    assert tab.run(wide) == []


def test_it_can_be_used_by_keyboard_and_ear(site: Site, tab: Tab) -> None:
    site.live.snapshot([status(3)], [])
    site.live.said(10)
    look(tab, site)
    nameless = (
        "[...document.querySelectorAll('button, select, input')].filter((each) =>"
        " !each.innerText.trim() && !each.labels?.length || each.tabIndex < 0).map((each) => each.id)"
    )
    assert tab.run(nameless) == []
    polite = "[...document.querySelectorAll('[aria-live], [role=log], [role=status]')].map((each) => each.id)"
    assert tab.run(polite) == ["said", "log", "found"]  # a status that changes in the list is not read out
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    site.live.player(status(4))
    wait_for_told(tab, "Bela logged in")
    assert tab.run("document.getAnimations().length") == 0
