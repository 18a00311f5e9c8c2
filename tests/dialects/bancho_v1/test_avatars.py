"""set_avatar: what is taken, what is refused in bancho.py's words, and what lies in the folder afterwards."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.people import AIKO, AIKO_KEY

MOST_BYTES = 4 * 1024 * 1024


def picture(form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 90)).save(out, form, **options)
    return out.getvalue()


def jpeg_with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    content = picture("JPEG", exif=exif)
    # Pillow writes both markers; cameras write Exif alone.
    start = content.index(b"\xff\xe1")
    return b"\xff\xd8" + content[start:]


@pytest.fixture
def avatars(house: House) -> Iterator[Path]:
    """The folder, emptied afterwards."""
    folder = house.data / "avatars"
    yield folder
    for path in folder.iterdir():
        path.unlink()


def sent(house: House, content: bytes, method: str = "POST", name: str = "avatar") -> Answered:
    return house.ask("/set_avatar", method=method, key=AIKO_KEY, files={name: ("any.name", content)})


def refused(answered: Answered, sentence: str) -> bool:
    return (answered.status, answered.json) == (400, {"status": sentence})


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("content", "suffix"),
    [(picture("PNG"), "png"), (picture("JPEG"), "jpeg"), (jpeg_with_exif(), "jpeg")],
    ids=["PNG", "JFIF", "Exif"],
)
def test_pictures_that_are_taken(house: House, avatars: Path, method: str, content: bytes, suffix: str) -> None:
    answered = sent(house, content, method)
    assert (answered.status, answered.json) == (200, {"status": "success."})
    (kept,) = avatars.iterdir()
    assert kept.name == f"{AIKO}.{suffix}"
    with Image.open(kept) as image:
        assert image.format == suffix.upper()
        assert image.size == (24, 24)
    assert b"secret" not in kept.read_bytes()


def test_the_markers_by_which_bancho_py_knows_a_jpeg() -> None:
    assert picture("JPEG")[6:10] == b"JFIF"
    assert jpeg_with_exif()[6:10] == b"Exif"


def test_the_newest_picture_is_the_only_one(house: House, avatars: Path) -> None:
    """Avatar hosts look for several endings in an order of their own; none of another picture may be left."""
    for ending in ("jpg", "gif", "jfif"):
        (avatars / f"{AIKO}.{ending}").write_bytes(b"old")
    (avatars / "30.png").write_bytes(b"another player's")
    sent(house, picture("JPEG"))
    assert {path.name for path in avatars.iterdir()} == {"3.jpeg", "30.png"}
    sent(house, picture("PNG"))
    assert {path.name for path in avatars.iterdir()} == {"3.png", "30.png"}
    sent(house, picture("JPEG"))
    assert {path.name for path in avatars.iterdir()} == {"3.jpeg", "30.png"}


def test_what_is_no_picture_is_refused_and_changes_nothing(house: House, avatars: Path) -> None:
    sent(house, picture("PNG"))
    before = (avatars / "3.png").read_bytes()
    for content in (
        b"garbage",
        b"\x89PNG\r\n\x1a\n",
        picture("PNG")[:-40],
        picture("JPEG")[:100],
        picture("GIF"),
        picture("BMP"),
        picture("WEBP"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 100,
    ):
        assert refused(sent(house, content), "invalid file type.")
    assert [path.name for path in avatars.iterdir()] == ["3.png"]
    assert (avatars / "3.png").read_bytes() == before


def test_four_mebibytes_are_the_most(house: House, avatars: Path) -> None:
    exact = picture("PNG") + b"\0" * (MOST_BYTES - len(picture("PNG")))
    assert sent(house, exact).status == 200
    assert refused(sent(house, exact + b"\0"), "avatar file too large (max 4MB).")


def test_pictures_made_to_fill_the_memory_are_refused(house: House, avatars: Path) -> None:
    """One by what it really holds, one by what its first bytes promise."""
    large = io.BytesIO()
    Image.new("1", (5000, 4000)).save(large, "PNG")
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = picture("PNG")[:8] + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    for content in (large.getvalue(), bomb):
        assert len(content) < MOST_BYTES
        assert sent(house, content).status == 400
    assert list(avatars.iterdir()) == []


def test_a_phones_picture_stands_upright(house: House, avatars: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    with house.variant(avatars={"fit": "keep"}) as other:
        assert sent(other, picture("JPEG", exif=exif)).status == 200
    with Image.open(avatars / "3.jpeg") as image:
        assert image.size == (24, 32)
        assert dict(image.getexif()) == {}


def test_broken_metadata_do_not_matter(house: House, avatars: Path) -> None:
    for broken in (b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0"):
        assert sent(house, picture("JPEG", exif=broken)).status == 200
        with Image.open(avatars / "3.jpeg") as image:
            assert image.size == (24, 24)


def test_a_folder_that_cannot_be_written_is_no_fault_of_ours(
    house: House, avatars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    answered = sent(house, picture("PNG"))
    assert answered.status == 503
    assert "cannot be written" in answered.json["status"]
    assert list(avatars.iterdir()) == []


def test_no_file_at_all(house: House, avatars: Path) -> None:
    for options in (
        {},
        {"data": {"avatar": "text"}},
        {"json": {"avatar": "x"}},
        {"content": picture("PNG"), "headers": {"content-type": "image/png"}},
    ):
        answered = house.ask("/set_avatar", method="POST", key=AIKO_KEY, **options)
        assert refused(answered, "must provide avatar file.")
    assert refused(sent(house, picture("PNG"), name="picture"), "must provide avatar file.")
    assert refused(sent(house, b""), "invalid file type.")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"no boundary in it"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data; boundary=", b"--\r\n"),
    ],
)
def test_bodies_that_cannot_be_read(house: House, avatars: Path, content_type: str, body: bytes) -> None:
    headers = {"content-type": content_type}
    answered = house.ask("/set_avatar", method="POST", key=AIKO_KEY, content=body, headers=headers)
    assert answered.status == 400
    assert answered.json["status"].startswith("must provide avatar file.")


def test_a_key_is_looked_at_before_the_body(house: House, avatars: Path) -> None:
    answered = house.ask("/set_avatar", method="POST", files={"avatar": picture("PNG")})
    assert (answered.status, answered.json) == (401, {"status": "Invalid API key."})
    assert list(avatars.iterdir()) == []
