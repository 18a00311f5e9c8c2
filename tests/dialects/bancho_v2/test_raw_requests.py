"""Requests as no client writes them, byte by byte: each is answered in words or dropped, and nothing breaks."""

import io
import re
import socket
import time
from collections.abc import Iterator
from typing import NamedTuple

import orjson
import pytest
from PIL import Image

from tests.stores import SESSIONS, Stores, stores

PLAYER, OTHER = 3, 4
PASSWORD = "correct horse"
TOKEN, OTHERS_TOKEN = "t" * 43, "u" * 43

LOGIN = orjson.dumps({"username": "player", "password": PASSWORD})
SESSION, CURRENT, ME, AVATAR = "/v2/sessions", "/v2/sessions/current", "/v2/players/3", "/v2/players/3/avatar"
CHUNKED = b"Transfer-Encoding: chunked"

FORM = "multipart/form-data; boundary=b"

# What uvicorn says itself, of what is no HTTP.
NO_HTTP = "Invalid HTTP request received."
UNICODE = "a JSON object of Unicode text"
TOO_LARGE = "Avatar file too large (max 2MB)."
NO_FILE = "expected an image, as a file of a form"


class Case(NamedTuple):
    """A request, and what is answered: a status and a part of what is said. Status 0: nothing is."""

    request: bytes
    status: int
    said: str = ""


class Answer(NamedTuple):
    status: int
    headers: bytes
    body: bytes


def asked(
    method: str,
    path: str,
    body: bytes = b"",
    *more: bytes,
    media: str = "application/json",
    length: object = None,
    cookie: bytes = b"bancho_session=" + TOKEN.encode(),
) -> bytes:
    """A request with the player's cookie. `length`: what it says of its body's, False: nothing."""
    length = len(body) if length is None else length
    lines = [f"{method} {path} HTTP/1.1", "Host: api.example.test"]
    lines += [f"Content-Type: {media}"] if media else []
    lines += [f"Content-Length: {length}"] if length is not False else []
    return b"\r\n".join([*(line.encode() for line in lines), b"Cookie: " + cookie, *more, b"", body])


def login(body: bytes = LOGIN, *more: bytes, media: str = "application/json", length: object = None) -> bytes:
    return asked("POST", SESSION, body, *more, media=media, length=length)


def text(**fields: str) -> bytes:
    """A JSON body, in which a field may say what JSON cannot."""
    return "{{{}}}".format(",".join(f'"{name}":{value}' for name, value in fields.items())).encode()


def registration(username: str, email: str = '"a@example.test"') -> bytes:
    return asked("POST", "/v2/accounts", text(username=username, email=email, password='"correct horse"'))


def edit(**fields: str) -> bytes:
    return asked("PATCH", ME, text(**fields))


def in_chunks(content: bytes, size: int = 65536) -> bytes:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def look(path: str, *more: bytes) -> bytes:
    return asked("GET", path, b"", *more, media="", length=False)


def look_with(cookie: bytes) -> bytes:
    return asked("GET", CURRENT, b"", media="", length=False, cookie=cookie)


def part(content: bytes, name: str = "avatar_file", more: str = '; filename="me.png"') -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes, end: bytes = b"--b--\r\n", media: str = FORM, length: object = None) -> bytes:
    return asked("PUT", AVATAR, b"".join(parts) + end, media=media, length=length)


