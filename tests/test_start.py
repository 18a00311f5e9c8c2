"""`python -m server` as people start it: exit codes, one sentence where it cannot, and never a secret."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from benchmarks.processes import HOST, free_port, running
from server import config
from tests.engines import MariaDB

ROOT = Path(__file__).resolve().parents[1]

SECRET = "hunter2-and-more"


def environment(**given: str) -> dict[str, str]:
    """The environment of a start: ours without anybody's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def start(folder: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder` to its end."""
    command = [sys.executable, "-m", "server", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(**given), capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert SECRET not in unquote(done.stderr + done.stdout)
    return done


COMMANDS = (
    ("serve",),
    ("demo",),
    ("migrate",),
    ("doctor",),
    ("key", "list"),
    ("openapi",),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_bad_setting_ends_every_command(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = start(tmp_path, *arguments, BANCHO_API_SERVER_PORT="http")
    assert done.returncode == 2
    assert done.stderr == ("Settings: BANCHO_API_SERVER_PORT: expected a whole number from 1 to 65535, got 'http'\n")
    assert not list(tmp_path.iterdir())


def test_a_bad_file_ends_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nport = 0\n")
    done = start(tmp_path, "serve")
    assert (done.returncode, done.stderr) == (
        2,
        "Settings: config.toml: [server] port: expected a whole number from 1 to 65535, got 0\n",
    )


def test_a_file_that_is_named_but_not_there_ends_it(tmp_path: Path) -> None:
    done = start(tmp_path, "--config", "mine.toml", "serve")
    assert (done.returncode, done.stderr) == (2, "Settings: mine.toml: cannot be read: No such file or directory\n")


@pytest.mark.parametrize(("option", "value"), [("--port", "65536"), ("--port", "0"), ("--workers", "0")])
def test_a_bad_option_ends_it(tmp_path: Path, option: str, value: str) -> None:
    done = start(tmp_path, "serve", option, value)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Settings: {option}: expected a whole number ")
    assert done.stderr.endswith(f", got {value}\n")


@pytest.mark.parametrize(
    "given",
    [
        {"BANCHO_API_DATABASE_URL": f"mysql://someone:{SECRET}@{HOST}:1/bancho"},
        {"BANCHO_API_DATABASE_URL": f"mysql+aiomysql://someone:{SECRET}@{HOST}:1/bancho"},
        {"DB_HOST": HOST, "DB_PORT": "1", "DB_PASS": SECRET},
    ],
    ids=["asyncmy", "aiomysql", "bancho.py"],
)
def test_a_database_that_cannot_be_reached_ends_the_start(tmp_path: Path, given: dict[str, str]) -> None:
    started = time.monotonic()
    done = start(tmp_path, "serve", BANCHO_API_DATABASE_WAIT_SECONDS="1", **given)
    assert done.returncode == 1
    # What it logs while it waits comes before; the last word is the sentence.
    assert done.stderr.splitlines()[-1].startswith("The database cannot be reached: ")
    assert 1 <= time.monotonic() - started < 15


def test_a_file_that_is_not_there_ends_the_start_at_once_and_is_not_made(tmp_path: Path) -> None:
    started = time.monotonic()
    done = start(tmp_path, "serve", BANCHO_API_DATABASE_URL="sqlite:///bancho.db")
    assert done.returncode == 1
    assert done.stderr == "There is no database bancho.db; `python -m server migrate` makes it.\n"
    assert time.monotonic() - started < 15
    assert not (tmp_path / "bancho.db").exists()


def test_a_database_without_tables_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    done = start(tmp_path, "serve", BANCHO_API_DATABASE_URL="sqlite:///empty.db")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "The database lacks users, stats, scores, maps, clans. `python -m server doctor` says what to do about it."
    )


@pytest.mark.parametrize("driver", ["mysql", "mysql+aiomysql"])
def test_a_password_of_any_characters_opens_the_database(tmp_path: Path, mariadb: MariaDB, driver: str) -> None:
    """It gets as far as to look for tables, and nothing that is logged on the way shows it."""
    password = f"{SECRET} @:/?#[]%41&=+$'"
    user = "odd_" + driver.removeprefix("mysql+")
    quoted = password.replace("'", "''")
    mariadb.run(f"CREATE USER '{user}'@'%' IDENTIFIED BY '{quoted}'", f"GRANT ALL ON *.* TO '{user}'@'%'")
    with mariadb.database() as name:
        given = {"DB_HOST": mariadb.host, "DB_PORT": str(mariadb.port), "DB_USER": user, "DB_NAME": name}
        given["DB_PASS"] = password
        if driver != "mysql":
            url = config.database_url(user, password, mariadb.host, mariadb.port, name)
            given = {"BANCHO_API_DATABASE_URL": url.replace("mysql", driver, 1)}
        given["BANCHO_API_DATABASE_WAIT_SECONDS"] = "0"
        good = start(tmp_path, "serve", BANCHO_API_SERVER_LOG_LEVEL="debug", **given)
        bad = start(tmp_path, "serve", **given | {"DB_PASS": SECRET + "?"})
    assert good.stderr.splitlines()[-1].startswith("The database lacks users, ")
    if driver == "mysql":
        assert bad.stderr.splitlines()[-1].startswith("The database cannot be reached: ")
        assert "Access denied" in bad.stderr


@pytest.mark.parametrize("given", ["by name", "by variable", "by being there", "in the environment"])
def test_the_settings_checked_are_those_served(tmp_path: Path, given: str) -> None:
    """The serving process reads its settings for itself; they must be the same."""
    settings = {"BANCHO_API_DATABASE_URL": f"sqlite:///{tmp_path}/bancho.db", "BANCHO_API_WEB_VERSION_HEADER": "9.8.7"}
    assert start(tmp_path, "migrate", **settings).returncode == 0
    port = free_port()
    arguments = ["serve", "--port", str(port)]
    if given != "in the environment":
        text = f'[database]\nurl = "{settings["BANCHO_API_DATABASE_URL"]}"\n[web]\nversion_header = "9.8.7"\n'
        name = "config.toml" if given == "by being there" else "mine.toml"
        (tmp_path / name).write_text(text)
        arguments = ["--config", name, *arguments] if given == "by name" else arguments
        settings = {"BANCHO_API_CONFIG_FILE": name} if given == "by variable" else {}
    command = ["env", "-C", str(tmp_path), sys.executable, "-m", "server", *arguments]
    with running(command, port, tmp_path / "log", environment(**settings)):
        answer = httpx.get(f"http://{HOST}:{port}/v1/get_player_count")
    assert answer.json() == {"status": "success", "counts": {"online": 0, "total": 0}}
    assert answer.headers["bancho-version"] == "9.8.7"
    assert "Traceback" not in (tmp_path / "log").read_text()
