"""A dialect whose clients have a cookie: who is told apart, what is kept, and which pages may ask with it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import Problem
from server.web.dialect import Context, Dialect, DialectApp, Origins, Route
from server.web.metrics import Meter
from server.web.respond import Answer, Manners, Reply, text_answer
from tests.web.asking import Client

SITE = "https://www.example.org"
OTHER = "https://other.example"


@dataclass
class Doors:
    """What the handlers wait for, and how often they were asked."""

    asked: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Ask:
    """Nothing."""


async def get_thing(asked: Ask, ctx: Context) -> int:
    """Who asks."""
    ctx.world.asked += 1
    await ctx.world.open.wait()
    return ctx.viewer.id


async def make_thing(asked: Ask, ctx: Context) -> Reply[str]:
    """One more."""
    return Reply("made", [(b"set-cookie", b"it=5")])


async def owner(world: Any, connection: Any, route: Route) -> Viewer:
    cookie = connection.cookies.get("it")
    return Viewer(int(cookie)) if cookie else NOBODY


def present(problem: Problem) -> Answer:
    raise problem


def other(*given: Any) -> Answer:
    return text_answer("no", 404)


ROUTES = (
    Route(("GET",), "/things", get_thing),
    Route(("POST",), "/things", make_thing, status=201),
)


def app_of(doors: Doors, origins: Origins, cookie: str | None = "it") -> DialectApp:
    words = {"present": present, "unknown_path": other, "unknown_method": other, "broken": other}
    dialect = Dialect("things", "Things", ("/things",), ROUTES, viewer=owner, cookie=cookie, **words)
    return DialectApp(dialect, doors, Manners(), origins, Meter())


@pytest.fixture
def doors() -> Doors:
    found = Doors()
    found.open.set()
    return found


async def test_whoever_has_a_cookie_shares_no_answer(doors: Doors) -> None:
    doors.open.clear()
    app = app_of(doors, Origins())
    cookies = ["", "", "it=3", "it=4"]
    asking = [asyncio.create_task(Client(app).ask(**({"cookie": each} if each else {}))) for each in cookies]
    await asyncio.sleep(0.01)
    doors.open.set()
    assert [(await each).body for each in asking] == [b"0", b"0", b"3", b"4"]
    assert doors.asked == 3


async def test_a_key_says_nothing_where_a_cookie_does(doors: Doors) -> None:
    doors.open.clear()
    app = app_of(doors, Origins())
    asking = [asyncio.create_task(Client(app).ask(authorization="Bearer x")) for _ in range(3)]
    await asyncio.sleep(0.01)
    doors.open.set()
    assert [(await each).body for each in asking] == [b"0"] * 3
    assert doors.asked == 1


async def test_a_cookie_varies_what_is_answered(doors: Doors) -> None:
    assert (await Client(app_of(doors, Origins())).ask()).headers["vary"] == "Cookie"
    assert "vary" not in (await Client(app_of(doors, Origins(), cookie=None)).ask()).headers


async def test_methods_of_one_path_have_handlers_of_their_own(doors: Doors) -> None:
    app = app_of(doors, Origins())
    made = await Client(app).ask(method="POST")
    assert (made.status, made.body, made.headers["set-cookie"]) == (201, b'"made"', "it=5")
    assert (await Client(app).ask()).status == 200


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("others", ["*", OTHER])
async def test_pages_of_trusted_origins_may_use_the_cookie(doors: Doors, others: str, method: str) -> None:
    origins = Origins((others,), (SITE,))
    ours = await Client(app_of(doors, origins)).ask(method=method, origin=SITE)
    assert ours.headers["access-control-allow-origin"] == SITE
    assert ours.headers["access-control-allow-credentials"] == "true"
    theirs = await Client(app_of(doors, origins)).ask(method=method, origin=OTHER)
    assert theirs.headers["access-control-allow-origin"] == others
    assert "access-control-allow-credentials" not in theirs.headers
    # No cookie, no trust: keys are no browser's to send along.
    plain = await Client(app_of(doors, origins, cookie=None)).ask(method=method, origin=SITE)
    assert plain.headers.get("access-control-allow-origin") == ("*" if others == "*" else None)
    assert "access-control-allow-credentials" not in plain.headers


async def test_a_page_may_send_json(doors: Doors) -> None:
    asked = await Client(app_of(doors, Origins(trusted=(SITE,)))).ask(method="OPTIONS", origin=SITE)
    assert "Content-Type" in asked.headers["access-control-allow-headers"].split(", ")
    assert asked.headers["access-control-allow-methods"] == "GET, POST, HEAD"
    anybody = await Client(app_of(doors, Origins(("*",), (SITE,)))).ask(method="OPTIONS", origin=OTHER)
    assert anybody.headers["access-control-allow-methods"] == "GET, HEAD"
    none = await Client(app_of(doors, Origins(trusted=(SITE,)))).ask(method="OPTIONS", origin=OTHER)
    assert not [name for name in none.headers if name.startswith("access-control")]
