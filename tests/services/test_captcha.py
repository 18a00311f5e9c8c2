"""Captcha providers, played by a server of our own: what it is sent, and what is made of what it says."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest

from benchmarks.processes import HOST
from server.domain.problems import Unavailable
from server.services import captcha
from server.services.captcha import ADDRESSES, Captcha

SECRET = "0x4AAA-very-secret"


class Provider:
    """Answers each form with the same text; `None`: with nothing at all."""

    def __init__(self, text: str | None, status: int = 200) -> None:
        self.text = text
        self.status = status
        self.forms: list[dict[str, list[str]]] = []
        self.address = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("post /siteverify http/1.1")
        assert "content-type: application/x-www-form-urlencoded" in head
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        self.forms.append(parse_qs((await reader.readexactly(length)).decode(), keep_blank_values=True))
        if self.text is None:
            await reader.read()
        else:
            body = self.text.encode()
            writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (self.status, len(body)))
            writer.write(body)
        writer.close()


@asynccontextmanager
async def running(provider: Provider) -> AsyncIterator[Captcha]:
    server = await asyncio.start_server(provider.meet, HOST, 0)
    async with server:
        address = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/siteverify"
        yield Captcha("turnstile", SECRET, address)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        *(('{"success":true}', True), ('{"success":true,"score":0.1}', True), ('{"success":false}', False)),
        *(('{"success":"true"}', False), ('{"success":1}', False), ("{}", False), ("[]", False), ("true", False)),
    ],
)
async def test_what_the_provider_says(text: str, passes: bool) -> None:
    provider = Provider(text)
    async with running(provider) as asked:
        assert await asked.passes("tök en&") is passes
    assert provider.forms == [{"secret": [SECRET], "response": ["tök en&"]}]


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_nobody_is_asked(token: str | None) -> None:
    provider = Provider('{"success":true}')
    async with running(provider) as asked:
        assert await asked.passes(token) is False
    assert provider.forms == []


@pytest.mark.parametrize(("text", "status"), [("<html>", 200), ("", 200), ('{"success":true}', 500), ("no", 404)])
async def test_a_provider_that_makes_no_sense(text: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(Provider(text, status)) as asked:
            with pytest.raises(Unavailable) as raised:
                await asked.passes("the-token")
    assert SECRET not in caplog.text + raised.value.message
    assert "the-token" not in caplog.text + raised.value.message


async def test_a_provider_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captcha, "PATIENCE_SECONDS", 0.1)
    async with running(Provider(None)) as asked:
        with pytest.raises(Unavailable):
            await asked.passes("token")
    with pytest.raises(Unavailable):
        await asked.passes("token")  # nobody listens there any more


async def test_without_a_provider_everybody_passes() -> None:
    none = Captcha("", "")
    assert [await none.passes(token) for token in (None, "", "x")] == [True] * 3


def test_where_the_providers_are() -> None:
    """As their manuals say."""
    assert ADDRESSES == {
        "recaptcha": "https://www.google.com/recaptcha/api/siteverify",
        "hcaptcha": "https://api.hcaptcha.com/siteverify",
        "turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
    }
