"""What a website on us needs: a Redis for sessions, a place for avatars, and a cookie that only https carries."""

import os
from pathlib import Path

from server.config import Settings
from server.doctor.findings import Finding


def examine(settings: Settings) -> list[Finding]:
    """What is found. Nothing is written to find it."""
    return [_sessions(settings), _avatars(Path(settings.files.data) / "avatars"), *_cookie(settings)]


def _sessions(settings: Settings) -> Finding:
    if settings.redis.url:
        return Finding("ok", "website", "Sessions are in Redis, where bancho.py has them too.")
    what = "Nobody can log in to a website: sessions are kept in Redis, and none is named."
    return Finding("advice", "website", what, "[redis] url: the game server's Redis.")


def _avatars(folder: Path) -> Finding:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("ok", "website", f"Avatars can be kept in {folder}.")
    what = f"Nobody can change their avatar: {folder} cannot be written."
    return Finding("advice", "website", what, "Let the user of this process write there, or leave avatars to others.")


def _cookie(settings: Settings) -> list[Finding]:
    if settings.accounts.cookie_secure:
        return []
    what = "The session's cookie goes over plain http too, where whoever listens can take it."
    return [Finding("advice", "website", what, "[accounts] cookie_secure = true, once the website has https.")]
