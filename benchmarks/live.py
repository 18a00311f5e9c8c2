"""The live layer: from a game server's word to an answer and to the stream, and what it all takes in memory."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import IO, Any
from urllib.request import urlopen

from redis import Redis

from benchmarks.processes import HOST, BenchError, cpu_seconds, resident_megabytes
from benchmarks.world import visible_players
from server.live import keys

PLAYERS = 1000
CLIENTS = 5000


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds, MiB of the server, bytes of Redis, shares of one core."""

    visible_median_ms: float
    visible_p99_ms: float
    stream_median_ms: float
    stream_p99_ms: float
    stream_events: int
    server_cpu: float
    redis_bytes_a_player: float
    server_mib_before: float
    server_mib_with_clients: float
    clients_reached: int
    last_client_ms: float

    def text(self) -> str:
        return "\n".join(
            (
                f"live: {PLAYERS:,} players changing status once a second; {self.stream_events:,} events",
                f"  publish to visible   median {self.visible_median_ms:.1f} ms, p99 {self.visible_p99_ms:.1f} ms",
                f"  publish to stream    median {self.stream_median_ms:.1f} ms, p99 {self.stream_p99_ms:.1f} ms",
                f"  the server used {self.server_cpu:.0%} of a core, asked without a pause for what is visible",
                f"  Redis holds {self.redis_bytes_a_player:.0f} bytes for a player online",
                f"  {CLIENTS:,} idle clients: server {self.server_mib_with_clients:.0f} MiB, "
                f"{self.server_mib_before:.0f} before; one event reached {self.clients_reached:,} of them, "
                f"the last after {self.last_client_ms:.0f} ms",
            )
        )


def measure(server_port: int, server_pid: int, redis_port: int, seconds: int) -> Figures:
    """Measure it all; about half a minute."""
    url = f"redis://{HOST}:{redis_port}/0"
    with Redis(host=HOST, port=redis_port) as redis:
        with (
            _asked("listeners", str(server_port), "1") as listener,
            _asked("speaker", url, str(PLAYERS), "8") as speaker,
        ):
            held = _redis_bytes(redis)
            time.sleep(1)
            _figures(listener)  # that everybody has logged in at once is another matter
            before = cpu_seconds(server_pid)
            seen = sorted(_visible(server_port, max(4, seconds)))
            cpu = (cpu_seconds(server_pid) - before) / max(4, seconds)
            _line(speaker.stdout, "said ")
            streamed = _figures(listener)
            _end(speaker)
        _wait(lambda: not redis.exists(keys.PLAYERS))
        quiet = resident_megabytes(server_pid)
        with _asked("listeners", str(server_port), str(CLIENTS)) as crowd:
            crowded = resident_megabytes(server_pid)
            with _asked("speaker", url, "1", "0") as speaker:
                time.sleep(3)
                one = _figures(crowd)
                _end(speaker)
    return Figures(
        visible_median_ms=median(seen),
        visible_p99_ms=seen[len(seen) * 99 // 100],
        stream_median_ms=streamed["median_ms"],
        stream_p99_ms=streamed["p99_ms"],
        stream_events=streamed["events"],
        server_cpu=cpu,
        redis_bytes_a_player=held / PLAYERS,
        server_mib_before=quiet,
        server_mib_with_clients=crowded,
        clients_reached=one["events"],
        last_client_ms=one["most_ms"],
    )


def _visible(port: int, seconds: float) -> Iterator[float]:
    """Ask for a player's status without a pause; how old each change was when it was first seen."""
    ids = list(islice(visible_players(), PLAYERS))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        player_id = ids[time.monotonic_ns() % PLAYERS]
        first = _moment(port, player_id)
        while time.monotonic() < end:
            changed = _moment(port, player_id)
            if changed != first:
                yield (time.monotonic_ns() - changed) / 1e6
                break


def _moment(port: int, player_id: int) -> int:
    with urlopen(f"http://{HOST}:{port}/v1/get_player_status?id={player_id}", timeout=5) as answer:
        status: dict[str, Any] = json.load(answer)["player_status"]
    if not status["online"]:
        raise BenchError(f"player {player_id} is not online")
    return int(status["status"]["info_text"])


def _redis_bytes(redis: Any) -> float:
    """What all keys of those online take together, by MEMORY USAGE; the streams are of a fixed size."""
    names = [keys.PLAYERS, f"{keys.PLAYERS}:bench", *map(keys.player, islice(visible_players(), PLAYERS))]
    return float(sum(redis.memory_usage(name, samples=0) or 0 for name in names))


@contextmanager
def _asked(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours that has said that it is ready."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        _line(process.stdout, "ready")
        yield process
    finally:
        process.kill()
        process.wait()


def _figures(listener: subprocess.Popen[str]) -> dict[str, Any]:
    assert listener.stdin is not None
    assert listener.stdout is not None
    listener.stdin.write("\n")
    listener.stdin.flush()
    figures: dict[str, Any] = json.loads(listener.stdout.readline())
    if not figures["events"]:
        raise BenchError("no event reached the stream")
    return figures


def _line(output: IO[str] | None, beginning: str) -> None:
    assert output is not None
    line = output.readline()
    if not line.startswith(beginning):
        raise BenchError(f"expected a line that begins with {beginning!r}, got {line!r}")


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=10)


def _wait(until: Any) -> None:
    end = time.monotonic() + 10
    while not until():
        if time.monotonic() > end:
            raise BenchError("the players did not leave")
        time.sleep(0.05)
