"""The site over a small world of its own making."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from server.config import Settings
from server.dialects import DIALECTS
from server.domain.players import Counts, Leader, Player
from server.domain.problems import Unavailable
from server.services.status import Health
from server.site import site_routes
from server.site.examples import FORMS
from server.web.metrics import Meter
from server.world import World

NASTY = "<b>R&B</b> \"quoted\" 'too'"
ESCAPED = "&lt;b&gt;R&amp;B&lt;/b&gt; &quot;quoted&quot; &#x27;too&#x27;"
REFERENCE = re.compile(r'(?:href|src|data-url)="([^"#][^"]*)"')
OUTSIDE = re.compile(r"(?:https?:)?//[\w-]+\.[\w.-]+|https?://")


def leader(player_id: int, name: str) -> Leader:
    return Leader(player_id, name, "de", 0, 0, 0, 0, 0, 0.0, 0, 0, 0, 0, 0, 0, None, None, None)


PLAYER = Player(4, NASTY, NASTY, 3, "de", 0, 0, 0, 0, 0, 0, 0, 0, None, None, None)


@dataclass
class Fake:
    """The services that the site asks, told what to say."""

    health: Health = Health(True, True)
    leaders: tuple[Leader, ...] = (leader(4, NASTY), leader(9, "second"))
    broken: bool = False
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def world(self) -> World:
        def answering(value: Any) -> Callable[..., Awaitable[Any]]:
            async def answer(*asked: Any) -> Any:
                self.asked.append(asked)
                if self.broken:
                    raise Unavailable("The database is away.")
                return value

            return answer

        async def health() -> Health:
            return self.health

        async def lobbies() -> int:
            return 2

        return cast(
            World,
            SimpleNamespace(
                players=SimpleNamespace(
                    leaders=answering(list(self.leaders)), find=answering(PLAYER), stats_in=answering(None)
                ),
                online=SimpleNamespace(counts=answering(Counts(13, 12345)), of=answering(set())),
                progress=SimpleNamespace(days=answering([])),
                matches=SimpleNamespace(count=lobbies),
                status=SimpleNamespace(health=health),
            ),
        )


Opened = Callable[..., httpx.AsyncClient]

PAGES = ("/", "/live", "/docs", "/healthz", "/readyz", "/metrics", "/favicon.ico", "/static/site.css")


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Makes a client of a site over a fake world."""
    clients: list[httpx.AsyncClient] = []

    def make(fake: Fake | None = None, **sections: dict[str, Any]) -> httpx.AsyncClient:
        settings = Settings()
        for name, values in sections.items():
            settings = replace(settings, **{name: replace(getattr(settings, name), **values)})
        routes = site_routes(settings, (fake or Fake()).world(), Meter(), DIALECTS)
        transport = httpx.ASGITransport(Starlette(routes=[routes]))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://site"))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


def numbers(page: str) -> list[str]:
    return re.findall(r"<dt>[^<]+</dt><dd>([^<]*)</dd>", page)


async def test_the_home_page_says_what_there_is(opened: Opened) -> None:
    answer = await opened(server={"name": NASTY}).get("/")
    page = answer.text
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>The web API of <strong>{ESCAPED}</strong></h1>" in page
    assert numbers(page) == ["13", "12,345", "2"]
    for dialect in DIALECTS:
        assert f">{dialect.title}</h3>" in page
        assert f"{len(dialect.routes)} route{'' if len(dialect.routes) == 1 else 's'}<" in page
        assert all(f"<code>{mount}/…</code>" in page for mount in dialect.mounts)
    assert "<b>" not in page
    assert 'class="word"' not in page
    assert {"/live", "/docs", "/healthz", "/readyz", "/metrics"} <= set(REFERENCE.findall(page))


async def test_examples_are_of_the_best_players(opened: Opened) -> None:
    fake = Fake()
    page = (await opened(fake).get("/")).text
    assert '<a href="/v1/get_player_info?id=4&amp;scope=all">' in page
    assert "ids=4,9" in page
    assert f"{ESCAPED}: account" in page
    assert '<a href="/card/4">' in page
    assert (0, "pp", None, 3, 0) in fake.asked
    known = {mount + route.path for dialect in DIALECTS for mount in dialect.mounts for route in dialect.routes}
    assert {path for path, _, _ in FORMS} <= known


async def test_without_players_there_are_no_examples(opened: Opened) -> None:
    page = (await opened(Fake(leaders=())).get("/")).text
    assert numbers(page) == ["13", "12,345", "2"]
    assert "Try it" not in page


@pytest.mark.parametrize("fake", [Fake(Health(False, True)), Fake(broken=True)], ids=["away", "just gone"])
async def test_with_the_database_away_the_page_says_so(opened: Opened, fake: Fake) -> None:
    answer = await opened(fake).get("/")
    assert answer.status_code == 200
    assert numbers(answer.text) == ["not known", "not known", "2"]
    assert "The database does not answer." in answer.text
    assert "Try it" not in answer.text


