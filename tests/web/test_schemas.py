"""Shapes as JSON schema: what is declared is what a validator takes, and no more."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, NotRequired, Required, TypedDict, TypeVar

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from server.web.respond import File, Reply
from server.web.schemas import Schemas


class Tag(TypedDict):
    """What stands beside a name."""

    id: int
    text: str | None


class Sized(Tag):
    members: Annotated[int, "how many"]


class Everything(TypedDict):
    number: Annotated[float, "percent"]
    yes: bool
    when: datetime
    status: Literal["success"]
    perfect: Literal[0, 1]
    tags: list[Tag]
    by_name: Annotated[dict[str, Sized], "by name"]
    anything: Any
    maybe: NotRequired[Annotated[Tag, "sometimes"]]
    tag: Annotated[Tag | None, "or none"]


class Partly(TypedDict, total=False):
    here: Required[int]
    there: int


class Tree(TypedDict):
    branches: "list[Tree]"


WHOLE = {
    "number": 99.5,
    "yes": True,
    "when": datetime(2026, 1, 2, 3, 4, 5),
    "status": "success",
    "perfect": 1,
    "tags": [{"id": 1, "text": None}],
    "by_name": {"a": {"id": 1, "text": "x", "members": 3}},
    "anything": [None],
    "tag": None,
}


def fits(shape: Any, value: Any) -> bool:
    """Does a value, as it goes out, fit the shape's schema?"""
    schemas = Schemas("#/$defs/")
    schema = {**schemas.of(shape), "$defs": schemas.named}
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid(orjson.loads(orjson.dumps(value)))


def test_what_is_whole_fits() -> None:
    assert fits(Everything, WHOLE)
    assert fits(Everything, WHOLE | {"maybe": {"id": 1, "text": ""}, "tag": {"id": 2, "text": None}, "number": 3})


@pytest.mark.parametrize("key", WHOLE)
def test_nothing_may_be_missing(key: str) -> None:
    assert not fits(Everything, {name: value for name, value in WHOLE.items() if name != key})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("number", "99.5"), ("number", None), ("yes", 1), ("when", "2026-01-02"), ("when", "2026-01-02T03:04:05Z")),
        *(("when", datetime(2026, 1, 2, 3, 4, 5, 678)), ("status", "error"), ("perfect", 2), ("perfect", None)),
        *(("tags", {}), ("tags", [{"id": 1}]), ("tags", [{"id": 1.5, "text": None}]), ("by_name", [])),
        *(("by_name", {"a": {"id": 1, "text": ""}}), ("maybe", None), ("tag", 5), ("more", 1)),
        ("tags", [{"id": 1, "text": "", "more": 1}]),
    ],
)
def test_nothing_may_be_otherwise(key: str, value: Any) -> None:
    assert not fits(Everything, WHOLE | {key: value})


def test_keys_that_need_not_be_there() -> None:
    assert fits(Partly, {"here": 1})
    assert fits(Partly, {"here": 1, "there": 2})
    assert not fits(Partly, {"there": 2})


def test_a_shape_of_itself() -> None:
    assert fits(Tree, {"branches": [{"branches": []}]})
    assert not fits(Tree, {"branches": [{}]})


def test_one_of_several_shapes() -> None:
    assert fits(list[Tag] | Tag, [{"id": 1, "text": ""}])
    assert fits(list[Tag] | Tag, {"id": 1, "text": ""})
    assert not fits(list[Tag] | Tag, None)


def test_shapes_are_named_once_with_their_words() -> None:
    schemas = Schemas()
    assert schemas.of(Everything) == {"$ref": "#/components/schemas/Everything"}
    assert set(schemas.named) == {"Everything", "Tag", "Sized"}
    assert schemas.named["Tag"]["description"] == "What stands beside a name."
    assert "description" not in schemas.named["Sized"]
    described = schemas.named["Everything"]["properties"]
    assert described["number"] == {"type": "number", "description": "percent"}
    assert described["maybe"] == {"allOf": [{"$ref": "#/components/schemas/Tag"}], "description": "sometimes"}
    assert schemas.named["Sized"]["properties"]["members"]["description"] == "how many"
    assert schemas.named["Everything"]["required"] == [name for name in WHOLE if name != "tag"] + ["tag"]


Value = TypeVar("Value")
More = TypeVar("More")


class Wrapped(TypedDict, Generic[Value, More]):
    """A value, and more of it."""

    value: Value
    several: list[More]
    by_name: dict[str, More] | None


def test_a_shape_of_any_shape() -> None:
    assert fits(Wrapped[Tag, int], {"value": {"id": 1, "text": ""}, "several": [3], "by_name": {"a": 4}})
    assert not fits(Wrapped[Tag, int], {"value": {"id": 1, "text": ""}, "several": [3], "by_name": {"a": ""}})
    assert not fits(Wrapped[Tag, int], {"value": {"id": 1, "text": ""}, "several": [""], "by_name": None})
    assert fits(Wrapped[None, str], {"value": None, "several": [""], "by_name": None})
    assert fits(Wrapped[list[int], str], {"value": [1], "several": [], "by_name": None})
    assert not fits(Wrapped[list[int], str], {"value": 1, "several": [], "by_name": None})


def test_shapes_of_any_shape_are_named_by_what_is_in_them() -> None:
    schemas = Schemas()
    for shape in (Reply[Wrapped[Tag, int]], Wrapped[list[Tag], int], Wrapped[None, int], Wrapped[Tag, int]):
        schemas.of(shape)
    assert set(schemas.named) == {"Tag", "Wrapped_Tag_int", "Wrapped_TagList_int", "Wrapped_NoneType_int"}
    assert schemas.named["Wrapped_Tag_int"]["description"] == "A value, and more of it."


def test_files_are_bytes() -> None:
    assert Schemas().of(File) == {"type": "string", "format": "binary"}


@pytest.mark.parametrize("shape", [set[int], tuple[int, str], object, bytes, "text"])
def test_what_cannot_be_described_is_refused_at_start(shape: Any) -> None:
    with pytest.raises(TypeError, match="cannot be described"):
        Schemas().of(shape)


def test_two_shapes_of_one_name_are_refused_at_start() -> None:
    other = TypedDict("Tag", {"id": int})  # noqa: UP013 - a class of this name would hide the other
    with pytest.raises(TypeError, match="name of another"):
        Schemas().of(list[Tag] | other)


@given(st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_moment_fits(moment: datetime) -> None:
    assert fits(datetime, moment)
