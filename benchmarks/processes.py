"""Start programs on 127.0.0.1, wait until they answer, and end them by their own process id."""

import errno
import itertools
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"


class BenchError(Exception):
    """The measurement cannot be trusted or cannot be made; the text says why."""


def heed_signals() -> None:
    """Ctrl-C must stop the databases too, even where a shell made us ignore it; and a polite kill is the same."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


# Below those that systems give to connections and to whoever listens on any. Who asks for one may open it much later,
# or close and open it again: each process begins somewhere else and is told none twice, so they hardly ever meet.
_PORTS = range(12000, 32000)
_turns = itertools.count(random.randrange(len(_PORTS)))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    for turn in itertools.islice(_turns, len(_PORTS)):
        port = _PORTS[turn % len(_PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    raise BenchError("no port is free")


@contextmanager
def running(
    command: Sequence[str], port: int, log: Path, env: Mapping[str, str] | None = None, patience: float = 60.0
) -> Iterator[int]:
    """Run a program that listens on `port` and yield its process id; `patience` is in seconds, output goes to `log`."""
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches only us, and we end the programs in order.
        process = subprocess.Popen(command, stdout=output, stderr=output, env=env, start_new_session=True)
        try:
            _wait_until_open(process, port, log, patience)
            yield process.pid
        finally:
            _end(process)


def resident_megabytes(pid: int) -> float:
    """VmRSS of one process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchError(f"process {pid} has no resident memory: it has ended")


def cpu_seconds(pid: int) -> float:
    """The CPU time, user and system, that one process has used so far."""
    # The second field is a name in brackets and may hold blanks: count from its end.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    raise BenchError(f"{process.args!r} did not open port {port}; the end of {log}:\n{tail}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
