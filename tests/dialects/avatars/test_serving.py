"""Avatars over HTTP: where they are, what comes with them, and that nothing else in the world is to be had there."""

import os
from pathlib import Path

import pytest

from tests.dialects.avatars.stage import NOT_OURS, Stage, picture

NONE = "There is no such avatar."


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_picture_is_told_by_what_it_is(stage: Stage) -> None:
    drawing, photo = picture("PNG"), picture("JPEG")
    stage.put(_3_png=drawing, _4_gif=photo)
    for path, content, kind in (
        ("/avatars/3", drawing, "image/png"),
        ("/avatars/3.jpeg", drawing, "image/png"),
        ("/avatars/3/", drawing, "image/png"),
        ("/avatars/4", photo, "image/jpeg"),
    ):
        answered = stage.ask(path)
        assert (answered.status_code, answered.content) == (200, content)
        assert answered.headers["content-type"] == kind
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["cache-control"] == "public, max-age=60"
        assert answered.headers["access-control-allow-origin"] == "*"
    # Pictures are packed already.
    assert "content-encoding" not in stage.ask("/avatars/3", accept_encoding="gzip").headers


def test_who_has_it_is_told_so_and_a_new_one_is_another(stage: Stage) -> None:
    stage.put(_3_png=picture())
    etag = stage.ask("/avatars/3").headers["etag"]
    again = stage.ask("/avatars/3?v=2", if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=60"
    stage.put(_3_png=picture(side=41))
    assert stage.ask("/avatars/3", if_none_match=etag).status_code == 200


def test_without_a_body(stage: Stage) -> None:
    content = picture()
    stage.put(_3_png=content)
    head = stage.ask("/avatars/3", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(content))
    refused = stage.ask("/avatars/3", "PUT")
    assert (refused.status_code, refused.text) == (405, "Avatars take GET, HEAD, OPTIONS.")


def test_who_has_none(stage: Stage) -> None:
    answered = stage.ask("/avatars/3")
    assert (answered.status_code, answered.text) == (404, NONE)
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    stage.put(default_jpg=picture("JPEG"))
    assert stage.ask("/avatars/3").headers["content-type"] == "image/jpeg"
    assert stage.ask("/avatars/99999999999").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        *("..%2Fsecret", "..%2F..%2Fsecret.png", "%2e%2e", "%2e%2e%2fsecret.png", "..%5csecret.png", "%2Fsecret.png"),
        *("3%00", "3%00.png", "3%0a", "%0a3", "3.png%00.jpg", "-1", "03", "+3", "3.svg", "3.html", "3.png.png"),
        *("default", "default.jpg", ".new-abc", "secret.png", "%D9%A3", "%ff", "3 ", "9" * 5000, "..", "%252e%252e"),
    ],
)
def test_no_name_leads_anywhere_else(stage: Stage, tmp_path: Path, name: str) -> None:
    stage.put(_3_png=picture(), default_jpg=picture(), secret_png=picture())
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "secret").write_bytes(picture())
    answered = stage.ask(f"/avatars/{name}")
    assert answered.status_code in (404, NOT_OURS)
    assert answered.text in (NONE, "")


def test_a_link_is_followed_as_whoever_made_it_wants(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(picture())
    (stage.folder / "3.png").symlink_to(tmp_path / "elsewhere.png")
    (stage.folder / "4.png").symlink_to("4.png")
    assert stage.ask("/avatars/3").status_code == 200
    broken = stage.ask("/avatars/4")
    assert (broken.status_code, broken.headers["retry-after"]) == (503, "1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(stage: Stage) -> None:
    stage.put(_3_png=picture())
    (stage.folder / "3.png").chmod(0)
    assert stage.ask("/avatars/3").status_code == 503


def test_a_host_of_its_own(tmp_path: Path) -> None:
    stage = Stage(tmp_path, hosts=("a.example.org",))
    stage.put(_3_png=picture())
    assert stage.ask("/3?v=1", host="a.example.org").status_code == 200
    assert stage.ask("/avatars/3", host="a.example.org").status_code == 200
    assert stage.ask("/4", host="a.example.org").text == NONE
    assert stage.ask("/3", host="api.example.org").status_code == NOT_OURS
