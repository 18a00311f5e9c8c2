"""JSON bodies: a msgspec Struct declares what comes, and drives reading, checking and documenting.

Read in one go where all is well. Where it is not, the body is walked beside its declaration, so that every fault is
told with its place, what was expected there and what came.
"""

import json
import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
import orjson
from msgspec import inspect
from starlette.requests import ClientDisconnect, Request

from server.domain.problems import BadParameters, BadRequest, Fault

Declared = TypeVar("Declared", bound=msgspec.Struct)

Listed = inspect.VarTupleType | inspect.ListType

# Of a body that is all wrong so many faults are told.
MOST_FAULTS: Final = 50

# Of what came so much is shown.
_MOST_SHOWN: Final = 100

# `1e999` is read, as infinite, so that it can be told what is wrong with it.
_PLAIN: Final = msgspec.json.Decoder(float_hook=float)

_PLACE: Final = re.compile(r"(.*?) - at `\$\.?(.*)`", re.DOTALL)


async def json_body(request: Request, kind: type[Declared], most_bytes: int) -> Declared:
    """The body as the Struct. Raises BadParameters with every fault, and BadRequest where it breaks off.

    Whole numbers may be written as `3.0`. The name of a fault is the place in the body: `slots[0].team`, or `body` for
    all of it.
    """
    return read(await whole_of(request, most_bytes), kind)


def read(body: bytes, kind: type[Declared], *, lax: bool = False) -> Declared:
    """The same of a body that is there. `lax`: as pydantic reads, numbers, yes and no also as text."""
    try:
        found: Declared = _decoder(kind, not lax).decode(body)
        return found
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        plain = _plain(body, error)
        walk = _Walk(lax)
        mended = walk.at(inspect.type_info(kind), plain, "")
        if walk.faults:
            raise BadParameters(tuple(walk.faults)) from error
        try:
            return msgspec.convert(mended, kind, strict=not lax)
        except msgspec.ValidationError as other:
            raise BadParameters((_as_told(other),)) from other


def json_schema(kind: type[msgspec.Struct], **more: Any) -> dict[str, Any]:
    """The JSON schema of a Struct, whole, with nothing to refer to. `more` is added to it."""
    (schema,), named = msgspec.json.schema_components((kind,))
    whole: dict[str, Any] = msgspec.to_builtins(_inlined(schema, named))  # defaults as JSON has them: lists, not tuples
    return whole | more


def shown(value: Any) -> Any:
    """What came, as an answer may hold it: in full where it is short, else the beginning of it."""
    if isinstance(value, str):
        return value if len(value) <= _MOST_SHOWN else value[: _MOST_SHOWN - 3] + "..."
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # a number beyond 64 bits
        return shown(repr(value))
    return value if len(text) <= _MOST_SHOWN else shown(text)


async def whole_of(request: Request, most: int) -> bytes:
    """All of a body. Raises BadParameters where it is longer than `most`, and BadRequest where it breaks off."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > most:
        raise _too_long(most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _too_long(most)
    except ClientDisconnect as error:
        raise BadRequest("The body broke off before its end.") from error
    return bytes(body)


def _too_long(most: int) -> BadParameters:
    return BadParameters((Fault("body", "long", f"at most {most} bytes", f"more than {most} bytes", most, "body"),))


@cache
def _decoder(kind: type[Any], strict: bool) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind, strict=strict)


def _plain(body: bytes, error: Exception) -> Any:
    """The body as it is, if it is JSON."""
    try:
        return _PLAIN.decode(body)
    except msgspec.ValidationError:  # a number of thousands of digits; the declared reading may know its place
        raise BadParameters((_as_told(error),)) from error
    except msgspec.DecodeError as fault:
        lone = _has_lone_surrogates(body)
        expected = f"a JSON object {'of Unicode text (half of a surrogate pair is none)' if lone else f'({fault})'}"
    except UnicodeDecodeError:
        expected = "a JSON object in UTF-8"
    except RecursionError:
        expected = "a JSON object that is nested less deeply"
    came = shown(body[:400].decode("utf-8", "replace"))
    complaint, place = _as_python_says(body)
    raise BadParameters((Fault("body", "json", expected, came, complaint, "body", place),)) from error


def _as_python_says(body: bytes) -> tuple[str | None, int | None]:
    """What is wrong with a body in the words of Python's own reader, and at which letter."""
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        return error.msg, error.pos
    except (ValueError, RecursionError):
        pass
    return None, None


def _has_lone_surrogates(body: bytes) -> bool:
    """Does JSON escape what is no Unicode? The standard library reads it, and cannot write it as UTF-8."""
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _as_told(error: Exception) -> Fault:
    """The first fault in msgspec's own words."""
    found = _PLACE.fullmatch(str(error))
    message, place = found.groups() if found else (str(error), "")
    return Fault(place or "body", "json", f"what is declared ({message})", place="body")


