"""Declared shapes as JSON schema: TypedDicts, annotated by the types of their fields."""

import types
from datetime import datetime
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from server.web.pages import Pages
from server.web.respond import File

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
        if origin is Pages:
            return self.of(inner[0])
        if origin is list:
            return {"type": "array", "items": self.of(inner[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if is_typeddict(shape):
            return self._named(shape)
        raise TypeError(f"{shape} cannot be described")

    def _named(self, shape: Any) -> dict[str, Any]:
        name = shape.__name__
        if self._shapes.setdefault(name, shape) is not shape:
            raise TypeError(f"{shape} has the name of another shape")
        if name not in self.named:
            self.named[name] = {}
            fields = get_type_hints(shape, include_extras=True)
            self.named[name] = {
                "type": "object",
                "properties": {key: self.of(kind) for key, kind in fields.items()},
                "required": [key for key in fields if key in shape.__required_keys__],
                "additionalProperties": False,
            }
            if shape.__doc__ and not shape.__doc__.startswith("dict("):
                self.named[name]["description"] = shape.__doc__
        return {"$ref": self._prefix + name}
