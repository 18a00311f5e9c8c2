"""Avatars pixel by pixel: what is cut, what is filled up, and pictures as cameras and drawing programs make them."""

import asyncio
import io
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from server.domain.avatars import Flaw, NoAvatar, media_type
from server.services import avatars
from server.services.avatars import AT_ONCE, Avatars
from server.storage.files import AVATAR_MOST_BYTES, Files

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
NOTHING = (0, 0, 0, 0)
MOST_BYTES = 2**21


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def stripes(width: int, height: int, *, upright: bool = False) -> Image.Image:
    """Red, green and blue beside each other, or below each other."""
    image = Image.new("RGB", (width, height))
    for place, colour in enumerate((RED, GREEN, BLUE)):
        edges = [place * side // 3 for side in (width, height)], [(place + 1) * side // 3 for side in (width, height)]
        box = (0, edges[0][1], width, edges[1][1]) if upright else (edges[0][0], 0, edges[1][0], height)
        image.paste(colour, box)
    return image


def kept(folder: Path, content: bytes, **form: Any) -> Image.Image:
    """What lies in the folder after this was sent."""
    asyncio.run(Avatars(Files(folder), **form).change(3, content, MOST_BYTES))
    (path,) = (folder / "avatars").iterdir()
    with Image.open(path) as image:
        image.load()
    assert path.name == {"PNG": "3.png", "JPEG": "3.jpeg"}[str(image.format)]
    return image


def flaw(folder: Path, content: bytes, most_bytes: int = MOST_BYTES) -> Flaw:
    """Why this was refused; nothing may be left of it."""
    with pytest.raises(NoAvatar) as refused:
        asyncio.run(Avatars(Files(folder)).change(3, content, most_bytes))
    assert not (folder / "avatars").exists()
    return refused.value.flaw


def near(colour: Any, wanted: tuple[int, ...]) -> bool:
    """JPEGs keep colours about as they were."""
    return all(abs(each - other) < 12 for each, other in zip(colour, wanted, strict=True))


def test_the_middle_is_kept(tmp_path: Path) -> None:
    image = kept(tmp_path, saved(stripes(90, 30)))
    assert image.size == (30, 30)
    assert image.getcolors() == [(900, (*GREEN, 255))]
    below = kept(tmp_path, saved(stripes(31, 95, upright=True)))
    assert below.size == (31, 31)
    assert below.getpixel((15, 15)) == (*GREEN, 255)


def test_a_large_picture_is_made_smaller_and_a_small_one_stays(tmp_path: Path) -> None:
    assert kept(tmp_path, saved(stripes(900, 900)), side=256).size == (256, 256)
    assert kept(tmp_path, saved(stripes(900, 700)), side=256, fit="keep").size == (256, 199)
    assert kept(tmp_path, saved(stripes(256, 256)), side=256).size == (256, 256)
    assert kept(tmp_path, saved(Image.new("RGB", (1, 1), RED)), side=256).size == (1, 1)
    assert kept(tmp_path, saved(stripes(3000, 2000), "JPEG"), side=256).size == (256, 256)


def test_a_picture_that_is_not_square_is_filled_up(tmp_path: Path) -> None:
    image = kept(tmp_path, saved(stripes(90, 30)), fit="letterbox")
    assert image.size == (90, 90)
    assert image.getpixel((45, 29)) == image.getpixel((45, 60)) == NOTHING
    assert [image.getpixel((across, 45)) for across in (15, 45, 75)] == [(*each, 255) for each in (RED, GREEN, BLUE)]
    photo = kept(tmp_path, saved(stripes(30, 90, upright=True), "JPEG", quality=100), fit="letterbox")
    assert photo.size == (90, 90)
    assert near(photo.getpixel((10, 45)), BLACK)
    assert near(photo.getpixel((80, 45)), BLACK)
    assert near(photo.getpixel((45, 80)), BLUE)
    assert kept(tmp_path, saved(stripes(900, 300)), fit="letterbox", side=64).size == (64, 64)


@pytest.mark.parametrize("fit", ["square", "letterbox", "keep"])
@pytest.mark.parametrize(("width", "height"), [(16_000, 1), (1, 16_000)])
def test_a_line_is_a_picture_too(tmp_path: Path, fit: str, width: int, height: int) -> None:
    image = kept(tmp_path, saved(Image.new("L", (width, height), 9)), fit=fit)
    wanted = {"square": (1, 1), "letterbox": (512, 512), "keep": (min(width, 512), min(height, 512))}
    assert image.size == wanted[fit]


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [(1, None), (2, 0), (3, 3), (4, 1), (5, 5), (6, 4), (7, 6), (8, 2)],
)
def test_it_stands_as_it_was_held(tmp_path: Path, orientation: int, turned: int | None) -> None:
    """What the sensor saw is the picture turned back."""
    scene = stripes(48, 24)
    scene.paste(BLACK, (0, 0, 12, 12))
    back = {4: 2, 2: 4}  # a quarter turn to one side is undone by one to the other
    seen = scene if turned is None else scene.transpose(Image.Transpose(back.get(turned, turned)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = kept(tmp_path, saved(seen, "JPEG", quality=100, subsampling=0, exif=exif), fit="keep")
    assert image.size == (48, 24)
    assert near(image.getpixel((4, 4)), BLACK)
    assert near(image.getpixel((4, 20)), RED)
    assert near(image.getpixel((44, 12)), BLUE)
    assert not image.getexif()


def test_of_several_pictures_in_a_file_the_first_is_taken(tmp_path: Path) -> None:
    first, second = (Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE))
    moving = saved(first, save_all=True, append_images=[second])
    assert b"acTL" in moving
    image = kept(tmp_path, moving)
    assert image.getpixel((5, 5)) == (*RED, 255)
    assert getattr(image, "n_frames", 1) == 1
    phone = kept(tmp_path, saved(first, "MPO", save_all=True, append_images=[second]))
    assert phone.format == "JPEG"
    assert near(phone.getpixel((5, 5)), RED)
    assert flaw(tmp_path / "other", saved(first, "GIF", save_all=True, append_images=[second])) is Flaw.NO_PICTURE


def test_sixteen_bits_of_grey_are_told_in_eight(tmp_path: Path) -> None:
    grey = Image.new("I;16", (3, 1))
    for across, value in enumerate((0, 0x8000, 0xFFFF)):
        grey.putpixel((across, 0), value)
    image = kept(tmp_path, saved(grey), fit="keep")
    shades = [image.getpixel((across, 0)) for across in range(3)]
    assert [near(shade, wanted) for shade, wanted in zip(shades, GREYS, strict=True)] == [True] * 3


GREYS = (0, 0, 0, 255), (127, 127, 127, 255), (255, 255, 255, 255)


def test_colours_for_printing_are_shown(tmp_path: Path) -> None:
    image = kept(tmp_path, saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=100))
    assert image.mode == "RGB"
    assert near(image.getpixel((9, 9)), RED)


