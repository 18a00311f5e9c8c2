"""Avatars, taken in from their owners."""

import asyncio
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from server.domain.problems import BadRequest
from server.storage.files import Files

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 4096 * 4096

SUFFIXES = {"PNG": ".png", "JPEG": ".jpeg"}


class Avatars:
    """Writes `avatars/<player id>.png` or `.jpeg`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    async def change(self, player_id: int, content: bytes) -> None:
        """Make this image a player's avatar. Raises BadRequest where it is too large or neither PNG nor JPEG."""
        if len(content) > MOST_BYTES:
            raise BadRequest("avatar file too large (max 4MB).")
        suffix, clean = await asyncio.to_thread(_cleaned, content)
        await self._files.keep_avatar(player_id, suffix, clean)


def _cleaned(content: bytes) -> tuple[str, bytes]:
    """The picture written anew: nothing that was hidden in the file or its metadata is ever served."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=tuple(SUFFIXES))
            kind = str(image.format)
            if image.width * image.height > MOST_PIXELS:
                raise BadRequest(f"avatar has too many pixels (max {MOST_PIXELS}).")
            image.load()
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise BadRequest("invalid file type.") from error
    upright = _upright(image)
    out = io.BytesIO()
    if kind == "JPEG":
        upright.convert("RGB").save(out, "JPEG", quality=92)
    else:
        upright.convert("RGBA").save(out, "PNG")
    return SUFFIXES[kind], out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """Cameras store the picture as the sensor saw it, and in its metadata, which are dropped, how they were held."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken metadata fail in every way there is, and the picture is good without them
        return image
