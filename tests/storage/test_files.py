"""The data folder: what is not there, what cannot be read or written, and two who write at once."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.domain.problems import Unavailable
from server.storage import files
from server.storage.files import BEATMAP_MOST_BYTES, Files


async def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "osu").mkdir()
    (tmp_path / "osu" / "2.osu").mkdir()
    (tmp_path / "osr").write_bytes(b"no folder")
    stored = Files(tmp_path)
    assert await stored.beatmap(1) is None
    assert await stored.beatmap(2) is None
    assert await stored.replay_frames(1) is None


async def test_what_cannot_be_read_is_unavailable(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "osr").mkdir()
    (tmp_path / "osr" / "1.osr").symlink_to("1.osr")
    with pytest.raises(Unavailable, match="cannot be read"):
        await Files(tmp_path).replay_frames(1)
    assert "osr/1.osr cannot be read" in caplog.text


async def test_no_beatmap_is_of_any_length(tmp_path: Path) -> None:
    (tmp_path / "osu").mkdir()
    for beatmap_id, size in ((1, BEATMAP_MOST_BYTES), (2, BEATMAP_MOST_BYTES + 1), (3, 2**40)):
        with (tmp_path / "osu" / f"{beatmap_id}.osu").open("wb") as sparse:
            sparse.truncate(size)
    stored = Files(tmp_path)
    assert await stored.beatmap(1) == bytes(BEATMAP_MOST_BYTES)
    assert await stored.beatmap(2) is None
    # All of it would not fit into memory.
    assert await stored.beatmap(3) is None


async def test_what_cannot_be_written_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "avatars").write_bytes(b"no folder")
    with pytest.raises(Unavailable, match="cannot be written"):
        await Files(tmp_path).keep_avatar(3, ".png", b"x")

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(Unavailable, match="cannot be written"):
        await Files(tmp_path).keep_beatmap(3, b"x")
    assert list((tmp_path / "osu").iterdir()) == []


def test_of_two_avatars_at_once_one_stays(tmp_path: Path) -> None:
    stored = Files(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(50):
            list(threads.map(lambda suffix: stored._keep_avatar(3, suffix, suffix.encode()), [".png", ".jpeg"] * 4))
            (kept,) = (tmp_path / "avatars").iterdir()
            assert kept.read_bytes() == kept.suffix.encode()


def test_a_file_system_that_locks_no_folders_still_keeps_avatars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    Files(tmp_path)._keep_avatar(3, ".png", b"x")
    assert [path.name for path in (tmp_path / "avatars").iterdir()] == ["3.png"]
