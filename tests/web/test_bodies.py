"""JSON bodies: what is taken is what the schema says, and a fault tells its place, what was expected and what came."""

import asyncio
import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request

from server.domain.problems import BadParameters, BadRequest, Fault
from server.web.bodies import MOST_FAULTS, json_body, json_schema, read, shown


class Inner(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    number: Annotated[int, Meta(ge=0, le=15)]
    state: Literal[4, 8] = 4
    worth: Annotated[float, Meta(ge=0, le=100)] | None = None


class Outer(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=5, description="What it is called.")]
    flag: bool | UnsetType = UNSET
    moment: Annotated[float, Meta(ge=0, le=10**11)] | UnsetType = UNSET
    letter: Literal["a", "b"] | UnsetType = UNSET
    sum: Annotated[str, Meta(max_length=2, pattern="^[0-9a-f]*$", extra={"expected": "two digits"})] = ""
    items: Annotated[tuple[Inner, ...], Meta(max_length=3)] = ()
    lines: Annotated[list[str], Meta(min_length=1)] | UnsetType = UNSET


def faults_of(body: bytes | dict[str, Any]) -> list[Fault]:
    """There are some, and all of them blame the body."""
    faults = _faults(body if isinstance(body, bytes) else orjson.dumps({"name": "x"} | body))
    assert {fault.place for fault in faults} == {"body"}
    return list(faults)


def test_what_fits_is_read() -> None:
    body = b'{"name":"x","moment":5,"items":[{"number":15,"worth":null},{"number":0,"state":8,"worth":1}],"flag":false}'
    items = (Inner(number=15), Inner(number=0, state=8, worth=1.0))
    assert read(body, Outer) == Outer(name="x", moment=5.0, items=items, flag=False)


def test_whole_numbers_may_have_a_point() -> None:
    told = read(b'{"name":"x","items":[{"number":3.0,"state":8.0}],"moment":1e2}', Outer)
    assert told.items == (Inner(number=3, state=8),)
    assert all(type(value) is int for value in (told.items[0].number, told.items[0].state))


@pytest.mark.parametrize(
    ("body", "name", "kind", "expected", "came"),
    [
        ({"items": [{"number": 1}, {"number": 16}]}, "items[1].number", "above", "a whole number from 0 to 15", 16),
        ({"items": [{"number": -1}]}, "items[0].number", "below", "a whole number from 0 to 15", -1),
        ({"items": [{"number": 1.5}]}, "items[0].number", "whole", "a whole number from 0 to 15", 1.5),
        ({"items": [{"number": "1"}]}, "items[0].number", "whole", "a whole number from 0 to 15", "1"),
        ({"items": [{"number": True}]}, "items[0].number", "whole", "a whole number from 0 to 15", True),
        ({"items": [{"number": None}]}, "items[0].number", "whole", "a whole number from 0 to 15", None),
        ({"items": [{}]}, "items[0].number", "missing", "a value: a whole number from 0 to 15", None),
        ({"items": [{"number": 1, "x": [1]}]}, "items[0].x", "unknown", "only number, state, worth", [1]),
        ({"items": [{"number": 1, "state": 5}]}, "items[0].state", "choice", "one of 4, 8", 5),
        ({"items": [{"number": 1, "state": True}]}, "items[0].state", "choice", "one of 4, 8", True),
        ({"items": [{"number": 1, "worth": "x"}]}, "items[0].worth", "real", "a number from 0 to 100 or null", "x"),
        ({"items": [{"number": 1, "worth": 101}]}, "items[0].worth", "above", "a number from 0 to 100 or null", 101),
        ({"items": [5]}, "items[0]", "object", "an object", 5),
        ({"items": {}}, "items", "list", "a list of at most 3 values", {}),
        ({"items": [{"number": 1}] * 4}, "items", "list", "a list of at most 3 values", [{"number": 1}] * 4),
        ({"lines": []}, "lines", "list", "a list of at least 1 values", []),
        ({"name": ""}, "name", "short", "text of at least 1 and at most 5 characters", ""),
        ({"name": "xxxxxx"}, "name", "long", "text of at least 1 and at most 5 characters", "xxxxxx"),
        ({"name": 5}, "name", "text", "text of at least 1 and at most 5 characters", 5),
        ({"sum": "0g"}, "sum", "pattern", "two digits", "0g"),
        ({"flag": 1}, "flag", "flag", "true or false", 1),
        ({"letter": "c"}, "letter", "choice", "one of a, b", "c"),
        ({"moment": 1e12}, "moment", "above", "a number from 0 to 100000000000", 1e12),
        (b'{"name":"x","moment":1e999}', "moment", "real", "a number from 0 to 100000000000", "inf"),
        (b'{"name":"x","moment":-1e999}', "moment", "real", "a number from 0 to 100000000000", "-inf"),
        (b"null", "body", "object", "an object", None),
        (b"[]", "body", "object", "an object", []),
    ],
)
def test_a_fault_tells_place_expected_and_came(
    body: bytes | dict[str, Any], name: str, kind: str, expected: str, came: Any
) -> None:
    (fault,) = faults_of(body)
    assert (fault.name, fault.kind, fault.expected, fault.came) == (name, kind, expected, came)
    assert type(fault.came) is type(came)


