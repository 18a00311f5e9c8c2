"""Avatars: taken in from their owners, and shown to everybody."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from server.domain.avatars import MOST_PIXELS, Flaw, NoAvatar, media_type
from server.storage.files import Files

# So many are decoded beside each other, in threads of their own: the largest take some 260 MB meanwhile, and a while.
AT_ONCE: Final = 2

# Each of a JPEG's scans goes through all of the picture. Cameras and programs make about ten, and a film that a phone
# puts behind its picture may look like some thirty more.
MOST_SCANS: Final = 100
_SCAN: Final = b"\xff\xda"
_PNG: Final = b"\x89PNG"


class Avatar(NamedTuple):
    """A picture and its media type."""

    content: bytes
    media_type: str


class Avatars:
    """Writes `avatars/<player id>.png` or `.jpeg`, no side of which is longer than `side` pixels.

    `fit`: what becomes of a picture that is not square. `square`: its middle is kept. `letterbox`: it is filled up, a
    PNG with nothing, a JPEG with black. `keep`: it stays as it is.
    """

    def __init__(self, files: Files, side: int = 512, fit: str = "square") -> None:
        self._files = files
        self._side = side
        self._fit = fit
        self._threads = ThreadPoolExecutor(AT_ONCE, "avatars")

    async def of(self, player_id: int) -> Avatar | None:
        """A player's avatar; where they have none, the one for such players, if there is one."""
        content = await self._files.avatar(player_id)
        kind = media_type(content) if content else None
        return Avatar(content, kind) if content and kind else None

    async def change(self, player_id: int, content: bytes, most_bytes: int) -> None:
        """Make this image a player's avatar. Raises NoAvatar."""
        if len(content) > most_bytes:
            raise NoAvatar(Flaw.TOO_LARGE)
        cleaned = partial(_cleaned, content, self._side, self._fit)
        suffix, clean = await asyncio.get_running_loop().run_in_executor(self._threads, cleaned)
        await self._files.keep_avatar(player_id, suffix, clean)

    def close(self) -> None:
        """Let go of those that still wait."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _cleaned(content: bytes, side: int, fit: str) -> tuple[str, bytes]:
    """The picture written anew: nothing that was hidden in the file or its metadata is ever served."""
    image = _opened(content, side)
    is_png = image.format == "PNG"  # what is told as MPO is a JPEG of a phone, with smaller ones after it
    upright = _upright(image)
    fitted = _fitted(_plain(upright, "RGBA" if is_png else "RGB"), side, fit)
    fitted.info.clear()  # some of which would be written too
    out = io.BytesIO()
    if is_png:
        fitted.save(out, "PNG")
        return ".png", out.getvalue()
    fitted.save(out, "JPEG", quality=92)
    return ".jpeg", out.getvalue()


def _opened(content: bytes, side: int) -> Image.Image:
    """The picture, decoded; of several in the file the first. Raises NoAvatar."""
    try:
        if content.count(_SCAN) > MOST_SCANS and not content.startswith(_PNG):
            raise NoAvatar(Flaw.NO_PICTURE)
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if image.width * image.height > MOST_PIXELS:
            raise NoAvatar(Flaw.TOO_MANY_PIXELS)
        image.draft("RGB", (side, side))  # a JPEG can be decoded at a half, a quarter, an eighth of its size
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoAvatar(Flaw.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NoAvatar(Flaw.NO_PICTURE) from error
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Cameras store the picture as the sensor saw it, and in its metadata, which are dropped, how they were held."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken metadata fail in every way there is, and the picture is good without them
        return image


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """The picture in eight bits a channel."""
    if image.mode.startswith("I"):  # 16 bits of grey, which would all be cut off at 255
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image.convert(mode)


def _fitted(image: Image.Image, side: int, fit: str) -> Image.Image:
    """The picture, no larger than may be, and square if it has to be. It is never enlarged."""
    if fit == "square":
        edge = min(image.size)
        left, top = (image.width - edge) // 2, (image.height - edge) // 2
        image = image.crop((left, top, left + edge, top + edge))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    if fit == "letterbox" and image.width != image.height:
        edge = max(image.size)
        canvas = Image.new(image.mode, (edge, edge))
        canvas.paste(image, ((edge - image.width) // 2, (edge - image.height) // 2))
        return canvas
    return image
