"""Colours by role, for light and for dark surroundings."""

from collections.abc import Mapping
from typing import Final

from server.site.cards.scene import Role

Palette = Mapping[Role, str]

LIGHT: Final[Palette] = {
    Role.GROUND: "#f6f5fb",
    Role.RAISED: "#ffffff",
    Role.LINE: "#dedbea",
    Role.TEXT: "#1d1a2b",
    Role.QUIET: "#5b566f",
    Role.ACCENT: "#5a3fd6",
    Role.ONLINE: "#14934a",
    Role.SILVER: "#c3ccd8",
    Role.GOLD: "#f5c542",
    Role.GREEN: "#8fd49b",
    Role.ON_GRADE: "#231d10",
}

DARK: Final[Palette] = {
    Role.GROUND: "#14121d",
    Role.RAISED: "#1e1b2b",
    Role.LINE: "#37324c",
    Role.TEXT: "#eeecf6",
    Role.QUIET: "#aca6c3",
    Role.ACCENT: "#b3a1ff",
    Role.ONLINE: "#4ade80",
    Role.SILVER: "#c3ccd8",
    Role.GOLD: "#f5c542",
    Role.GREEN: "#8fd49b",
    Role.ON_GRADE: "#231d10",
}

PALETTES: Final = {"light": LIGHT, "dark": DARK}

_SOFT: Final = 0.16


def painted(palette: Palette, accent: str | None) -> Palette:
    """A palette with all its roles, perhaps with another accent."""
    strong = f"#{accent}" if accent else palette[Role.ACCENT]
    return {**palette, Role.ACCENT: strong, Role.SOFT: _mixed(strong, palette[Role.RAISED], _SOFT)}


def _mixed(one: str, other: str, share: float) -> str:
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
