"""Cards: what is drawn, and how it is served over the golden world."""

import asyncio
import html
import io
import itertools
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from server.app import create_app
from server.config import Settings
from server.domain.players import Rank, RankedStats, Stats
from server.domain.problems import Unavailable
from server.domain.rulesets import Mode
from server.domain.snapshots import DayPoint
from server.site import cards
from server.site.cards import studio as studios
from server.site.cards.charts import Series, chart
from server.site.cards.facts import Facts
from server.site.cards.fonts import BUILT_IN, Fonts
from server.site.cards.layout import card
from server.site.cards.page import address
from server.site.cards.png import png
from server.site.cards.scene import Circle, Line, Role, Scene, Text
from server.site.cards.studio import MOST_OF_ONE, MOST_WAITING, Studio
from server.site.cards.svg import svg
from server.site.cards.themes import DARK, LIGHT, painted
from server.site.cards.wording import fitting, shown, width
from server.storage.database import Database
from server.web.respond import Answer
from tests.golden import own
from tests.golden.house import fill, settings_for
from tests.golden.people import AIKO, BRACKETS, DIGITS, IDLE, RESTRICTED, TWO_WORDS, UNVERIFIED

HOSTILE = "\"'><img src=x onerror=hit()>]]>&\u202eevil\u0000\x1b"
HOSTILE_ID = 900

END = date(2024, 1, 15)
ELEMENTS = {"svg", "title", "style", "rect", "circle", "polygon", "polyline", "text"}
NAMESPACE = "{http://www.w3.org/2000/svg}"

NAMES = st.one_of(st.text(max_size=300), st.text(st.characters(categories=["C", "M", "Z", "S"]), max_size=40))


def facts(name: str = "Aiko", days: tuple[DayPoint, ...] = (), **figures: Any) -> Facts:
    stats = Stats(3, 0, 123_456_789_012, 0, 9000, 1200, 0, 98.765, 0, 0, 0, 1, 2, 3, 4, 5)._replace(**figures)
    return Facts(3, shown(name) or "player 3", "JP", True, Mode.OSU, RankedStats(stats, Rank(812, 31)), days)


def texts(scene: Scene) -> list[str]:
    return [text.text for text in scene.texts]


@given(NAMES, NAMES)
def test_whatever_a_name_is_the_svg_is_well_formed_and_runs_nothing(name: str, server: str) -> None:
    scene = card(facts(name), shown(server))
    root = ElementTree.fromstring(svg(scene, painted(LIGHT, None), painted(DARK, None)))
    found = list(root.iter())
    assert {each.tag.removeprefix(NAMESPACE) for each in found} <= ELEMENTS
    assert not [key for each in found for key in each.attrib if key.startswith("on") or key.endswith("href")]
    assert [each.text or "" for each in found if each.tag == f"{NAMESPACE}text"] == texts(scene)


@given(NAMES)
def test_whatever_a_name_is_nothing_unseen_is_left_of_it(name: str) -> None:
    kept = shown(name)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|  ", kept)
    assert shown(kept) == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("日本 кириллица [x]_-", "日本 кириллица [x]_-"),
        ("a\u202eb\u2066c\x00d\te\n f", "abcd e f"),
        ("e" + "\u0317" * 50 + "x", "e\u0317\u0317x"),
        ("👩\u200d🎤", "👩\u200d🎤"),
        (" \u200d\u200b\u2028", ""),
    ],
)
def test_names_as_they_are_shown(name: str, kept: str) -> None:
    assert shown(name) == kept


@given(NAMES, st.floats(60, 400))
def test_text_is_made_to_fit(text: str, most: float) -> None:
    fitted, size = fitting(shown(text), most, 28, 12)
    assert width(fitted) * size <= most * 1.01  # sizes are rounded
    assert len(fitted) <= 65 or fitted == shown(text)


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_whatever_a_name_is_the_png_opens(name: str) -> None:
    scene = Scene("", 120, 40, (), (Text(60, 30, shown(name), 19, Role.TEXT, True, "middle", 100),))
    image = Image.open(io.BytesIO(png(scene, painted(DARK, None), FONTS)))
    assert (image.format, image.size) == ("PNG", (240, 80))
    # Nothing beyond what it may take.
    assert image.crop((0, 0, 20, 80)).getextrema() == ((0, 0), (0, 0), (0, 0))