class _Walk:
    """Looks at a value beside its declaration, and gathers faults."""

    def __init__(self, lax: bool) -> None:
        self.faults: list[Fault] = []
        self._lax = lax

    def at(self, declared: inspect.Type, value: Any, place: str) -> Any:
        """The value, with `3.0` made 3 where a whole number is wanted."""
        kind = _bare(declared)
        if isinstance(kind, inspect.UnionType):
            if value is None:
                return value
            kind = _bare(_but_null(kind))
        if isinstance(kind, inspect.StructType):
            return self._object(kind, declared, value, place)
        if isinstance(kind, inspect.VarTupleType | inspect.ListType):
            return self._list(kind, declared, value, place)
        wants_whole = isinstance(kind, inspect.IntType | inspect.LiteralType)
        if wants_whole and isinstance(value, float) and value.is_integer():
            value = int(value)
        if self._lax and isinstance(value, str):
            value = _from_text(kind, value)
        elif self._lax and isinstance(value, bool) and isinstance(kind, inspect.IntType):
            value = int(value)
        fault, limit = _fault(kind, value)
        if fault:
            self._add(place, fault, words(declared), value, limit)
        return value

    def _object(self, kind: inspect.StructType, declared: inspect.Type, value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            self._add(place, "object", words(declared), value)
            return value
        mended = {}
        known = {field.encode_name: field for field in kind.fields}
        for name, field in known.items():
            inside = f"{place}.{name}" if place else name
            if name in value:
                mended[name] = self.at(field.type, value[name], inside)
            elif field.required:
                self._add(inside, "missing", f"a value: {words(field.type)}", None)
        for name in value:
            if name not in known and kind.forbid_unknown_fields:
                self._add(f"{place}.{name}" if place else name, "unknown", f"only {', '.join(known)}", value[name])
        return mended

    def _list(self, kind: Listed, declared: inspect.Type, value: Any, place: str) -> Any:
        if not isinstance(value, list) or not (kind.min_length or 0) <= len(value) <= _most(kind):
            self._add(place, "list", words(declared), value, kind.max_length)
            return value
        mended = []
        for index, each in enumerate(value):
            if len(self.faults) >= MOST_FAULTS:
                break
            mended.append(self.at(kind.item_type, each, f"{place}[{index}]"))
        return mended

    def _add(self, place: str, fault: str, expected: str, value: Any, limit: Any = None) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(shown(place) or "body", fault, expected, shown(value), limit, "body"))


def words(kind: inspect.Type) -> str:
    """What is expected, with its bounds."""
    match kind:
        case inspect.Metadata(type=inner, extra=extra):
            return str(extra["expected"]) if extra and "expected" in extra else words(inner)
        case inspect.UnionType():
            return f"{words(_but_null(kind))} or null"
        case inspect.StructType():
            return "an object"
        case inspect.VarTupleType() | inspect.ListType():
            return f"a list{_counted(kind.min_length, kind.max_length, 'values')}"
        case inspect.IntType():
            return f"a whole number{_bounded(kind.ge, kind.le)}"
        case inspect.FloatType():
            return f"a number{_bounded(kind.ge, kind.le)}"
        case inspect.StrType(pattern=str(pattern)):
            return f"text that fits {pattern}"
        case inspect.StrType():
            return f"text{_counted(kind.min_length, kind.max_length, 'characters')}"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType():
            return f"one of {', '.join(str(value) for value in kind.values)}"
    raise TypeError(f"{kind} cannot be declared in a body")


def _fault(kind: inspect.Type, value: Any) -> tuple[str, Any]:
    """The kind of a fault, and the bound that was missed; no text where there is none."""
    match kind:
        case inspect.BoolType():
            return ("" if isinstance(value, bool) else "flag"), None
        case inspect.LiteralType():
            same = any(type(each) is type(value) and each == value for each in kind.values)
            return ("" if same else "choice"), kind.values
        case inspect.StrType():
            if not isinstance(value, str):
                return "text", None
            if kind.pattern is not None and not re.search(kind.pattern, value):
                return "pattern", kind.pattern
            if len(value) < (kind.min_length or 0):
                return "short", kind.min_length
            return ("long" if len(value) > _most(kind) else ""), kind.max_length
    whole = isinstance(kind, inspect.IntType)
    number = isinstance(value, int) or (isinstance(value, float) and not whole and math.isfinite(value))
    if isinstance(value, bool) or not number:
        return ("whole" if whole else "real"), None
    assert isinstance(kind, inspect.IntType | inspect.FloatType)
    if kind.ge is not None and value < kind.ge:
        return "below", kind.ge
    return ("above" if kind.le is not None and value > kind.le else ""), kind.le


def _from_text(kind: inspect.Type, text: str) -> Any:
    """A number, or yes or no, that stands there as text; what is none stays as it is."""
    match kind:
        case inspect.IntType():
            wanted: type = int
        case inspect.FloatType():
            wanted = float
        case inspect.BoolType():
            wanted = bool
        case _:
            return text
    try:
        return msgspec.convert(text.strip(), wanted, strict=False)
    except msgspec.ValidationError:
        return text


def _most(kind: inspect.StrType | Listed) -> float:
    return float("inf") if kind.max_length is None else kind.max_length


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _but_null(kind: inspect.UnionType) -> inspect.Type:
    """What a value that may be null is otherwise."""
    (other,) = (each for each in kind.types if not isinstance(each, inspect.NoneType))
    return other


def _bounded(least: float | None, most: float | None) -> str:
    given = [(word, bound) for word, bound in ((" from ", least), (" to ", most)) if bound is not None]
    return "".join(f"{word}{bound:.15g}" if isinstance(bound, float) else f"{word}{bound}" for word, bound in given)


def _counted(least: int | None, most: int | None, what: str) -> str:
    bounds: Iterable[str] = (f"at least {least}" if least else "", f"at most {most}" if most is not None else "")
    said = " and ".join(bound for bound in bounds if bound)
    return f" of {said} {what}" if said else ""


def _inlined(node: Any, named: dict[str, Any]) -> Any:
    if isinstance(node, list | tuple):  # a default may be a tuple
        return [_inlined(each, named) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(named[node["$ref"].rpartition("/")[2]], named)
    return {name: _inlined(value, named) for name, value in node.items() if name != "title"}
