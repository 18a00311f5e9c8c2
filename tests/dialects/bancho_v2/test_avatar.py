"""PUT /players/{id}/avatar: what is taken, in which order it is refused, and that it is served at once."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.dialects.bancho_v2 import access
from tests.golden.client import Answered
from tests.golden.house import House
from tests.golden.now import AIKO_SESSION, RESTRICTED_SESSION
from tests.golden.people import AIKO, RESTRICTED

MOST_BYTES = 2_097_152
DONE = {"status": "success", "data": None, "meta": {}}
TOO_LARGE = "Avatar file too large (max 2MB)."
NO_PICTURE = "Avatars must be png or jpeg images."


def picture(form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (200, 30, 90)).save(out, form, **options)
    return out.getvalue()


def jpeg_of_a_camera() -> bytes:
    """Its first marker is Exif; Pillow writes JFIF before it."""
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    content = picture("JPEG", exif=exif)
    return b"\xff\xd8" + content[content.index(b"\xff\xe1") :]


@pytest.fixture
def avatars(house: House) -> Iterator[Path]:
    """The folder, emptied afterwards."""
    folder = house.data / "avatars"
    yield folder
    for path in folder.iterdir():
        path.unlink()


def sent(house: House, content: bytes, player: int = AIKO, session: str | None = AIKO_SESSION) -> Answered:
    files = {"avatar_file": ("page.html", content, "text/html")}
    return house.ask(f"/players/{player}/avatar", mount="/v2", method="PUT", session=session, files=files)


def refused(answered: Answered) -> tuple[int, str]:
    assert answered.json.keys() == {"status", "error"}
    return answered.status, answered.json["error"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(picture(), "png"), (picture("JPEG"), "jpeg"), (jpeg_of_a_camera(), "jpeg")],
    ids=["PNG", "JFIF", "Exif"],
)
def test_what_is_sent_is_served(house: House, avatars: Path, content: bytes, kind: str) -> None:
    (avatars / f"{AIKO}.gif").write_bytes(b"GIF89a")
    answered = sent(house, content)
    assert (answered.status, answered.json) == (200, DONE)
    (kept,) = avatars.iterdir()
    assert kept.name == f"{AIKO}.{kind}"
    with Image.open(kept) as image:
        assert image.size == (512, 512)
    assert b"secret" not in kept.read_bytes()
    served = house.ask_raw(f"/{AIKO}", mount="/avatars")
    assert served.content == kept.read_bytes()
    assert served.headers["content-type"] == f"image/{kind}"


def test_settings_say_how_large_and_of_what_form(house: House, avatars: Path) -> None:
    with house.variant(avatars={"side": 90, "fit": "keep"}) as other:
        assert sent(other, picture()).status == 200
    with Image.open(avatars / f"{AIKO}.png") as image:
        assert image.size == (90, 60)


def test_players_of_whom_nobody_knows_have_one_too(house: House, avatars: Path) -> None:
    assert sent(house, picture(), RESTRICTED, RESTRICTED_SESSION).json == DONE
    assert [path.name for path in avatars.iterdir()] == [f"{RESTRICTED}.png"]


def test_two_mebibytes_are_the_most(house: House, avatars: Path) -> None:
    exact = picture() + bytes(MOST_BYTES - len(picture()))
    assert sent(house, exact).json == DONE
    assert refused(sent(house, exact + b"\0")) == (400, TOO_LARGE)
    assert refused(sent(house, b"garbage" * 400_000)) == (400, TOO_LARGE)
    assert refused(sent(house, bytes(5 * MOST_BYTES))) == (400, TOO_LARGE)


@pytest.mark.parametrize("content", [b"", b"garbage", picture("GIF"), picture("WEBP"), picture()[:-40]])
def test_what_is_no_picture(house: House, avatars: Path, content: bytes) -> None:
    assert refused(sent(house, content)) == (400, NO_PICTURE)
    assert list(avatars.iterdir()) == []


def test_too_many_pixels(house: House, avatars: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (5000, 4000)).save(out, "PNG")
    assert refused(sent(house, out.getvalue())) == (400, "Avatar has too many pixels (max 16777216).")


def test_whose_it_is(house: House, avatars: Path) -> None:
    assert refused(sent(house, picture(), session=None)) == (401, "Authentication required.")
    assert refused(sent(house, picture(), session="unknown")) == (401, "Authentication required.")
    assert refused(sent(house, picture(), player=4)) == (403, "You may only update your own avatar.")
    assert refused(sent(house, b"garbage", player=4)) == (403, "You may only update your own avatar.")
    assert refused(sent(house, bytes(5 * MOST_BYTES), session=None)) == (401, "Authentication required.")
    assert list(avatars.iterdir()) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"json": {"avatar_file": "x"}},
        {"files": {"avatar": ("a.png", picture())}},
        {"data": {"avatar_file": "text"}},
        {"content": picture(), "headers": {"content-type": "image/png"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"files": [("avatar_file", ("a.png", picture()))] * 11},
    ],
)
def test_no_file_of_that_name(house: House, avatars: Path, body: dict[str, Any]) -> None:
    """Told before anything of who asks."""
    for session in (None, AIKO_SESSION):
        answered = house.ask(f"/players/{AIKO}/avatar", mount="/v2", method="PUT", session=session, **body)
        assert answered.status == 422
        (fault,) = answered.json["detail"]
        assert fault["loc"][0] == "body"
    assert list(avatars.iterdir()) == []


def test_of_several_files_the_last_counts(house: House, avatars: Path) -> None:
    files = [("avatar_file", ("a.png", picture())), ("avatar_file", ("b.jpeg", picture("JPEG")))]
    answered = house.ask(f"/players/{AIKO}/avatar", mount="/v2", method="PUT", session=AIKO_SESSION, files=files)
    assert answered.status == 200
    assert [path.name for path in avatars.iterdir()] == [f"{AIKO}.jpeg"]


def test_how_often(house: House, avatars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.variant(accounts={"avatars_per_minute": 1}) as other:
        assert [sent(other, picture()).status for _ in range(8)] == [200] * 8  # from this machine, which is not counted
        monkeypatch.setattr(access, "_is_this_machine", lambda address: False)
        answers = [sent(other, picture()) for _ in range(8)]
    assert refused(answers[-1])[0] == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
