"""bancho.py's data directory: replay frames, beatmaps and avatars, each named after an id."""

import asyncio
import fcntl
import logging
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from server.domain.avatars import media_type
from server.domain.problems import FileUnreadable, Unavailable

log = logging.getLogger(__name__)

# In the order in which avatar hosts look.
AVATAR_SUFFIXES = ("", ".png", ".jpg", ".gif", ".jpeg", ".jfif")

# For players who have none. bancho.py's hosts know the first alone.
DEFAULT_AVATARS = ("default.jpg", "default.png", "default.jpeg")

# bancho.py took 4 MiB; whoever puts pictures there by hand may put larger ones.
AVATAR_MOST_BYTES = 8 * 1024 * 1024

# No beatmap comes near; of a file past it no more is read, and none of it is handed to a calculator.
BEATMAP_MOST_BYTES = 16 * 1024 * 1024


class Files:
    """Reads and writes below one directory. A missing file is None; where the disk is at fault, Unavailable."""

    def __init__(self, data: Path) -> None:
        self.data = data

    async def replay_frames(self, score_id: int) -> bytes | None:
        """The LZMA stream of frames that the client sent, without a header."""
        return await asyncio.to_thread(_read, self.data / "osr" / f"{score_id}.osr")

    def with_replay(self, score_ids: Sequence[int]) -> frozenset[int]:
        """Those of these scores that have a replay.

        Not in a thread: it would give up the interpreter's lock for each of them, and wait for it again.
        """
        folder = self.data / "osr"
        return frozenset(each for each in score_ids if _has_content(folder / f"{each}.osr"))

    async def beatmap(self, beatmap_id: int) -> bytes | None:
        """A `.osu` file."""
        content = await asyncio.to_thread(_read, self.data / "osu" / f"{beatmap_id}.osu", BEATMAP_MOST_BYTES + 1)
        return content if content is not None and len(content) <= BEATMAP_MOST_BYTES else None

    async def keep_beatmap(self, beatmap_id: int, content: bytes) -> None:
        """Put a `.osu` file where bancho.py would."""
        await asyncio.to_thread(self._keep_beatmap, beatmap_id, content)

    def _keep_beatmap(self, beatmap_id: int, content: bytes) -> None:
        folder = self.data / "osu"
        with _written(folder):
            _write(folder / f"{beatmap_id}.osu", content)

    async def avatar(self, player_id: int) -> bytes | None:
        """A player's picture, or the one for players who have none; what is no picture is passed over."""
        return await asyncio.to_thread(self._avatar, player_id)

    def _avatar(self, player_id: int) -> bytes | None:
        folder = self.data / "avatars"
        names = (*(f"{player_id}{suffix}" for suffix in AVATAR_SUFFIXES), *DEFAULT_AVATARS)
        contents = (_read(folder / name, AVATAR_MOST_BYTES + 1) for name in names)
        return next((each for each in contents if each is not None and _is_shown(each)), None)

    async def keep_avatar(self, player_id: int, suffix: str, content: bytes) -> None:
        """Put a player's avatar in place of whatever they had, under whichever suffix."""
        await asyncio.to_thread(self._keep_avatar, player_id, suffix, content)

    def _keep_avatar(self, player_id: int, suffix: str, content: bytes) -> None:
        folder = self.data / "avatars"
        with _written(folder), _alone(folder):
            _write(folder / f"{player_id}{suffix}", content)
            for other in AVATAR_SUFFIXES:
                if other != suffix:
                    (folder / f"{player_id}{other}").unlink(missing_ok=True)


def _has_content(path: Path) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def _is_shown(content: bytes) -> bool:
    """Is it a picture? Pages of ours must never be given anything else in place of one."""
    return len(content) <= AVATAR_MOST_BYTES and media_type(content) is not None


def _read(path: Path, most: int = -1) -> bytes | None:
    """The first `most` bytes of a file; -1: all of it."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        log.warning("%s/%s cannot be read: %s", path.parent.name, path.name, error.strerror)
        raise FileUnreadable("The data folder cannot be read, so this file cannot be given.") from error


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """A folder that is there; what keeps it from being written is Unavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        log.warning("%s cannot be written: %s", folder.name, error.strerror)
        raise Unavailable("The data folder cannot be written, so this file cannot be kept.") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else, in whichever process, between a file and the removal of others: two would remove each other's."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems lock no folders; there the later of two uploads is as good as can be had.
        with suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _write(path: Path, content: bytes) -> None:
    """All of the file or none of it: readers never meet half."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.chmod(temporary, 0o644)  # other programs serve these
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
