"""A dialect's document: made of the declarations that read its parameters and shape its answers."""

from dataclasses import dataclass, replace
from typing import Any, TypedDict

import pytest

from server.domain.privileges import NOBODY, Viewer
from server.domain.problems import Problem
from server.web.dialect import Body, Context, Dialect, Route
from server.web.openapi import document
from server.web.pages import Pages
from server.web.params import REQUIRED, Choice, Flag, Kind, Many, Real, Text, Whole, Words, param
from server.web.respond import Answer, File
from server.web.streams import Stream


@dataclass(frozen=True)
class Ask:
    id: int = param(Whole(3, 100), "An id.", REQUIRED, example=3)
    accuracies: tuple[float, ...] = param(Many(Real(0, 100), 3), "Accuracies.", (99.0, 100.0), name="acc")
    limit: int = param(Whole(1, 50, clamp=True), "How many.", 10)
    name: str | None = param(Text(pattern=r"^\w+$"), "A name.", empty=True)


@dataclass(frozen=True)
class AskNothing:
    pass


class Found(TypedDict):
    id: int


class Refusal(TypedDict):
    status: str


async def get_thing(asked: Ask, ctx: Context) -> Found | list[Found]:
    """A thing.

    Or several.
    """
    return {"id": asked.id}


async def get_file(asked: AskNothing, ctx: Context) -> File:
    """A file."""
    return File(b"")


async def change_thing(asked: AskNothing, ctx: Context) -> Found:
    """Change a thing."""
    return {"id": 1}


async def get_thing_by_path(asked: Ask, ctx: Context) -> Found:
    """A thing, by its place."""
    return {"id": asked.id}


async def follow(asked: AskNothing, ctx: Context) -> Stream:
    """What happens to things."""
    raise NotImplementedError


async def follow_ws(asked: AskNothing, ctx: Context) -> Stream:
    """The same over a WebSocket."""
    raise NotImplementedError


async def nobody(world: Any, request: Any, route: Route) -> Viewer:
    return NOBODY


def no_answer(*given: Any) -> Answer:
    return Answer(b"")


def present(problem: Problem) -> Answer:
    return Answer(b"", 400)


BODY = Body("What to change.", {"application/json": {"type": "object"}})

DIALECT = Dialect(
    name="things",
    title="Things",
    description="All about things.",
    mounts=("/v9", ""),
    viewer=nobody,
    present=present,
    unknown_path=no_answer,
    unknown_method=no_answer,
    broken=no_answer,
    errors=((404, Refusal, "No such thing."),),
    routes=(
        Route(("GET",), "/get_thing", get_thing),
        Route(("GET",), "/get_file", get_file),
        Route(("POST", "PUT"), "/change_thing", change_thing, scope="things:write", body=BODY),
        Route(("GET",), "/things/{id}", get_thing_by_path),
        Route(("GET",), "/events", follow, stream="sse"),
        Route(("GET",), "/ws", follow_ws, stream="websocket"),
    ),
)

DOCUMENT = document(DIALECT, "1.2.3")


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def test_it_says_what_it_is_of() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"] == {"title": "Things", "version": "1.2.3", "description": "All about things."}
    assert DOCUMENT["servers"] == [{"url": "/v9"}, {"url": "/"}]


def test_every_route_and_method_is_in_it() -> None:
    assert {path: list(methods) for path, methods in DOCUMENT["paths"].items()} == {
        "/get_thing": ["get"],
        "/get_file": ["get"],
        "/change_thing": ["post", "put"],
        "/things/{id}": ["get"],
        "/events": ["get"],
        "/ws": ["get"],
    }


MORE = ["get_thing_by_path", "follow", "follow_ws"]


