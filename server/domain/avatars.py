"""Avatars: what keeps a file from being one, and what kinds of picture there are."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from server.domain.problems import Problem

# More take too much memory while they are decoded.
MOST_PIXELS: Final = 4096 * 4096


class Flaw(Enum):
    """What is wrong with a file that shall become an avatar."""

    TOO_LARGE = "more bytes than may be sent"
    TOO_MANY_PIXELS = "more than MOST_PIXELS"
    NO_PICTURE = "neither a PNG nor a JPEG, or a broken one"


@dataclass(eq=False)
class NoAvatar(Problem):
    """This file cannot become an avatar."""

    flaw: Flaw


# What a file begins with, and what stands at the ninth byte.
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", b"", "image/png"),
    (b"\xff\xd8\xff", b"", "image/jpeg"),
    (b"GIF8", b"", "image/gif"),
    (b"RIFF", b"WEBP", "image/webp"),
)

MEDIA_TYPES: Final = tuple(kind for _, _, kind in _SIGNATURES)


def media_type(content: bytes) -> str | None:
    """What kind of picture this is, told by its first bytes; None for what is none that websites show."""
    return next(
        (kind for start, ninth, kind in _SIGNATURES if content.startswith(start) and content.startswith(ninth, 8)), None
    )
