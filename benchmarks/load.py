"""The load: 32 keep-alive connections in a closed loop, from wrk where it is installed, else from our own client."""

import asyncio
import http.client
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import uvloop

from benchmarks.processes import HOST, BenchError

CONNECTIONS = 32
TIMEOUT = 30  # seconds; a slow route must be measured, not cut off
_WRK = shutil.which("wrk")
_LENGTH = b"content-length:"
_LAST_CHUNK = b"\r\n0\r\n\r\n"  # of an answer whose length was not known before; JSON has no such line in it


@dataclass(frozen=True, slots=True)
class Sample:
    """What one bounded run saw; latencies are milliseconds."""

    rate: float
    median_ms: float
    p99_ms: float


def tool() -> str:
    """The load generator in use, for the report."""
    return f"wrk ({_WRK})" if _WRK else "benchmarks.load, the built-in asyncio client (wrk is not on PATH)"


def measure(port: int, paths: Sequence[str], seconds: int, method: str = "GET") -> Sample:
    """Load 127.0.0.1:`port` for `seconds`, asking for `paths` in turn; any answer but 200 raises BenchError."""
    if _WRK:
        sample = _with_wrk(port, paths, seconds, method)
    else:
        sample = uvloop.run(_with_sockets(port, paths, seconds, method))
    # wrk counts only 4xx and 5xx as bad; a look at some of the answers finds the rest.
    for path in paths[:: max(1, len(paths) // 10)]:
        body_size(port, path, method)
    return sample


def body_size(port: int, path: str, method: str = "GET") -> int:
    """Bytes of the body of one answer; any status but 200 raises BenchError."""
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchError(f"{path} answered {answer.status}: {body[:500]!r}")
    return len(body)


def _with_wrk(port: int, paths: Sequence[str], seconds: int, method: str) -> Sample:
    script = Path(__file__).with_name("paths.lua")
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as listing:
        listing.write("\n".join(paths) + "\n")
        listing.flush()
        command = [str(_WRK), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"--timeout={TIMEOUT}s", "--latency"]
        command += ["-s", str(script), f"http://{HOST}:{port}", "--", listing.name, method]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise BenchError(f"wrk failed: {run.stderr or run.stdout}")
    seen = json.loads(run.stdout.splitlines()[-1])
    if seen["bad_status"] or seen["broken"] or not seen["requests"]:
        # Ask again by hand: the error then carries the answer's own words.
        for path in paths[:2000]:
            body_size(port, path, method)
        raise BenchError(f"wrk saw {seen} on {paths[0]} and the like")
    return Sample(seen["requests"] / seen["microseconds"] * 1e6, seen["median"] / 1000, seen["p99"] / 1000)


async def _with_sockets(port: int, paths: Sequence[str], seconds: float, method: str) -> Sample:
    turns = itertools.cycle([f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode() for path in paths])
    started = time.perf_counter()
    deadline = started + seconds
    taken = await asyncio.gather(*(_ask_on_one_connection(port, turns, deadline) for _ in range(CONNECTIONS)))
    spent = time.perf_counter() - started
    latencies = [1000 * latency for one in taken for latency in one]
    return Sample(len(latencies) / spent, median(latencies), quantiles(latencies, n=100)[98])


async def _ask_on_one_connection(port: int, turns: Iterator[bytes], deadline: float) -> list[float]:
    """The latencies of one connection's requests, in seconds."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 24)
    latencies = []
    try:
        while (asked := time.perf_counter()) < deadline:
            request = next(turns)
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200 "):
                raise BenchError(f"{request.split()[1].decode()} answered {head.split(None, 3)[1].decode()}")
            start = head.find(_LENGTH) + len(_LENGTH)
            if start < len(_LENGTH):
                await reader.readuntil(_LAST_CHUNK)
            else:
                await reader.readexactly(int(head[start : head.index(b"\r", start)]))
            latencies.append(time.perf_counter() - asked)
    finally:
        writer.close()
    return latencies
