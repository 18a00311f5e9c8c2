"""Every route driven from our own OpenAPI document, with requests that fit it and requests that do not.

What is checked besides: whoever is named in a refusal was at fault. Of schemathesis' own checks none is switched off;
one is told more: a request that fits its document may still make no sense as a whole (both `id` and `name`, an image
that is none), which no document can say, and is answered with 400.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import ignored_auth
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from server import VERSION
from server.app import create_app
from server.dialects import DIALECTS
from server.storage import catalog
from server.storage.keys import Keys
from server.web.openapi import document
from tests.engines import opened
from tests.golden import people
from tests.golden.house import fill, settings_for
from tests.golden.maps import QUOTED, STANDARD, UNKNOWN_MD5, md5_of
from tests.golden.now import AIKO_SESSION

DOCUMENTS = {dialect.name: document(dialect, VERSION) for dialect in DIALECTS}

STARTED: list[Starlette] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the server while tests are collected, when there is none yet."""
    await STARTED[-1](scope, receive, send)


# Ids and names of things that are there are asked for as often as others, or hardly any answer would hold something.
CONFIG = f"""
[generation]
# A key goes with every request that is not about keys; `ignored_auth` sees to those that come without.
with-security-parameters = false

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "404"]

[dictionaries.ids]
values = [1, 2, 7, {people.AIKO}, {people.RESTRICTED}, {STANDARD}]
[dictionaries.names]
values = ["Aiko", "two words", "unicode", "Restricted", "12345678"]
[dictionaries.sums]
values = ["{md5_of(STANDARD)}", "{md5_of(QUOTED).upper()}", "{UNKNOWN_MD5}"]

[parameters]
"query.id" = {{ dictionary = "ids", probability = 0.6 }}
"query.user" = {{ dictionary = "ids", probability = 0.6 }}
"query.name" = {{ dictionary = "names", probability = 0.6 }}
"query.md5" = {{ dictionary = "sums", probability = 0.6 }}
"path.id" = {{ dictionary = "ids", probability = 0.6 }}
"""


# What is another player's a session does not open, and some orders of lists end before the last page there could be.
SESSION_CONFIG = f"""
{CONFIG.replace('"400", "404"', '"400", "403", "404", "422"')}
[[operations]]
include-path = "/sessions"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "401"]
"""


def schema_of(name: str, config: str = CONFIG) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(DOCUMENTS[name], config=SchemathesisConfig.from_str(config))
    schema.app = app
    return schema


BANCHO_V1 = schema_of("bancho_v1")
# Who has logged out is nobody from then on; tests of their own do it.
BANCHO_V2 = schema_of("bancho_v2", SESSION_CONFIG).exclude(path="/sessions/current", method="DELETE")
# What streams answer has no end; tests of their own listen to them.
OSU_V1 = schema_of("osu_v1")
OSUTRACK = schema_of("osutrack")
AVATARS = schema_of("avatars")
LIVE = schema_of("live").exclude(path=["/events", "/ws"])

