"""A scene as SVG. Whatever text is in it is escaped."""

from collections.abc import Mapping
from html import escape
from typing import Final

from server.site.cards.scene import Area, Circle, Line, Point, Rect, Scene, Shape, Text
from server.site.cards.themes import Palette

FONTS: Final = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"

_NAMESPACE: Final = "http://www.w3.org/2000/svg"


def svg(scene: Scene, palette: Palette, dark: Palette | None = None) -> str:
    """The picture. `dark`: for viewers whose surroundings are, where they are not those of `palette`."""
    title = escape(scene.title)
    style = _style(palette) + (f"@media(prefers-color-scheme:dark){{{_style(dark)}}}" if dark else "")
    return (
        f'<svg xmlns="{_NAMESPACE}" width="{scene.width}" height="{scene.height}"'
        f' viewBox="0 0 {scene.width} {scene.height}" role="img" aria-label="{title}" font-family="{FONTS}">'
        f"<title>{title}</title><style>{style}</style>"
        f"{''.join(map(_shape, scene.shapes))}{''.join(map(_text, scene.texts))}</svg>"
    )


def _style(palette: Palette) -> str:
    return "".join(f".f-{role}{{fill:{colour}}}.s-{role}{{stroke:{colour}}}" for role, colour in palette.items())


def _shape(shape: Shape) -> str:
    match shape:
        case Rect(x, y, width, height, fill, radius):
            return _empty("rect", x=x, y=y, width=width, height=height, rx=radius or None, **{"class": f"f-{fill}"})
        case Circle(x, y, radius, fill):
            return _empty("circle", cx=x, cy=y, r=radius, **{"class": f"f-{fill}"})
        case Area(points, fill):
            return _empty("polygon", points=_points(points), **{"class": f"f-{fill}"})
        case Line(points, stroke, width):
            style = {"stroke-width": width, "stroke-linejoin": "round", "stroke-linecap": "round"}
            return _empty("polyline", points=_points(points), fill="none", **style, **{"class": f"s-{stroke}"})


def _text(text: Text) -> str:
    x, y, around = text.x, text.y, "{}"
    if text.most is not None:
        left, top, width, height = text.window
        x, y = round(x - left, 2), round(y - top, 2)
        # An inner picture shows nothing beyond its edges.
        frame = _attributes({"x": left, "y": top, "width": width, "height": height})
        around = f'<svg{frame} overflow="hidden">{{}}</svg>'
    weight = 700 if text.bold else None
    anchor = text.anchor if text.anchor != "start" else None
    given = {"x": x, "y": y, "font-size": text.size, "font-weight": weight, "text-anchor": anchor}
    return around.format(f"<text{_attributes({**given, 'class': f'f-{text.fill}'})}>{escape(text.text)}</text>")


def _empty(name: str, **attributes: object) -> str:
    return f"<{name}{_attributes(attributes)}/>"


def _attributes(given: Mapping[str, object]) -> str:
    return "".join(f' {name}="{_said(value)}"' for name, value in given.items() if value is not None)


def _said(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else escape(str(value))


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.5g},{y:.5g}" for x, y in points)
