"""Declared parameters: one dataclass an endpoint drives reading, checking and documenting.

A field says its kind, its sentence and its default::

    @dataclass(frozen=True)
    class AskPlayer:
        id: int | None = param(Whole(3, 2**31 - 1), "The player's id.")

Reading gathers every fault before it raises, and reports which parameters were given that nobody declared.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import parse_qsl

from server.domain.problems import BadParameters, Fault

REQUIRED: Any = object()
NOTHING: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """A kind's word for text it cannot read: the fault's kind, what was expected, and the bound that was missed."""

    def __init__(self, kind: str, expected: str, limit: Any = None) -> None:
        super().__init__(expected)
        self.kind, self.expected, self.limit = kind, expected, limit


class RefusedAt(Refused):
    """The same of one of several values: which it was, and its text."""

    def __init__(self, index: int, text: str, refused: Refused) -> None:
        super().__init__(refused.kind, refused.expected, refused.limit)
        self.index, self.text = index, text


class Kind(Protocol):
    """How one parameter's text becomes a value, and how it is described."""

    def read(self, text: str) -> Any: ...

    def schema(self) -> dict[str, Any]: ...


# What clients send for whole numbers: signs, spaces, leading zeros, `3.0` and `1_0` are all read.
_WHOLE = re.compile(r"[+-]?[0-9]+(_[0-9]+)*(\.0+)?", re.ASCII)
_FLAGS = dict.fromkeys(("1", "true", "yes", "on", "t", "y"), True) | dict.fromkeys(
    ("0", "false", "no", "off", "f", "n"), False
)


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` to `most`; with `clamp`, more than `most` means `most`."""

    least: int = 0
    most: int = 2**31 - 1
    clamp: bool = False

    def read(self, text: str) -> int:
        trimmed = text.strip()
        # Past 40 digits a number is out of every bound, and Python would not read past 4300.
        if not _WHOLE.fullmatch(trimmed) or len(trimmed) > 40:
            raise Refused("whole", self.expected)
        value = int(trimmed.partition(".")[0])
        if value < self.least:
            raise Refused("below", self.expected, self.least)
        if value > self.most:
            if not self.clamp:
                raise Refused("above", self.expected, self.most)
            return self.most
        return value

    @property
    def expected(self) -> str:
        """What it has to be, in words; bounds that are only those of 64 bits say nothing to anybody."""
        if (self.least, self.most) == (-(2**63), 2**63 - 1):
            return "a whole number"
        return f"a whole number from {self.least} to {self.most}"

    def schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.least} if self.clamp else {"minimum": self.least, "maximum": self.most}
        return {"type": "integer", **bounds}


@dataclass(frozen=True)
class Real:
    """A number from `least` to `most`."""

    least: float
    most: float

    def read(self, text: str) -> float:
        expected = f"a number from {self.least:g} to {self.most:g}"
        try:
            value = float(text) if text.isascii() else None
        except ValueError:
            value = None
        if value is None or value != value:
            raise Refused("real", expected)
        if value < self.least:
            raise Refused("below", expected, self.least)
        if value > self.most:
            raise Refused("above", expected, self.most)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Flag:
    """Yes or no, in all the ways clients write it."""

    def read(self, text: str) -> bool:
        value = _FLAGS.get(text.lower())
        if value is None:
            raise Refused("flag", "true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of a few words, as they are written."""

    words: tuple[str, ...]

    def read(self, text: str) -> str:
        if text not in self.words:
            raise Refused("choice", f"one of {', '.join(self.words)}", self.words)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Text:
    """Text of `shortest` to `longest` characters that fits `pattern` as a whole."""

    shortest: int = 0
    longest: int = 255
    pattern: str | None = None

    def read(self, text: str) -> str:
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise Refused("pattern", f"text that fits {self.pattern}", self.pattern)
        if len(text) < self.shortest:
            raise Refused("short", f"at least {self.shortest} characters", self.shortest)
        if len(text) > self.longest:
            raise Refused("long", f"at most {self.longest} characters", self.longest)
        return text

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if self.pattern is not None:
            return schema | {"pattern": self.pattern}
        return schema | {"minLength": self.shortest, "maxLength": self.longest}


@dataclass(frozen=True)
class Words:
    """Text that a function of the dialect reads; it raises Refused. `described` is its JSON schema.

    `expected` is what is said where nothing came.
    """

    reader: Callable[[str], Any]
    described: Mapping[str, Any]
    expected: str = "a value"

    def read(self, text: str) -> Any:
        return self.reader(text)

    def schema(self) -> dict[str, Any]:
        return dict(self.described)


@dataclass(frozen=True)
class Many:
    """Several values of one kind: the parameter repeated, or its values parted by commas. At most `most` of them.

    With `distinct` a value that came before counts nothing.
    """

    kind: Kind
    most: int = 100
    distinct: bool = False

    def read(self, text: str) -> tuple[Any, ...]:
        return self.read_all([text])

    def read_all(self, texts: Iterable[str]) -> tuple[Any, ...]:
        parts = [part for text in texts for part in text.split(",")]
        if len(parts) > self.most:
            raise Refused("list", f"at most {self.most} values", self.most)
        values = [self._read_one(index, part) for index, part in enumerate(parts)]
        return tuple(dict.fromkeys(values) if self.distinct else values)

    def _read_one(self, index: int, text: str) -> Any:
        try:
            return self.kind.read(text)
        except Refused as refused:
            raise RefusedAt(index, text, refused) from refused

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.kind.schema(), "minItems": 1, "maxItems": self.most}


def param(
    kind: Kind,
    text: str,
    default: Any = None,
    *,
    name: str | None = None,
    empty: bool = False,
    lenient: bool = False,
    example: Any = None,
) -> Any:
    """A parameter as a dataclass field. `empty`: no text at all means the default instead of being a fault.

    `lenient`: so does text that cannot be read, which is reported as ignored.
    """
    metadata = {"kind": kind, "text": text, "name": name, "empty": empty, "lenient": lenient, "example": example}
    if default is REQUIRED:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Declared:
    """One parameter as declared: what the reader and the documents need of it."""

    name: str
    attribute: str
    kind: Kind
    text: str
    required: bool
    default: Any
    empty: bool
    lenient: bool
    example: Any
    place: str  # path or query


def declared(asked: type, path: str = "") -> tuple[Declared, ...]:
    """The parameters of a dataclass, in order. Those that `path` names in braces stand in it."""
    return tuple(
        Declared(
            name=each.metadata["name"] or each.name,
            attribute=each.name,
            kind=each.metadata["kind"],
            text=each.metadata["text"],
            required=each.default is dataclasses.MISSING,
            default=each.default,
            empty=each.metadata["empty"],
            lenient=each.metadata["lenient"],
            example=each.metadata["example"],
            place="path" if f"{{{each.metadata['name'] or each.name}}}" in path else "query",
        )
        for each in fields(asked)
    )


class Reader:
    """Reads one endpoint's parameters. Built once, at start."""

    def __init__(self, asked: type, path: str = "", beside: Iterable[str] = ()) -> None:
        """`beside`: names that others read."""
        self._asked = asked
        self._declared = declared(asked, path)
        self._names = frozenset((*(each.name for each in self._declared), *beside))

    def read(self, query: str, path: Mapping[str, str] = NOTHING) -> tuple[Any, list[str]]:
        """The declared object, and the names whose values were ignored. Raises BadParameters with every fault.

        A parameter given twice counts with its last value, unless it takes many.
        """
        pairs = parse_qsl(query, keep_blank_values=True) if query else []
        given = dict(pairs)
        if path:
            given |= path
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        unread: list[str] = []
        for each in self._declared:
            text = given.get(each.name)
            if text is None or (not text and each.empty):
                if each.required:
                    expected = each.kind.expected if isinstance(each.kind, Words) else "a value"
                    faults.append(Fault(each.name, "missing", expected, place=each.place))
                continue
            try:
                if isinstance(each.kind, Many):
                    texts = [value for name, value in pairs if name == each.name]
                    values[each.attribute] = each.kind.read_all(texts)
                else:
                    values[each.attribute] = each.kind.read(text)
            except RefusedAt as at:
                faults.append(Fault(each.name, at.kind, at.expected, at.text, at.limit, each.place, at.index))
            except Refused as refused:
                if each.lenient:
                    unread.append(each.name)
                    continue
                faults.append(Fault(each.name, refused.kind, refused.expected, text, refused.limit, each.place))
        if faults:
            raise BadParameters(tuple(faults))
        ignored = [name for name in given if name not in self._names] if len(given) > len(values) else []
        return self._asked(**values), ignored + unread
