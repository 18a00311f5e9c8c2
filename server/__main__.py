"""The command line: `python -m server <command>`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from server import commands
from server.app import start_logging
from server.config import CONFIG_FILE, ConfigError, Settings, load
from server.domain.problems import Problem

DEFAULT_CONFIG = Path("config.toml")


def main() -> int:
    """Run one command; the exit code. What went wrong is said in a sentence, without a traceback."""
    arguments = _parser().parse_args()
    arguments.config = _config_file(arguments.config)
    try:
        settings = load(arguments.config)
        start_logging(settings)
        command: Callable[[Settings, argparse.Namespace], int] = arguments.command
        return command(settings, arguments)
    except ConfigError as error:
        print(f"Settings: {error}", file=sys.stderr)
        return 2
    except Problem as problem:
        print(getattr(problem, "message", None) or f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


def _config_file(given: Path | None) -> Path | None:
    if given is not None:
        return given
    if named := os.environ.get(CONFIG_FILE):
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 36500):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 36500, got {text!r}")
    return int(text)


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 256, got {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server", description="A web API server for osu! private servers.")
    parser.add_argument("--config", type=Path, help="settings file (default: config.toml, if there is one)")
    each = parser.add_subparsers(required=True, metavar="command")

    serve = each.add_parser("serve", help="answer requests")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.add_argument("--workers", type=int, help="processes to run")
    serve.set_defaults(command=commands.serve)

    demo = each.add_parser("demo", help="answer requests from embedded stores, with the demo world in them")
    demo.add_argument("--host", help="address to listen on")
    demo.add_argument("--port", type=int, help="port to listen on")
    demo.set_defaults(command=commands.demo)

    migrate = each.add_parser("migrate", help="fill an empty database; in another one, add this project's own tables")
    migrate.set_defaults(command=commands.migrate)

    doctor = each.add_parser("doctor", help="look at database, Redis and files, and say what to mend and how")
    doctor.set_defaults(command=commands.run_doctor)

    seed = each.add_parser("seed-demo", help="put the demo world into an empty database")
    seed.set_defaults(command=commands.seed_demo)

    indexes = each.add_parser("add-indexes", help="add the indexes that doctor advises to bancho.py's tables")
    indexes.set_defaults(command=commands.add_indexes)

    record = each.add_parser("record", help="record multiplayer, and what players were day by day, until told to stop")
    record.set_defaults(command=commands.record)

    follow = each.add_parser("follow", help="work out what scores add up to as they come, until told to stop")
    follow.set_defaults(command=commands.follow)

    index = each.add_parser("index-maps", help="read and rate the stored .osu files that are not indexed yet")
    index.add_argument("--jobs", type=_jobs, default=os.cpu_count() or 1, help="processes to use (default: one a CPU)")
    index.add_argument("--mods", action="store_true", help="also rate the usual mods, and osu! beatmaps as converts")
    index.set_defaults(command=commands.index_maps)

    key = each.add_parser("key", help="API keys").add_subparsers(required=True, metavar="what")
    create = key.add_parser("create", help="make a key; it is shown once")
    create.add_argument("--owner", type=int, required=True, help="the player's id")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--scope", action="append", default=[], help="what it allows; several times for several")
    create.add_argument("--days", type=_days, help="days until it expires, 1 to 36500 (default: never)")
    create.set_defaults(command=commands.create_key)
    key.add_parser("list", help="all keys, without their secrets").set_defaults(command=commands.list_keys)
    revoke = key.add_parser("revoke", help="make a key worthless")
    revoke.add_argument("id", type=int, help="the key's number in the list")
    revoke.set_defaults(command=commands.revoke_key)

    openapi = each.add_parser("openapi", help="write the OpenAPI documents")
    openapi.add_argument("folder", type=Path, nargs="?", help="where to (default: print them)")
    openapi.set_defaults(command=commands.openapi)

    schema = each.add_parser("schema", help="write sql/schema.*.sql and config.example.toml from their sources")
    schema.set_defaults(command=commands.schema)
    return parser


if __name__ == "__main__":
    sys.exit(main())
