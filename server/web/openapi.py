"""A dialect's OpenAPI document, from the same declarations that read its parameters and shape its answers."""

import inspect
from typing import Any, get_type_hints

from server.web.dialect import Dialect, Route
from server.web.params import REQUIRED, Declared, declared
from server.web.respond import TEXT, File
from server.web.schemas import Schemas

KEY = "key"
SESSION = "session"
BEARER = {"type": "http", "scheme": "bearer", "description": "An API key."}


def document(dialect: Dialect, version: str) -> dict[str, Any]:
    """The whole document, OpenAPI 3.1. Each mount of the dialect is a server in it."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in dialect.routes:
        for method in route.methods:
            paths.setdefault(route.path, {})[method.lower()] = _operation(dialect, route, method, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": dialect.title, "version": version, "description": dialect.description},
        "servers": [{"url": mount or "/"} for mount in dialect.mounts],
        "paths": paths,
        "components": {
            "schemas": schemas.named,
            "securitySchemes": _scheme(dialect),
        },
    }


def _scheme(dialect: Dialect) -> dict[str, Any]:
    if dialect.cookie is not None:
        return {SESSION: {"type": "apiKey", "in": "cookie", "name": dialect.cookie, "description": "A session."}}
    if dialect.key_parameter is None:
        return {KEY: BEARER}
    return {KEY: {"type": "apiKey", "in": "query", "name": dialect.key_parameter, "description": "An API key."}}


def _operation(dialect: Dialect, route: Route, method: str, schemas: Schemas) -> dict[str, Any]:
    asked, answered = _ends(route)
    text = inspect.getdoc(route.handler) or ""
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__name__}_{method.lower()}"
        if len(route.methods) > 1
        else route.handler.__name__,
        "summary": text.partition("\n")[0],
        "description": text,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "parameters": [_parameter(each) for each in declared(asked, route.path)],
        "responses": {"101" if route.stream == "websocket" else str(route.status): _answer(answered, schemas, route)},
    }
    for status, (shape, words) in _errors(dialect, route):
        media = TEXT.decode() if shape is str else "application/json"
        operation["responses"][str(status)] = {
            "description": words,
            "content": {media: {"schema": schemas.of(shape)}},
        }
    if route.scope is not None and dialect.cookie is not None:
        operation["security"] = [{SESSION: []}]
        operation["description"] += "\n\nNeeds a session."
    elif route.scope is not None:
        operation["security"] = [{KEY: []}]
        operation["description"] += f"\n\nNeeds a key that allows `{route.scope}`."
    elif dialect.cookie is not None:
        operation["security"] = [{}, {SESSION: []}]
    elif dialect.key_parameter is not None:
        operation["security"] = [{KEY: []}]
    if route.body is not None:
        content = {media: {"schema": schema} for media, schema in route.body.content.items()}
        operation["requestBody"] = {"description": route.body.text, "required": True, "content": content}
    return operation


def _errors(dialect: Dialect, route: Route) -> list[tuple[int, tuple[type, str]]]:
    """What can go wrong, by status; a route's own word for it counts."""
    by_status = {status: (shape, words) for status, shape, words in (*dialect.errors, *route.errors)}
    return sorted(by_status.items(), key=lambda each: each[0])


def _ends(route: Route) -> tuple[type, Any]:
    """What a handler asks for, and what it answers with."""
    hints = get_type_hints(route.handler, include_extras=True)
    return hints[next(iter(inspect.signature(route.handler).parameters))], hints["return"]


def _answer(answered: Any, schemas: Schemas, route: Route) -> dict[str, Any]:
    if route.stream == "websocket":
        return {"description": "From here on WebSocket messages."}
    if route.stream == "sse":
        return {"description": "Events that go on.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    media = route.media if answered is File else ("application/json",)
    return {"description": "The answer.", "content": {each: {"schema": schemas.of(answered)} for each in media}}


def _parameter(each: Declared) -> dict[str, Any]:
    schema = each.kind.schema()
    if each.lenient:
        schema = {"anyOf": [schema, {"type": "string"}]}
    if not each.required and each.default is not None and each.default is not REQUIRED:
        schema["default"] = list(each.default) if isinstance(each.default, tuple) else each.default
    parameter: dict[str, Any] = {
        "name": each.name,
        "in": each.place,
        "required": each.required,
        "description": each.text,
        "schema": schema,
    }
    if schema.get("type") == "array":
        parameter |= {"style": "form", "explode": False}
    if each.empty:
        parameter["allowEmptyValue"] = True
    if each.example is not None:
        parameter["example"] = each.example
    return parameter