def test_every_fault_is_told_at_once_in_order() -> None:
    body = {"name": 1, "items": [{"number": 99}, {"nummer": 1}], "flag": "yes", "more": 1}
    names = [fault.name for fault in faults_of(body)]
    assert names == ["name", "flag", "items[0].number", "items[1].number", "items[1].nummer", "more"]


def test_of_a_body_that_is_all_wrong_the_first_faults_are_told() -> None:
    faults = faults_of({"lines": list(range(10_000))})
    assert [fault.name for fault in faults] == [f"lines[{at}]" for at in range(MOST_FAULTS)]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"[", b'{"name"', b'{"name":"x"} x', b"name=x", b"\xef\xbb\xbf{}", b"\x1f\x8b\x08"),
        *(b'{"name":"\xff"}', b'{"name":"\xed\xa0\x80"}', b'{"name":"\\ud800"}', b'{"name":"\\udc00x"}'),
        *(b'{"name":"x","moment":NaN}', b'{"name":"x","moment":01}', b"{'name':'x'}"),
        *(b"[" * 200_000, b'{"more":' + b"[" * 200_000 + b"]" * 200_000 + b"}", b'{"more":' * 50_000),
    ],
)
def test_what_is_no_json(body: bytes) -> None:
    (fault,) = faults_of(body)
    assert (fault.name, fault.kind) == ("body", "json")
    assert fault.expected.startswith("a JSON object")
    assert isinstance(fault.came, str)
    assert len(fault.came) <= 100


@pytest.mark.parametrize(
    "text", [b"\\ud800", b"x\\udc00", b"\\ud800\\n", b"\\ud800\\ud800 and more", b"\\udfff\\ud83d"]
)
def test_half_of_a_surrogate_pair_is_no_text(text: bytes) -> None:
    """As a value, and as a name that nobody knows."""
    for body in (b'{"name":"%b"}' % text, b'{"name":"x","%b":1}' % text):
        (fault,) = faults_of(body)
        assert fault.expected == "a JSON object of Unicode text (half of a surrogate pair is none)"
    assert read(b'{"name":"\\ud83d\\ude00"}', Outer).name == "\U0001f600"
    # What is written so is six characters; what breaks off is no JSON.
    for body in (b'{"name":"\\%b","x"' % text, b'{"name":"%b"' % text):
        assert "Unicode" not in faults_of(body)[0].expected


def test_a_number_of_thousands_of_digits() -> None:
    for place, digits in (("items[0].number", b"9" * 5000), ("items[0].number", b"9" * 400)):
        (fault,) = faults_of(b'{"name":"x","items":[{"number":' + digits + b"}]}")
        assert fault.name == place
        orjson.dumps(fault.came)


def test_of_a_name_given_twice_the_last_counts() -> None:
    assert read(b'{"name":5,"name":"x"}', Outer) == Outer(name="x")
    assert [fault.name for fault in faults_of(b'{"name":"x","name":5}')] == ["name"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 97 + "..."),
        ([1, 2], [1, 2]),
        (["x" * 200], '["' + "x" * 95 + "..."),
        (2**64, str(2**64)),
        ({"a": [2**64]}, f"{{'a': [{2**64}]}}"),
    ],
)
def test_what_came_is_shown_shortly(value: Any, told: Any) -> None:
    assert shown(value) == told
    orjson.dumps(shown(value))


def request(chunks: list[bytes], headers: list[tuple[bytes, bytes]] | None = None, end: bool = True) -> Request:
    left = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    left.append({"type": "http.request"} if end else {"type": "http.disconnect"})

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    return Request({"type": "http", "method": "PUT", "headers": headers or []}, receive)


def test_a_body_comes_in_pieces_and_has_an_end() -> None:
    asked = json_body(request([b'{"na', b'me":"', b'x"}']), Outer, 12)
    assert asyncio.run(asked) == Outer(name="x")
    with pytest.raises(BadRequest, match="broke off"):
        asyncio.run(json_body(request([b'{"name":"x"}'], end=False), Outer, 12))


