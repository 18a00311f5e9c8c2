"""Forms, and the files in them."""

import pytest
from starlette.requests import Request

from server.web import forms
from server.web.forms import Broken, file_of

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="\xc3\xa4"\r\n\r\ntext\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nbytes\r\n--b--\r\n'
)


def request(content_type: str) -> Request:
    return Request(
        {"app": None, "type": "http", "method": "PUT", "headers": [(b"content-type", content_type.encode())]}
    )


@pytest.mark.parametrize(
    "charset",
    [
        *("", "; charset=utf-8", "; charset=punycode", '; Charset = "utf-7"; x=y', "; charset=none"),
        *(";charset*=u''utf-16", '; ch;charset=""arset=punycode'),
    ],
)
async def test_the_charset_is_ours(charset: str) -> None:
    """With some of Python's a name of half a megabyte takes a minute; with others a name is none."""
    seen = []
    for kind in (f"multipart/form-data; boundary=b{charset}", f"multipart/form-data{charset}; boundary=b"):
        async with forms.form_of(request(kind), BODY) as form:
            seen.append(list(form))
        assert await file_of(request(kind), BODY, "file") == b"bytes"
    assert seen == [["ä", "file"]] * 2


async def test_what_is_no_form_or_no_file() -> None:
    assert await file_of(request("multipart/form-data; boundary=b"), BODY, "other") is None
    assert await file_of(request("multipart/form-data; boundary=b"), BODY, "ä") is None
    assert await file_of(request("application/json"), b"{}", "file") is None
    with pytest.raises(Broken):
        await file_of(request("multipart/form-data"), BODY, "file")
    with pytest.raises(Broken):
        await file_of(request("multipart/form-data; boundary=b"), b"nothing", "file")
    with pytest.raises(Broken):  # a quote that swallows the boundary
        await file_of(request('multipart/form-data; x="; charset=punycode; boundary=b'), BODY, "file")
