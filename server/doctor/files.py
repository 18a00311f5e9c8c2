"""bancho.py's data directory: there, readable, and what is in it can be opened."""

import lzma
import os
from pathlib import Path
from typing import Final

from server.doctor.findings import Finding, reason
from server.sections import Files

# Each folder with how its files end, and what is missing without them.
_FOLDERS: Final = (
    ("osr", ".osr", "no replay is found"),
    ("osu", ".osu", "pp is calculated for no beatmap"),
    ("avatars", "", "nobody has an avatar"),
)

_FIX: Final = (
    "[files] data is the game server's data directory (.data, with osr, osu and avatars in it);"
    " in containers its volume must be mounted here, and the user of this process must be let in."
)

# How much of a replay is unpacked to see that it is one.
_SAMPLE_BYTES: Final = 65_536


def examine(settings: Files) -> list[Finding]:
    """What is found."""
    data = Path(settings.data)
    if not data.is_dir():
        return [Finding("warning", "files", f"There is no directory {data.absolute()}.", _FIX)]
    return [_folder(data / name, suffix, without) for name, suffix, without in _FOLDERS]


def _folder(folder: Path, suffix: str, without: str) -> Finding:
    try:
        with os.scandir(folder) as entries:
            first = next((entry.path for entry in entries if entry.name.endswith(suffix) and entry.is_file()), None)
        if first is None:
            fix = "On a new server nothing has to be done."
            return Finding("advice", "files", f"{folder} has no such files yet, so {without}.", fix)
        head = Path(first).read_bytes()
    except OSError as error:
        return Finding("warning", "files", f"{folder} cannot be read, so {without}: {reason(error)}.", _FIX)
    if folder.name == "osr" and not _is_lzma(head):
        what = f"{first} is not the LZMA stream that a replay of bancho.py is, so its download opens in no client."
        return Finding("warning", "files", what, "Are whole .osr files, or an encrypting volume, behind [files] data?")
    return Finding("ok", "files", f"{folder} can be read.")


def _is_lzma(content: bytes) -> bool:
    try:
        lzma.LZMADecompressor().decompress(content, _SAMPLE_BYTES)
    except lzma.LZMAError:
        return False
    return len(content) > 0
