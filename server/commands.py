"""What the commands of `python -m server` do. Each gives the exit code."""

import argparse
import asyncio
import os
import resource
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson
import uvicorn

from server import VERSION, bridge, config, doctor, following, indexing, recording
from server.app import check
from server.config import Settings
from server.demo import run as demo_run
from server.dialects import DIALECTS
from server.domain.keys import ApiKey
from server.domain.players import PlayerRef
from server.domain.problems import BadRequest
from server.live.writer import SCRIPT
from server.storage import catalog
from server.storage import migrate as migrating
from server.storage.database import Database
from server.storage.keys import Keys
from server.storage.players import Players
from server.web.openapi import document
from server.web.protocol import HttpProtocol

ROOT = Path(__file__).resolve().parents[1]

Result = TypeVar("Result")


def serve(settings: Settings, arguments: argparse.Namespace) -> int:
    """Answer requests until told to stop."""
    settings = _with_arguments(settings, arguments, "host", "port", "workers")
    asyncio.run(check(settings))
    _allow_many_clients()
    if arguments.config is not None:
        os.environ[config.CONFIG_FILE] = str(arguments.config)
    uvicorn.run("server.asgi:create", factory=True, workers=settings.server.workers, **uvicorn_options(settings))
    return 0


def _allow_many_clients() -> None:
    """As many open files as we may have: each client of a stream is one, and by default there are 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn is run: bancho.py sends neither `date` nor `server`, and requests are counted, not logged."""
    return {
        "host": settings.server.host,
        "port": settings.server.port,
        "loop": "uvloop",
        "http": HttpProtocol,
        "ws": "websockets-sansio",
        "ws_max_size": 4096,  # what clients of the stream say is of no interest
        "lifespan": "on",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "log_level": settings.server.log_level,
        "forwarded_allow_ips": settings.server.trusted_proxies,
        "timeout_graceful_shutdown": 10,
    }


def demo(settings: Settings, arguments: argparse.Namespace) -> int:
    """Embedded stores, the demo world, and the server over them."""
    demo_run.run(_with_arguments(settings, arguments, "host", "port"), uvicorn_options)
    return 0


def _with_arguments(settings: Settings, arguments: argparse.Namespace, *names: str) -> Settings:
    """The settings, less what the command line says otherwise of `[server]`."""
    for name in names:
        value = getattr(arguments, name)
        if value is not None:
            settings = config.with_setting(settings, "server", name, value, f"--{name}")
    return settings