def png(size: int = 0) -> bytes:
    """A picture, made longer by something before its end that means nothing."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    whole = file.getvalue()
    return whole[:-12] + b"\0" * (size - len(whole)) + whole[-12:]


LENGTHS = {
    "of none": Case(login(b""), 422, "expected a JSON object"),
    "shorter than the body": Case(login(length=5), 400, NO_HTTP),
    "negative": Case(login(length=-1), 400, NO_HTTP),
    "no number": Case(login(length="five"), 400, NO_HTTP),
    "with a sign": Case(login(length=f"+{len(LOGIN)}"), 400, NO_HTTP),
    "beyond 64 bits": Case(login(length="9" * 30), 400, NO_HTTP),
    "of 100 GB": Case(login(length=99_999_999_999), 422, "at most 65536 bytes"),
    "told twice": Case(login(LOGIN, b"Content-Length: 5"), 400, NO_HTTP),
    "beside chunks": Case(login(in_chunks(LOGIN), CHUNKED), 400, NO_HTTP),
    "none, as there are chunks": Case(login(in_chunks(LOGIN), CHUNKED, length=False), 201),
    "chunks of a byte": Case(login(in_chunks(LOGIN, 1), CHUNKED, length=False), 201),
    "chunks that are none": Case(login(b"zz\r\n" + LOGIN, CHUNKED, length=False), 400, NO_HTTP),
    "of an encoding that hides chunks": Case(login(LOGIN, b"Transfer-Encoding: xchunked"), 400, NO_HTTP),
    "too much in chunks": Case(
        asked("PATCH", ME, in_chunks(text(userpage_content=f'"{"a" * 70_000}"')), CHUNKED, length=False),
        *(422, "at most 65536 bytes"),
    ),
    "too much for the file": Case(form(part(b"x" * 10_000_000)), 400, TOO_LARGE),
    "a byte too much for the file": Case(form(part(png(2 * 1024 * 1024 + 1))), 400, TOO_LARGE),
    "just not too much": Case(form(part(png(2 * 1024 * 1024))), 200),
    "a body where none is wanted": Case(asked("PUT", f"{ME}/favourites/5", b"x" * 100_000, media="text/plain"), 200),
}

JSON = {
    "two": Case(login(LOGIN + LOGIN), 422, "JSON object"),
    "in a list": Case(login(b"[" + LOGIN + b"]"), 422, "an object"),
    "null": Case(asked("PATCH", ME, b"null"), 422, "an object"),
    "very deep": Case(login(b'{"username":' + b"[" * 60_000), 422, "nested less deeply"),
    "a name twice": Case(login(b'{"username":"other",' + LOGIN[1:]), 201),
    "no numbers": Case(login(text(username="NaN", password="Infinity")), 422, "JSON object"),
    "with its mark of order": Case(login(b"\xef\xbb\xbf" + LOGIN), 422, "JSON object"),
    "in UTF-16": Case(login(LOGIN.decode().encode("utf-16"), media="application/json; charset=utf-16"), 422, "JSON"),
    "said to be in UTF-16": Case(login(media="application/json; charset=utf-16"), 201),
    "in Latin-1": Case(login(text(username='"Größe"', password='"x"').decode().encode("latin-1")), 422, "UTF-8"),
    "said to be compressed": Case(login(LOGIN, b"Content-Encoding: gzip"), 201),
    "called two things": Case(login(media="text/plain, application/json"), 422, "application/json"),
    "called text first": Case(login(LOGIN, b"Content-Type: application/json", media="text/plain"), 422, "content-type"),
    "called nothing": Case(login(media=""), 422, "content-type"),
    "half a pair": Case(login(text(username=r'"\ud800"', password='"x"')), 422, UNICODE),
    "half a pair of a password": Case(login(text(username='"player"', password=r'"\udc00"')), 422, UNICODE),
    "half a pair of a new name": Case(registration(r'"ab\ud800"'), 422, UNICODE),
    "a bare NUL": Case(login(text(username='"a\0b"', password='"x"')), 422, "JSON object"),
    "a NUL": Case(
        login(text(username=r'"player\u0000"', password=r'"\u0000"')), 401, "Incorrect username or password."
    ),
    "a line break": Case(login(text(username=r'"a\r\nSet-Cookie: x=y"', password='"x"')), 401, "Incorrect"),
    "a NUL in a new name": Case(registration(r'"ab\u0000"'), 400, "Must be 2-15 characters in length."),
    "a line break in a new name": Case(registration(r'"ab\r\nX: y"'), 400, "Must be 2-15 characters in length."),
    "a line break in an address": Case(registration('"abc"', r'"a\r\nb@example.test"'), 400, "Invalid email syntax."),
    "a line break in another name": Case(edit(username=r'"a\nb"'), 400, "Must be 2-15 characters in length."),
    "a mode that is true": Case(edit(preferred_mode="true"), 200),
    "a mode of 5000 digits": Case(edit(preferred_mode="9" * 5000), 422, "preferred_mode"),
    "a mode with a point": Case(edit(preferred_mode="3.0"), 200),
    "a number for a name": Case(edit(username="123"), 422, "expected text"),
}

COOKIES = {
    "two of two players": Case(look(CURRENT, f"Cookie: bancho_session={OTHERS_TOKEN}".encode()), 401, "Invalid or"),
    "two of one": Case(look(CURRENT, f'Cookie: a=b; bancho_session="{TOKEN}"'.encode()), 200, '"id":3'),
    "that means all keys": Case(look_with(b"bancho_session=*"), 401, "Invalid or expired session."),
    "that leaves the keys": Case(look_with(b"bancho_session=../a:b"), 401, "Invalid or expired"),
    "no text": Case(look_with(b"bancho_session=\xff\xfe"), 401, "Invalid or expired session."),
    "empty": Case(look_with(b"bancho_session="), 401, "Invalid or expired session."),
    "one of a megabyte": Case(look_with(b"bancho_session=" + b"x" * 1_000_000), 401, "Invalid or expired"),
    "5000": Case(look(CURRENT, b"Cookie: " + b"; ".join(b"c%d=x" % each for each in range(5000))), 200, '"id":3'),
    "5000 headers": Case(look(CURRENT, *[b"Cookie: a=b"] * 5000), 200, '"id":3'),
}

PATHS = {
    "a NUL": Case(look("/v2/players/a%00b"), 404, "Player not found."),
    "half a pair": Case(look("/v2/players/%ED%A0%80"), 404, "Player not found."),
    "no UTF-8": Case(look("/v2/players/%ff%fe"), 404, "Player not found."),
    "bytes": Case(look("/v2/players/é"), 400, NO_HTTP),
    "a line break": Case(look("/v2/players/a%0d%0aSet-Cookie:%20x=y"), 404, "Player not found."),
    "up and away": Case(look("/v2/players/..%2f..%2fetc"), 404, "Not Found"),
    "another host's": Case(look("http://other.test/v2/players/3"), 200, '"id":3'),
    "a method in small letters": Case(asked("post", SESSION, LOGIN), 400, NO_HTTP),
    "a method that is none": Case(asked("PATCHY", SESSION, LOGIN), 400, NO_HTTP),
    "a method nobody takes": Case(asked("TRACE", SESSION), 405, "Method Not Allowed"),
    "HTTP/1.0": Case(login().replace(b"HTTP/1.1", b"HTTP/1.0"), 201),
    "an id beyond 64 bits": Case(asked("DELETE", f"{ME}/friends/-{'9' * 20}"), 422, "target_id"),
    "a set beyond 32 bits": Case(asked("PUT", f"{ME}/favourites/2147483648"), 422, "set_id"),
}

FORMS = {
    "100,000 parts": Case(form(*(part(b"x", f"p{each}") for each in range(100_000))), 400, TOO_LARGE),
    "15,000 parts": Case(
        form(*(part(b"x", f"p{each}") for each in range(15_000))), 422, "Maximum number of files is 10."
    ),
    "15,000 fields": Case(
        form(*(part(b"x", f"p{each}", "") for each in range(15_000))), 422, "Maximum number of fields is 10."
    ),
    "not multipart": Case(
        form(b"a=b&" * 1000, media="application/x-www-form-urlencoded"), 422, "a form with a file in it"
    ),
    "JSON": Case(asked("PUT", AVATAR, b"{}"), 422, NO_FILE),
    "nothing": Case(asked("PUT", AVATAR, media=FORM), 422, NO_FILE),
    "no boundary": Case(form(part(png()), media="multipart/form-data"), 422, "Missing boundary"),
    "an empty boundary": Case(form(part(png()), media="multipart/form-data; boundary="), 422, "a form with a file"),
    "nothing but boundaries": Case(form(b"-" * 2_000_000, media="multipart/form-data; boundary=-"), 422, NO_FILE),
    "no end": Case(form(part(png()), end=b""), 422, NO_FILE),
    "a field of text": Case(form(part(png(), more="")), 422, NO_FILE),
    "a name of 100,000 letters": Case(form(part(png(), more=f'; filename="{"a" * 100_000}"')), 422, "a form with"),
    "a name that leads away": Case(form(part(png(), more='; filename="../../owned.png"')), 200),
    "a charset that is none": Case(form(part(png()), media=f"{FORM}; charset=none"), 200),
    "base64": Case(form(part(b"iVBORw0KGgo=", more='; filename="a"\r\nContent-Transfer-Encoding: base64')), 400, "png"),
}

CASES = {
    f"{kind}: {name}": case
    for kind, cases in (("length", LENGTHS), ("JSON", JSON), ("cookie", COOKIES), ("path", PATHS), ("form", FORMS))
    for name, case in cases.items()
}


class Server(NamedTuple):
    address: str
    stores: Stores


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, valkey: str) -> Iterator[Server]:
    """A process over two players. In the end nothing was broken in it, and nothing is where it should not be."""
    folder = tmp_path_factory.mktemp("raw")
    log = folder / "log"
    with stores(f"sqlite:///{folder / 'bancho.db'}", valkey, folder / "data") as made:
        made.add_player(PLAYER, "player", PASSWORD)
        made.add_player(OTHER, "other", PASSWORD)
        for token, owner in ((TOKEN, PLAYER), (OTHERS_TOKEN, OTHER)):
            made.redis.set(SESSIONS + token, owner)
        # As much is tried as hardly anybody would.
        with made.served(log, WEB_TIMEOUT_SECONDS="3", ACCOUNTS_FAILURES_PER_MINUTE="0") as address:
            yield Server(address, made)
        assert "Traceback" not in log.read_text()
        assert {path.relative_to(folder).parts[0] for path in folder.rglob("*")} == {"bancho.db", "data", "log"}
        assert [path.name for path in (folder / "data").rglob("*")] == ["avatars", f"{PLAYER}.png"]
        assert made.rows("SELECT name FROM users WHERE id > 1 ORDER BY id") == [("player",), ("other",)]


def answer_to(address: str, request: bytes, half: bool = False) -> Answer:
    """Send it over a connection that stays open meanwhile. `half`: but for its sending side."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as opened:
        opened.sendall(request)
        if half:
            opened.shutdown(socket.SHUT_WR)
        got = b""
        while chunk := opened.recv(65536):
            got += chunk
            headers, _, body = got.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", headers)
            if length and len(body) >= int(length[1]):
                break
    if not got:
        return Answer(0, b"", b"")
    return Answer(int(got.split()[1]), headers, body)