SECRETS: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def server(golden_runner: asyncio.Runner, valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("fuzz")
    chosen = settings_for(f"sqlite:///{folder / 'fuzz.db'}", valkey, folder / "data")
    limited = ("registrations", "logins", "failures", "renames", "avatars")
    unlimited = {f"{each}_per_minute": 0 for each in limited}
    chosen = replace(chosen, accounts=replace(chosen.accounts, **unlimited))
    fill(golden_runner, chosen)
    SECRETS["live"] = golden_runner.run(made_key(chosen.database.url))
    STARTED.append(create_app(chosen))
    yield
    shutdown_lifespans()
    STARTED.clear()


async def made_key(url: str) -> str:
    """The secret of a game server's key."""
    async with opened(url) as db:
        made = await Keys(db, await catalog.read(db)).create("fuzz", people.AIKO, ["live:write"], 1)
    return made.secret


def test_every_dialect_is_driven() -> None:
    assert set(DOCUMENTS) == {"bancho_v1", "bancho_v2", "osu_v1", "osutrack", "live", "avatars"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_openapi(name: str) -> None:
    schemathesis.openapi.from_dict(deepcopy(DOCUMENTS[name])).validate()
    for schema in schemas_in(DOCUMENTS[name]):
        Draft202012Validator.check_schema(schema)


def schemas_in(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a document, less those inside of one."""
    if isinstance(node, dict):
        yield from node.get("schemas", {}).values()
        if isinstance(node.get("schema"), dict):
            yield node["schema"]
        for value in node.values():
            yield from schemas_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas_in(value)


@BANCHO_V1.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_bancho_v1(case: schemathesis.Case) -> None:
    response = case.call_and_validate(headers={"Authorization": f"Bearer {people.AIKO_KEY}"})
    if response.status_code == 422:
        blame_is_just(DOCUMENTS["bancho_v1"], case, response)


@BANCHO_V2.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_bancho_v2(case: schemathesis.Case) -> None:
    response = case.call_and_validate(headers={"Cookie": f"bancho_session={AIKO_SESSION}"})
    if response.status_code == 422:
        blame_is_just(DOCUMENTS["bancho_v2"], case, response)


@OSU_V1.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_osu_v1(case: schemathesis.Case) -> None:
    # Without a key nothing tells these two from bancho.py's at the same address, which need none.
    shared = case.path in ("/get_match", "/get_replay")
    response = case.call_and_validate(params={"k": people.AIKO_KEY}, excluded_checks=[ignored_auth] if shared else [])
    if response.status_code == 400:
        osu_blame_is_just(DOCUMENTS["osu_v1"], case, response)


@OSUTRACK.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_osutrack(case: schemathesis.Case) -> None:
    response = case.call_and_validate()
    if response.status_code == 400:
        osutrack_blame_is_just(DOCUMENTS["osutrack"], case, response)


@AVATARS.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_avatars(case: schemathesis.Case) -> None:
    case.call_and_validate()


@LIVE.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_live(case: schemathesis.Case) -> None:
    response = case.call_and_validate(headers={"Authorization": f"Bearer {SECRETS['live']}"})
    if response.status_code == 422:
        live_blame_is_just(DOCUMENTS["live"], case, response)


def osu_blame_is_just(described: dict[str, Any], case: schemathesis.Case, response: schemathesis.Response) -> None:
    """Whoever is named at the beginning of a refusal was sent, and does not fit."""
    declared = {each["name"]: each["schema"] for each in described["paths"][case.path]["get"]["parameters"]}
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    name, _, said = response.json()["error"].partition(": ")
    assert said.startswith("expected ")
    # Digits in the right places may still be no date.
    assert name == "since" or not fits(declared[name], sent[name])


def osutrack_blame_is_just(described: dict[str, Any], case: schemathesis.Case, response: schemathesis.Response) -> None:
    """The same where the refusal is text, and a parameter may be missing."""
    operation = described["paths"][case.path][case.method.lower()]
    declared = {each["name"]: each for each in operation["parameters"]}
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    name, _, said = response.text.partition(": ")
    assert said.startswith("expected ")
    if name not in sent:
        assert declared[name]["required"]
    else:
        # What `user` is the other parameter says.
        names = (case.path, name) == ("/hiscores", "user")
        assert names or not fits(declared[name]["schema"], sent[name])


def live_blame_is_just(described: dict[str, Any], case: schemathesis.Case, response: schemathesis.Response) -> None:
    """The same in this dialect's form: what is named was sent, and neither its schema nor its sentence allows it."""
    operation = described["paths"][case.path][case.method.lower()]
    declared = {(each["in"], each["name"]): each["schema"] for each in operation["parameters"]}
    faults = response.json()["faults"]
    assert faults
    assert faults[0]["parameter"] in response.json()["error"]
    for fault in faults:
        assert fault["expected"]
        if fault["in"] == "body":
            assert "requestBody" in operation
        else:
            schema = declared[fault["in"], fault["parameter"]]
            assert not fits(schema, [str(fault["came"])])


def blame_is_just(described: dict[str, Any], case: schemathesis.Case, response: schemathesis.Response) -> None:
    """Every parameter that a refusal names is declared, and what was sent of it does not fit its schema."""
    operation = described["paths"][case.path][case.method.lower()]
    declared = {(each["in"], each["name"]): each for each in operation["parameters"]}
    address = urlsplit(response.request.url)
    sent = parse_qs(address.query, keep_blank_values=True) | in_path(case.path, address.path)
    faults = response.json()["detail"]
    assert faults
    for fault in faults:
        place, *rest = fault["loc"]
        if place == "body":
            assert "requestBody" in operation
            continue
        name, *index = rest
        parameter = declared[place, name]
        if fault["type"] == "missing":
            assert parameter["required"]
            assert not sent.get(name, [""])[-1]
        else:
            parts = [part for text in sent[name] for part in text.split(",")]
            assert fault["input"] == (parts[index[0]] if index else sent[name][-1])
            # Only lists by id go on and on.
            too_deep = name == "page" and "order" in sent
            assert too_deep or not fits(parameter["schema"], sent[name])


def in_path(form: str, path: str) -> dict[str, list[str]]:
    """What stands in a path where its form has names in braces."""
    segments = path.split("/")[-form.count("/") :]
    pairs = zip(form.split("/")[1:], segments, strict=True)
    return {each[1:-1]: [unquote(given)] for each, given in pairs if each.startswith("{")}


def number(text: str) -> float:
    """A decimal as queries may have it. Raises ValueError for a whole number with an exponent."""
    return float(text) if float(text) % 1 or "e" not in text.lower() else int(text)


def fits(schema: dict[str, Any], texts: list[str]) -> bool:
    """Does what came in a query fit, read as JSON or as it is?"""
    if schema.get("type") == "array":
        parts = [part for text in texts for part in text.split(",")]
        return len(parts) <= schema["maxItems"] and all(fits(schema["items"], [part]) for part in parts)
    values: list[Any] = [texts[-1]]
    with contextlib.suppress(ValueError):
        values.append(json.loads(texts[-1], parse_float=number, parse_constant=int))  # NaN is none in JSON
    return any(Draft202012Validator(schema).is_valid(value) for value in values)
