"""What a card is asked for with."""

import re
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import urlencode

from server.domain.problems import BadParameters, Fault
from server.domain.rulesets import MODE_NAMES, Mode
from server.web.params import Choice, Reader, Refused, Words, param

_MODES: Final = {str(int(mode)): mode for mode in Mode} | MODE_NAMES
_MODES_SAID: Final = "0 to 6, 8, osu, taiko, catch or mania"

THEMES: Final = ("auto", "light", "dark")


def _read_mode(text: str) -> Mode:
    mode = _MODES.get(text.strip().lower())
    if mode is None:
        raise Refused("choice", _MODES_SAID, tuple(_MODES))
    return mode


def _read_accent(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{6}", text):
        raise Refused("pattern", "six hexadecimal digits such as ff66aa", "[0-9a-fA-F]{6}")
    return text.lower()


@dataclass(frozen=True, slots=True)
class AskCard:
    """The parameters of a card; the mode is the player's own where none is given."""

    mode: Mode | None = param(Words(_read_mode, {}), "A mode by number or name.", empty=True)
    theme: str = param(Choice(THEMES), "Colours. auto: the viewer's; dark in a PNG.", "auto", empty=True)
    accent: str | None = param(Words(_read_accent, {}), "The colour of lines and bars.", empty=True)

    def query(self, **changes: str | int) -> str:
        """These as a query string with its question mark, less what is as it would be anyway."""
        given = {each.name: getattr(self, each.name) for each in fields(self)} | changes
        kept = {
            name: value for name, value in given.items() if value is not None and (name, value) != ("theme", "auto")
        }
        return f"?{urlencode(kept)}" if kept else ""


_READER: Final = Reader(AskCard)


def read(query: bytes) -> AskCard:
    """Raises BadParameters. Names that nobody declared count nothing: some sites add their own to get past caches."""
    asked: AskCard = _READER.read(query.decode("utf-8", "replace"))[0]
    return asked


def sentences(problem: BadParameters) -> str:
    """What was wrong, in a line for each parameter."""
    return "".join(map(_sentence, problem.faults))


def _sentence(fault: Fault) -> str:
    came = str(fault.came)
    return f"{fault.name}: expected {fault.expected}, got {came[:60]!r}.\n"
