"""Small PNG avatars: a square pattern, the same on both sides."""

import struct
import zlib
from random import Random

SIZE, BLOCKS = 128, 8


def avatar(seed: int) -> bytes:
    """A PNG of 128 x 128 pixels in two colours; the same seed gives the same picture."""
    rng = Random(seed)
    paper, ink = (bytes(rng.randrange(low, low + 80) for _ in range(3)) for low in (170, 20))
    rows = []
    for _ in range(BLOCKS):
        half = [rng.choice((paper, ink)) for _ in range(BLOCKS // 2)]
        row = b"".join(colour * (SIZE // BLOCKS) for colour in (*half, *reversed(half)))
        rows.append((b"\x00" + row) * (SIZE // BLOCKS))
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
