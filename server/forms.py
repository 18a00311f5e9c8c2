"""What the texts of some settings have to look like."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Form:
    """What a text has to look like, in words and as a test; each text of a list by itself."""

    words: str
    fits: Callable[[str], bool]


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is not one: often a password with a character that ends it
    except ValueError:
        return False
    return parts.scheme in schemes


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_host_and_port(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and is_port(port)


def is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def _is_host_pattern(text: str) -> bool:
    """A host name without a port, `*.` before it for what is below it."""
    return re.fullmatch(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", text) is not None


def _is_origin(text: str) -> bool:
    """As browsers write it: scheme and host in lower case, the port only where it is not the scheme's own."""
    return re.fullmatch(r"https?://[a-z0-9.-]+(:[1-9][0-9]{0,4})?", text) is not None


def _is_beatmap_address(text: str) -> bool:
    return not text or (text.startswith(("http://", "https://")) and "{id}" in text)


DATABASES = ("mysql", "mysql+asyncmy", "mysql+aiomysql", "sqlite")
DATABASE = Form("mysql://user:password@host:port/name or sqlite:///path", lambda text: _is_address(text, DATABASES))
REDIS = Form(
    "redis://user:password@host:port/db or nothing",
    lambda text: not text or _is_address(text, ("redis", "rediss", "unix")),
)
ZONE = Form("a zone such as UTC or Europe/Berlin", _is_zone)
HOST_PATTERN = Form("host names without a port, such as api.example.org or *.example.org", _is_host_pattern)
ORIGIN = Form("origins such as https://example.org", _is_origin)
BEATMAP_ADDRESS = Form("http:// or https:// with {id} in it, or nothing", _is_beatmap_address)
HEADER = Form("printable ASCII", lambda text: text.isascii() and text.isprintable())
HOST_AND_PORT = Form("host:port of each", _is_host_and_port)
