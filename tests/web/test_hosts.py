"""Which `Host` names are answered."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from server.web.hosts import Hosts

ALLOWED = ("api.example.org", "*.wild.example")


async def asked(host: str, path: str = "/v1/get_clan") -> str:
    app = Hosts(PlainTextResponse("answered"), ALLOWED, PlainTextResponse("refused"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://any") as client:
        return (await client.get(path, headers={"host": host})).text


@pytest.mark.parametrize(
    "host",
    [
        "api.example.org",
        "API.Example.ORG:8000",
        "a.wild.example",
        "a.b.wild.example:1",
        "api.example.org.",
        "a.wild.example.:80",
    ],
)
async def test_hosts_that_are_named(host: str) -> None:
    assert await asked(host) == "answered"


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "api.example.org..",
        "example.org",
        "wild.example",
        "xwild.example",
        "api.example.org.evil.example",
        "[::1]:80",
    ],
)
async def test_hosts_that_are_not(host: str) -> None:
    assert await asked(host) == "refused"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_process_is_watched_by_its_address(path: str) -> None:
    assert await asked("127.0.0.1:8000", path) == "answered"
    assert await asked("127.0.0.1:8000", "/metrics") == "refused"