def test_operations_have_names_of_their_own() -> None:
    names = [each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert names == ["get_thing", "get_file", "change_thing_post", "change_thing_put", *MORE]


def test_a_docstring_becomes_words() -> None:
    assert operation("get", "/get_thing")["summary"] == "A thing."
    assert operation("get", "/get_thing")["description"] == "A thing.\n\nOr several."


def test_parameters() -> None:
    by_name = {each["name"]: each for each in operation("get", "/get_thing")["parameters"]}
    assert list(by_name) == ["id", "acc", "limit", "name"]
    assert by_name["id"] == {
        "name": "id",
        "in": "query",
        "required": True,
        "description": "An id.",
        "schema": {"type": "integer", "minimum": 3, "maximum": 100},
        "example": 3,
    }
    assert by_name["acc"] == {
        "name": "acc",
        "in": "query",
        "required": False,
        "description": "Accuracies.",
        "schema": {
            "type": "array",
            "items": {"type": "number", "minimum": 0, "maximum": 100},
            "minItems": 1,
            "maxItems": 3,
            "default": [99.0, 100.0],
        },
        "style": "form",
        "explode": False,
    }
    # Where more than the most means the most, more is no fault.
    assert by_name["limit"]["schema"] == {"type": "integer", "minimum": 1, "default": 10}
    assert "default" not in by_name["name"]["schema"]
    assert [name for name, each in by_name.items() if "allowEmptyValue" in each] == ["name"]
    assert operation("get", "/get_file")["parameters"] == []


def test_answers() -> None:
    responses = operation("get", "/get_thing")["responses"]
    found = {"$ref": "#/components/schemas/Found"}
    assert responses["200"]["content"] == {
        "application/json": {"schema": {"anyOf": [found, {"type": "array", "items": found}]}}
    }
    assert responses["404"] == {
        "description": "No such thing.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }
    assert operation("get", "/get_file")["responses"]["200"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    assert set(DOCUMENT["components"]["schemas"]) == {"Found", "Refusal"}


async def get_many(asked: AskNothing, ctx: Context) -> Pages[list[Found]]:
    """Things, page by page."""
    raise NotImplementedError


def test_a_list_of_pages_is_a_list_and_a_refusal_may_be_text() -> None:
    worded = ((400, str, "Not understood."), (404, Refusal, "No such thing."))
    described = document(replace(DIALECT, routes=(Route(("GET",), "/many", get_many),), errors=worded), "1")
    responses = described["paths"]["/many"]["get"]["responses"]
    many = {"type": "array", "items": {"$ref": "#/components/schemas/Found"}}
    assert responses["200"]["content"] == {"application/json": {"schema": many}}
    assert responses["400"]["content"] == {"text/plain; charset=utf-8": {"schema": {"type": "string"}}}
    assert list(responses["404"]["content"]) == ["application/json"]


def test_a_route_may_go_wrong_in_ways_of_its_own() -> None:
    own = ((429, str, "Too many."), (404, str, "Nobody has that thing."), (401, str, "Who are you?"))
    routes = (Route(("GET",), "/own", get_many, errors=own), Route(("GET",), "/many", get_many))
    described = document(replace(DIALECT, routes=routes), "1")["paths"]
    told, others = ({k: v["description"] for k, v in described[path]["get"]["responses"].items()} for path in described)
    expected = {"200": "The answer.", "401": "Who are you?", "404": "Nobody has that thing.", "429": "Too many."}
    assert list(told.items()) == list(expected.items())
    assert others == {"200": "The answer.", "404": "No such thing."}


def test_a_parameter_that_the_path_names_stands_there() -> None:
    places = {each["name"]: (each["in"], each["required"]) for each in operation("get", "/things/{id}")["parameters"]}
    assert places == {
        "id": ("path", True),
        "acc": ("query", False),
        "limit": ("query", False),
        "name": ("query", False),
    }


def test_streams() -> None:
    assert list(operation("get", "/events")["responses"]["200"]["content"]) == ["text/event-stream"]
    assert set(operation("get", "/ws")["responses"]) == {"101", "404"}


def test_keys_and_bodies() -> None:
    assert "security" not in operation("get", "/get_thing")
    assert "requestBody" not in operation("get", "/get_thing")
    for method in ("post", "put"):
        change = operation(method, "/change_thing")
        assert change["security"] == [{"key": []}]
        assert "things:write" in change["description"]
        assert change["requestBody"] == {
            "description": "What to change.",
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    assert DOCUMENT["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Whole(0, 11), {"type": "integer", "minimum": 0, "maximum": 11}),
        (Real(0, 1), {"type": "number", "minimum": 0, "maximum": 1}),
        (Flag(), {"type": "boolean"}),
        (Choice(("a", "b")), {"type": "string", "enum": ["a", "b"]}),
        (Text(1, 5), {"type": "string", "minLength": 1, "maxLength": 5}),
        (Words(str, {"type": "string", "maxLength": 3}), {"type": "string", "maxLength": 3}),
    ],
)
def test_each_kind_says_what_it_reads(kind: Kind, schema: dict[str, Any]) -> None:
    assert kind.schema() == schema


def test_a_key_in_the_query() -> None:
    keyed = document(replace(DIALECT, key_parameter="k"), "1.2.3")
    assert keyed["components"]["securitySchemes"] == {
        "key": {"type": "apiKey", "in": "query", "name": "k", "description": "An API key."}
    }
    operations = [each for methods in keyed["paths"].values() for each in methods.values()]
    assert all(each["security"] == [{"key": []}] for each in operations)
    assert not any(parameter["name"] == "k" for each in operations for parameter in each["parameters"])


@dataclass(frozen=True)
class AskForgivingly:
    limit: int = param(Whole(1, 50), "How many.", 10, lenient=True)


async def get_forgivingly(asked: AskForgivingly, ctx: Context) -> Found:
    """Whatever is said."""
    return {"id": asked.limit}


def test_what_is_forgiven_fits() -> None:
    routes = (Route(("GET",), "/get_forgivingly", get_forgivingly),)
    (parameter,) = document(replace(DIALECT, routes=routes), "1")["paths"]["/get_forgivingly"]["get"]["parameters"]
    assert parameter["schema"] == {
        "anyOf": [{"type": "integer", "minimum": 1, "maximum": 50}, {"type": "string"}],
        "default": 10,
    }