@pytest.mark.parametrize(
    ("chunks", "headers"),
    [
        ([b'{"name":', b'"xx"}'], []),
        ([], [(b"content-length", b"13")]),
        ([], [(b"content-length", b"9" * 5000)]),
    ],
)
def test_a_body_that_is_too_long_is_not_read_to_its_end(
    chunks: list[bytes], headers: list[tuple[bytes, bytes]]
) -> None:
    asked = request([*chunks, b"never"], headers)
    with pytest.raises(BadParameters) as raised:
        asyncio.run(json_body(asked, Outer, 12))
    (fault,) = raised.value.faults
    assert (fault.name, fault.kind, fault.expected, fault.came) == (
        *("body", "long"),
        *("at most 12 bytes", "more than 12 bytes"),
    )
    assert asyncio.run(asked.receive())["body"] == b"never"


def test_the_schema_is_whole() -> None:
    schema = json_schema(Outer, minProperties=1)
    Draft202012Validator.check_schema(schema)
    assert b"$ref" not in orjson.dumps(schema)
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"]["description"] == "What it is called."
    assert schema["properties"]["items"]["items"]["additionalProperties"] is False
    assert schema["minProperties"] == 1


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 17)
    | st.sampled_from([4.0, 1.5, -0.5, 10**11, 10**11 + 1, 2**63, 2**64, 1e300])
    | st.sampled_from(["", "a", "b", "c", "0f", "0g", "xxxxx", "xxxxxx", "ü", "\U0001f600", "\x00"])
)
_INNER = st.dictionaries(st.sampled_from(["number", "state", "worth", "x"]), _SCALARS)
_OUTER = st.fixed_dictionaries(
    {"name": _SCALARS},
    optional={
        **dict.fromkeys(("flag", "moment", "letter", "sum", "x"), _SCALARS),
        "items": st.lists(_INNER | _SCALARS, max_size=4) | _SCALARS,
        "lines": st.lists(_SCALARS, max_size=2) | _SCALARS,
    },
)
_SCHEMA = Draft202012Validator(json_schema(Outer))


@given(_OUTER | _SCALARS)
@settings(max_examples=500, deadline=None)
def test_what_is_taken_is_what_the_schema_says(value: Any) -> None:
    """And the places that are blamed are those that are at fault."""
    at_fault = {_place(error.absolute_path) for error in _SCHEMA.iter_errors(value)}
    faults = _faults(json.dumps(value).encode())
    blamed = {_parent(fault) if fault.kind in ("missing", "unknown") else fault.name for fault in faults}
    assert blamed <= at_fault
    # What is in a list that is too long is not looked at.
    assert all(place in blamed or place.partition("[")[0] in blamed for place in at_fault)
    assert all(fault.kind != "json" for fault in faults)


def _faults(body: bytes, kind: type[Struct] = Outer, lax: bool = False) -> tuple[Fault, ...]:
    try:
        read(body, kind, lax=lax)
    except BadParameters as problem:
        return problem.faults
    return ()


def _place(path: Iterable[int | str]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".") or "body"


def _parent(fault: Fault) -> str:
    """The schema blames the object in which something is missing or unknown."""
    return fault.name.rpartition(".")[0] or "body"


class Loose(Struct):
    name: str
    mode: int | UnsetType = UNSET
    yes: bool = False
    worth: float | None = None


def test_numbers_as_text_are_read_where_they_may_be() -> None:
    body = b'{"name":"5","mode":" 4 ","yes":"true","worth":"1.5"}'
    assert read(body, Loose, lax=True) == Loose("5", 4, True, 1.5)
    assert [fault.name for fault in _faults(body, Loose)] == ["mode", "yes", "worth"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        *(({"name": 5}, "text"), ({"name": None}, "text"), ({"name": True}, "text"), ({"mode": "x"}, "whole")),
        *(({"mode": ""}, "whole"), ({"mode": None}, "whole"), ({"mode": 1.5}, "whole"), ({"mode": "1.5"}, "whole")),
        *(({"yes": "maybe"}, "flag"), ({"worth": "x"}, "real"), ({"worth": []}, "real")),
    ],
)
def test_what_is_no_number_even_so(given: dict[str, Any], kind: str) -> None:
    (fault,) = _faults(orjson.dumps({"name": "x"} | given), Loose, lax=True)
    assert [{fault.name: fault.came}, fault.kind] == [given, kind]


def test_text_is_read_as_text_also_where_much_else_is_taken() -> None:
    """`"5"` of a name is its name."""
    assert read(b'{"name":"5","mode":4.0}', Loose, lax=True) == Loose("5", 4)
