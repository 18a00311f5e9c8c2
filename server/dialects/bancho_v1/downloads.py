"""Files as bancho.py v1 hands them out."""

from urllib.parse import quote

from server.web.respond import File

_HEADERS = {"content-description": "File Transfer"}


def frames(content: bytes) -> File:
    return File(content, headers=_HEADERS)


def replay(name: str, content: bytes) -> File:
    """The name twice: as plain ASCII for old clients (`?` for other letters), and whole (RFC 6266, RFC 8187)."""
    plain = name.encode("ascii", "replace").decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return File(content, headers=_HEADERS | {"content-disposition": disposition})
