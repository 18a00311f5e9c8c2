"""The bridge for bancho.py is one file, so it holds the text that changes Redis within itself."""

from typing import Final

BEGINS: Final = 'SCRIPT = """\n'
ENDS: Final = '"""  # noqa: E501\n'

# Characters in a line of it.
WIDTH: Final = 2000


def with_script(bridge: str, script: str) -> str:
    """The bridge's text with this script in it. Raises ValueError where either has not the form that this needs."""
    before, begins, rest = bridge.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not (begins and ends):
        raise ValueError("the bridge: the place of the script is not marked")
    return before + begins + folded(script) + ends + after


def folded(script: str) -> str:
    """A script of Lua without comments and indentation, its lines put together as far as they fit."""
    lines: list[str] = []
    for line in script.splitlines():
        word = line.strip()
        if not word or word.startswith("--"):
            continue
        # What is put behind a comment would be one; a bracket that begins a line would call what stands before it.
        if "--" in word or word.startswith("(") or '"""' in word or "\\" in word or len(word) > WIDTH:
            raise ValueError(f"the script: this line cannot be folded: {word}")
        if lines and len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "".join(f"{line}\n" for line in lines)
