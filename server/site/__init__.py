"""Pages for people and probes for machines: everything outside the dialects."""

from server.config import Settings
from server.site import cards
from server.site.assets import Assets
from server.site.explorer import Explorer
from server.site.home import Home
from server.site.live import live_pages
from server.site.probes import probes
from server.site.table import Table
from server.web.dialect import Dialect
from server.web.metrics import Meter
from server.world import World


def site_routes(settings: Settings, world: World, meter: Meter, dialects: tuple[Dialect, ...]) -> Table:
    """The site as one route, so that a request to a dialect passes it at the price of one look-up."""
    minimum = settings.web.gzip_minimum
    assets = Assets(minimum)
    explorer = Explorer(settings, dialects, assets)
    home = Home(settings, world, dialects, assets)
    pages = {"/": home.page, **live_pages(settings, assets), **explorer.pages, **assets.pages}
    below = {cards.ROOT: cards.Cards(settings, world, assets).find}
    return Table({**pages, **probes(world, meter, minimum)}, below)
