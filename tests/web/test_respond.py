"""Answers as bytes: validators, compression, and methods without a body."""

import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.respond import Answer, File, Manners, file_answer, json_answer, send_answer

BODY = orjson.dumps({"text": "osu! " * 400})


async def sent(
    answer: Answer, method: str = "GET", manners: Manners | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that a client gets."""
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send_answer(answer, {"type": "http", "method": method, "headers": given}, send, manners or Manners(), [])
    start, body = messages
    assert start["type"] == "http.response.start"
    assert all(name == name.lower() for name, _ in start["headers"])
    names = [name for name, _ in start["headers"]]
    assert len(names) == len(set(names))
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


async def test_a_value_goes_out_as_compact_json() -> None:
    value = {"name": "Zażółć", "score": 2**63 - 1, "acc": 99.5, "none": None}
    status, headers, body = await sent(json_answer(value))
    assert status == 200
    assert body == '{"name":"Zażółć","score":9223372036854775807,"acc":99.5,"none":null}'.encode()
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert headers["cache-control"] == "no-cache"


async def test_a_file_goes_out_with_its_headers() -> None:
    answer = file_answer(File(b"\x00\x01", "application/x-thing", {"content-disposition": "attachment"}))
    status, headers, body = await sent(answer)
    assert (status, body) == (200, b"\x00\x01")
    assert headers["content-type"] == "application/x-thing"
    assert headers["content-disposition"] == "attachment"


async def test_what_is_fixed_goes_out_with_each() -> None:
    manners = Manners(fixed=((b"bancho-version", b"5.3.0"),), cacheable=b"no-store")
    for answer in (json_answer({}), json_answer({}, 404), Answer(BODY)):
        assert (await sent(answer, manners=manners))[1]["bancho-version"] == "5.3.0"
    assert (await sent(json_answer({}), manners=manners))[1]["cache-control"] == "no-store"


async def test_head_is_get_without_a_body() -> None:
    for accepted in ("", "gzip"):
        got = await sent(Answer(BODY), accept_encoding=accepted)
        status, headers, body = await sent(Answer(BODY), "HEAD", accept_encoding=accepted)
        assert (status, headers) == got[:2]
        assert headers["content-length"] == str(len(got[2]))
        assert body == b""


async def test_where_nothing_can_follow_nothing_is_told_of_it() -> None:
    status, headers, body = await sent(Answer(b"", 204, headers=[(b"allow", b"GET")]), "OPTIONS")
    assert (status, body) == (204, b"")
    assert headers == {"allow": "GET"}


async def test_the_same_body_has_the_same_tag() -> None:
    tags = [(await sent(Answer(body)))[1]["etag"] for body in (b"[1]", b"[1]", b"[2]")]
    assert tags[0] == tags[1] != tags[2]
    assert tags[0].startswith('W/"')
    assert tags[0].endswith('"')


@pytest.mark.parametrize(
    "form", ["{tag}", "{bare}", "*", ' "other" , {tag}', 'W/"x",{bare}', " * ", '"a", W/{bare} ,"b"']
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_whoever_has_it_already_is_told_so(form: str, method: str) -> None:
    tag = Answer(BODY).etag.decode()
    known = form.format(tag=tag, bare=tag.removeprefix("W/"))
    status, headers, body = await sent(Answer(BODY), method, if_none_match=known, accept_encoding="gzip")
    assert (status, body) == (304, b"")
    # What a 200 would have said of keeping it, a 304 says too.
    assert headers == {"etag": tag, "cache-control": "no-cache", "vary": "Accept-Encoding"}


@pytest.mark.parametrize("form", ["", '""', '"other"', "{inner}", 'W/"{inner}x"', '"*"', "**", "W/{inner}"])
async def test_whoever_has_another_gets_it_whole(form: str) -> None:
    inner = Answer(BODY).etag.decode().removeprefix("W/").strip('"')
    status, _, body = await sent(Answer(BODY), if_none_match=form.format(inner=inner))
    assert (status, body) == (200, BODY)


@pytest.mark.parametrize(("method", "status"), [("POST", 200), ("PUT", 200), ("GET", 404), ("GET", 422), ("GET", 503)])
async def test_only_what_was_read_and_found_can_be_kept(method: str, status: int) -> None:
    got, headers, body = await sent(Answer(BODY, status), method, if_none_match="*")
    assert (got, body) == (status, BODY)
    assert "etag" not in headers
    assert "cache-control" not in headers


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        *(("gzip", True), ("GZIP", True), ("gzip, deflate, br", True), ("br;q=1.0, gzip;q=0.8", True), ("*", True)),
        *(("gzip;q=1", True), ("gzip; q=0.001", True), ("deflate,gzip", True), ("*;q=0, gzip", True)),
        *(("", False), ("identity", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000", False)),
        *(("gzip ; q = 0.0", False), ("gzip;q=0, *", False), ("*, gzip;q=0", False), ("*;q=0", False)),
        *(("gzipped", False), ("x-gzip-not", False), (";q=1", False), (",,", False)),
    ],
)
async def test_it_is_compressed_for_whoever_takes_that(accepted: str, packed: bool) -> None:
    status, headers, body = await sent(Answer(BODY), accept_encoding=accepted)
    assert status == 200
    assert ("content-encoding" in headers) is packed
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-length"] == str(len(body))
    assert (zlib.decompress(body, wbits=31) if packed else body) == BODY
    assert (len(body) < len(BODY)) is packed


async def test_small_answers_are_not_compressed() -> None:
    for size, minimum, packed in ((99, 100, False), (100, 100, True), (5000, 0, False)):
        _, headers, _ = await sent(Answer(b"a" * size), manners=Manners(gzip_minimum=minimum), accept_encoding="gzip")
        assert ("content-encoding" in headers) is packed
        assert ("vary" in headers) is packed


async def test_errors_are_compressed_too() -> None:
    _, headers, body = await sent(Answer(BODY, 404), accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert zlib.decompress(body, wbits=31) == BODY


async def test_an_answer_that_several_share_is_not_changed_by_sending_it() -> None:
    answer = json_answer({"a": 1}, headers=[(b"x-own", b"1")])
    first = await sent(answer, manners=Manners(fixed=((b"x-fixed", b"1"),)))
    assert answer.headers == [(b"x-own", b"1")]
    assert await sent(answer, manners=Manners(fixed=((b"x-fixed", b"1"),))) == first


@given(st.text(alphabet=st.characters(max_codepoint=255)), st.text(alphabet=st.characters(max_codepoint=255)))
async def test_whatever_a_client_says_it_gets_an_answer(accepted: str, known: str) -> None:
    status, _, body = await sent(Answer(BODY), accept_encoding=accepted, if_none_match=known)
    assert status in (200, 304)
    assert body == b"" if status == 304 else body


@given(st.binary(max_size=4000))
async def test_every_body_arrives_as_it_was(content: bytes) -> None:
    _, headers, body = await sent(Answer(content), manners=Manners(gzip_minimum=1), accept_encoding="gzip")
    assert (zlib.decompress(body, wbits=31) if "content-encoding" in headers else body) == content
