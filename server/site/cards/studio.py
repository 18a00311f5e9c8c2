"""Where cards are drawn: each once as long as it is remembered, and not many at a time."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Final

from server.domain.problems import Unavailable
from server.site.cards.fonts import Fonts
from server.site.cards.png import png
from server.site.cards.scene import Scene
from server.site.cards.svg import svg
from server.site.cards.themes import PALETTES, painted
from server.web.flights import Flights
from server.web.respond import Answer

KEPT: Final = 128

# Drawing takes a tenth of a second: whoever comes later than so many others is not made to wait.
MOST_WAITING: Final = 32

# So many of these may be one address's; what else it asks for waits before the queue, and there too is an end to it.
MOST_OF_ONE: Final = 4

SVG: Final = b"image/svg+xml; charset=utf-8"
PNG: Final = b"image/png"


class _Asker:
    """An address: how many it waits for, and its places in the queue."""

    def __init__(self) -> None:
        self.waiting = 0
        self.places = asyncio.Semaphore(MOST_OF_ONE)


class Studio:
    """Pictures of scenes, as answers."""

    def __init__(self, font: str = "") -> None:
        self._fonts = Fonts(font)
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._flights: Flights[Answer] = Flights()
        self._pen = asyncio.Lock()
        self._waiting = 0
        self._askers: defaultdict[str, _Asker] = defaultdict(_Asker)

    async def svg(self, scene: Scene, theme: str, accent: str | None) -> Answer:
        async def draw() -> Answer:
            palette = painted(PALETTES["dark" if theme == "dark" else "light"], accent)
            dark = painted(PALETTES["dark"], accent) if theme == "auto" else None
            return Answer(svg(scene, palette, dark).encode(), media_type=SVG)

        return await self._drawn(("svg", scene, theme, accent), draw)

    async def png(self, scene: Scene, theme: str, accent: str | None, asker: str = "") -> Answer:
        """A picture cannot ask what is around it: `auto` is dark. `asker`: the address that it is for.

        Raises Unavailable where too many wait for theirs.
        """
        shade = "light" if theme == "light" else "dark"

        async def draw() -> Answer:
            async with self._turn(asker):
                body = await asyncio.to_thread(png, scene, painted(PALETTES[shade], accent), self._fonts)
            return Answer(body, media_type=PNG)

        return await self._drawn(("png", scene, shade, accent), draw)

    @asynccontextmanager
    async def _turn(self, address: str) -> AsyncIterator[None]:
        """Wait until an address may have something drawn."""
        asker = self._askers[address]
        if asker.waiting >= MOST_WAITING:
            raise Unavailable("Too many cards are being drawn for you.")
        asker.waiting += 1
        try:
            async with asker.places:
                if self._waiting >= MOST_WAITING:
                    raise Unavailable("Too many cards are being drawn.")
                self._waiting += 1
                try:
                    async with self._pen:
                        yield
                finally:
                    self._waiting -= 1
        finally:
            asker.waiting -= 1
            if not asker.waiting:
                del self._askers[address]

    async def _drawn(self, key: Hashable, draw: Callable[[], Awaitable[Answer]]) -> Answer:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = await self._flights.join(key, draw)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found
