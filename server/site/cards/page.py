"""The page of a card: what a link to it shows in other places, and what to paste there."""

import re
from html import escape
from typing import Final

from starlette.types import Scope

from server.site.assets import Assets
from server.site.cards.asked import THEMES, AskCard
from server.site.cards.facts import MODE_WORDS, Facts, summary
from server.site.cards.layout import HEIGHT, WIDTH
from server.site.cards.png import SCALE
from server.site.markup import Markup, filled, html_answer, joined, template
from server.web.respond import Answer, Headers

_HOST: Final = re.compile(r"[0-9A-Za-z.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")

# Proxies may tell of the connection in the words for WebSockets.
_SCHEMES: Final = {"ws": "http", "wss": "https"}


def address(scope: Scope) -> str:
    """Scheme and host as they were asked for, to which paths can be appended."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if not _HOST.fullmatch(given):
        host, port = scope["server"] or ("localhost", None)
        given = f"{host}:{port}" if port else str(host)
    return f"{_SCHEMES.get(scope['scheme'], scope['scheme'])}://{given}"


class CardPage:
    """Makes the pages."""

    def __init__(self, server: str, assets: Assets) -> None:
        self._server = server
        self._urls = {
            "icon": assets.urls["icon.svg"],
            "site_css": assets.urls["site.css"],
            "card_css": assets.urls["card.css"],
        }
        self._page, self._nothing = template("card"), template("no_card")
        self._choice, self._code = template("choice"), template("code")

    def page(self, told: Facts, asked: AskCard, base: str) -> Answer:
        # By id: names change.
        path, query = f"/card/{told.player_id}", asked.query()
        svg, png = f"{path}.svg{query}", f"{path}.png{query}"
        title = f"{told.name} on {self._server}"
        return html_answer(
            filled(
                self._page,
                name=told.name,
                server=self._server,
                title=title,
                summary=summary(told),
                url=f"{base}{path}{query}",
                image=f"{base}{png}",
                width=WIDTH * SCALE,
                height=HEIGHT * SCALE,
                drawn_width=WIDTH,
                drawn_height=HEIGHT,
                svg=svg,
                png=png,
                themes=self._themes(path, asked),
                modes=self._modes(path, asked, told),
                codes=self._codes(title, f"{base}{path}{query}", f"{base}{svg}", f"{base}{png}"),
                **self._urls,
            )
        )

    def nothing(self, title: str, text: str, status: int, headers: Headers) -> Answer:
        """A page that says why there is no card."""
        answer = html_answer(filled(self._nothing, title=title, text=text, server=self._server, **self._urls))
        return Answer(answer.body, status, answer.media_type, headers)

    def _themes(self, path: str, asked: AskCard) -> Markup:
        return joined(self._chosen(theme, path + asked.query(theme=theme), theme == asked.theme) for theme in THEMES)

    def _modes(self, path: str, asked: AskCard, told: Facts) -> Markup:
        return joined(
            self._chosen(words, path + asked.query(mode=int(mode)), mode is told.mode)
            for mode, words in MODE_WORDS.items()
        )

    def _chosen(self, text: str, url: str, current: bool) -> Markup:
        mark = Markup(' aria-current="true"') if current else Markup("")
        return filled(self._choice, text=text, url=url, current=mark)

    def _codes(self, title: str, url: str, svg: str, png: str) -> Markup:
        size = f'width="{WIDTH}" height="{HEIGHT}"'
        codes = {
            "BBCode": f"[url={url}][img]{png}[/img][/url]",
            "Markdown": f"[![{_unmarked(title)}]({png})]({url})",
            "HTML": f'<a href="{escape(url)}"><img src="{escape(svg)}" alt="{escape(title)}" {size}></a>',
            "Picture": png,
        }
        return joined(filled(self._code, id=name.lower(), name=name, value=value) for name, value in codes.items())


def _unmarked(text: str) -> str:
    """Text in which Markdown finds nothing to act on."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