@pytest.mark.parametrize(
    ("redis", "online", "shown", "words"),
    [
        (False, "auto", "13", "(Redis) does not answer"),
        (False, "live", "not known", "(Redis) does not answer"),
        (None, "auto", "13", "has no live layer"),
    ],
)
async def test_with_the_live_layer_away_the_page_says_so(
    opened: Opened, redis: bool | None, online: str, shown: str, words: str
) -> None:
    page = (await opened(Fake(Health(True, redis)), players={"online": online}).get("/")).text
    assert numbers(page) == [shown, "12,345", "not known"]
    assert words in page


@pytest.mark.parametrize("path", ["/", "/docs", "/live"])
async def test_a_page_refers_to_nothing_outside_and_to_nothing_missing(opened: Opened, path: str) -> None:
    client = opened()
    answer = await client.get(path)
    assert OUTSIDE.findall(answer.text) == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"https?:|\*", answer.headers["content-security-policy"])
    dialects = tuple(f"{mount}/" for dialect in DIALECTS for mount in dialect.mounts if mount)
    for url in REFERENCE.findall(answer.text):
        if url.startswith(dialects):
            continue
        found = await client.get(url)
        assert found.status_code == 200, url
        if url.startswith("/static/"):
            text = found.text.replace("http://www.w3.org/2000/svg", "")  # a name, never fetched
            assert OUTSIDE.findall(text) == [], url


async def test_the_live_page_lets_nothing_in(opened: Opened) -> None:
    """No script but our files, none in the page itself, and no text that becomes markup."""
    answer = await opened(server={"name": NASTY}).get("/live")
    assert f"<h1>Live on <strong>{ESCAPED}</strong></h1>" in answer.text
    policy = dict(each.strip().partition(" ")[::2] for each in answer.headers["content-security-policy"].split(";"))
    asked = {"script-src", "style-src", "img-src", "connect-src"}
    assert {name for name, value in policy.items() if value != "'none'"} == asked | {"require-trusted-types-for"}
    assert {policy[name] for name in asked} == {"'self'"}
    assert not re.search(r"<script(?![^>]* src=)|<style|\bstyle=|\bon\w+=", answer.text)
    client = opened()
    for url in (url for url in REFERENCE.findall(answer.text) if url.startswith("/static/live") and ".js" in url):
        assert not re.search(
            r"\b(inner|outer)HTML\b|insertAdjacent|document\.write|\beval\b", (await client.get(url)).text
        )


async def test_without_scripts_the_live_page_says_where_to_look(opened: Opened) -> None:
    page = (await opened().get("/live")).text
    words = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert len(words) == 1
    assert REFERENCE.findall(words[0]) == ["/live/players", "/live/matches"]
    assert re.findall(r'id="(line|app)"[^>]* hidden', page) == ["line", "app"]  # nothing that only scripts fill


async def test_assets_are_kept_for_good(opened: Opened) -> None:
    client = opened()
    urls = [url for url in REFERENCE.findall((await client.get("/docs")).text) if "?v=" in url]
    assert {"/static/explorer.js", "/docs/assets/swagger-ui-bundle.js"} <= {url.partition("?")[0] for url in urls}
    for url in urls:
        found = await client.get(url)
        assert "immutable" in found.headers["cache-control"]
        assert found.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
        again = await client.get(url, headers={"if-none-match": found.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_explorer_offers_every_document(opened: Opened) -> None:
    client = opened(server={"name": NASTY})
    page = (await client.get("/docs")).text
    assert f"<title>API explorer · {ESCAPED}</title>" in page
    assert '<a href="/">' in page
    for dialect in DIALECTS:
        assert f'<option value="{dialect.name}" data-url="/openapi/{dialect.name}.json">' in page
        answer = await client.get(f"/openapi/{dialect.name}.json")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.json()["paths"].keys() == {route.path for route in dialect.routes}
        again = await client.get(answer.url, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("health", "status", "said"),
    [
        (Health(True, True), 200, {"status": "ok", "database": True, "redis": True}),
        (Health(True, None), 200, {"status": "ok", "database": True, "redis": None}),
        (Health(True, False), 200, {"status": "ok", "database": True, "redis": False}),
        (Health(False, True), 503, {"status": "unavailable", "database": False, "redis": True}),
    ],
)
async def test_readiness_hangs_on_the_database_alone(
    opened: Opened, health: Health, status: int, said: dict[str, Any]
) -> None:
    client = opened(Fake(health))
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (status, said)
    running = await client.get("/healthz")
    assert (running.status_code, running.json()) == (200, {"status": "ok"})


async def test_metrics_are_in_prometheus_form() -> None:
    meter = Meter()
    meter.of("some", "/route")(200, 0.002)
    app = Starlette(routes=[site_routes(Settings(), Fake().world(), meter, DIALECTS)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site") as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'requests_total{dialect="some",route="/route",status="200"} 1.0' in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_head_is_get_without_a_body_and_nothing_else_is_taken(opened: Opened, path: str) -> None:
    client = opened()
    got, head, post = await client.get(path), await client.head(path), await client.post(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert (post.status_code, post.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/static/", "/static/../home.py", "/docs/assets/index.html", "/openapi/none.json"])
async def test_what_is_not_listed_is_not_there(opened: Opened, path: str) -> None:
    assert (await opened().get(path)).status_code == 404
