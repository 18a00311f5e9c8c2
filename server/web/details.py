"""Faults as pydantic words them: what is in the `detail` of a 422, which clients of bancho.py match on."""

from typing import Any, Final, NotRequired, TypedDict

from server.domain.problems import Fault


class Detail(TypedDict):
    """One value that could not be read."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any
    ctx: NotRequired[dict[str, Any]]


# Of text that cannot be read, and of what is no text.
_FROM_TEXT: Final = {
    "whole": ("int_parsing", "Input should be a valid integer, unable to parse string as an integer"),
    "real": ("float_parsing", "Input should be a valid number, unable to parse string as a number"),
    "flag": ("bool_parsing", "Input should be a valid boolean, unable to interpret input"),
}
_FROM_ELSE: Final = {
    "whole": ("int_type", "Input should be a valid integer"),
    "real": ("float_type", "Input should be a valid number"),
    "flag": ("bool_type", "Input should be a valid boolean"),
}

# The same whatever came.
_PLAIN: Final = {
    "missing": ("missing", "Field required"),
    "text": ("string_type", "Input should be a valid string"),
    "object": ("model_attributes_type", "Input should be a valid dictionary or object to extract fields from"),
}


def detail(fault: Fault) -> Detail:
    """A fault: its place, what is wrong in pydantic's type and words, and what came."""
    kind, message, context = _worded(fault)
    place: list[str | int] = [fault.place]
    if fault.name != fault.place:
        place.append(fault.name)
    if fault.index is not None:
        place.append(fault.index)
    came = {} if kind == "json_invalid" and fault.secret else fault.came
    shape: Detail = {"type": kind, "loc": place, "msg": message, "input": came}
    if context:
        shape["ctx"] = context
    return shape


def _worded(fault: Fault) -> tuple[str, str, dict[str, Any] | None]:
    """pydantic's type, message and context for a fault: clients match on them."""
    if fault.kind == "whole" and isinstance(fault.came, float):
        return "int_from_float", "Input should be a valid integer, got a number with a fractional part", None
    if fault.kind in _FROM_TEXT:
        words = _FROM_TEXT if isinstance(fault.came, str) else _FROM_ELSE
        return *words[fault.kind], None
    if fault.kind in _PLAIN:
        return *_PLAIN[fault.kind], None
    limit = fault.limit
    match fault.kind:
        case "below":
            return "greater_than_equal", f"Input should be greater than or equal to {limit}", {"ge": limit}
        case "above":
            return "less_than_equal", f"Input should be less than or equal to {limit}", {"le": limit}
        case "choice":
            quoted = [f"'{word}'" for word in limit]
            choices = " or ".join([", ".join(quoted[:-1]), quoted[-1]])
            return "literal_error", f"Input should be {choices}", {"expected": choices}
        case "pattern":
            return "string_pattern_mismatch", f"String should match pattern '{limit}'", {"pattern": limit}
        case "short":
            return "string_too_short", f"String should have at least {limit} characters", {"min_length": limit}
        case "long":
            return "string_too_long", f"String should have at most {limit} characters", {"max_length": limit}
        case "json":
            return "json_invalid", "JSON decode error", {"error": limit or fault.expected}
        case "value":  # a check that is none of pydantic's own
            return "value_error", f"Value error, {limit}", {"error": {}}
    return "value_error", f"Input should be {fault.expected}", {"expected": fault.expected}