def _palette() -> Image.Image:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([*RED, *GREEN])
    image.putpixel((0, 0), 1)
    return image


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (_palette(), {"transparency": 1}),
        (_palette(), {"transparency": bytes([255, 0])}),
        (_palette().convert("RGB"), {"transparency": GREEN}),
    ],
    ids=["one colour of a palette", "a palette of see-through colours", "one colour of all"],
)
def test_what_is_seen_through_stays_so(tmp_path: Path, image: Image.Image, options: dict[str, Any]) -> None:
    shown = kept(tmp_path, saved(image, **options))
    assert shown.getpixel((0, 0))[3] == 0
    assert shown.getpixel((2, 2)) == (*RED, 255)


def test_nothing_but_the_picture_is_kept(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    profile = b"a secret colour"
    photo = saved(stripes(30, 30), "JPEG", exif=exif, comment=b"a secret word", icc_profile=profile)
    kept(tmp_path, photo + b"<script>a secret program</script>")
    assert b"secret" not in (tmp_path / "avatars" / "3.jpeg").read_bytes()
    text = PngInfo()
    text.add_text("Author", "a secret name")
    drawing = saved(stripes(30, 30), pnginfo=text, exif=exif, icc_profile=profile, dpi=(77, 77))
    kept(tmp_path, drawing + b"<script>a secret program</script>")
    chunks = (tmp_path / "avatars" / "3.png").read_bytes()
    assert not [each for each in (b"secret", b"iCCP", b"tEXt", b"eXIf", b"pHYs") if each in chunks]


def _promised(width: int, height: int) -> bytes:
    """The beginning of a PNG, which says how large it is going to be."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + b"\x10\0\0\0IDAT" + bytes(100)
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", Flaw.NO_PICTURE),
        (b"garbage", Flaw.NO_PICTURE),
        (saved(stripes(30, 30))[:-40], Flaw.NO_PICTURE),
        (saved(stripes(300, 300), "JPEG")[:800], Flaw.NO_PICTURE),
        (saved(stripes(30, 30), "WEBP"), Flaw.NO_PICTURE),
        (saved(Image.new("1", (4097, 4096))), Flaw.TOO_MANY_PIXELS),
        (_promised(12_000, 12_000), Flaw.TOO_MANY_PIXELS),
        (_promised(60_000, 60_000), Flaw.TOO_MANY_PIXELS),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, wanted: Flaw) -> None:
    assert flaw(tmp_path, content) is wanted


def test_size_counts_before_anything_else(tmp_path: Path) -> None:
    content = saved(stripes(30, 30))
    assert flaw(tmp_path, b"x" * 101, 100) is Flaw.TOO_LARGE
    assert flaw(tmp_path, content, len(content) - 1) is Flaw.TOO_LARGE
    asyncio.run(Avatars(Files(tmp_path)).change(3, content, len(content)))


def test_few_are_decoded_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest ten beside each other would take the memory of a small machine."""
    lock, inside, most = threading.Lock(), 0, 0
    cleaned: Callable[..., Any] = avatars._cleaned

    def counted(*given: Any) -> Any:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        try:
            return cleaned(*given)
        finally:
            with lock:
                inside -= 1

    monkeypatch.setattr(avatars, "_cleaned", counted)

    async def upload() -> None:
        service = Avatars(Files(tmp_path))
        content = saved(stripes(1500, 1500))
        await asyncio.gather(*(service.change(player, content, MOST_BYTES) for player in range(10)))

    asyncio.run(upload())
    assert most == AT_ONCE
    assert len(list((tmp_path / "avatars").iterdir())) == 10


def _of(folder: Path, player_id: int) -> tuple[bytes, str] | None:
    return asyncio.run(Avatars(Files(folder)).of(player_id))


def test_whose_picture_is_shown(tmp_path: Path) -> None:
    """Names in the order in which bancho.py's hosts look, and what is there for players who have none."""
    folder = tmp_path / "avatars"
    assert _of(tmp_path, 3) is None
    folder.mkdir()
    pictures = {
        "default.jpeg": saved(stripes(9, 9), "JPEG", quality=50),
        "default.png": saved(stripes(9, 9)),
        "default.jpg": saved(stripes(9, 9), "JPEG"),
        "3.jfif": saved(stripes(10, 9), "JPEG"),
        "3.jpeg": saved(stripes(11, 9), "JPEG"),
        "3.gif": saved(stripes(12, 9), "GIF"),
        "3.jpg": saved(stripes(13, 9), "WEBP"),
        "3.png": saved(stripes(14, 9)),
        "3": saved(stripes(15, 9), "JPEG"),
    }
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
        assert _of(tmp_path, 3) == (content, media_type(content)), name
    assert _of(tmp_path, 4) == (pictures["default.jpg"], "image/jpeg")


def test_what_is_no_picture_is_never_shown(tmp_path: Path) -> None:
    folder = tmp_path / "avatars"
    folder.mkdir()
    (folder / "3").mkdir()
    (folder / "3.png").write_bytes(b"<script>alert(1)</script>")
    (folder / "3.jpg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "3.gif").write_bytes(b"")
    (folder / "3.svg").write_bytes(b"GIF89a")
    (folder / "3.jpeg").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(AVATAR_MOST_BYTES))
    assert _of(tmp_path, 3) is None
    (folder / "3.jfif").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert _of(tmp_path, 3) == (b"\x89PNG\r\n\x1a\n", "image/png")


def test_a_new_picture_takes_the_place_of_one_without_an_ending(tmp_path: Path) -> None:
    (tmp_path / "avatars").mkdir()
    (tmp_path / "avatars" / "3").write_bytes(saved(stripes(9, 9)))
    assert kept(tmp_path, saved(stripes(20, 20), "JPEG")).size == (20, 20)


def test_a_jpeg_of_ever_more_scans_is_none(tmp_path: Path) -> None:
    """Each of them is a few bytes, and goes through all of the picture once more."""
    content = saved(stripes(64, 64), "JPEG", progressive=True)
    scan = content.rindex(b"\xff\xda")
    last = content[scan:-2]
    assert flaw(tmp_path, content[:scan] + last * 1000 + b"\xff\xd9") is Flaw.NO_PICTURE
    assert kept(tmp_path, content[:scan] + last * 5 + b"\xff\xd9").size == (64, 64)
