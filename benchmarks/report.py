"""One measured row, and the table of all of them."""

from dataclasses import dataclass

# Heading and width of each column; the first two are left-aligned.
_COLUMNS = {
    "route": 30,
    "targets": 8,
    "req/s": 8,
    "median ms": 10,
    "p99 ms": 9,
    "cpu ms": 7,
    "bytes": 8,
    "floor A": 8,
    "of A": 5,
    "floor B": 8,
    "of B": 6,
    "x bancho.py": 11,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A route's rate beside its floors; rates are requests per second, latencies and the server's CPU milliseconds."""

    route: str
    kind: str
    rate: float
    median_ms: float
    p99_ms: float
    cpu_ms: float
    body_bytes: int
    floor_a: float
    floor_b: float
    bancho_py: float | None

    def text(self) -> str:
        cells = (
            self.route,
            self.kind,
            f"{self.rate:,.0f}",
            f"{self.median_ms:.2f}",
            f"{self.p99_ms:.2f}",
            f"{self.cpu_ms:.2f}",
            f"{self.body_bytes:,}",
            f"{self.floor_a:,.0f}",
            f"{self.rate / self.floor_a:.0%}",
            f"{self.floor_b:,.0f}",
            f"{self.rate / self.floor_b:.0%}",
            f"{self.rate / self.bancho_py:.1f}" if self.bancho_py else "",
        )
        return _aligned(cells)


def header() -> str:
    """The head of the table."""
    return _aligned(tuple(_COLUMNS))


def _aligned(cells: tuple[str, ...]) -> str:
    pairs = zip(cells, _COLUMNS.values(), strict=True)
    return " ".join(cell.ljust(width) if at < 2 else cell.rjust(width) for at, (cell, width) in enumerate(pairs))
