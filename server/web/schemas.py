"""Declared shapes as JSON schema: TypedDicts, annotated by the types of their fields."""

import types
from datetime import datetime
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from server.web.pages import Pages
from server.web.respond import File, Reply

PLAIN: dict[Any, dict[str, Any]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
    # Wall-clock times go out without a zone, so `date-time` of RFC 3339 would not fit them.
    datetime: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"},
    File: {"type": "string", "format": "binary"},
}


class Schemas:
    """Schemas by the names of their shapes, gathered while they are referred to."""

    def __init__(self, prefix: str = "#/components/schemas/") -> None:
        self._prefix = prefix
        self.named: dict[str, dict[str, Any]] = {}
        self._shapes: dict[str, Any] = {}

    def of(self, shape: Any) -> dict[str, Any]:
        """The schema of a shape; TypedDicts are referred to by name."""
        if shape in PLAIN:
            return dict(PLAIN[shape])
        origin, inner = get_origin(shape), get_args(shape)
        if origin is Annotated:
            schema = self.of(inner[0])
            words = {"description": inner[1]}
            return {"allOf": [schema], **words} if "$ref" in schema else schema | words
        if origin in (NotRequired, Required):
            return self.of(inner[0])
        if origin is Literal:
            return {"enum": list(inner)} if len(inner) > 1 else {"const": inner[0]}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(each) for each in inner]}
        if origin in (Pages, Reply):
            return self.of(inner[0])
        if origin is list:
            return {"type": "array", "items": self.of(inner[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if is_typeddict(origin):
            return self._named(origin, dict(zip(origin.__parameters__, inner, strict=True)))
        if is_typeddict(shape):
            return self._named(shape, {})
        raise TypeError(f"{shape} cannot be described")

    def _named(self, shape: Any, given: dict[Any, Any]) -> dict[str, Any]:
        """A TypedDict's schema; `given` are the types that stand for the variables of a generic one."""
        name = "_".join([shape.__name__, *(_word(each) for each in given.values())])
        if self._shapes.setdefault(name, (shape, given)) != (shape, given):
            raise TypeError(f"{shape} has the name of another shape")
        if name not in self.named:
            self.named[name] = {}
            fields = get_type_hints(shape, include_extras=True)
            self.named[name] = {
                "type": "object",
                "properties": {key: self.of(_filled(kind, given)) for key, kind in fields.items()},
                "required": [key for key in fields if key in shape.__required_keys__],
                "additionalProperties": False,
            }
            if shape.__doc__ and not shape.__doc__.startswith("dict("):
                self.named[name]["description"] = shape.__doc__
        return {"$ref": self._prefix + name}


def _filled(kind: Any, given: dict[Any, Any]) -> Any:
    """A field's type with the variables in it filled in."""
    if isinstance(kind, TypeVar):
        return given[kind]
    variables = getattr(kind, "__parameters__", ())
    return kind[tuple(given[each] for each in variables)] if variables and given else kind


def _word(shape: Any) -> str:
    """A type as a part of a name: of several words what is told apart by them."""
    inner = [_word(each) for each in get_args(shape) if each is not type(None)]
    return "".join([*inner, "List" if get_origin(shape) is list else ""]) or shape.__name__