FONTS = Fonts()


def days(*ago: int) -> tuple[tuple[date, int], ...]:
    return tuple((END - timedelta(days=each), 100 + each) for each in ago)


def panel(points: tuple[tuple[date, int], ...], falling: bool = True) -> tuple[list[Any], list[str]]:
    shapes, written = chart(Series("Rank", "best", points, "#{:,}", falling, END, 90), (0, 0, 273, 118))
    return shapes, [text.text for text in written]


def test_a_gap_in_what_is_known_is_a_gap_in_the_line() -> None:
    shapes, written = panel(days(89, 88, 87, 40, 10, 9, 0))
    lines = [each.points for each in shapes if isinstance(each, Line) and each.stroke is Role.ACCENT]
    dots = [each for each in shapes if isinstance(each, Circle)]
    assert [len(points) for points in lines] == [3, 2]
    assert len(dots) == 2 + 1  # days alone, and where the line ends
    assert lines[0][0][0] == 14
    assert dots[-1].x == 273 - 14
    assert written[1:] == ["best #100", "18 Oct: #189", "15 Jan: #100"]


@pytest.mark.parametrize("falling", [True, False])
def test_better_is_up(falling: bool) -> None:
    shapes, _ = panel(days(2, 1, 0), falling)
    (line,) = [each.points for each in shapes if isinstance(each, Line) and each.stroke is Role.ACCENT]
    heights = [y for _, y in line]
    assert heights == sorted(heights, reverse=falling)
    assert len(set(heights)) == 3


@pytest.mark.parametrize("points", [(), days(0)])
def test_less_than_two_days_are_no_history(points: tuple[tuple[date, int], ...]) -> None:
    shapes, written = panel(points)
    assert len(shapes) == 1
    assert written == ["Rank", "no history yet"]


def test_days_without_a_rank_are_left_out_of_the_ranks_alone() -> None:
    known = tuple(DayPoint(END - timedelta(days=ago), 0, 500.4, 7 if ago else None, None) for ago in (2, 1, 0))
    said = texts(card(facts(days=known), "Tea"))
    assert "14 Jan: #7" in said
    assert "15 Jan: 500 pp" in said


def test_figures_on_a_card() -> None:
    said = texts(card(facts(pp=12_345, plays=1_234_567), "Tea & Friends"))
    expected = ["Aiko", "JP · online", "osu!", "Tea & Friends", "#812", "#31", "12,345 pp", "98.77%", "1,234,567"]
    assert [text for text in said if text in expected] == expected
    assert said[said.index("SS") :][:10] == ["SS", "1", "SS", "2", "S", "3", "S", "4", "A", "5"]
    assert "Level 100" in said


def test_figures_that_are_not_there_are_not_made_up() -> None:
    told = Facts(3, "Aiko", "", False, Mode.MANIA, None, ())
    said = texts(card(told, "Tea"))
    assert said.count("–") == 5 + 5
    assert said.count("no history yet") == 2
    assert "Level –" in said
    assert not [text for text in said if "online" in text or "#" in text]


def test_numbers_of_any_length_leave_room_for_each_other() -> None:
    huge = dict.fromkeys(("pp", "plays", "xh_count", "x_count", "sh_count", "s_count", "a_count"), 4_294_967_295)
    told = facts("W" * 32, **huge)._replace(mode=Mode.RELAX_CATCH)
    told = told._replace(standing=told.standing and told.standing._replace(rank=Rank(12_345_678, 12_345_678)))
    rows: dict[float, list[Text]] = {}
    for text in card(told, "W" * 80).texts:
        rows.setdefault(text.y, []).append(text)
    for row in rows.values():
        edges = sorted(edge(text) for text in row)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(edges)), row
        assert edges[0][0] >= 0
        assert edges[-1][1] <= 600


def test_one_long_figure_alone_is_smaller() -> None:
    def sizes(**figures: Any) -> dict[str, float]:
        return {text.text: text.size for text in card(facts(**figures), "Tea").texts if text.y == 120}

    usual = sizes(plays=1_234_567)
    assert len(usual) == 5
    assert len(set(usual.values())) == 1
    long = sizes(plays=4_294_967_295)
    assert long.pop("4,294,967,295") < 12
    assert set(long.values()) == {15}


