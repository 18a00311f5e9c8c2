"""What is written down is so: derived files are fresh, everything has its sentence, and pages name what there is."""

import argparse
import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import orjson
import pytest

from server import VERSION, __main__, bridge, commands, config
from server.config import BANCHO_PY_NAMES, Settings
from server.dialects import DIALECTS
from server.web.dialect import Dialect, Route
from server.web.openapi import document
from server.web.params import declared

ROOT = Path(__file__).resolve().parents[1]

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

ROUTES = [pytest.param(each, route, id=f"{each.name} {route.path}") for each in DIALECTS for route in each.routes]

AGAIN = "run `make schema`"


def tracked() -> list[Path]:
    """Every file of the project that is kept; without git, those where a person writes."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        paths = [
            path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return [path for path in paths if path.is_file()]


def test_the_example_settings_are_fresh() -> None:
    assert (ROOT / "config.example.toml").read_text(encoding="utf-8") == config.example(), AGAIN


def test_writing_derived_files_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    (tmp_path / "sql").mkdir()
    (tmp_path / "contrib").mkdir()
    text = (ROOT / "contrib" / "bancho_bridge.py").read_text(encoding="utf-8")
    (tmp_path / "contrib" / "bancho_bridge.py").write_text(bridge.with_script(text, "stale"), encoding="utf-8")
    assert commands.schema(Settings(), argparse.Namespace()) == 0
    made = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert made == [
        *("config.example.toml", "contrib/bancho_bridge.py"),
        *("sql/schema.mysql.sql", "sql/schema.sqlite.sql"),
    ]
    for name in made:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes(), f"{name}: {AGAIN}"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
def test_documents_are_fresh(dialect: Dialect) -> None:
    """A change of what is promised to clients is to be seen as one."""
    written = ROOT / "tests" / "golden" / "openapi" / f"{dialect.name}.json"
    assert orjson.loads(written.read_bytes()) == document(dialect, VERSION), AGAIN


def test_no_document_is_left_over() -> None:
    folder = ROOT / "tests" / "golden" / "openapi"
    assert {path.stem for path in folder.iterdir()} == {dialect.name for dialect in DIALECTS}


@pytest.mark.parametrize(("dialect", "route"), ROUTES)
def test_every_route_says_what_it_does(dialect: Dialect, route: Route) -> None:
    text = inspect.getdoc(route.handler)
    assert text, f"{route.handler.__name__} has no docstring"
    assert re.fullmatch(r"[A-Z].*\.", text.partition("\n")[0])


@pytest.mark.parametrize(("dialect", "route"), ROUTES)
def test_every_parameter_says_what_it_means(dialect: Dialect, route: Route) -> None:
    asked = get_type_hints(route.handler)[next(iter(inspect.signature(route.handler).parameters))]
    for each in declared(asked):
        assert re.fullmatch(r"\S.*\.", each.text), f"{route.path}: {each.name}"


def test_every_dialect_has_its_contract() -> None:
    for dialect in DIALECTS:
        page = ROOT / "server" / "dialects" / dialect.name / "README.md"
        assert page.read_text(encoding="utf-8").startswith("# "), f"{page} is to say what clients may count on"


SETTINGS = [
    (section.name, each.name) for section in fields(Settings) for each in fields(getattr(Settings(), section.name))
]


@pytest.mark.parametrize(("section", "key"), SETTINGS)
def test_every_setting_is_on_its_page(section: str, key: str) -> None:
    _, heading, rest = (ROOT / "docs" / "configuring.md").read_text(encoding="utf-8").partition(f"\n## [{section}]\n")
    assert heading, f"there is no section [{section}]"
    assert f"`{key}`" in rest.partition("\n## ")[0]


def test_the_page_of_settings_names_no_others() -> None:
    text = (ROOT / "docs" / "configuring.md").read_text(encoding="utf-8")
    for part in re.split(r"\n## \[", text)[1:]:
        section = part.partition("]")[0]
        rows = re.findall(r"^\| (`.+?) \|", part.partition("\n## ")[0], re.MULTILINE)
        named = {(section, key) for row in rows for key in re.findall(r"`(\w+)`", row)}
        assert named <= set(SETTINGS)


def test_the_names_of_bancho_py_are_on_the_page() -> None:
    text = (ROOT / "docs" / "configuring.md").read_text(encoding="utf-8")
    databases = [f"DB_{each}" for each in ("HOST", "PORT", "USER", "PASS", "NAME")]
    stores = [f"REDIS_{each}" for each in ("HOST", "PORT", "USER", "PASS", "DB")]
    for name in (*BANCHO_PY_NAMES, *databases, *stores, config.CONFIG_FILE):
        assert f"`{name}`" in text


def parsers(parser: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    """Every command of the command line, with its words."""
    within = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not within:
        yield words
    for action in within:
        for name, inner in action.choices.items():
            yield from parsers(inner, f"{words} {name}".strip())


COMMANDS = sorted(parsers(__main__._parser()))


def test_there_are_commands() -> None:
    assert {"serve", "demo", "doctor", "key create"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_on_a_page(command: str) -> None:
    assert any(f"`{command}`" in page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        __main__._parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0
    assert f"python -m server {command}" in capsys.readouterr().out


@pytest.mark.parametrize("page", [path for path in tracked() if path.suffix == ".md"], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{target} is not there"


def project() -> dict[str, list[str]]:
    """Direct dependencies by the lock file that has them."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    served = [plain(name) for name in described["dependencies"]]
    return {
        "requirements.txt": served,
        "requirements-dev.txt": [*served, *map(plain, described["optional-dependencies"]["dev"])],
    }


def plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", name)[0]).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_files_hold_every_dependency(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==\S+.* \\$", text, re.MULTILINE)
    assert {plain(each) for each in project()[name]} <= {plain(each) for each in pinned}
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_both_lock_files_pin_the_same() -> None:
    pins = [
        dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in project()
    ]
    assert pins[0].items() <= pins[1].items()


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    missing = [name for name in project()["requirements-dev.txt"] if name.lower() not in text]
    assert not missing


# Where packages come from is everybody's own business. In pieces, or this file would name them.
HOSTS = [b".".join(words) for words in ((b"pypi", b"org"), (b"registry", b"npmjs"), (b"deb", b"debian"))]
HOSTS.append(b"python" + b"hosted")


def test_no_file_names_where_packages_come_from() -> None:
    naming = [str(path.relative_to(ROOT)) for path in tracked() if any(host in path.read_bytes() for host in HOSTS)]
    assert not naming