def migrate(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make an empty database ready, or add our own tables to another one."""
    report = _with_database(settings, lambda db: migrating.migrate(db, settings.database.own_schema))
    if report == migrating.Report():
        print("Nothing to do: the database is up to date.")
    for what, names in (("tables", report.created), ("indexes", report.indexes), ("migrations", report.applied)):
        if names:
            print(f"Made {what}: {', '.join(names)}")
    return 0


def add_indexes(settings: Settings, arguments: argparse.Namespace) -> int:
    """Add the advised indexes to bancho.py's tables: the one command that changes these."""
    made = _with_database(settings, migrating.apply_indexes)
    print(f"Made indexes: {', '.join(made)}" if made else "Nothing to do: every advised index is there.")
    return 0


def seed_demo(settings: Settings, arguments: argparse.Namespace) -> int:
    """Put the demo world into an empty database."""
    _with_database(settings, lambda db: demo_run.seed(db, settings, datetime.now(UTC)))
    print("The demo world is in.")
    return 0


def run_doctor(settings: Settings, arguments: argparse.Namespace) -> int:
    """Say what is wrong and how to mend it; 1 where something has to be."""
    findings = asyncio.run(doctor.examine(settings))
    print(doctor.render(findings))
    return 1 if any(finding.level == "error" for finding in findings) else 0


def record(settings: Settings, arguments: argparse.Namespace) -> int:
    """Take snapshots of players and record the history of multiplayer until told to stop."""
    asyncio.run(_until_told(recording.record, settings))
    return 0


def follow(settings: Settings, arguments: argparse.Namespace) -> int:
    """Work out what scores add up to until told to stop."""
    asyncio.run(_until_told(following.follow, settings))
    return 0


def index_maps(settings: Settings, arguments: argparse.Namespace) -> int:
    """Read and rate the beatmap files that are not indexed yet."""
    progress = indexing.Progress()
    try:
        tally = asyncio.run(_cancellable(indexing.index(settings, arguments.jobs, arguments.mods, progress.tell)))
    finally:
        progress.end()
    print(progress.summary(tally))
    return 0


async def _cancellable(work: Coroutine[Any, Any, Result]) -> Result:
    """Work that SIGTERM cancels, as Ctrl-C does."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _until_told(work: Callable[[Settings, asyncio.Event], Awaitable[None]], settings: Settings) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    await work(settings, stop)


def create_key(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make a key and show it, once."""
    now = int(time.time())
    expires_at = None if arguments.days is None else now + arguments.days * 86400

    async def make(db: Database) -> str:
        tables = await catalog.read(db, settings.database.own_schema)
        owner = await Players(db, tables).find(PlayerRef(id=arguments.owner))
        if owner is None:
            raise BadRequest(f"--owner: expected the id of a player, got {arguments.owner}; nobody has it.")
        made = await Keys(db, tables).create(arguments.name, owner.id, arguments.scope, now, expires_at)
        return f"{_described(made.key)}\n{made.secret}\nThis is the only time it is shown."

    print(_with_database(settings, make))
    return 0


def list_keys(settings: Settings, arguments: argparse.Namespace) -> int:
    """All keys, without their secrets."""

    async def read(db: Database) -> list[ApiKey]:
        return await Keys(db, await catalog.read(db, settings.database.own_schema)).all()

    for key in _with_database(settings, read):
        print(_described(key))
    return 0


def revoke_key(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make a key worthless."""

    async def revoke(db: Database) -> bool:
        keys = Keys(db, await catalog.read(db, settings.database.own_schema))
        return await keys.revoke(arguments.id, int(time.time()))

    done = _with_database(settings, revoke)
    print(f"Key {arguments.id} is revoked." if done else f"There is no key {arguments.id} that is still good.")
    return 0 if done else 1


def openapi(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write a document for each dialect."""
    for dialect in DIALECTS:
        text = orjson.dumps(document(dialect, VERSION), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if arguments.folder is None:
            print(text.decode(), end="")
        else:
            arguments.folder.mkdir(parents=True, exist_ok=True)
            (arguments.folder / f"{dialect.name}.json").write_bytes(text)
    return 0


def schema(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write what is derived from other files of this repository."""
    for engine in ("mysql", "sqlite"):
        (ROOT / "sql" / f"schema.{engine}.sql").write_text(migrating.schema_text(engine), encoding="utf-8")
    (ROOT / "config.example.toml").write_text(config.example(), encoding="utf-8")
    path = ROOT / "contrib" / "bancho_bridge.py"
    path.write_text(bridge.with_script(path.read_text(encoding="utf-8"), SCRIPT.read_text(encoding="utf-8")), "utf-8")
    return 0


def _with_database(settings: Settings, work: Callable[[Database], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        db = Database(settings.database.url, 2)
        await db.connect()
        try:
            return await work(db)
        finally:
            await db.disconnect()

    return asyncio.run(run())


def _described(key: ApiKey) -> str:
    def day(moment: int | None) -> str:
        return "never" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")

    scopes = " ".join(sorted(key.scopes)) or "none"
    state = f"revoked {day(key.revoked_at)}" if key.revoked_at else f"expires {day(key.expires_at)}"
    return f"{key.id}  {key.name}  owner {key.owner_id}  scopes {scopes}  made {day(key.created_at)}  {state}"