def edge(text: Text) -> tuple[float, float]:
    """From where to where a text goes as its font in PNGs has it."""
    length = sum(run.font.getlength(run.text) for run in FONTS.runs(text.text, round(text.size * 4), text.bold)) / 4
    left = text.x - {"start": 0, "middle": length / 2, "end": length}[text.anchor]
    return left, left + length


def test_letters_that_no_font_has_are_boxes() -> None:
    def drawn(text: str) -> bytes:
        return png(Scene("", 60, 30, (), (Text(5, 25, text, 20),)), painted(DARK, None), FONTS)

    assert drawn("日") == drawn("本") != drawn(" ")
    assert drawn("Ж") != drawn("Я") != drawn("日")


@pytest.mark.skipif(shutil.which("fc-match") is None, reason="no fonts on this machine")
def test_a_font_can_be_added() -> None:
    path = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not path.exists():
        pytest.skip("not this font")
    runs = Fonts(str(path)).runs("a☃b", 20, True)
    assert [(run.text, run.font.getname()[0]) for run in runs] == [
        *(("a", "Noto Sans"), ("☃", "DejaVu Sans"), ("b", "Noto Sans")),
    ]


def test_a_font_that_is_none_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "font.ttf").write_bytes(b"no font")
    fonts = Fonts(str(tmp_path / "font.ttf"))
    assert "cannot be read as a font" in caplog.text
    assert [run.font.path for run in fonts.runs("日本", 20, False)] == [str(BUILT_IN)]


async def test_each_card_is_drawn_once_and_not_on_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def draw(*_: object) -> bytes:
        threads.append(threading.current_thread())
        return b"drawn"

    monkeypatch.setattr(studios, "png", draw)
    studio, scene = Studio(), card(facts(), "Tea")
    answers = await asyncio.gather(*(studio.png(scene, theme, None) for theme in ("dark", "auto", "dark")))
    assert {answer.body for answer in [*answers, await studio.png(card(facts(), "Tea"), "dark", None)]} == {b"drawn"}
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
    await studio.png(card(facts("other"), "Tea"), "dark", None)
    assert len(threads) == 2


@pytest.mark.parametrize("askers", [1, MOST_WAITING])
async def test_no_more_wait_than_can_be_drawn(monkeypatch: pytest.MonkeyPatch, askers: int) -> None:
    go = threading.Event()
    monkeypatch.setattr(studios, "png", lambda *_: b"drawn" if go.wait(20) else b"")
    studio = Studio()
    scenes = [card(facts(str(number)), "Tea") for number in range(MOST_WAITING + 1)]
    asked = [studio.png(scene, "dark", None, f"{number % askers}") for number, scene in enumerate(scenes)]
    waiting = [asyncio.create_task(each) for each in asked[:-1]]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await asked[-1]
    go.set()
    assert {answer.body for answer in await asyncio.gather(*waiting)} == {b"drawn"}
    assert (await studio.png(scenes[-1], "dark", None, "0")).body == b"drawn"


async def test_who_asks_for_many_keeps_nobody_from_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    drawn: list[str] = []

    def draw(scene: Scene, *_: object) -> bytes:
        go.wait(20)
        drawn.append(scene.texts[0].text)
        return b"drawn"

    monkeypatch.setattr(studios, "png", draw)
    studio = Studio()

    def ask(name: str, asker: str) -> asyncio.Task[Answer]:
        return asyncio.create_task(studio.png(card(facts(name), "Tea"), "dark", None, asker))

    many = [ask(f"many {number}", "10.0.0.1") for number in range(MOST_WAITING + 8)]
    await asyncio.sleep(0)
    others = [ask(f"other {number}", f"10.0.1.{number}") for number in range(MOST_WAITING - MOST_OF_ONE)]
    await asyncio.sleep(0)
    go.set()
    answers = await asyncio.gather(*many, return_exceptions=True)
    assert {answer.body for answer in await asyncio.gather(*others)} == {b"drawn"}
    # A few of theirs come before the others; the rest, as far as it was taken, in its turn.
    first = [f"many {number}" for number in range(MOST_OF_ONE)]
    assert drawn[: len(first) + 3] == [*first, "other 0", "other 1", "other 2"]
    assert [isinstance(each, Unavailable) for each in answers] == [False] * MOST_WAITING + [True] * 8
    # Nothing is remembered of who has gone.
    assert len(studio._askers) == 0


