"""The page that shows what happens as it happens. What it shows it asks for itself."""

from server.config import Settings
from server.site.assets import Assets
from server.site.markup import filled, html_answer, template
from server.site.table import Page, fixed, manners

# Names of players and lobbies may hold anything: no text becomes markup here, which the last two see to.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    b" form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def live_pages(settings: Settings, assets: Assets) -> dict[str, Page]:
    """The page by its path, made once."""
    answer = html_answer(
        filled(
            template("live"),
            name=settings.server.name or settings.server.domain,
            icon=assets.urls["icon.svg"],
            site_css=assets.urls["site.css"],
            live_css=assets.urls["live.css"],
            words_js=assets.urls["live-words.js"],
            view_js=assets.urls["live-view.js"],
            feed_js=assets.urls["live-feed.js"],
            live_js=assets.urls["live.js"],
        )
    )
    policed = manners(settings.web.gzip_minimum, b"no-cache", (b"content-security-policy", POLICY))
    return {"/live": fixed(answer, policed)}
