"""bancho.py's data directory: replay frames, beatmaps and avatars, each named after an id."""

import asyncio
import os
import tempfile
from pathlib import Path

# In the order in which avatar hosts look.
AVATAR_SUFFIXES = (".png", ".jpg", ".gif", ".jpeg", ".jfif")

# No beatmap comes near; a file past it is not handed to a calculator.
BEATMAP_MOST_BYTES = 16 * 1024 * 1024


class Files:
    """Reads and writes below one directory. A missing file is None, never an error."""

    def __init__(self, data: Path) -> None:
        self.data = data

    async def replay_frames(self, score_id: int) -> bytes | None:
        """The LZMA stream of frames that the client sent, without a header."""
        return await asyncio.to_thread(_read, self.data / "osr" / f"{score_id}.osr")

    async def beatmap(self, beatmap_id: int) -> bytes | None:
        """A `.osu` file."""
        content = await asyncio.to_thread(_read, self.data / "osu" / f"{beatmap_id}.osu")
        return content if content is not None and len(content) <= BEATMAP_MOST_BYTES else None

    async def keep_beatmap(self, beatmap_id: int, content: bytes) -> None:
        """Put a `.osu` file where bancho.py would."""
        await asyncio.to_thread(_write, self.data / "osu" / f"{beatmap_id}.osu", content)

    async def keep_avatar(self, player_id: int, suffix: str, content: bytes) -> None:
        """Put a player's avatar in place of whatever they had, under whichever suffix."""
        await asyncio.to_thread(self._keep_avatar, player_id, suffix, content)

    def _keep_avatar(self, player_id: int, suffix: str, content: bytes) -> None:
        folder = self.data / "avatars"
        _write(folder / f"{player_id}{suffix}", content)
        for other in AVATAR_SUFFIXES:
            if other != suffix:
                (folder / f"{player_id}{other}").unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _write(path: Path, content: bytes) -> None:
    """All of the file or none of it: readers never meet half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.chmod(temporary, 0o644)  # other programs serve these
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