@pytest.mark.parametrize("name", CASES)
def test_what_is_answered(server: Server, name: str) -> None:
    case = CASES[name]
    answer = answer_to(server.address, case.request)
    assert answer.status == case.status, answer
    assert case.said in answer.body.decode()
    assert b"x=y" not in answer.headers
    if case.said != NO_HTTP:
        assert ("status" in orjson.loads(answer.body)) == (case.said not in ("Not Found", "Method Not Allowed"))
    assert PASSWORD.encode() not in answer.body
    assert answer_to(server.address, look("/v2/server/stats")).status == 200


@pytest.mark.parametrize("request_", [login(LOGIN[:10], length=48), form(part(png())[:100], end=b"", length=5000)])
def test_bodies_that_break_off(server: Server, request_: bytes) -> None:
    """Who has gone is told nothing; who waits is told after a while that nothing comes of it."""
    assert answer_to(server.address, request_, half=True) == Answer(0, b"", b"")
    started = time.monotonic()
    answer = answer_to(server.address, request_)
    assert time.monotonic() - started > 2
    assert (answer.status, orjson.loads(answer.body)["status"]) == (503, "error")


def test_a_request_that_hides_in_another(server: Server) -> None:
    """What is beyond the length that was told is a request of its own, without anybody's cookie."""
    hidden = b"GET /v2/sessions/current HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as opened:
        opened.sendall(login() + hidden)
        got = b"".join(iter(lambda: opened.recv(65536), b""))
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"201", b"401"]
