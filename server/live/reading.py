"""Reading what others wrote: each function gives a value that the domain can hold, or raises TypeError, ValueError."""

import logging
import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import orjson

log = logging.getLogger(__name__)

Result = TypeVar("Result")

Json = str | bytes | None

MD5: Final = re.compile(r"[0-9a-fA-F]{32}")


def readable(text: Json, make: Callable[[dict[str, Any]], Result], what: str) -> Result | None:
    """What `make` makes of a JSON object, None if there is none or it cannot be read: that counts as not there."""
    if text is None:
        return None
    try:
        return make(orjson.loads(text))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        log.warning("%s cannot be read", what)
        return None


def of(given: dict[str, Any], name: str, default: Any) -> Any:
    """null says as much as nothing at all."""
    value = given.get(name)
    return default if value is None else value


def same(value: Any, expected: int) -> int:
    """The id, which is that of the key: an entry under another's key speaks for neither."""
    if whole(value) != expected:
        raise ValueError("not the id of the key")
    return expected


def finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a finite number")
    return float(value)


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def md5(value: Any) -> str:
    return value if isinstance(value, str) and MD5.fullmatch(value) else ""


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise TypeError("not a whole number that a table can hold")
    return value
