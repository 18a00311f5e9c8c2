"""Requests that no client would send: whatever comes in, what goes out is an answer, in JSON or a refusal in text."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.app import create_app
from server.dialects import DIALECTS
from server.web.dialect import Route
from server.web.params import declared
from tests.golden.house import fill, settings_for
from tests.golden.people import AIKO_KEY

Headers = Sequence[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: bytes


Ask = Callable[..., Answer]

# Example by example the server is the same one; nothing is changed in it.
MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def ask(
    request: pytest.FixtureRequest,
    golden_runner: asyncio.Runner,
    golden_valkey: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ask]:
    """Asks the app itself, so that nothing in between mends or refuses a request. Its database may change."""
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder / 'hostile.db'}"
    closing = ExitStack()
    if request.param == "mysql":
        server = request.getfixturevalue("mariadb")
        url = server.url(closing.enter_context(server.database()))
    chosen = settings_for(url, golden_valkey, folder / "data")
    fill(golden_runner, chosen)
    app = create_app(chosen)
    lifespan = app.router.lifespan_context(app)

    async def answer(path: str, query: bytes, method: str, headers: Headers, body: bytes) -> Answer:
        sent: list[Any] = []
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"},
            **{"method": method, "path": path, "raw_path": path.encode(), "query_string": query, "root_path": ""},
            **{"headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)},
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)
        started = next(message for message in sent if message["type"] == "http.response.start")
        whole = b"".join(message.get("body", b"") for message in sent)
        return Answer(started["status"], dict(started["headers"]), whole)

    def ask(
        path: str, query: bytes = b"", method: str = "GET", headers: Headers | None = None, body: bytes = b""
    ) -> Answer:
        return golden_runner.run(answer(path, query, method, headers or [], body))

    golden_runner.run(lifespan.__aenter__())
    try:
        yield ask
    finally:
        golden_runner.run(lifespan.__aexit__(None, None, None))
        closing.close()


# Streams answer for as long as somebody listens; tests of their own do.
READ = [
    (dialect, route)
    for dialect in DIALECTS
    for route in dialect.routes
    if "GET" in route.methods and route.stream is None
]
WRITTEN = [(dialect, route) for dialect in DIALECTS for route in dialect.routes if "GET" not in route.methods]
ADDRESSES = [mount + route.path for dialect, route in READ for mount in dialect.mounts]
KEY: Headers = [(b"authorization", b"Bearer " + AIKO_KEY.encode())]


def names_of(route: Route) -> list[bytes]:
    asked = next(kind for name, kind in route.handler.__annotations__.items() if name == "asked")
    return [each.name.encode() for each in declared(asked)]


NAMES = sorted({name for _, route in READ for name in names_of(route)})


def is_an_answer(answer: Answer, files: bool = True) -> None:
    """No fault of the server, and JSON (or a replay, a refusal in text, or nothing where nothing can be)."""
    assert answer.status in (200, 400, 401, 403, 404, 405, 422), answer
    if files and answer.headers[b"content-type"] == b"application/octet-stream":
        assert answer.status == 200
        return
    if answer.headers[b"content-type"] == b"text/plain; charset=utf-8":
        assert answer.status != 200
        assert answer.body.decode()
    else:
        assert answer.headers[b"content-type"] == b"application/json"
        assert isinstance(orjson.loads(answer.body), dict | list)
    for name, value in answer.headers.items():
        assert b"\n" not in value
        assert b"\r" not in value
        assert name == name.lower()


# Text that something on the way may take for something else.
NASTY = [
    *(b"' OR '1'='1", b"1; DROP TABLE users;--", b'" UNION SELECT api_key FROM users -- ', b"%", b"_%_", b"\\", b"\\'"),
    *(b":id", b"%(id)s", b"{0}", b"${jndi:ldap://x}", b"../../etc/passwd", b"\r\nX-A: b", b"\x00", b"3\x00"),
    *(b"[]", b"{}", b"null", b"true", b"", b" ", b"+", b"&", b"=", b";", b"," * 5000, b"3," * 5000, b"a" * 100_000),
    *(b"9" * 5000, b"-1", b"1e400", b"NaN", b"Infinity", b"0x7f", b"2147483648", b"9223372036854775808"),
]

# Text that is not in the encoding it should be in, and letters of whose number or width some lose count.
ODD = [
    *("🎵".encode(), "٣".encode(), "\u202e\ufeff\ufffe".encode(), "Ünï".encode("latin-1"), "日本".encode("shift-jis")),
    *(b"\xff\xfe", b"\xed\xa0\x80", "é🎵".encode("utf-16"), b"+2AA-", b"\\ud800", b"xn--a"),
]

VALUE = st.one_of(
    st.sampled_from(NASTY + ODD),
    st.binary(max_size=40),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.integers().map(lambda number: str(number).encode()),
)
PAIR = st.tuples(st.one_of(st.sampled_from(NAMES), st.sampled_from(NASTY), st.binary(max_size=10)), VALUE)
QUERY = st.one_of(
    st.binary(max_size=300),
    st.lists(PAIR, max_size=8).map(lambda pairs: b"&".join(b"=".join(pair) for pair in pairs)),
    st.lists(PAIR, max_size=8).map(
        lambda pairs: b"&".join(b"=".join(quote_from_bytes(part).encode() for part in pair) for pair in pairs)
    ),
)
PREFIX = st.sampled_from([b"", b"id=3&scope=all&", b"id=1001&scope=best&", b"scope=recent&name=Aiko&", b"id=2&"])


@given(address=st.sampled_from(ADDRESSES), prefix=PREFIX, query=QUERY, keyed=st.booleans())
@MANY
def test_any_query(ask: Ask, address: str, prefix: bytes, query: bytes, keyed: bool) -> None:
    is_an_answer(ask(address, prefix + query, headers=KEY if keyed else ()))


@pytest.mark.parametrize(("dialect", "route"), READ, ids=lambda each: getattr(each, "path", None) or each.name)
def test_every_nasty_text_in_every_parameter(ask: Ask, dialect: Any, route: Route) -> None:
    """One at a time, beside parameters that are right, so that it comes as far as it can."""
    right = {b"id": b"3", b"scope": b"best", b"mode": b"0", b"user": b"3"}
    for name in names_of(route):
        for text in NASTY + ODD:
            others = {other: value for other, value in right.items() if other in names_of(route)}
            if name in (b"name", b"md5", b"ids"):
                others.pop(b"id", None)
            given = others | {name: quote_from_bytes(text).encode()}
            query = b"&".join(b"=".join(pair) for pair in given.items())
            is_an_answer(ask(dialect.mounts[0] + route.path, query, headers=KEY))


@pytest.mark.parametrize(
    "query",
    [
        b"&".join(b"p%d=%d" % (number, number) for number in range(10_000)),
        b"&".join([b"id=3"] * 10_000) + b"&scope=all",
        b"acc=98&" * 10_000 + b"id=1001",
        b"ids=3&" * 10_000,
        b"&" * 100_000,
        b"=" * 100_000,
        b"scope=best&id=3&" + b"x" * 1_000_000,
        b"%" * 100_000,
        b"id=3&scope=all&" + b"%00" * 30_000 + b"=1",
    ],
    ids=["names", "ids", "many", "lists", "ampersands", "equals", "long", "percents", "nuls"],
)
def test_far_too_much(ask: Ask, query: bytes) -> None:
    for address in ("/v1/get_player_info", "/get_map_info", "/api/get_player_scores", "/api/v1/calculate_pp"):
        answer = ask(address, query, headers=KEY)
        is_an_answer(answer)
        assert sum(len(name) + len(value) for name, value in answer.headers.items()) < 4000


@given(path=st.text(max_size=30), address=st.sampled_from(ADDRESSES), place=st.integers(0, 30))
@MANY
def test_any_path(ask: Ask, path: str, address: str, place: int) -> None:
    is_an_answer(ask(address[:place] + path + address[place:]))
    is_an_answer(ask("/v1/" + path))


@given(method=st.text(st.characters(codec="ascii", categories=["Lu"]), min_size=1, max_size=8))
@MANY
def test_any_method(ask: Ask, method: str) -> None:
    answer = ask("/v1/get_player_count", method=method)
    if method in ("GET", "HEAD", "OPTIONS"):
        assert answer.status in (200, 204)
    else:
        is_an_answer(answer)
        assert answer.status == 405


HEADER = st.one_of(
    VALUE,
    st.builds(lambda scheme, rest: scheme + b" " + rest, st.sampled_from([b"Bearer", b"bearer", b"Basic"]), VALUE),
)


@given(
    value=HEADER,
    name=st.sampled_from([b"authorization", b"accept-encoding", b"if-none-match", b"origin", b"host", b"content-type"]),
)
@MANY
def test_any_header(ask: Ask, name: bytes, value: bytes) -> None:
    answer = ask("/v1/get_player_info", b"id=3&scope=info", headers=[(name, value)])
    assert answer.status in (200, 304)
    is_an_answer(ask("/v1/get_friends", headers=[(name, value)]))


BODY_TYPES = [
    *(b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"", b"application/JSON; charset=x"),
    *(b"multipart/form-data; boundary=b", b"multipart/form-data", b"multipart/form-data; boundary=b; charset=utf-7"),
    *(b"multipart/form-data; boundary=b; charset=idna", b"multipart/form-data; boundary=b; charset=\x00"),
    *(b"application/x-www-form-urlencoded; charset=punycode", b"multipart/form-data; boundary=" + b"b" * 5000),
]


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + more
    return head + b"\r\n\r\n" + value + b"\r\n--b--\r\n"


FIELDS = [b"preferred_mode", b"play_style", b"userpage_content", b"custom_badge_name", b"avatar"]
FIELD = st.sampled_from(FIELDS)
BODY = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda name, value: name + b"=" + quote_from_bytes(value).encode(), FIELD, VALUE),
    st.builds(part, FIELD, VALUE, st.sampled_from([b"", b'; filename="a.png"', b"; filename*=utf-8''%ff"])),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | FIELD.map(bytes.decode), inner),
        max_leaves=5,
    ).map(lambda value: orjson.dumps(value, default=str)),
    st.sampled_from(
        [b"[" * 100_000, b'{"userpage_content":"\\ud800"}', b'{"a":' * 5000, b"userpage_content=%ED%A0%80"]
    ),
    st.just(part(b"userpage_content", b"+2AA-")),
)


@given(
    address=st.sampled_from([dialect.mounts[0] + route.path for dialect, route in WRITTEN]),
    method=st.sampled_from(["POST", "PUT"]),
    media=st.sampled_from(BODY_TYPES),
    body=BODY,
)
@settings(MANY, max_examples=250)
def test_any_body(ask: Ask, address: str, method: str, media: bytes, body: bytes) -> None:
    is_an_answer(ask(address, method=method, headers=[*KEY, (b"content-type", media)], body=body))


@pytest.mark.parametrize("media", BODY_TYPES)
def test_text_in_any_charset(ask: Ask, media: bytes) -> None:
    for text in ODD:
        for body in (part(b"userpage_content", text), b"userpage_content=" + text):
            is_an_answer(ask("/v1/set_player_info", method="POST", headers=[*KEY, (b"content-type", media)], body=body))
