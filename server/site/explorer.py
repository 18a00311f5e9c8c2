"""The API explorer, and the OpenAPI documents it reads."""

from server import VERSION
from server.config import Settings
from server.site.assets import Assets
from server.site.markup import Markup, filled, html_answer, joined, template
from server.site.table import Page, fixed, manners
from server.web.dialect import Dialect
from server.web.openapi import document
from server.web.respond import json_answer

# Requests go to this server alone. Swagger UI sets inline styles and brings its icons as data.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def document_url(dialect: Dialect) -> str:
    """Where a dialect's OpenAPI document is."""
    return f"/openapi/{dialect.name}.json"


class Explorer:
    """The page and the documents, made once. `pages` by path."""

    def __init__(self, settings: Settings, dialects: tuple[Dialect, ...], assets: Assets) -> None:
        minimum = settings.web.gzip_minimum
        readable = manners(minimum, b"no-cache", (b"access-control-allow-origin", b"*"))
        policed = manners(minimum, b"no-cache", (b"content-security-policy", POLICY))
        answer = html_answer(_page(settings, dialects, assets))
        self.pages: dict[str, Page] = {"/docs": fixed(answer, policed)}
        for dialect in dialects:
            self.pages[document_url(dialect)] = fixed(json_answer(document(dialect, VERSION)), readable)


def _page(settings: Settings, dialects: tuple[Dialect, ...], assets: Assets) -> Markup:
    option, listed = template("option"), template("listed")
    return filled(
        template("docs"),
        name=settings.server.name or settings.server.domain,
        options=joined(filled(option, value=each.name, url=document_url(each), text=each.title) for each in dialects),
        listed=joined(filled(listed, url=document_url(each), text=each.title) for each in dialects),
        icon=assets.urls["icon.svg"],
        site_css=assets.urls["site.css"],
        docs_css=assets.urls["docs.css"],
        swagger_css=assets.urls["swagger-ui.css"],
        swagger_js=assets.urls["swagger-ui-bundle.js"],
        explorer_js=assets.urls["explorer.js"],
    )
