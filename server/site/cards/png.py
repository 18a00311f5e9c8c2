"""A scene as PNG."""

import io
from typing import Final

from PIL import Image, ImageDraw

from server.site.cards.fonts import Fonts, Run
from server.site.cards.scene import Area, Circle, Line, Point, Rect, Scene, Shape, Text
from server.site.cards.themes import Palette

# Pixels for a unit of the scene.
SCALE: Final = 2

# Shapes are drawn so many times larger and made small again, which gives them smooth edges; texts have their own.
_FINER: Final = 2


def png(scene: Scene, palette: Palette, fonts: Fonts) -> bytes:
    """The picture, SCALE times as large as the scene. Takes a tenth of a second."""
    finer = SCALE * _FINER
    large = Image.new("RGB", (scene.width * finer, scene.height * finer))
    pen = ImageDraw.Draw(large)
    for shape in scene.shapes:
        _draw(pen, shape, palette, finer)
    image = large.resize((scene.width * SCALE, scene.height * SCALE), Image.Resampling.BOX)
    for text in scene.texts:
        _write(image, text, palette, fonts)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Shape, palette: Palette, scale: int) -> None:
    match shape:
        case Rect(x, y, width, height, fill, radius):
            # Pillow counts the last pixel in.
            box = (x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1)
            pen.rounded_rectangle(box, radius * scale, palette[fill])
        case Circle(x, y, radius, fill):
            pen.circle((x * scale, y * scale), radius * scale, palette[fill])
        case Area(points, fill):
            pen.polygon(_scaled(points, scale), palette[fill])
        case Line(points, stroke, width):
            pen.line(_scaled(points, scale), palette[stroke], round(width * scale), "curve")
            for x, y in (points[0], points[-1]):
                pen.circle((x * scale, y * scale), width * scale / 2, palette[stroke])


def _scaled(points: tuple[Point, ...], scale: int) -> list[Point]:
    return [(x * scale, y * scale) for x, y in points]


def _write(image: Image.Image, text: Text, palette: Palette, fonts: Fonts) -> None:
    runs = fonts.runs(text.text, round(text.size * SCALE), text.bold)
    x, y = text.x * SCALE, text.y * SCALE
    if text.anchor != "start":
        length = sum(run.font.getlength(run.text) for run in runs)
        x -= length if text.anchor == "end" else length / 2
    if text.most is None:
        _put(image, runs, (x, y), palette[text.fill])
        return
    left, top, width, height = (round(each * SCALE) for each in text.window)
    window = image.crop((left, top, left + width, top + height))
    _put(window, runs, (x - left, y - top), palette[text.fill])
    image.paste(window, (left, top))


def _put(image: Image.Image, runs: list[Run], at: Point, colour: str) -> None:
    pen = ImageDraw.Draw(image)
    x, y = at
    for run in runs:
        pen.text((x, y), run.text, colour, run.font, "ls")
        x += run.font.getlength(run.text)
