"""Values as text, for dialects that tell numbers, dates, yes and no in words."""

from datetime import UTC, datetime
from decimal import Decimal

from server.domain.problems import Fault


def number(value: float) -> str:
    """The shortest decimal that means this value, without an exponent."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def some(value: float | None) -> str | None:
    """A number, or null where it is not known."""
    return None if value is None else number(value)


def flag(value: object) -> str:
    return "1" if value else "0"


def date(moment: datetime) -> str:
    """A moment in UTC."""
    return moment.isoformat(" ")[:19]


def date_of(seconds: float) -> str:
    """A Unix time."""
    return date(datetime.fromtimestamp(seconds, UTC))


def moment(milliseconds: int) -> str:
    """A Unix time as `2021-02-04T23:24:42.000Z`, which is how JavaScript writes moments."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{rest:03}Z"


def refusal(fault: Fault) -> str:
    """What is wrong with a parameter, in a sentence."""
    if fault.secret:
        return f"{fault.name}: expected {fault.expected}."
    came = "nothing" if fault.came is None else f"'{fault.came}'"
    return f"{fault.name}: expected {fault.expected}, got {came}."