class Site:
    """The whole server over the golden world on SQLite, and somebody in it whose name is an attack."""

    heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)

    def __init__(self, runner: asyncio.Runner, chosen: Settings) -> None:
        fill(runner, chosen)
        url = chosen.database.url
        self.runner = runner
        self.db = Database(url, 1)
        self.app = create_app(chosen, self.hear, lambda: own.CLOCK)
        self.lifespan = self.app.router.lifespan_context(self.app)
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="https://api.example")

    def hear(self, sql: str) -> None:
        heard = self.heard.get()
        if heard is not None:
            heard.append(sql)

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.run(self.client.request(method, path, headers=given))

    def statements(self, path: str) -> int:
        """How many it takes to answer."""
        heard: list[str] = []

        async def listen() -> None:
            self.heard.set(heard)
            await self.client.get(path)

        self.run(listen())
        return len(heard)

    def run(self, question: Any) -> Any:
        async def wait() -> Any:
            return await question

        return self.runner.run(wait())

    async def begin(self) -> None:
        await self.db.connect()
        row = {"id": HOSTILE_ID, "name": HOSTILE, "safe_name": "hostile", "email": "h", "pw_bcrypt": "", "priv": 3}
        async with self.db.transaction() as session:
            await session.insert_many("users", [row | {"country": "<&"}])
        await self.lifespan.__aenter__()

    async def end(self) -> None:
        await self.client.aclose()
        await self.lifespan.__aexit__(None, None, None)
        await self.db.disconnect()


@contextmanager
def opened(runner: asyncio.Runner, chosen: Settings) -> Iterator[Site]:
    site = Site(runner, chosen)
    site.run(site.begin())
    try:
        yield site
    finally:
        site.run(site.end())


@pytest.fixture(scope="module")
def site(golden_runner: asyncio.Runner, golden_valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("cards")
    chosen = settings_for(f"sqlite:///{folder / 'cards.db'}", golden_valkey, folder / "data")
    with opened(golden_runner, chosen) as site:
        yield site


def words(svg_text: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg_text).iter(f"{NAMESPACE}text")]


def test_a_card_of_a_player(site: Site) -> None:
    answer = site.ask(f"/card/{AIKO}.svg?mode=0")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    said = words(answer.text)
    assert {"Aiko", "JP · online", "osu!", "localhost", "#1", "9,000 pp", "98.77%", "1,200", "Level 100"} <= set(said)
    # What the golden world knows of the last 90 days.
    assert {"6 Dec: #2", "15 Jan: #1", "best #1", "6 Dec: 8,800 pp", "15 Jan: 9,000 pp"} <= set(said)


def test_a_card_of_a_name(site: Site) -> None:
    assert words(site.ask("/card/two%20words.svg").text)[0] == "two words"
    assert words(site.ask("/card/TWO_WORDS.svg").text)[0] == "two words"
    assert words(site.ask("/card/日本語.svg").text)[0] == "日本語"
    assert words(site.ask("/card/12345678.svg").text)[0] == "12345678"  # nobody has this id
    assert words(site.ask(f"/card/{DIGITS}.svg").text)[0] == "12345678"


def test_the_mode_is_the_one_asked_for_or_the_players_own(site: Site) -> None:
    asked = {"": "osu! Relax", "?mode=8": "osu! Autopilot", "?mode=taiko": "osu!taiko", "?mode=": "osu! Relax"}
    for query, mode in asked.items():
        assert mode in words(site.ask(f"/card/{AIKO}.svg{query}").text), query
    assert words(site.ask(f"/card/{IDLE}.svg").text).count("–") == 10


