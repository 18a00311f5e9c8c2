"""Asking an app: every answer is held against its declared shape, and every SQL statement behind it is counted."""

import asyncio
import itertools
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import orjson
from jsonschema import Draft202012Validator
from starlette.applications import Starlette

from server.web import openapi
from server.web.dialect import Dialect

# Statements of the question being asked; the server's own regular ones are asked outside of any.
_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)

Params = dict[str, Any] | list[tuple[str, Any]]


def watch(sql: str) -> None:
    """What the app calls with the text of each statement."""
    heard = _HEARD.get()
    if heard is not None:
        heard.append(sql)


@dataclass(frozen=True)
class Answered:
    """An answer as it arrived."""

    status: int
    headers: httpx.Headers
    body: bytes
    statements: tuple[str, ...]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Client:
    """Asks the dialects of an app."""

    def __init__(self, app: Starlette, dialects: Iterable[Dialect]) -> None:
        # Compression is asked for where it is tested.
        options = {"base_url": "http://golden", "headers": {"accept-encoding": "identity"}}
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), **options)
        self._shapes = [Shapes(each) for each in dialects]

    async def ask(
        self,
        path: str,
        params: Params | None = None,
        *,
        method: str = "GET",
        mount: str = "/v1",
        key: str | None = None,
        session: str | None = None,
        headers: dict[str, Any] | None = None,
        queries: int | None = None,
        **request: Any,
    ) -> Answered:
        """Ask for `path` below `mount`. `queries`: how many SQL statements that must take.

        Who asks: an API key, or the token of a session of the website.
        """
        heard: list[str] = []
        token = _HEARD.set(heard)
        asking = {"authorization": f"Bearer {key}"} if key else {}
        if session is not None:
            asking["cookie"] = f"bancho_session={session}"
        sent = asking | (headers or {})
        try:
            response = await self._http.request(method, mount + path, params=params, headers=sent, **request)
        finally:
            _HEARD.reset(token)
        answered = Answered(response.status_code, response.headers, response.content, tuple(heard))
        self._answering(mount, path, params).check(method, path.partition("?")[0], answered)
        assert queries in (None, len(heard)), f"{len(heard)} statements instead of {queries}: {heard}"
        return answered

    def _answering(self, mount: str, path: str, params: Params | None) -> "Shapes":
        """Whose answer it is: of two dialects with the same address, theirs whose parameters come."""
        bare, _, query = path.partition("?")
        names = {*dict(parse_qsl(query, keep_blank_values=True)), *dict(params or ())}
        mounted = [each for each in self._shapes if mount in each.mounts]
        found = [each for each in mounted if bare.rstrip("/") in each.told_by]
        return next((each for each in found if each.told_by[bare.rstrip("/")] & names), (found or mounted)[0])

    async def ask_raw(self, path: str, mount: str = "/v1", **request: Any) -> httpx.Response:
        """Ask without a look at what comes: for answers that no document declares."""
        return await self._http.get(mount + path, **request)

    async def ask_at_once(self, paths: Iterable[str], **options: Any) -> list[Answered]:
        """Ask for all of these at the same time."""
        return list(await asyncio.gather(*(self.ask(path, **options) for path in paths)))

    async def close(self) -> None:
        await self._http.aclose()


class Shapes:
    """What a dialect's document declares its answers to be."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.mounts = dialect.mounts
        self.told_by = {route.path: route.told_by for route in dialect.routes}
        self._document = openapi.document(dialect, "test")
        self._validators: dict[tuple[str, str, int], Draft202012Validator] = {}

    def check(self, method: str, path: str, answered: Answered) -> None:
        """Raises AssertionError for an answer that is not as it is declared."""
        if method in ("HEAD", "OPTIONS") or answered.status == 304:
            assert answered.body == b""
            return
        path = self._declared(unquote(path).rstrip("/"))
        operation = self._document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            allowed = tuple(answered.headers.get("allow", "").split(", "))
            bare = self._dialect.unknown_method(allowed) if answered.status == 405 else self._dialect.unknown_path()
            assert (answered.status, answered.body) == (bare.status, bare.body)
            return
        declared = operation["responses"].get(str(answered.status))
        assert declared is not None, f"{answered.status} is not declared for {path}: {answered.body[:500]!r}"
        media = answered.headers["content-type"]
        assert media in declared["content"]
        if media == "application/json":
            assert orjson.dumps(answered.json) == answered.body, "not compact, or a number that JSON cannot keep"
            fault = next(self._validator(method, path, answered.status).iter_errors(answered.json), None)
            assert fault is None, f"{path}: {fault}"

    def _declared(self, path: str) -> str:
        """The path as it is declared, with names in braces for what may stand there."""
        segments = path.split("/")
        for form in () if path in self._document["paths"] else self._document["paths"]:
            pairs = itertools.zip_longest(form.split("/"), segments)
            if all(part == each or (part and each and part[0] == "{") for part, each in pairs):
                return form
        return path

    def _validator(self, method: str, path: str, status: int) -> Draft202012Validator:
        key = (method, path, status)
        if key not in self._validators:
            declared = self._document["paths"][path][method.lower()]["responses"][str(status)]
            schema = declared["content"]["application/json"]["schema"]
            whole = {
                "$schema": Draft202012Validator.META_SCHEMA["$id"],
                **schema,
                "components": self._document["components"],
            }
            Draft202012Validator.check_schema(whole)
            self._validators[key] = Draft202012Validator(whole)
        return self._validators[key]
