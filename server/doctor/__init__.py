"""What is wrong with an installation, or could be better, and what to do about it. It changes nothing."""

from server.config import Settings
from server.doctor import database, files, live, website
from server.doctor.findings import Finding, render

__all__ = ["Finding", "examine", "render"]


async def examine(settings: Settings) -> list[Finding]:
    """Look at database, Redis and files. Never raises, and no finding holds a secret."""
    findings, ranked = await database.examine(settings)
    findings += await live.examine(settings.redis, ranked)
    findings += files.examine(settings.files)
    findings += website.examine(settings)
    return findings
