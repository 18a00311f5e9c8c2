"""The fonts that PNGs are written in: one that comes along, and one that whoever runs the server may add."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import fontpkg_noto_sans
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from server.site.cards.wording import is_part

log = logging.getLogger(__name__)

# Latin, Greek and Cyrillic letters in every weight.
BUILT_IN: Final = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"

_BOLD: Final = 700
_REGULAR: Final = 400
_FULL_WIDTH: Final = 100

# No character: what a font draws for it, it draws for whatever it lacks.
_UNKNOWN: Final = "\U0010ffff"


class Run(NamedTuple):
    """Letters one after another that are in the same font."""

    font: FreeTypeFont
    text: str


class Fonts:
    """Faces by size and weight. Letters that no font has come out as the empty box of the first."""

    def __init__(self, added: str = "") -> None:
        """`added`: the file of a font for what the built-in one lacks; one that cannot be read is done without."""
        self._added = Path(added) if added else None
        # Drawing is one card at a time, so that faces need no more than one user.
        self._faces = lru_cache(maxsize=64)(self._opened)
        self._known = lru_cache(maxsize=4096)(self._has)
        if self._added is not None:
            try:
                self._faces(20, False, True).getlength("x")
            except (OSError, ValueError) as error:
                log.warning("[cards] font: %s cannot be read as a font (%s); cards go without it.", added, error)
                self._added = None

    def runs(self, text: str, size: int, bold: bool) -> list[Run]:
        """Text parted by the fonts that have its letters."""
        found: list[tuple[bool, str]] = []
        for letter in text:
            added = found[-1][0] if found and is_part(letter) else self._from_added(letter)
            if found and found[-1][0] == added:
                found[-1] = added, found[-1][1] + letter
            else:
                found.append((added, letter))
        return [Run(self._faces(size, bold, added), part) for added, part in found]

    def _from_added(self, letter: str) -> bool:
        return self._added is not None and not self._known(letter, False) and self._known(letter, True)

    def _has(self, letter: str, added: bool) -> bool:
        face = self._faces(20, False, added)
        drawn, missing = face.getmask(letter), face.getmask(_UNKNOWN)
        return letter.isspace() or drawn.size != missing.size or bytes(drawn) != bytes(missing)

    def _opened(self, size: int, bold: bool, added: bool) -> FreeTypeFont:
        face = ImageFont.truetype(str(self._added if added else BUILT_IN), size)
        if not added:
            face.set_variation_by_axes([_BOLD if bold else _REGULAR, _FULL_WIDTH])
        return face