def test_pngs_are_pictures_in_their_theme(site: Site) -> None:
    pictures = {}
    for query in ("", "?theme=dark", "?theme=light", "?theme=auto", "?accent=ff0000"):
        answer = site.ask(f"/card/{AIKO}.png{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert "content-encoding" not in answer.headers
        image = Image.open(io.BytesIO(answer.content))
        assert (image.format, image.size, image.mode) == ("PNG", (1200, 630), "RGB")
        pictures[query] = image
    corners = {query: image.getpixel((0, 0)) for query, image in pictures.items()}
    assert corners["?theme=light"] == (0xF6, 0xF5, 0xFB)
    assert {corners[query] for query in ("", "?theme=dark", "?theme=auto")} == {(0x14, 0x12, 0x1D)}
    reds = {
        query: sum(count for count, colour in pictures[query].getcolors(2**24) if colour == (255, 0, 0))
        for query in ("", "?accent=ff0000")
    }
    assert reds[""] == 0
    assert reds["?accent=ff0000"] > 1000


def test_svgs_have_their_theme(site: Site) -> None:
    drawn = {theme: site.ask(f"/card/{AIKO}.svg?theme={theme}").text for theme in ("light", "dark", "auto")}
    assert [theme for theme, text in drawn.items() if "prefers-color-scheme:dark" in text] == ["auto"]
    assert [theme for theme, text in drawn.items() if LIGHT[Role.GROUND] in text] == ["light", "auto"]
    assert [theme for theme, text in drawn.items() if DARK[Role.GROUND] in text] == ["dark", "auto"]
    assert ".s-accent{stroke:#ff66aa}" in site.ask(f"/card/{AIKO}.svg?accent=FF66AA").text


@pytest.mark.parametrize("form", ["", ".svg", ".png"])
@pytest.mark.parametrize("who", ["1", str(RESTRICTED), "Restricted", str(UNVERIFIED), "nobody", "9" * 300, "a/b"])
def test_who_is_not_to_be_seen_is_not_there(site: Site, who: str, form: str) -> None:
    answer = site.ask(f"/card/{who}{form}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith({"": "text/html", ".svg": "image/svg", ".png": "image/png"}[form])
    assert answer.content == site.ask(f"/card/really-nobody{form}").content


def test_who_is_restricted_has_no_card_where_others_see_them(
    golden_runner: asyncio.Runner, golden_valkey: str, tmp_path: Path
) -> None:
    chosen = settings_for(f"sqlite:///{tmp_path / 'open.db'}", golden_valkey, tmp_path / "data")
    with opened(golden_runner, replace(chosen, players=replace(chosen.players, visibility="bancho.py"))) as site:
        assert site.ask(f"/v1/get_player_info?id={RESTRICTED}&scope=info").status_code == 200
        for who, status in ((str(RESTRICTED), 404), ("Restricted", 404), (str(UNVERIFIED), 200), (str(AIKO), 200)):
            assert [site.ask(f"/card/{who}{form}").status_code for form in ("", ".svg", ".png")] == [status] * 3, who


@pytest.mark.parametrize("path", [f"/card/{AIKO}", f"/card/{AIKO}.svg", f"/card/{AIKO}.png"])
def test_a_slash_and_capitals_make_no_difference(site: Site, path: str) -> None:
    answer = site.ask(f"{path}?mode=1")
    form = path.removeprefix(f"/card/{AIKO}")
    for other in (f"{path}/", path.replace(form, form.upper())):
        again = site.ask(f"{other}?mode=1")
        assert (again.status_code, again.headers["content-type"]) == (200, answer.headers["content-type"])
        assert again.content == answer.content
    assert site.ask("/card/").status_code == site.ask("/card//").status_code == 404


def test_refusals_say_what_was_expected_and_what_came(site: Site) -> None:
    for form in ("", ".svg", ".png"):
        answer = site.ask(f"/card/{AIKO}{form}?mode=7&theme=<b>&accent=%23fff&v=1")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
        assert answer.text.splitlines() == [
            "mode: expected 0 to 6, 8, osu, taiko, catch or mania, got '7'.",
            "theme: expected one of auto, light, dark, got '<b>'.",
            "accent: expected six hexadecimal digits such as ff66aa, got '#fff'.",
        ]


@pytest.mark.parametrize("form", ["", ".svg", ".png"])
def test_cards_are_cached_and_harmless(site: Site, form: str) -> None:
    path = f"/card/{AIKO}{form}?v=2"
    answer = site.ask(path)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert not [each for each in policy if each.startswith("script-src")]
    again = site.ask(path, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    head = site.ask(path, "HEAD")
    assert (head.status_code, head.content, head.headers) == (200, b"", answer.headers)
    assert site.ask(path, "POST").status_code == 405


@pytest.mark.parametrize("form", ["", ".svg", ".png"])
def test_a_card_takes_as_many_statements_for_everybody(site: Site, form: str) -> None:
    # Who it is, their figures (asked for twice: also for the last of the days), their snapshots, and the ladders.
    assert site.statements(f"/card/{AIKO}{form}?mode=0") == 6
    assert site.statements(f"/card/{TWO_WORDS}{form}?mode=0") == 6
    assert site.statements(f"/card/nobody{form}") == 1


def test_a_name_can_be_an_attack(site: Site) -> None:
    page = site.ask(f"/card/{HOSTILE_ID}").text
    assert "onerror" in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert re.findall(r"<(?:script|[^>]*\son\w+=)", re.sub(r'"[^"]*"', '""', page)) == []
    picture = site.ask(f"/card/{HOSTILE_ID}.svg").text
    assert words(picture)[0].startswith("\"'><img src=x")
    assert words(picture)[1] == "<&"
    assert site.ask(f"/card/{HOSTILE_ID}.png").status_code == 200


def og(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def test_the_page_shows_itself_in_messages(site: Site) -> None:
    tags = og(site.ask("/card/Aiko?mode=0&theme=light&accent=ff66aa&v=3").text)
    query = "?mode=0&theme=light&accent=ff66aa"
    assert tags["og:url"] == f"https://api.example/card/{AIKO}{query}"
    assert tags["og:image"] == f"https://api.example/card/{AIKO}.png{query}"
    assert tags["og:title"] == "Aiko on localhost"
    assert tags["og:description"] == "osu!: #1 · #1 in JP · 9,000 pp · 98.77% accuracy · 1,200 plays"
    assert tags["og:image:alt"] == f"Aiko on localhost, {tags['og:description']}"
    assert tags["twitter:card"] == "summary_large_image"
    image = Image.open(io.BytesIO(site.ask(tags["og:image"]).content))
    assert image.size == (int(tags["og:image:width"]), int(tags["og:image:height"]))


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("cards.example:8443", "https://cards.example:8443"),
        ("[::1]:80", "https://[::1]:80"),
        ('evil"><script>', "https://api.example"),
        ("a/b", "https://api.example"),
    ],
)
def test_addresses_are_of_the_host_asked_for(site: Site, host: str, base: str) -> None:
    page = site.ask(f"/card/{AIKO}", host=host).text
    assert og(page)["og:image"].startswith(f"{base}/card/{AIKO}.png")
    assert "<script" not in page


@pytest.mark.parametrize(("scheme", "said"), [("http", "http"), ("ws", "http"), ("https", "https"), ("wss", "https")])
def test_addresses_are_those_of_pages(scheme: str, said: str) -> None:
    scope = {"scheme": scheme, "headers": [(b"host", b"cards.example")], "server": None}
    assert address(scope) == f"{said}://cards.example"


def test_codes_to_paste(site: Site) -> None:
    page = site.ask("/card/%5Bbr-ackets%5D?theme=dark").text
    codes = {
        name: html.unescape(value) for name, value in re.findall(r'<input id="(\w+)" value="([^"]*)" readonly', page)
    }
    base = f"https://api.example/card/{BRACKETS}"
    png, link = f"{base}.png?theme=dark", f"{base}?theme=dark"
    assert codes["bbcode"] == f"[url={link}][img]{png}[/img][/url]"
    assert codes["markdown"] == f"[![\\[br\\-ackets\\] on localhost]({png})]({link})"
    assert codes["picture"] == png
    inner = ElementTree.fromstring(codes["html"].replace('315">', '315"/>'))
    assert inner.attrib == {"href": link}
    assert inner[0].attrib["src"] == f"{base}.svg?theme=dark"
    for url in re.findall(r'(?:href|src)="(/[^"]*)"', page):
        assert site.ask(html.unescape(url)).status_code == 200, url


def test_with_the_database_away_a_card_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(cards, "facts_of", away)
    for form, kind in (("", "text/html"), (".svg", "image/svg+xml"), (".png", "image/png")):
        answer = site.ask(f"/card/{AIKO}{form}")
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["retry-after"] == "5"
